"""What the first paint does not show is not loaded before it: whoever opens the explorer waits for it."""

import sys
from pathlib import Path

from ptys import Terminal

CLASSIC = (80, 24)
LISTING = """
import os, sys
from llmfit_tui.cli import main
from llmfit_tui.cli.driver import TerminalDriver

write = TerminalDriver.write

def first(self, data):
    write(self, data)
    if "Models" in data:
        with open(sys.argv[1], "w") as file:
            file.write("\\n".join(sys.modules))
        os._exit(0)

TerminalDriver.write = first
main([])
"""
LATER = (
    *("argparse", "concurrent.futures.thread", "csv", "email", "http", "json", "sqlite3", "tomllib"),
    *("filelock", "huggingface_hub", "numpy", "pyarrow", "tomli_w", "tomlkit"),
    *(
        "rich.markdown",
        "rich.progress",
        "rich.syntax",
        "textual.widgets._data_table",
        "textual.widgets._markdown",
    ),
    *(
        "core.estimate",
        "core.filters",
        "core.graph",
        "core.log",
        "core.placement",
        "core.quality",
        "core.ranking",
    ),
    *("core.rating", "core.search", "core.seen", "core.speed", "core.tensors.plan", "core.why"),
    *("format.charts", "format.page", "format.verdict", "format.why", "panes.sieve", "probes.gather"),
    *(
        "screens.charts",
        "screens.compare",
        "screens.finding",
        "screens.fitmap",
        "screens.foreseen",
        "screens.help",
    ),
    *(
        "screens.page",
        "screens.palette",
        "screens.plan",
        "screens.profile_form",
        "screens.ranking",
        "screens.why",
    ),
    *("storage.local_models", "storage.repository", "storage.toml_edit"),
)
"""Packages and modules; those of ours without their package."""
MOST_OF_OURS = 125


def test_nothing_is_loaded_before_the_first_paint_that_it_does_not_show(tmp_path: Path) -> None:
    listed = tmp_path / "modules"
    env = {"LLMFIT_TUI_CONFIG": str(tmp_path / "settings"), "LLMFIT_TUI_DETECT": "off"}
    with Terminal((sys.executable, "-c", LISTING, str(listed)), CLASSIC, env) as terminal:
        assert terminal.wait() == 0
    loaded = listed.read_text().split()
    ours = {name.removeprefix("llmfit_tui.") for name in loaded if name.startswith("llmfit_tui.")}
    packages = {name for name in loaded if not name.startswith("llmfit_tui")}
    early = [
        name for name in LATER if any(one == name or one.startswith(f"{name}.") for one in (*ours, *packages))
    ]
    assert early == []
    assert len(ours) <= MOST_OF_OURS

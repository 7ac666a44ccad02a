"""What may know about what: the core knows no terminal, and headless commands never load the explorer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import llmfit_tui.core

ROOT = Path(__file__).resolve().parents[1]
CORE_FOLDER = Path(llmfit_tui.core.__path__[0])
CORE = sorted(
    ".".join(path.relative_to(CORE_FOLDER).with_suffix("").parts)
    for path in CORE_FOLDER.rglob("*.py")
    if path.stem != "__init__"
)
OUTSIDE = {"textual", "rich", "msgspec", "platformdirs", "tomllib", "asyncio", "subprocess", "socket"}


def loaded_after(code: str) -> set[str]:
    """Top-level modules in a fresh interpreter after it ran `code`."""
    ending = (
        "\nimport sys\nsys.stderr.write('\\n'.join(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code + ending], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_the_core_loads_no_terminal_no_decoder_and_no_process_tools() -> None:
    loaded = loaded_after("\n".join(f"import llmfit_tui.core.{name}" for name in CORE))
    assert "llmfit_tui" in loaded
    assert not loaded & OUTSIDE


@pytest.mark.parametrize(
    "words",
    [
        ["--version"],
        ["estimate", "qwen2.5-0.5b-instruct", "--json"],
        ["estimate", "no such model"],
        ["models", "--json"],
        ["hardware", "4090", "--json"],
    ],
    ids=" ".join,
)
def test_headless_commands_never_load_textual(words: list[str]) -> None:
    loaded = loaded_after(
        f"import os, sys; sys.stderr = open(os.devnull, 'w')\n"
        f"from llmfit_tui.cli import main; main({json.dumps(words)})\n"
        "sys.stderr = sys.__stderr__"
    )
    assert "llmfit_tui" in loaded
    assert "textual" not in loaded


def test_asking_for_json_does_not_load_the_table_printer() -> None:
    assert "rich" not in loaded_after(
        "from llmfit_tui.cli import main; main(['estimate', 'qwen2.5-0.5b-instruct', '--json'])"
    )


def test_the_catalogs_folder_holds_data_only() -> None:
    # One Python file there would break the editable install.
    suffixes = {path.suffix for path in (ROOT / "catalogs").rglob("*") if path.is_file()}
    assert suffixes <= {".json", ".md"}

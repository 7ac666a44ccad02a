"""Where to ask: a file system, an environment, and how long a tool may take."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from time import monotonic

from llmfit_tui.core.record import record
from llmfit_tui.core.seen.answers import Asked
from llmfit_tui.probes.tools import find_tool, run_tool


@record
class Surroundings:
    """Where to ask: a file system's root, the environment, and how long one tool may take."""

    root: Path = Path("/")
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    tool_limit_s: float = 1.2
    platform: str = sys.platform
    until: float | None = None
    """Monotonic time after which no tool runs."""

    def run(self, *words: str) -> Asked:
        """Run a tool by its name."""
        shown = " ".join(words)
        path = find_tool(words[0], self.environment)
        if path is None:
            return Asked(shown, problem="not installed", missing=True)
        left = self.tool_limit_s if self.until is None else min(self.tool_limit_s, self.until - monotonic())
        if left <= 0:
            return Asked(shown, problem="was not asked: the time was up")
        said = run_tool((path, *words[1:]), self.environment, left)
        return Asked(shown, said.text, said.problem)


Probe = Callable[[Surroundings], list[Asked]]

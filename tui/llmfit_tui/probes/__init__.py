"""Asking this machine what it is made of: tools run, files read, with time limits and reasons for failure.

Nothing is written, no connection opened, no shell used, and no privilege asked for. What the texts mean is
for `core.seen` to say.
"""

import os
from collections.abc import Mapping

OFF = "LLMFIT_TUI_DETECT"
"""Environment variable: `off` keeps the program from looking at the machine."""
NEEDS_ROOT = "needs root"
"""What is said of a probe that has nothing to say to others, which is as it should be."""


def is_off(environment: Mapping[str, str] | None = None) -> bool:
    """Whether a person has switched detection off."""
    return (os.environ if environment is None else environment).get(OFF, "").strip().lower() in {
        "off",
        "0",
        "no",
    }

"""Whose machine it is looked at: the home folder and the variables that move what programs keep there."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from llmfit_tui.core.record import record


@record
class Home:
    """Where to look: a home folder and the variables that move stores. Tests give their own."""

    folder: Path
    variables: Mapping[str, str]
    platform: str = sys.platform


def this_home() -> Home:
    """The home and the environment of the person running the program."""
    return Home(Path.home(), dict(os.environ))

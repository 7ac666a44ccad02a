"""Writing what a person takes away to a file they named: whole or not at all."""

import os
from pathlib import Path

from llmfit_tui.core.errors import printable
from llmfit_tui.storage.atomic import SaveError, in_place_of, reason


class Exists(SaveError):
    """There is a file of that name, and nobody said to replace it."""


def export_text(name: str, text: str, replace: bool = False) -> Path:
    """Write the text to the file; returns its path. Raises Exists, and SaveError for every other reason."""
    path = Path(name).expanduser()
    shown = printable(str(path))
    try:
        if path.is_dir() or name.endswith(("/", os.sep)):
            raise SaveError(f"{shown} is a folder; give a file in it.")
        if path.exists() and not replace:
            raise Exists(f"{shown} is there already.")
        if path.exists() and not os.access(path, os.W_OK):
            raise SaveError(f"{shown} cannot be written to: it is read-only.")
        mask = os.umask(0)
        os.umask(mask)
        with in_place_of(path) as (file, temporary):
            file.write(text.encode("utf-8"))
            Path(temporary).chmod(0o666 & ~mask)
    except (OSError, ValueError) as problem:
        said = reason(problem) if isinstance(problem, OSError) else "the name is not one a file can have"
        raise SaveError(f"{shown} cannot be written: {said}.") from problem
    return path

"""Changing settings.toml without touching what others keep in it."""

from collections.abc import Callable
from typing import Any

from llmfit_tui.core.errors import printable
from llmfit_tui.storage.atomic import SaveError, locked, replace_text
from llmfit_tui.storage.places import Places

SCHEMA = 1


def change_settings(places: Places, change: Callable[[Any], None]) -> None:
    """Let `change` alter the document, and write it. Raises SaveError.

    A file somebody damaged, or a newer program wrote, is left as it is.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    from llmfit_tui.storage.toml_text import FileText, read_file

    path = places.settings
    with locked(path):
        try:
            file = read_file(path) if path.exists() else FileText("")
            document: Any = tomlkit.parse(file.text)
        except (OSError, UnicodeDecodeError, TOMLKitError, ValueError, RecursionError) as problem:
            said = f"{printable(str(path))} cannot be read as TOML and is left as it is"
            raise SaveError(f"{said}; mend or delete it.") from problem
        if document.get("schema", SCHEMA) != SCHEMA:
            raise SaveError(f"{printable(str(path))} was written by a newer program and is left as it is.")
        document["schema"] = SCHEMA
        change(document)
        replace_text(path, file.as_file(tomlkit.dumps(document)))

"""What was typed into a profile's form and not saved, in recovery.toml, for a visit that ends without asking.

Written while the form stands, so that it outlives whatever ends the program; gone once the profile is saved
or let go of.
"""

import contextlib
import os
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from llmfit_tui.storage.atomic import PRIVATE_FOLDER, in_place_of
from llmfit_tui.storage.places import Places

SCHEMA = 1


class Draft(NamedTuple):
    """A form that was left behind."""

    profile: str
    """The profile it was opened on; empty: a new one."""
    texts: Mapping[str, str]
    """By the keys of its fields."""


def keep_draft(places: Places, draft: Draft) -> None:
    """Put the draft in place of the one before. Where nothing can be written, nothing is kept."""
    import tomli_w

    document = {"schema": SCHEMA, "pid": os.getpid(), "profile": draft.profile, "texts": dict(draft.texts)}
    with contextlib.suppress(OSError):
        places.own.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        with in_place_of(places.recovery) as (file, _):
            file.write(tomli_w.dumps(document).encode())


def drop_draft(places: Places) -> None:
    """It was saved, or nobody wants it."""
    with contextlib.suppress(OSError):
        places.recovery.unlink()


def left_draft(places: Places) -> Draft | None:
    """The draft of a program that has ended; None: there is none, or it is not to be read."""
    try:
        document: dict[str, Any] = tomllib.loads(places.recovery.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    profile, texts, pid = (document.get(key) for key in ("profile", "texts", "pid"))
    if document.get("schema") != SCHEMA or not isinstance(profile, str) or not isinstance(texts, dict):
        return None
    if isinstance(pid, int) and _runs(pid):
        return None
    typed = cast("dict[str, Any]", texts)
    return Draft(profile, {key: text for key, text in typed.items() if isinstance(text, str)})


def _runs(pid: int) -> bool:
    """Whether a process of this number is alive."""
    if os.name != "posix" or pid <= 0 or pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True

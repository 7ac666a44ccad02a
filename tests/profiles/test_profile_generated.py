"""Files nobody would write, and some would: each is read, or refused with file, line and key."""

import re
import tomllib
from dataclasses import replace
from typing import Any, cast

import pytest
from kept import Folder
from made_up import Maker

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.profiles.profile import Profile
from llmfit_tui.storage.profile_edit import delete_profile, put_back, save_profile

WHOLE_FILE = re.compile(r"schema .* (newer|expected)|text in UTF-8 was expected")
NEW = Profile("brand new", ("RTX 4090",), ram_bytes=7 * GIB)


def document(folder: Folder) -> dict[str, Any] | None:
    """What the file holds as TOML; None where it holds none."""
    try:
        text = folder.file.read_bytes().decode("utf-8")
        return tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError):
        return None


def without(held: dict[str, Any], name: str) -> str:
    """Everything but one profile, to be compared; NaN equals itself here."""
    others = {key: table for key, table in held.get("profiles", {}).items() if key != name}
    return _text({**{key: value for key, value in held.items() if key != "profiles"}, "profiles": others})


def _text(value: Any) -> str:
    if isinstance(value, dict):
        items = sorted(cast("dict[str, Any]", value).items())
        return f"{{{', '.join(f'{key!r}: {_text(one)}' for key, one in items)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, cast('list[Any]', value)))}]"
    # Hexadecimal, as a number of thousands of digits has no decimal text.
    return hex(value) if type(value) is int else repr(value)


def hold_to_its_word(folder: Folder, number: int) -> None:
    """Read a made-up file, change what can be changed in it, and see that nothing else changed."""
    folder.holds(Maker(number).file())
    raw = folder.file.read_bytes()
    found = folder.read()
    for said in (*found.problems, *found.warnings):
        assert said.startswith(str(folder.file)), said
        assert said.isprintable(), said
        assert ", line " in said or WHOLE_FILE.search(said), said
    held = document(folder)
    if held is None or held.get("schema", 1) != 1:
        with pytest.raises(LlmfitError) as problem:
            save_profile(folder.places, NEW)
        assert str(folder.file) in str(problem.value)
        assert str(problem.value).isprintable()
        assert folder.file.read_bytes() == raw
        return
    names = set(held.get("profiles", {}))
    refused = {name for name in names if any(_named(name, said) for said in found.problems)}
    assert names == set(found.names) | refused, (names, found)
    for kept in found.kept:
        _change_and_undo(folder, kept.profile, held)
    save_profile(folder.places, NEW)
    after = document(folder)
    assert after is not None
    assert without(after, NEW.name) == without(held, NEW.name)
    delete_profile(folder.places, NEW.name)
    assert without(document(folder) or {}, NEW.name) == without(held, NEW.name)


def _named(name: str, problem: str) -> bool:
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)[:80]
    return f"profiles.{shown}" in problem or f'are called "{shown}"' in problem


def _change_and_undo(folder: Folder, profile: Profile, held: dict[str, Any]) -> None:
    before = folder.file.read_bytes()
    changed = replace(profile, ram_bytes=3 * GIB, notes="", tags=("new",), gpus=(*profile.gpus, "RTX 4090"))
    if len(changed.gpus) > 64:
        return
    undo = save_profile(folder.places, changed, profile)
    assert folder.profile(profile.name) == changed
    after = document(folder)
    assert after is not None
    assert without(after, profile.name) == without(held, profile.name)
    put_back(folder.places, undo)
    assert folder.file.read_bytes().rstrip() == before.rstrip()


def test_a_sample_of_made_up_files_round_trips_or_is_refused_by_line(folder: Folder) -> None:
    for number in range(40):
        hold_to_its_word(folder, number)


@pytest.mark.soak
def test_two_thousand_made_up_files_round_trip_or_are_refused_by_line(folder: Folder) -> None:
    for number in range(2_000):
        hold_to_its_word(folder, number)

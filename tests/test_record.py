"""Records are what frozen dataclasses with slots are, to everyone who uses one."""

import copy
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, field, fields, is_dataclass, replace

import msgspec
import pytest

from llmfit_tui.core.record import changed, record


@record
class Part:
    """With every kind of field."""

    name: str
    bytes: int = 0
    of: Mapping[str, int] = field(default_factory=dict[str, int])
    path: str = field(default="", compare=False, repr=False)


@record
class Nothing:
    """Without one."""


def test_fields_are_filled_by_place_by_name_and_by_default() -> None:
    part = Part("weights", bytes=7)
    assert (part.name, part.bytes, part.of, part.path) == ("weights", 7, {}, "")
    assert Part("a").of is not Part("b").of


@pytest.mark.parametrize("words", ["Part()", "Part('a', 1, {}, '', 5)", "Part('a', size=1)"])
def test_what_is_no_field_and_what_is_missing_is_refused(words: str) -> None:
    with pytest.raises(TypeError, match="__init__"):
        eval(words)


def test_equal_where_all_that_counts_is_equal() -> None:
    assert Part("a", 1, path="here") == Part("a", 1, path="there")
    assert Part("a", 1) != Part("a", 2)
    assert Nothing() == Nothing()
    assert Part("a") != ("a", 0, {}, "")
    assert hash(Nothing()) == hash(Nothing())


def test_a_record_of_hashable_values_is_a_key() -> None:
    @record
    class Key:
        name: str
        number: int

    assert {Key("a", 1): "found"}[Key("a", 1)] == "found"
    assert Key("a", 1) not in {Key("a", 2)}


def test_nothing_of_it_changes() -> None:
    part = Part("a")
    for change in (
        lambda: setattr(part, "name", "b"),
        lambda: setattr(part, "new", 1),
        lambda: delattr(part, "name"),
    ):
        with pytest.raises(FrozenInstanceError):
            change()
    assert part == Part("a")


def test_it_prints_as_it_is_written() -> None:
    assert repr(Part("a", 3, path="here")) == "Part(name='a', bytes=3, of={})"


def test_the_tools_for_dataclasses_take_it() -> None:
    part = Part("a", 1)
    assert is_dataclass(part)
    assert [one.name for one in fields(part)] == ["name", "bytes", "of", "path"]
    assert replace(part, bytes=2) == Part("a", 2)
    assert copy.deepcopy(part) == part
    match part:
        case Part(name, size):
            assert (name, size) == ("a", 1)


def test_a_changed_one_is_what_replace_makes() -> None:
    part = Part("a", 1, path="here")
    assert changed(part, {"bytes": 2, "path": ""}) == replace(part, bytes=2)
    assert changed(part, {"name": "b"}).path == "here"
    with pytest.raises(TypeError, match="size"):
        changed(part, {"size": 2})


def test_it_is_decoded_and_checked_from_json() -> None:
    assert msgspec.json.decode(b'{"name": "a", "bytes": 2}', type=Part) == Part("a", 2)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"name": "a", "bytes": "two"}', type=Part)

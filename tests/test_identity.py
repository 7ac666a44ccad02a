"""What is kept by the objects it was made from."""

import weakref

from llmfit_tui.core.identity import Kept
from llmfit_tui.core.scenario import Settings, with_context


class _Thing:
    """Something that equals everything of its kind."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Thing)

    def __hash__(self) -> int:
        return 1


def test_a_value_is_found_by_the_very_objects_it_was_made_from_and_no_equal_ones() -> None:
    kept, one, other = Kept[str](most=8), _Thing(), _Thing()
    assert kept.keep("made", one, other) == "made"
    assert kept.get(one, other) == "made"
    assert kept.get(other, one) is None
    assert kept.get(one) is None


def test_nothing_new_is_mistaken_for_an_object_that_went() -> None:
    kept = Kept[str](most=8)
    thing = _Thing()
    gone = weakref.ref(thing)
    kept.keep("made", thing)
    del thing
    assert gone() is not None
    kept.clear()
    assert gone() is None


def test_the_older_half_makes_room() -> None:
    kept, things = Kept[int](most=10), [_Thing() for _ in range(11)]
    for i, thing in enumerate(things):
        kept.keep(i, thing)
        assert len(kept) <= 10
    assert [kept.get(thing) for thing in things] == [None] * 5 + list(range(5, 11))


def test_equal_settings_at_a_context_are_one_object() -> None:
    one, other = Settings(context=4096, parallel=2), Settings(context=8192, parallel=2)
    assert with_context(one, 2048) is with_context(other, 2048)
    assert with_context(one, 2048) == Settings(context=2048, parallel=2)
    assert with_context(one, 4096) == one

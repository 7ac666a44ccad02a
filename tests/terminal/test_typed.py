"""The stream of input: keys, pastes and answers told apart, however it is cut into pieces."""

import random

import pytest

from llmfit_tui.cli.typed import (
    ANSWER,
    BEGINS,
    ENDS,
    FLOOD,
    MOST_PASTED,
    PATIENCE,
    Answered,
    Item,
    Pasted,
    Typed,
)


def _all(pieces: list[str], answer_due: bool = False, idle: int = 0) -> list[Item]:
    typed = Typed()
    items = [item for piece in pieces for item in typed.feed(piece, answer_due)]
    return items + [item for _ in range(idle) for item in typed.tick()]


def _told(items: list[Item]) -> tuple[str, list[str], int]:
    """Keys, pasted texts, and how many answers."""
    keys = "".join(item for item in items if isinstance(item, str))
    pasted = [item.text for item in items if isinstance(item, Pasted)]
    return keys, pasted, sum(isinstance(item, Answered) for item in items)


@pytest.mark.parametrize("seed", range(50))
def test_it_is_told_apart_however_it_is_cut(seed: int) -> None:
    chance = random.Random(seed)
    stream = f"ab{ANSWER}\x1b[A{BEGINS}text\x1b[31m\n{ENDS}{ANSWER}\x1b[1;5Cq{BEGINS}é{ENDS}z"
    cuts = sorted(chance.sample(range(1, len(stream)), 12))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert _told(_all(pieces, answer_due=True)) == ("ab\x1b[A\x1b[1;5Cqz", ["text\x1b[31m\n", "é"], 2)


def test_an_escape_is_a_key_at_once_where_no_answer_is_due() -> None:
    assert _all(["\x1b"]) == ["\x1b"]
    assert _all(["\x1b"], answer_due=True) == []
    assert _all(["\x1b"], answer_due=True, idle=1) == ["\x1b"]


def test_a_paste_that_never_ends_is_over_when_nothing_follows() -> None:
    assert _told(_all([BEGINS + "half"], idle=PATIENCE)) == ("", [], 0)
    assert _told(_all([BEGINS + "half"], idle=PATIENCE + 1)) == ("", ["half"], 0)


def test_megabytes_are_cut_and_end() -> None:
    text = "x" * (1 << 21)
    (pasted,) = _told(_all([BEGINS, text, text, ENDS]))[1]
    assert len(pasted) == MOST_PASTED


def test_many_letters_at_once_are_a_paste_though_nobody_says_so() -> None:
    assert _told(_all(["q" * FLOOD])) == ("", ["q" * FLOOD], 0)
    assert _told(_all(["q" * 20])) == ("q" * 20, [], 0)

"""Finding things by name: whole words, never parts of one, and the nearest names where nothing fits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from llmfit_tui.core.errors import AmbiguousName, BadValue, UnknownName

if TYPE_CHECKING:
    from llmfit_tui.core.models.model import Checkpoint, Model
    from llmfit_tui.core.quant import Quant

_WORD = re.compile(r"[a-z0-9.]+")


def words(text: str) -> list[str]:
    """Lower-case words of letters, digits and points."""
    return [word for found in _WORD.findall(text.lower()) if (word := found.strip("."))]


def nearest(text: str, names: Iterable[str], count: int = 3) -> list[str]:
    """The names most like `text`, best first."""
    by_folded: dict[str, str] = {}
    for name in names:
        by_folded.setdefault(name.lower(), name)
    folded = text.lower()
    tails = {name.rsplit("/", 1)[-1]: name for name in by_folded}
    close = _closest(folded, dict.fromkeys([*by_folded, *tails]), 3 * count)
    found = dict.fromkeys(by_folded[tails.get(name, name)] for name in close)
    return list(found)[:count]


def _closest(text: str, names: Iterable[str], count: int) -> list[str]:
    """What difflib.get_close_matches gives, in a fifth of its time.

    Every name has an upper bound of its likeness that costs little; by falling bound, names are compared in
    full only as long as one of them could still be among the best.
    """
    import difflib  # only where a name is wrong

    matcher = difflib.SequenceMatcher()
    matcher.set_seq2(text)
    bounds: list[tuple[float, str]] = []
    for name in names:
        matcher.set_seq1(name)
        bounds.append((matcher.quick_ratio(), name))
    best: list[tuple[float, str]] = []
    for bound, name in sorted(bounds, reverse=True):
        if len(best) == count and bound < best[-1][0]:
            break
        matcher.set_seq1(name)
        best = sorted([*best, (matcher.ratio(), name)], reverse=True)[:count]
    return [name for _, name in best]


def find_model(text: str, models: Sequence[Model]) -> tuple[Model, Checkpoint]:
    """The model and checkpoint a person means. Raises UnknownName or AmbiguousName."""
    wanted = text.strip().lower()
    if not wanted:
        raise BadValue("A model's id, alias or unique name was expected, not an empty text.")
    for match in (_by_id, _by_tail, _by_name, _by_words):
        found = match(wanted, models)
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousName("model", text, [checkpoint.id for _, checkpoint in found])
    ids = [checkpoint.id for model in models for checkpoint in model.checkpoints]
    raise UnknownName("model", text, nearest(text, ids))


def _pairs(models: Sequence[Model]) -> Iterable[tuple[Model, Checkpoint]]:
    return ((model, checkpoint) for model in models for checkpoint in model.checkpoints)


def _by_id(wanted: str, models: Sequence[Model]) -> list[tuple[Model, Checkpoint]]:
    return [pair for pair in _pairs(models) if pair[1].id.lower() == wanted]


def _by_tail(wanted: str, models: Sequence[Model]) -> list[tuple[Model, Checkpoint]]:
    return [
        pair
        for pair in _pairs(models)
        if pair[1].id.lower().rsplit("/", 1)[-1] == wanted
        or wanted in (alias.lower() for alias in pair[1].aliases)
    ]


def _by_name(wanted: str, models: Sequence[Model]) -> list[tuple[Model, Checkpoint]]:
    return [(model, model.checkpoints[0]) for model in models if model.name.lower() == wanted]


def _by_words(wanted: str, models: Sequence[Model]) -> list[tuple[Model, Checkpoint]]:
    asked = set(words(wanted))
    if not asked:
        return []
    found = [
        (model, model.checkpoints[0])
        for model in models
        if asked <= {*words(model.name), *words(model.id), *words(model.publisher)}
    ]
    shortest = min((len(words(model.name)) for model, _ in found), default=0)
    closest = [pair for pair in found if len(words(pair[0].name)) == shortest]
    # One word of a longer name is a family, not a wish: "llama" must not settle on AMD Llama 135M.
    return closest if len(closest) == 1 and 2 * len(asked) >= shortest else found


def find_quant(text: str, quants: Sequence[Quant]) -> Quant:
    """The quantization of this name or alias, upper or lower case. Raises UnknownName."""
    wanted = text.strip().lower()
    by_name: Mapping[str, Quant] = {
        name.lower(): quant for quant in reversed(quants) for name in (*quant.aliases, quant.name)
    }
    if wanted in by_name:
        return by_name[wanted]
    raise UnknownName("quantization", text, nearest(text, [quant.name for quant in quants]))

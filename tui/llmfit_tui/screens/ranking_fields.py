"""The fields above the ranking: what each may be, how it reads, and the view with the next value of one."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from llmfit_tui.core.models.model import Model
from llmfit_tui.core.ranking.rank import USES
from llmfit_tui.core.ranking.view import SORTS, RankingView
from llmfit_tui.core.record import record
from llmfit_tui.format import amounts
from llmfit_tui.panes.fieldbar import BarField

SIZES = (None, 2_000_000_000, *(n * 1_000_000_000 for n in (4, 9, 15, 35, 75, 130, 300)))
SPEEDS = (None, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
AGREES = (None, 80.0, 90.0, 95.0, 98.0)
MOST_LICENCES = 12
ANY = "any"
Step = Callable[[RankingView, int], RankingView]


@record
class Field:
    """One field."""

    key: str
    name: str
    reads: Callable[[RankingView], str]
    step: Step
    usual: Callable[[RankingView], bool]


def fields_for(models: Iterable[Model]) -> tuple[Field, ...]:
    """The fields for models with these licences."""
    counted = Counter(model.license for model in models if model.license)
    licences = (None, *(name for name, _ in counted.most_common(MOST_LICENCES)))
    return (
        _wanted("u", "use", "use", USES, "{}"),
        Field(
            "i", "size", _size, _stepped("max_parameters", SIZES), lambda v: v.wanted.max_parameters is None
        ),
        _wanted("e", "speed", "min_tok_s", SPEEDS, "from {:g} tok/s"),
        _wanted("a", "agrees", "min_agree_percent", AGREES, "from {:g}%"),
        _wanted("c", "licence", "license", licences, "{}"),
        Field("o", "order", _order, _next_order, lambda view: (view.column, view.turned) == ("rank", False)),
    )


def shown(fields: Sequence[Field], view: RankingView, name: str) -> list[BarField]:
    """All fields with their values, the name of the view last."""
    made = [BarField(one.key, one.name, one.reads(view), not one.usual(view)) for one in fields]
    return [*made, BarField("v", "view", name or "not kept", bool(name))]


def _wanted(key: str, name: str, of: str, values: Sequence[object], words: str) -> Field:
    """A field of what is wanted; `words` has a place for the value."""

    def reads(view: RankingView) -> str:
        value = getattr(view.wanted, of)
        return ANY if value is None else words.format(value)

    return Field(key, name, reads, _stepped(of, values), lambda view: getattr(view.wanted, of) == values[0])


def _stepped(of: str, values: Sequence[object]) -> Step:
    def step(view: RankingView, steps: int) -> RankingView:
        value = getattr(view.wanted, of)
        here = values.index(value) if value in values else 0
        changed: dict[str, Any] = {of: values[(here + steps) % len(values)]}
        return replace(view, wanted=replace(view.wanted, **changed))

    return step


def _size(view: RankingView) -> str:
    most = view.wanted.max_parameters
    return ANY if most is None else f"up to {amounts.count(most)}"


def _order(view: RankingView) -> str:
    falls = SORTS[view.column][1] is not view.turned
    return f"{view.column} {'▼' if falls else '▲'}"


def _next_order(view: RankingView, steps: int) -> RankingView:
    columns = list(SORTS)
    column = columns[(columns.index(view.column) + steps) % len(columns)]
    return replace(view, column=column, turned=False)

"""Lines of a derivation."""

from collections.abc import Iterator

from llmfit_tui.core.record import record
from llmfit_tui.core.why.terms import Sum
from llmfit_tui.format.devices import machine_name
from llmfit_tui.format.why.terms import amount, working


@record
class Row:
    """One line: a term has a name, a working and a value; a note or a heading its name alone."""

    name: str
    value: str = ""
    working: str = ""
    kind: str = "term"
    """term, total, head, or note."""


BLANK = Row("", kind="note")


def told(made: Sum, whole: str) -> Iterator[Row]:
    """The terms of a sum, and its total under the name given."""
    for term in made.terms:
        where = f"{machine_name(term.where)}: " if term.where else ""
        yield Row(f"{where}{term.name}", amount(term.amount, made.unit), working(term))
    yield Row(whole, amount(made.total, made.unit), kind="total")


def note(text: str) -> Row:
    """A sentence beside the figures."""
    return Row(text, kind="note")

"""What a page is made of."""

from enum import Enum

from llmfit_tui.core.hardware.device import Device
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario

Target = Model | Quant | Device | Scenario
"""What a line of the page leads to."""


class Shape(Enum):
    """How the rows of a section are laid out."""

    TEXT = "text"
    """One cell each, wrapped."""
    FACTS = "facts"
    """A name, and what it is."""
    ANSWERS = "answers"
    """A question, and the answer in sentences."""
    TABLE = "table"
    """Columns below titles."""


@record
class Row:
    """A line, or a few where a cell is long."""

    cells: tuple[str, ...]
    target: Target | None = None
    level: int | None = None
    """A rating that is its mark."""
    here: bool = False
    """What the scenario has already."""


@record
class Section:
    """A heading and its rows."""

    title: str
    shape: Shape
    rows: tuple[Row, ...]
    heads: tuple[str, ...] = ()
    """Titles of a table's columns, the most important first: the last are left out where room is short."""
    names: int = 1
    """So many columns at its left are text; the last of them takes the room that is left."""
    note: str = ""
    """What has to be known to read it, beside the heading."""


@record
class Page:
    """Two columns where there is room for both."""

    left: tuple[Section, ...]
    right: tuple[Section, ...]
    one: tuple[Section, ...]
    """The same, one below the other."""

"""What a person asks of the answer beside the scenario: numbers of `rank` and `plan`."""

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.sizes import whole_number

_COUNTS = {"": 1.0, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def number(text: str | None, what: str, most: float) -> float | None:
    """A number from 0 to `most`, a per cent sign allowed. Raises BadValue."""
    if text is None:
        return None
    try:
        value = float(text.strip().rstrip("%"))
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise BadValue(f"{what}: a number from 0 to {most:g} was expected, not {quoted(text)}.")
    return value


def parameters(text: str | None, what: str) -> int | None:
    """Parameters of `32B`, `500M` or a plain number. Raises BadValue."""
    if text is None:
        return None
    folded = text.strip().upper()
    unit = folded[-1:] if folded[-1:] in "KMBT" else ""
    try:
        value = float(folded.removesuffix(unit)) * _COUNTS[unit]
    except ValueError:
        value = 0.0
    if not 1 <= value < 1e15:
        raise BadValue(f"{what}: a count such as 32B was expected, not {quoted(text)}.")
    return round(value)


def rows(text: str | None) -> int | None:
    """How many rows `--top` asks for; None: all. Raises BadValue."""
    return None if text is None or text.strip().lower() == "all" else whole_number(text, "--top", 1)

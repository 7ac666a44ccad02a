"""Words of `models`, `quants` and `hardware`: the filter of the explorer, as far as it needs no scenario."""

from collections.abc import Sequence

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.filters.field import Field
from llmfit_tui.core.filters.grammar import Filter, FilterError, parse


def asked_of(text: Sequence[str], fields: Sequence[Field], facts: Sequence[Field] = ()) -> Filter:
    """The filter the words ask for. Raises BadValue where it does not parse, or asks for an estimate.

    `facts` take the place of estimated fields of the same name.
    """
    known = {field.name for field in facts}
    joined = " ".join(text)
    try:
        asked = parse(joined, [*facts, *(field for field in fields if field.name not in known)])
    except FilterError as problem:
        raise BadValue(f"In {quoted(joined)} {problem}.") from None
    if asked.estimates:
        name = asked.estimates[0].field.name
        raise BadValue(
            f"{quoted(name)} depends on model and hardware together, which a list of one does not know; "
            "rank, plan and estimate do."
        )
    return asked

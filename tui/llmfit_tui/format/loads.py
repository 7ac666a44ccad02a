"""Devices of a placement as people read them: GPUs loaded alike stand in one row."""

import re
from collections.abc import Sequence
from itertools import groupby

from llmfit_tui.core.placement.placement import Load
from llmfit_tui.format.devices import short_name

_NUMBER = re.compile(r" #\d+$")


def rows_of(loads: Sequence[Load], short: bool = False) -> list[tuple[str, Load]]:
    """Name and load of each row, in order: neighbours that hold the same are one, "8x H100 SXM5, each"."""
    rows: list[tuple[str, Load]] = []
    for (name, *_), alike in groupby(loads, _same):
        several = list(alike)
        first = several[0]
        if short and first.gpu is not None:
            name = name.replace(first.gpu.name, short_name(first.gpu))
        if len(several) > 1:
            place, comma, card = name.rpartition(", ")
            name = f"{place}{comma}{len(several)}x {card}{'' if short else ', each'}"
        elif not short:
            name = first.name
        rows.append((name, first))
    return rows


def _same(load: Load) -> tuple[str, int, int, int, int, int, int]:
    return (
        _NUMBER.sub("", load.name),
        load.weights_bytes,
        load.cache_bytes,
        load.compute_bytes + load.output_bytes,
        load.overhead_bytes,
        load.parts_bytes,
        load.capacity_bytes,
    )

"""Memory against context: what the devices hold, stacked, below the capacity of each."""

from collections.abc import Callable, Sequence

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.placement.placement import Load, Mode
from llmfit_tui.format import amounts
from llmfit_tui.format.amounts import GIB
from llmfit_tui.format.charts.chart import Border, Chart, Layer, Spot
from llmfit_tui.format.charts.scale import Scale
from llmfit_tui.format.devices import machine_name
from llmfit_tui.format.verdict import verdict

FIRST_ABOVE, ABOVE = 2.5, 1.2
"""A capacity that many times what is needed is not drawn, because it would flatten everything else: the
first device's, and those of what stands beside it."""
ROOM = 1.08

PARTS: tuple[tuple[str, str, Callable[[Load], int]], ...] = (
    ("weights", "weights", lambda load: load.weights_bytes),
    ("cache", "KV cache", lambda load: load.cache_bytes),
    ("compute", "compute", lambda load: load.compute_bytes + load.output_bytes),
    ("driver", "driver", lambda load: load.overhead_bytes),
    ("beside", "beside", lambda load: load.parts_bytes),
)
WHERE = {
    Mode.GPU: "all on the GPU",
    Mode.UNIFIED: "all in unified memory",
    Mode.SPLIT: "split with the host",
    Mode.MOE_OFFLOAD: "experts on the host",
    Mode.CPU: "on the CPU",
    Mode.NONE: "fits nowhere",
}


def memory_chart(found: Sequence[Estimate], stops: Sequence[int], last: Sequence[int], at: int) -> Chart:
    """The estimates by rising context; `stops`: places the cursor rests on, `last`: the last of a placement.

    `at` is one of the places.
    """
    xs = tuple(float(one.scenario.settings.context) for one in found)
    layers = _layers(found)
    highest = max(sum(layer.heights[i] for layer in layers) for i in range(len(found)))
    borders, notes = _borders(found[0], highest)
    most = max([highest, *(border.y for border in borders)]) * ROOM
    return Chart(
        "GiB of memory",
        "tokens of context",
        Scale(xs[0], xs[-1], True, lambda value: amounts.tokens(round(value)), _ticks(xs)),
        Scale(0.0, most, False, _gib),
        tuple(_spot(found[i], sum(layer.heights[i] for layer in layers), i in last) for i in stops),
        stops.index(at),
        xs,
        layers,
        borders=borders,
        walls=tuple((xs[i], _where(found[i])) for i in last),
        notes=notes,
    )


def _where(found: Estimate) -> str:
    words = WHERE[found.placement.mode]
    return words.replace("the GPU", "the GPUs") if len(found.placement.gpus) > 1 else words


def _gib(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == round(value) else f"{value:.1f}"


def _ticks(xs: Sequence[float]) -> tuple[float, ...]:
    """Powers of two: what contexts are asked in."""
    return tuple(x for x in xs if round(x) & (round(x) - 1) == 0) or tuple(xs[-1:])


def _layers(found: Sequence[Estimate]) -> tuple[Layer, ...]:
    """The parts on the GPUs, or on the host where there are none, and all of the host on top of the GPUs."""
    gpus = [one.placement.gpus or one.placement.loads for one in found]
    made = [
        Layer(tone, name, tuple(sum(map(part, loads)) / GIB for loads in gpus)) for tone, name, part in PARTS
    ]
    host = tuple(one.placement.host.total_bytes / GIB if one.placement.gpus else 0.0 for one in found)
    made.append(Layer("host", "on the host", host))
    return tuple(layer for layer in made if any(layer.heights))


def _borders(found: Estimate, highest: float) -> tuple[tuple[Border, ...], tuple[str, ...]]:
    """Each device's memory on top of the one before it; what is far above the rest only in words."""
    borders: list[Border] = []
    notes: list[str] = []
    total = 0.0
    for load in _devices(found):
        if not load.capacity_bytes:
            continue
        total += load.capacity_bytes / GIB
        name = machine_name(load.name) if load.gpu else "host memory"
        label = f"{'+ ' if borders or notes else ''}{name}: {amounts.gib(load.capacity_bytes)}"
        if total > highest * (ABOVE if borders else FIRST_ABOVE):
            notes.append(f"{label}, above the chart")
        else:
            borders.append(Border(total, label))
    return tuple(borders), tuple(notes[:1])


def _devices(found: Estimate) -> Sequence[Load]:
    """Devices with memory of their own."""
    placed = found.placement
    return placed.gpus if placed.gpus and found.scenario.machine.unified else placed.loads


def _spot(found: Estimate, height: float, last: bool) -> Spot:
    placed = found.placement
    parts = [
        f"{name} {amounts.gib(size, unit=False)}"
        for _, name, part in PARTS
        if (size := sum(part(load) for load in placed.gpus or placed.loads))
    ]
    if placed.gpus and placed.host.total_bytes:
        parts.append(f"host {amounts.gib(placed.host.total_bytes, unit=False)}")
    context = found.scenario.settings.context
    words = [f"the most that stays {_where(found)}"] if last else []
    gpus = "the GPUs" if len(placed.gpus) > 1 else "the GPU"
    held = f"{amounts.gib(found.vram_bytes)} on {gpus if placed.gpus else 'the host'}"
    words += [held, verdict(found), ", ".join(parts)]
    return Spot(context, height, f"{context:,} tokens", tuple(words), found.rating.level)

"""Speed by its terms: what one token takes on each device, and what one token of a prompt takes."""

from collections.abc import Iterator

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.placement.placement import Load
from llmfit_tui.core.speed.decode import bandwidth_of, pace_of
from llmfit_tui.core.speed.evidence import Evidence
from llmfit_tui.core.speed.known import seconds_at_depth
from llmfit_tui.core.speed.measured import Measurement, measured_rows
from llmfit_tui.core.speed.prefill import PromptTerms, multiplied_on_gpu, terms_by_load
from llmfit_tui.core.speed.work import Work, work_of
from llmfit_tui.core.why.terms import Factor, Kind, Sum, Term, Unit, term


def decode_sum(found: Estimate) -> Sum | None:
    """Seconds of one token; None where a bandwidth that counts is unknown."""
    work = work_of(found.scenario, found.arch)
    loads = found.placement.loads
    active = sum(load.active_bytes for load in loads)
    held = sum(load.cache_bytes for load in loads)
    terms: list[Term] = []
    for load in loads:
        if not load.active_bytes and not load.cache_bytes:
            continue
        made = _device_terms(found, load, work, active, held)
        if made is None:
            return None
        terms += made
    return Sum("one token", Unit.SECONDS, tuple(one for one in terms if one.amount))


def _device_terms(found: Estimate, load: Load, work: Work, active: int, held: int) -> list[Term] | None:
    machine, placement = found.scenario.machine, found.placement
    pace = pace_of(load, machine, work, found.evidence.speed.decode)
    bandwidth = bandwidth_of(load, machine)
    if pace is None or not bandwidth:
        return None
    layers = work.layers * load.layers / placement.layers_total
    if load.gpu is None:
        layers += placement.cpu_moe_layers
    where, rate = load.name, Factor(bandwidth, "", Kind.RATE, divides=True)
    parameters = (work.active_parameters or 0) * (load.active_bytes / active if active else 0.0)
    return [
        term(
            "weights",
            Factor(load.active_bytes, "", Kind.DATA),
            rate,
            Factor(pace.per_byte * bandwidth, "", Kind.PLAIN),
            where=where,
        ),
        term(
            "cache",
            Factor(work.cache_bytes * load.cache_bytes / (held or 1), "", Kind.DATA),
            rate,
            Factor(pace.per_cache_byte * bandwidth, "", Kind.PLAIN),
            where=where,
        ),
        term(
            "starting layers",
            Factor(layers, "layers"),
            Factor(pace.per_layer, "", Kind.TIME),
            where=where,
        ),
        term(
            "arithmetic",
            Factor(parameters, "parameters"),
            Factor(pace.per_parameter, "", Kind.TIME),
            where=where,
        ),
    ]


def prompt_sum(found: Estimate) -> Sum | None:
    """Seconds of one token of the prompt; None where prefill has no estimate."""
    scenario, placement, fit = found.scenario, found.placement, found.evidence.speed.prefill
    work = work_of(scenario, found.arch)
    made = terms_by_load(placement, scenario.machine, work, fit)
    if made is None:
        return None
    active = sum(load.active_bytes for load in placement.loads)
    told = (_prompt(load, terms, work, load.active_bytes / active, scenario.machine) for load, terms in made)
    return Sum("one token of the prompt", Unit.SECONDS, tuple(one for some in told for one in some))


def _prompt(load: Load, made: PromptTerms, work: Work, share: float, machine: Machine) -> Iterator[Term]:
    batch = Factor(work.prompt / -(-work.prompt // work.ubatch), "tokens", divides=True)
    arithmetic = 2 * (work.active_parameters or 0) * share
    where = f"{load.name}, multiplied by the GPU" if multiplied_on_gpu(load, machine, work) else load.name
    yield term(
        "arithmetic",
        Factor(arithmetic, "operations"),
        Factor(arithmetic / made.arithmetic, "reached", Kind.OPERATIONS, divides=True),
        where=where,
    )
    for name, seconds in (("weights, once a micro-batch", made.weights), ("copied to it", made.copying)):
        if seconds:
            yield term(
                name,
                Factor(load.weights_bytes, "", Kind.DATA),
                Factor(load.weights_bytes / (seconds * batch.value), "reached", Kind.RATE, divides=True),
                batch,
                where=where,
            )
    layers = made.layers * batch.value
    yield term("starting layers", Factor(layers, "", Kind.TIME), batch, where=where)
    yield Term("attention", made.attention, where=where)


def measurements_used(found: Estimate) -> tuple[tuple[float, Measurement], ...]:
    """Published measurements behind the speed, each moved to the depth asked for."""
    evidence: Evidence = found.evidence
    if evidence.measurements is None:
        return ()
    work = work_of(found.scenario, found.arch)
    seconds = seconds_at_depth(found.scenario, found.arch, found.placement, work, evidence)
    return tuple(measured_rows(found.scenario, found.placement, evidence.measurements, seconds))

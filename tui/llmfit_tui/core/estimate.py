"""From a scenario to an estimate: memory by device, placement, rating, speed and quality."""

from collections.abc import Callable, Iterator
from dataclasses import field, replace

from llmfit_tui.core.cachequality import CacheQuality, cache_quality
from llmfit_tui.core.engines.beside import passed_over
from llmfit_tui.core.engines.engine import PLACE_THEMSELVES, Engine
from llmfit_tui.core.engines.parallel import Parallel
from llmfit_tui.core.engines.report import VllmReport
from llmfit_tui.core.engines.where import refused_on
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.gguf.file import GgufFile
from llmfit_tui.core.memory.demand import Demand, demand_of
from llmfit_tui.core.memory.kvcache import CacheSize, cells_and_streams, refusal
from llmfit_tui.core.memory.parts import PartBytes, PartKind
from llmfit_tui.core.memory.weights import Weights
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.model import Trust
from llmfit_tui.core.placement.candidates import Search, any_fits, candidates
from llmfit_tui.core.placement.placement import Mode, Placement
from llmfit_tui.core.quality import Quality, quality_of
from llmfit_tui.core.quant import Imatrix, Quant
from llmfit_tui.core.rating import Rating, rate
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import ALL_LAYERS, Scenario, uses_imatrix
from llmfit_tui.core.speed import Speed
from llmfit_tui.core.speed.decode import decode_seconds
from llmfit_tui.core.speed.evidence import NO_EVIDENCE, Evidence
from llmfit_tui.core.speed.known import known_speed
from llmfit_tui.core.speed.throughput import Throughput, throughput
from llmfit_tui.core.speed.work import Work, work_of

LINK_NOT_SAID = (
    "how the machines are connected was not said, so their speed is unknown; --link says it, such as 100 GbE"
)


@record
class Estimate:
    """Everything we say about a scenario. Memory describes what was asked for, whether it fits or not."""

    scenario: Scenario
    arch: Architecture
    weights: Weights
    cache: CacheSize
    placement: Placement
    speed: Speed
    rating: Rating
    quality: Quality | None
    """Of the weights."""
    active_parameters: int | None
    warnings: tuple[str, ...]
    parts: tuple[PartBytes, ...] = ()
    """What is loaded beside the model, and what each takes."""
    vllm: VllmReport | None = None
    """What vLLM would log, where it is the engine."""
    mlx: Parallel | None = None
    """How MLX shares the model among machines, where it is the engine."""
    evidence: Evidence = field(default=NO_EVIDENCE, repr=False)
    """What it was estimated with."""

    @property
    def vram_bytes(self) -> int:
        """What the GPUs hold, or the host where there is none in use."""
        return self.placement.vram_bytes

    @property
    def cache_quality(self) -> CacheQuality | None:
        """Of the types of the KV cache; None where nobody measured them, as those that MLX makes."""
        settings = self.scenario.settings
        if settings.engine is Engine.MLX and settings.kv_type_k.quantized:
            return None
        return cache_quality(
            self.scenario.model, settings.kv_type_k, settings.kv_type_v, self.evidence.quality
        )

    @property
    def throughput(self) -> Throughput | None:
        """Of all slots together; None for one slot, and where devices do not take turns."""
        settings, machine = self.scenario.settings, self.scenario.machine
        if settings.parallel == 1 or settings.engine in PLACE_THEMSELVES or machine.nodes > 1:
            return None
        work = work_of(self.scenario, self.arch)
        fit = self.evidence.speed
        return throughput(self.placement, machine, self.arch, work, self.speed, settings.parallel, fit)

    @property
    def total_bytes(self) -> int:
        """Over all devices and the host."""
        return sum(load.total_bytes for load in self.placement.loads)


def estimate(scenario: Scenario, evidence: Evidence = NO_EVIDENCE) -> Estimate:
    """Estimate a scenario; without `evidence` its quality is unknown and its speed a first guess.

    Raises BadValue where the model's size or the type's bits are unknown.
    """
    settings = scenario.settings
    if settings.engine in PLACE_THEMSELVES:
        from llmfit_tui.core.engines.estimate import estimate_by_engine

        return estimate_by_engine(scenario, evidence)
    _refuse_machine(scenario)
    demand = demand_of(scenario.model, scenario.quant, settings)
    arch, weights, asked = demand.arch, demand.weights, settings.cache()
    work = work_of(scenario, arch)
    placement = _choose(scenario, demand, work, evidence)
    speed = known_speed(scenario, arch, placement, work, evidence)
    if scenario.machine.nodes > 1:
        from llmfit_tui.core.engines.slowed import in_turn
        from llmfit_tui.core.engines.traffic import RPC_S

        speed = in_turn(speed, arch, scenario.machine, work.prompt, RPC_S)
    refused = refusal(arch, asked) or _unsupported(scenario)
    return Estimate(
        scenario=scenario,
        arch=arch,
        weights=weights,
        cache=demand.cache,
        placement=placement,
        speed=speed,
        rating=rate(placement, speed, f"llama.cpp refuses it: {refused}" if refused else None),
        quality=quality_of(
            scenario.model, arch, scenario.quant, uses_imatrix(settings, scenario.quant), evidence.quality
        ),
        active_parameters=work.active_parameters,
        warnings=_warnings(scenario, demand, refused),
        parts=demand.parts,
        evidence=evidence,
    )


def placed(scenario: Scenario, evidence: Evidence = NO_EVIDENCE) -> Placement:
    """The placement of an estimate alone, for searches that ask many times. Raises BadValue as `estimate`."""
    if scenario.settings.engine in PLACE_THEMSELVES:
        from llmfit_tui.core.engines.estimate import placed_by_engine

        return placed_by_engine(scenario)
    _refuse_machine(scenario)
    demand = demand_of(scenario.model, scenario.quant, scenario.settings)
    return _choose(scenario, demand, work_of(scenario, demand.arch), evidence)


def placed_whole(scenario: Scenario, evidence: Evidence = NO_EVIDENCE) -> Placement | None:
    """What `placed` finds where llama.cpp's GPUs hold everything by the formula; None where they do not."""
    demand = demand_of(scenario.model, scenario.quant, scenario.settings)
    fitting = [one for one in Search(demand, scenario.machine, scenario.settings).whole() if one.fits]
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    return min(fitting, key=_seconds(scenario, work_of(scenario, demand.arch), evidence))


def runs(scenario: Scenario) -> bool:
    """Whether the rating would be above "Won't run", without finding out where it runs best.

    Raises BadValue as `estimate`.
    """
    if scenario.settings.engine in PLACE_THEMSELVES:
        return placed(scenario).fits
    _refuse_machine(scenario)
    demand = demand_of(scenario.model, scenario.quant, scenario.settings)
    if refusal(demand.arch, scenario.settings.cache()) or _unsupported(scenario):
        return False
    return any_fits(demand, scenario.machine, scenario.settings)


def _refuse_machine(scenario: Scenario) -> None:
    refused = refused_on(scenario.machine, scenario.settings.engine)
    if refused is not None:
        raise BadValue(refused)


def _choose(scenario: Scenario, demand: Demand, work: Work, evidence: Evidence) -> Placement:
    """The fastest placement that fits; where none does, the first one, marked as fitting nowhere."""
    settings, machine = scenario.settings, scenario.machine
    search = Search(demand, machine, settings)
    tried = list(candidates(search))
    fitting = [placement for placement in tried if placement.fits]

    seconds = _seconds(scenario, work, evidence)
    for rough in sorted(fitting, key=seconds) if len(fitting) > 1 else fitting:
        placement = search.refined(rough)
        if placement.fits:
            return placement
    none = search.refined(tried[0])
    asked_for = settings.gpu_layers is not None or settings.cpu_moe_layers is not None
    return none if asked_for else replace(none, mode=Mode.NONE)


def _seconds(scenario: Scenario, work: Work, evidence: Evidence) -> Callable[[Placement], float]:
    """Of a placement, for one token."""
    return lambda one: decode_seconds(one, scenario.machine, work, evidence.speed.decode) or 0.0


def _unsupported(scenario: Scenario) -> str | None:
    if scenario.machine.gpus and not scenario.machine.gpus[0].backends:
        return f"it has no backend for {scenario.machine.gpus[0].name}"
    if not scenario.quant.engines:
        return f"it no longer reads {scenario.quant.name}"
    if not scenario.quant.is_gguf:
        return f"{scenario.quant.name} runs in {' or '.join(scenario.quant.engines)}"
    return None


def _layout(scenario: Scenario, demand: Demand) -> list[str]:
    """Settings that llama.cpp takes and changes, or that change nothing."""
    settings, layers = scenario.settings, demand.layers_total
    found: list[str] = []
    if not settings.unified_kv and settings.context % settings.parallel:
        cells, slots = cells_and_streams(settings.cache())
        found.append(
            f"{settings.context:,} tokens do not divide among {slots} slots: "
            f"llama.cpp gives each {cells:,}, {cells * slots:,} in all"
        )
    limits = [("--gpu-layers", settings.gpu_layers, layers)]
    if demand.arch.is_moe:
        limits.append(("--n-cpu-moe", settings.cpu_moe_layers, layers - 1))
    elif settings.cpu_moe_layers:
        found.append(
            f"--n-cpu-moe {settings.cpu_moe_layers}: the model has no experts, so it changes nothing"
        )
    for flag, asked, most in limits:
        if asked is not None and most < asked < ALL_LAYERS:
            found.append(f"{flag} {asked}: the model has {most}, so it means all of them")
    return found


def _about_file(file: GgufFile, quant: Quant) -> Iterator[str]:
    if file.missing_bytes:
        there = file.file_bytes - file.missing_bytes
        yield f"the file is not whole: {there:,} of {file.file_bytes:,} bytes are there"
    if quant.name != file.mix:
        yield f"the file itself is {file.mix}; {quant.name} is worked out as if made from the original"


def _about_parts(demand: Demand) -> Iterator[str]:
    kinds = {one.part.kind for one in demand.parts}
    if PartKind.PROJECTOR in kinds:
        yield "what the projector needs while it reads an image is not counted, only its weights"
    if PartKind.DRAFT in kinds:
        yield "the draft model is given the same context and slots; speculation may speed decoding up"


def _warnings(scenario: Scenario, demand: Demand, refused: str | None) -> tuple[str, ...]:
    model, settings, weights = scenario.model, scenario.settings, demand.weights
    found: list[str] = []
    if weights.file_range is not None:
        found.append("sizes are approximate: by what published files of this recipe weigh")
    elif not weights.exact:
        found.append("sizes are approximate: parameters x bits per weight, not the tensors themselves")
    if model.context_max and settings.context > model.context_max:
        found.append(
            f"{settings.context:,} tokens is more than the model's own {model.context_max:,}; "
            "output beyond that needs rope scaling and gets worse"
        )
    found += _layout(scenario, demand)
    if model.file is not None:
        found += _about_file(model.file, scenario.quant)
    found += _about_parts(demand)
    if beside := passed_over(settings):
        found.append(beside)
    if scenario.machine.nodes > 1 and scenario.machine.node_link is None:
        found.append(LINK_NOT_SAID)
    if model.context_max is None:
        found.append("the model's own context length is not known")
    if model.trust is Trust.PARTIAL:
        found.append("the model's shape is partly unconfirmed")
    if scenario.quant.imatrix is Imatrix.REQUIRED and not uses_imatrix(settings, scenario.quant):
        found.append(f"llama-quantize refuses to make {scenario.quant.name} without an importance matrix")
    if refused:
        found.append(refused)
    return tuple(found)

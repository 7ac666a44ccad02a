"""Estimates for engines that place a model themselves: vLLM and MLX."""

from dataclasses import replace

from llmfit_tui.core.engines.beside import passed_over
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.mlx import PROMPT_STEP, MlxRun, mlx_run
from llmfit_tui.core.engines.refusals import refused_by
from llmfit_tui.core.engines.slowed import in_turn, rougher, slowed, unknown
from llmfit_tui.core.engines.traffic import HAND_ON_S, communication_s
from llmfit_tui.core.engines.vllm import Served, serve
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import LINK_NOT_SAID, Estimate
from llmfit_tui.core.memory.weights import Weights, weights_of
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.placement.placement import Mode, Placement
from llmfit_tui.core.quality import quality_of
from llmfit_tui.core.rating import rate
from llmfit_tui.core.scenario import Scenario, architecture, uses_imatrix
from llmfit_tui.core.speed import Speed, speed_of
from llmfit_tui.core.speed.evidence import Evidence
from llmfit_tui.core.speed.work import Work, work_of

EXPERTS_SLOWER = 2.5
"""Single streams of mixtures of experts over 8 and 16 GPUs were published down to a third of what is reckoned
(catalogs/clusters.json, engines of 2025)."""


def estimate_by_engine(scenario: Scenario, evidence: Evidence) -> Estimate:
    """The estimate of a scenario under its own engine. Raises BadValue where sizes are not known, and where
    the engine cannot run it at all, saying what would work."""
    arch = architecture(scenario.model)
    made = _run(scenario, arch)
    placement = _marked(made.placement)
    work = replace(work_of(scenario, arch), engine=scenario.settings.engine.value)
    speed = _speed(scenario, arch, made, work, evidence)
    return Estimate(
        scenario=scenario,
        arch=arch,
        weights=_weights(scenario, arch),
        cache=made.cache,
        placement=placement,
        speed=speed,
        rating=rate(placement, speed, None),
        quality=quality_of(
            scenario.model,
            arch,
            scenario.quant,
            uses_imatrix(scenario.settings, scenario.quant),
            evidence.quality,
        ),
        active_parameters=work.active_parameters,
        warnings=_warnings(scenario, made),
        evidence=evidence,
        vllm=made.report if isinstance(made, Served) else None,
        mlx=made.parallel if isinstance(made, MlxRun) else None,
    )


def placed_by_engine(scenario: Scenario) -> Placement:
    """The placement alone. Raises BadValue as `estimate_by_engine`."""
    return _marked(_run(scenario, architecture(scenario.model)).placement)


def _run(scenario: Scenario, arch: Architecture) -> Served | MlxRun:
    refused = refused_by(scenario, arch)
    if refused is not None:
        raise BadValue(refused)
    made = serve(scenario, arch) if scenario.settings.engine is Engine.VLLM else mlx_run(scenario, arch)
    if made is None:
        raise BadValue(f"The tensors of {scenario.model.id} in {scenario.quant.name} are not known.")
    return made


def _marked(placement: Placement) -> Placement:
    return placement if placement.fits else replace(placement, mode=Mode.NONE)


def _weights(scenario: Scenario, arch: Architecture) -> Weights:
    settings = scenario.settings
    found = weights_of(scenario.model, arch, scenario.quant, uses_imatrix(settings, scenario.quant))
    if found is None:
        raise BadValue(f"No size is known for {scenario.model.id}.")
    return found


def _speed(
    scenario: Scenario, arch: Architecture, made: Served | MlxRun, work: Work, evidence: Evidence
) -> Speed:
    """As one GPU of each stage does its share of the work, and what passes between them."""
    machine, fit = scenario.machine, evidence.speed
    if isinstance(made, MlxRun):
        parallel, at_once = made.parallel, PROMPT_STEP
        if parallel.tensor == 1:
            alone = speed_of(made.placement, machine, work, fit)
            return alone if machine.nodes == 1 else in_turn(alone, arch, machine, work.prompt, HAND_ON_S)
    else:
        parallel, at_once = made.report.parallel, made.report.batched_tokens
    shared = replace(
        work,
        active_parameters=work.active_parameters and work.active_parameters // parallel.tensor,
        cache_bytes=work.cache_bytes // parallel.tensor,
        prompt_cache_bytes=work.prompt_cache_bytes // parallel.tensor,
        ubatch=at_once,
    )
    speed = speed_of(made.one_rank, machine, shared, fit)
    step = communication_s(arch, machine, parallel, 1)
    prompt = min(work.prompt, at_once)
    chunk = communication_s(arch, machine, parallel, prompt)
    if step is None or chunk is None:
        return unknown(speed)
    if not step:
        return speed
    shared_out = slowed(speed, step, chunk / prompt, work.prompt)
    return rougher(shared_out, EXPERTS_SLOWER) if arch.is_moe else shared_out


def _warnings(scenario: Scenario, made: Served | MlxRun) -> tuple[str, ...]:
    found: list[str] = []
    model, settings = scenario.model, scenario.settings
    if model.context_max and settings.context // settings.parallel > model.context_max:
        found.append(
            f"{settings.context // settings.parallel:,} tokens is more than the model's own "
            f"{model.context_max:,}; the engine refuses that unless told otherwise"
        )
    if beside := passed_over(settings):
        found.append(beside)
    if scenario.machine.nodes > 1 and scenario.machine.node_link is None:
        found.append(LINK_NOT_SAID)
    if isinstance(made, Served):
        used, there = made.report.parallel.ranks, len(scenario.machine.gpus)
        if used < there:
            found.append(f"{used} of {there} GPUs are used: the sizes asked for take no more")
    return tuple(found)

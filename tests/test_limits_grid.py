"""Limits and what would help, over made-up scenarios: an answer holds, and one step more does not."""

import random

import pytest

from llmfit_tui.core.answers.advice import ChangeKind, changes
from llmfit_tui.core.answers.limits import CONTEXT_CEILING, limits_of, max_context
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate, estimate, placed
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.hardware.machines import Wishes, machine_of
from llmfit_tui.core.memory.kvcache import CELL_PADDING, KVType
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.core.scenario import MOST_SLOTS, Scenario, Settings
from scenes import shipped, sized_models


def made_up(number: int) -> Estimate:
    """Any model, type, machine and settings."""
    chance, catalog = random.Random(number), shipped()
    device = chance.choice([one for one in catalog.devices if one.memory_bytes and one.backends])
    count = 1 if device.unified else chance.choice((1, 1, 1, 2, 4))
    host = None if device.unified else chance.choice((16, 32, 64, 128, 512)) * GIB
    kv_type = chance.choice((KVType.F16, KVType.Q8_0, KVType.Q4_0))
    settings = Settings(
        context=chance.choice((2048, 4096, 8192, 32_768, 131_072)),
        parallel=chance.choice((1, 1, 1, 2, 3, 8)),
        unified_kv=chance.random() < 0.2,
        kv_type_k=kv_type,
        kv_type_v=kv_type,
    )
    quants = [one for one in catalog.quants if one.is_gguf and one.shipped]
    machine = machine_of(device.name, (device,) * count, Wishes(host))
    model, quant = chance.choice(sized_models()), chance.choice(quants)
    return estimate(Scenario(model, quant, machine, settings), catalog.evidence)


def limits_hold(now: Estimate) -> None:
    """Every limit fits, and one step more does not."""
    scenario, mode = now.scenario, now.placement.mode
    limits = limits_of(now, anywhere=True)
    own = scenario.model.context_max or CONTEXT_CEILING

    def fits(anywhere: bool, **settings: int) -> bool:
        try:
            found = placed(scenario.with_settings(**settings), now.evidence)
        except BadValue:
            return False
        return found.fits and (anywhere or mode is Mode.NONE or found.mode is mode)

    for most, anywhere in ((limits.max_context, False), (limits.max_context_anywhere, True)):
        if most is None:
            assert not fits(anywhere, context=CELL_PADDING)
            continue
        assert fits(anywhere, context=most)
        assert most == own or not fits(anywhere, context=most + CELL_PADDING)
    each = max(scenario.settings.context // scenario.settings.parallel, 1)
    slots = limits.max_parallel
    if slots is not None:
        assert fits(False, parallel=slots, context=slots * each)
        assert slots == MOST_SLOTS or not fits(False, parallel=slots + 1, context=(slots + 1) * each)


def planned_limit_holds(now: Estimate) -> None:
    """The most context is planned to keep the mode, and one step more is planned not to."""
    scenario, mode = now.scenario, now.placement.mode
    own, most = scenario.model.context_max or CONTEXT_CEILING, max_context(now)

    def keeps(context: int) -> bool:
        found = placed(scenario.with_settings(context=context), now.evidence)
        return found.fits and mode in {Mode.NONE, found.mode}

    if most is None:
        assert not keeps(CELL_PADDING)
        return
    assert keeps(most)
    assert most == own or not keeps(most + CELL_PADDING)


def planned(number: int, unified: bool = False) -> Estimate | None:
    """A made-up scenario with its buffers planned; `unified`: only of machines whose memory is one."""
    now = made_up(number)
    if unified and not now.scenario.machine.unified:
        return None
    return estimate(now.scenario.with_settings(planned=True), now.evidence)


def changes_help(now: Estimate) -> None:
    """Every change lifts the level, and its context is the most that does."""
    for change in changes(now, shipped().quants, shipped().devices):
        assert change.found.rating.level > now.rating.level
        assert change.found == estimate(change.found.scenario, now.evidence)
        if change.kind is ChangeKind.CONTEXT:
            more = change.found.scenario.settings.context + CELL_PADDING
            longer = estimate(now.scenario.with_settings(context=more), now.evidence)
            assert longer.rating.level <= now.rating.level


def test_a_sample_of_limits_fits_and_one_step_more_does_not() -> None:
    for number in range(60):
        limits_hold(made_up(number))


@pytest.mark.parametrize(("unified", "numbers"), [(True, range(60)), (False, range(60, 75))])
def test_most_context_by_the_plan_keeps_the_mode_and_one_step_more_does_not(
    unified: bool, numbers: range
) -> None:
    for number in numbers:
        now = planned(number, unified)
        if now is not None:
            planned_limit_holds(now)


@pytest.mark.soak
def test_most_context_of_two_thousand_planned_scenarios_holds() -> None:
    for number in range(2_000):
        now = planned(number)
        assert now is not None
        planned_limit_holds(now)


def test_a_sample_of_changes_lifts_the_rating() -> None:
    for number in range(30):
        changes_help(made_up(number))


@pytest.mark.soak
def test_limits_of_two_thousand_scenarios_fit_and_one_step_more_does_not() -> None:
    for number in range(2_000):
        now = made_up(number)
        limits_hold(now)
        changes_help(now)

"""Laws that hold over the shipped catalogs."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import Wishes, machine_of
from llmfit_tui.core.memory.kvcache import KVType, cache_size
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.core.scenario import Scenario, Settings, architecture
from scenes import QWEN, cards, machine, quant, scenario, shipped, sized_models

ROOMY = cards(16_384, ram_gib=16_384)
HALF = Settings(gpu_layers=12)
SETTINGS = (
    Settings(),
    HALF,
    Settings(gpu_layers=0),
    Settings(cpu_moe_layers=9),
    Settings(flash_attention=False),
)
CONTEXTS = (1, 255, 512, 4096, 8192, 20_000, 131_072)
TYPES = tuple(KVType)


def needs(found: Estimate) -> list[int]:
    return [load.total_bytes for load in found.placement.loads]


def asked(settings: Settings, type_name: str = "Q4_K_M", on: Machine = ROOMY) -> Iterator[Scenario]:
    base = replace(scenario(QWEN, type_name, on), settings=settings)
    return (replace(base, model=one) for one in sized_models())


def some_hardware(count: int) -> list[Machine]:
    devices = sorted((d for d in shipped().devices if d.memory_bytes), key=lambda device: device.name)
    return [machine_of(d.name, (d,), Wishes()) for d in random.Random(3).sample(devices, count)]


@pytest.mark.parametrize(
    "settings", SETTINGS, ids=lambda one: f"ngl={one.gpu_layers},fa={one.flash_attention}"
)
def test_more_context_never_needs_less_memory_anywhere(settings: Settings) -> None:
    for one in asked(settings):
        before = [0, 0]
        for context in CONTEXTS:
            now = needs(estimate(one.with_settings(context=context)))
            assert all(a <= b for a, b in zip(before, now, strict=True)), (one.model.id, context)
            before = now


@pytest.mark.parametrize("unified", [False, True])
def test_more_slots_of_2048_tokens_never_need_less_memory(unified: bool) -> None:
    for one in asked(Settings(unified_kv=unified)):
        before = [0, 0]
        for slots in (1, 2, 3, 4, 7, 16, 64):
            now = needs(estimate(one.with_settings(parallel=slots, context=2048 * slots)))
            assert all(a <= b for a, b in zip(before, now, strict=True)), (one.model.id, slots)
            before = now


def test_fewer_bits_in_the_cache_never_take_more() -> None:
    def size(one: Scenario, key: KVType, value: KVType) -> int:
        settings = replace(one.settings, kv_type_k=key, kv_type_v=value).cache()
        return cache_size(architecture(one.model), settings).attention_bytes

    order = (KVType.F32, KVType.F16, KVType.Q8_0, KVType.Q5_1, KVType.Q5_0, KVType.Q4_1, KVType.Q4_0)
    for one in asked(Settings(context=16_384)):
        sizes = [size(one, kind, kind) for kind in order]
        assert sizes == sorted(sizes, reverse=True), one.model.id
        assert size(one, KVType.F16, KVType.F16) == size(one, KVType.BF16, KVType.BF16)
        assert size(one, KVType.Q8_0, KVType.F16) <= size(one, KVType.F16, KVType.F16)


def test_more_bits_never_make_a_smaller_file() -> None:
    order = ("Q2_K", "Q3_K_M", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "F16", "F32")
    for one in asked(Settings()):
        files = [estimate(replace(one, quant=quant(name))).weights.file_bytes for name in order]
        assert files == sorted(files), one.model.id


@pytest.mark.parametrize("type_name", ["Q4_K_M", "Q8_0"])
def test_a_bigger_card_never_turns_runs_into_does_not_run(type_name: str) -> None:
    ladder = [cards(gib, ram_gib=64) for gib in (2, 4, 6, 8, 12, 16, 24, 32, 48, 80, 141, 192, 512)]
    for one in asked(Settings(), type_name):
        before = estimate(replace(one, machine=ladder[0]))
        for place in ladder[1:]:
            now = estimate(replace(one, machine=place))
            assert not (before.rating.level and not now.rating.level), (one.model.id, place.gpus[0].name)
            if before.placement.mode is Mode.GPU:
                assert now.placement.mode is Mode.GPU
                assert now.rating.level >= before.rating.level, (one.model.id, place.gpus[0].name)
            before = now


def test_more_host_memory_never_lowers_the_rating() -> None:
    for one in asked(Settings(), on=machine("RTX 3060 12GB")):
        levels = [
            estimate(replace(one, machine=replace(one.machine, host_bytes=gib * GIB))).rating.level
            for gib in (8, 16, 32, 64, 128, 512)
        ]
        assert levels == sorted(levels), one.model.id


def test_equal_scenarios_give_equal_estimates() -> None:
    places = some_hardware(12)
    pick = random.Random(5)
    for one in asked(Settings()):
        place = pick.choice(places)
        settings = Settings(context=pick.choice(CONTEXTS), kv_type_k=pick.choice(TYPES), parallel=1)
        twin = replace(settings)
        first = Scenario(one.model, one.quant, place, settings)
        second = Scenario(replace(one.model), replace(one.quant), replace(place), twin)
        assert first == second
        assert estimate(first, shipped().evidence) == estimate(second, shipped().evidence)


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.soak)])
def test_what_is_said_agrees_with_itself_on_any_hardware(every: int) -> None:
    for number, place in enumerate(some_hardware(40)):
        for one in list(asked(Settings(), on=place))[number % every :: every]:
            found = estimate(one)
            placed, rating = found.placement, found.rating
            assert (placed.mode is Mode.NONE) == (not placed.fits), (one.model.id, place.name)
            assert rating.level == 0 or placed.fits
            assert 0 <= rating.level <= 5
            assert rating.headroom_fraction is None or rating.headroom_fraction <= 1
            assert rating.reason
            assert 0 <= placed.gpu_layers <= placed.layers_total


def test_one_memory_holds_all_that_is_said_to_run_in_it() -> None:
    """With unified memory GPU and host take from the same bytes, and what is left over is left once."""
    places = [machine_of(d.name, (d,), Wishes()) for d in shipped().devices if d.unified and d.memory_bytes]
    pick = random.Random(11)
    splits = 0
    for one in asked(Settings()):
        for place in pick.sample(places, 4):
            by_hand = pick.choice((None, None, 0, 7, 20))
            settings = Settings(context=pick.choice(CONTEXTS), gpu_layers=by_hand)
            kind = quant(pick.choice(("Q3_K_M", "Q5_K_M", "Q8_0", "F16")))
            found = estimate(Scenario(one.model, kind, place, settings))
            if not found.rating.level:
                continue
            left = place.memory_bytes - found.total_bytes
            assert left >= 0, (one.model.id, place.name)
            if found.placement.mode is not Mode.UNIFIED:
                splits += 1
                assert found.rating.headroom_fraction == left / place.memory_bytes, (one.model.id, place.name)
            on_gpu = sum(load.total_bytes for load in found.placement.gpus)
            assert on_gpu <= place.capacity_bytes(place.gpus[0])
    assert splits > 20

"""Lists: what comes first, and how many machines run a scenario."""

import pytest

from llmfit_tui.core.counting import Counts, count_running, grouped
from llmfit_tui.core.estimate import estimate
from llmfit_tui.core.hardware.device import DeviceKind
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import Wishes, machine_of
from llmfit_tui.core.scenario import Scenario
from scenes import LLAMA_8B, LLAMA_70B, QWEN, QWEN_MOE, scenario, shipped

MACHINES = [machine_of(device.name, (device,), Wishes()) for device in shipped().devices]


def one_by_one(asked: Scenario) -> Counts:
    """The same count by rating every machine."""
    found = {"gpus": 0, "unified": 0, "others": 0}
    for place in MACHINES:
        if estimate(Scenario(asked.model, asked.quant, place, asked.settings)).rating.level:
            found[kind(place)] += 1
    return Counts(**found)


def kind(place: Machine) -> str:
    if not place.gpus or place.gpus[0].kind is DeviceKind.NPU:
        return "others"
    return "unified" if place.unified else "gpus"


@pytest.mark.parametrize("type_name", ["Q4_K_M", "F16"])
@pytest.mark.parametrize("name", [QWEN, LLAMA_8B, LLAMA_70B, QWEN_MOE, "deepseek-ai/DeepSeek-V3"])
def test_counting_by_search_agrees_with_rating_every_machine(name: str, type_name: str) -> None:
    asked = scenario(name, type_name, "RTX 4090")
    assert count_running(asked, grouped(MACHINES)) == one_by_one(asked)


def test_nothing_runs_a_model_of_unknown_size() -> None:
    asked = scenario("thinkingmachines/Inkling", "Q4_K_M", "RTX 4090")
    assert count_running(asked, grouped(MACHINES)) == Counts(0, 0, 0)


def test_the_lists_lose_nothing() -> None:
    catalog = shipped()
    assert sorted(one.id for one in catalog.models) == sorted(one.id for one in catalog.model_file.models)
    assert sorted(one.name for one in catalog.devices) == sorted(
        one.name for one in catalog.hardware_file.devices
    )


def test_models_nobody_can_size_come_near_the_end() -> None:
    unsized = [place for place, one in enumerate(shipped().models) if one.parameters is None]
    assert unsized
    assert min(unsized) > len(shipped().models) - 20


def test_the_memory_options_of_a_card_stand_together_smallest_first() -> None:
    seen: list[str] = []
    last: dict[str, int] = {}
    for device in shipped().devices:
        if not seen or seen[-1] != device.card:
            assert device.card not in seen, device.card
            seen.append(device.card)
        assert (device.memory_bytes or 0) >= last.get(device.card, 0), device.name
        last[device.card] = device.memory_bytes or 0

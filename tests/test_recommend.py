"""The recommended quantization, derived again by brute force."""

import random
from dataclasses import replace

import pytest

from llmfit_tui.core.answers.recommend import choices, recommended
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import Wishes, machine_of
from llmfit_tui.core.scenario import Scenario, default_context
from scenes import LLAMA_8B, LLAMA_70B, QWEN, QWEN_MOE, cards, machine, run, scenario, shipped, sized_models

NEVER = {"F32", "TQ1_0", "TQ2_0", "Q1_0", "Q2_0"}


def by_the_rule(asked: Scenario) -> str:
    """The best quality at the best level reached; ties to the smaller file."""
    shipped_types = [one for one in shipped().quants if one.shipped and "llama.cpp" in one.engines]
    found = [estimate(replace(asked, quant=one), shipped().evidence) for one in shipped_types]
    top = max(one.rating.level for one in found)
    best = [one for one in found if one.rating.level == top]

    def agree(one: Estimate) -> float:
        return one.quality.agree_percent if one.quality else -1

    most = max(agree(one) for one in best)
    ties = [one for one in best if agree(one) > most - 1e-6]
    return min(ties, key=lambda one: one.weights.file_bytes).scenario.quant.name


def check(asked: Scenario) -> None:
    found = recommended(asked, shipped().quants, shipped().evidence)
    assert found is not None
    assert found.scenario.quant.name == by_the_rule(asked), (asked.model.id, asked.machine.name)
    assert found.scenario.quant.name not in NEVER


@pytest.mark.parametrize("place", ["RTX 4090", "RTX 3060 8GB", "MI300X", "M3 Max 40-core", "Quadro P1000"])
@pytest.mark.parametrize("name", [QWEN, LLAMA_8B, LLAMA_70B, QWEN_MOE])
def test_the_recommendation_follows_the_rule(name: str, place: str) -> None:
    check(scenario(name, "Q4_K_M", place, context=8192))


def test_it_follows_the_rule_for_models_and_hardware_picked_at_random() -> None:
    pick = random.Random(7)
    models = sorted(sized_models(), key=lambda one: one.id)
    devices = sorted(shipped().devices, key=lambda one: one.name)
    base = scenario(QWEN, "Q4_K_M", "RTX 4090")
    for _ in range(60):
        one, device = pick.choice(models), pick.choice(devices)
        asked = replace(base, model=one, machine=machine_of(device.name, (device,), Wishes()))
        check(asked.with_settings(context=default_context(one)))


def test_only_types_a_publisher_ships_are_considered() -> None:
    names = {one.name for one in choices(shipped().quants)}
    assert not names & NEVER
    assert {"Q4_K_M", "Q8_0", "IQ4_XS"} <= names


@pytest.mark.parametrize(
    "place", [cards(1.0, ram_gib=1), cards(400), machine("RTX 4090")], ids=lambda place: place.name
)
def test_there_is_always_a_recommendation(place: Machine) -> None:
    assert recommended(scenario(LLAMA_8B, "F16", place), shipped().quants) is not None


def test_a_model_of_unknown_size_is_refused_in_one_sentence() -> None:
    answer = run("estimate", "thinkingmachines/Inkling", "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "Inkling" in answer.err

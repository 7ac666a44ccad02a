"""What would help: the cheapest change first, in words a person can act on."""

import re
from typing import Any

import pytest

from llmfit_tui.core.answers.advice import Change, ChangeKind, changes
from llmfit_tui.core.answers.recommend import recommended
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.format.advice import change_words
from scenes import LLAMA_8B, LLAMA_70B, QWEN, QWEN_MOE, ask, cards, estimated, machine, shipped

GEMMA = "google/gemma-3-27b-it"


def helping(name: str, quant: str, place: str, ram_gib: float | None = None, **settings: Any) -> list[Change]:
    now = estimated(name, quant, machine(place, ram_gib), **settings)
    return list(changes(now, shipped().quants, shipped().devices))


def words(found: list[Change]) -> dict[ChangeKind, str]:
    return {change.kind: change_words(change) for change in found}


def test_a_full_card_is_helped_by_a_layer_less_a_rounder_cache_a_smaller_file_or_a_larger_card() -> None:
    full = estimated(GEMMA, "Q4_K_M", "RTX 4090", context=65_536).vram_bytes
    place = cards(full * 1.02 / GIB)
    now = estimated(GEMMA, "Q4_K_M", place, context=65_536)
    found = list(changes(now, shipped().quants, shipped().devices))
    said = words(found)
    assert now.rating.level < 5
    assert list(said) == sorted(said, key=list(ChangeKind).index)
    assert said[ChangeKind.CPU_LAYERS] == "one more layer on the CPU"
    assert re.fullmatch(r"q8_0 KV saves \d\.\d GiB", said[ChangeKind.KV_TYPE])
    assert re.fullmatch(r"\w+ saves \d\.\d GiB", said[ChangeKind.QUANT])
    assert said[ChangeKind.CARD].startswith("a 32 GB card, such as ")


def test_a_model_that_fits_nowhere_is_helped_into_memory() -> None:
    found = helping(LLAMA_70B, "Q4_K_M", "RTX 4090", ram_gib=32, context=65_536)
    assert found
    assert all(change.found.placement.fits for change in found)
    rounder = next(change for change in found if change.kind is ChangeKind.KV_TYPE)
    assert rounder.found.scenario.settings.kv_type_k is KVType.Q8_0


def test_layers_asked_onto_a_card_by_hand_move_back_until_it_holds_them() -> None:
    (change, *_) = helping(LLAMA_8B, "Q8_0", "RTX 3060 8GB", context=32_768, gpu_layers=99)
    assert change.kind is ChangeKind.CPU_LAYERS
    assert change_words(change) == f"{change.steps} more layers on the CPU"
    layers = change.found.scenario.settings.gpu_layers
    assert layers is not None
    one_more = estimated(LLAMA_8B, "Q8_0", "RTX 3060 8GB", context=32_768, gpu_layers=layers + 1)
    assert change.found.placement.fits
    assert not one_more.placement.fits


def test_a_mixture_of_experts_moves_experts_first() -> None:
    (change, *_) = helping(QWEN_MOE, "Q4_K_M", "RTX 4070", context=32_768, gpu_layers=99)
    assert change.kind is ChangeKind.CPU_EXPERTS
    assert change.found.placement.mode is Mode.MOE_OFFLOAD
    assert change_words(change).startswith("experts of ")


def test_flash_attention_that_somebody_turned_off_is_offered_first() -> None:
    found = helping(LLAMA_8B, "Q4_K_M", "RTX 3060 8GB", context=32_768, flash_attention=False)
    assert found[0].kind is ChangeKind.FLASH_ATTENTION


def test_slots_are_given_up_before_context() -> None:
    found = helping(LLAMA_8B, "Q4_K_M", "RTX 3060 8GB", ram_gib=8, context=16 * 8192, parallel=16)
    kinds = [change.kind for change in found]
    assert kinds.index(ChangeKind.SLOTS) < kinds.index(ChangeKind.CONTEXT)


def test_what_runs_great_needs_no_help() -> None:
    assert helping(QWEN, "Q4_K_M", "RTX 4090") == []


def test_a_mac_is_helped_by_more_of_its_own_memory() -> None:
    said = words(helping(LLAMA_70B, "Q4_K_M", "M3 Max 40-core 48GB", context=32_768))
    assert said[ChangeKind.CARD] == "64 GB of memory"


def test_json_names_the_limits_the_best_type_and_what_would_help() -> None:
    limits = ask(GEMMA, "--quant", "Q4_K_M", "--hardware", "RTX 4090", "-c", "65536")["limits"]
    best = recommended(estimated(GEMMA, "Q4_K_M", "RTX 4090", context=65_536).scenario, shipped().quants,
                       shipped().evidence)  # fmt: skip
    assert best is not None
    assert limits["max_context_anywhere"] >= limits["max_context"] >= 65_536
    assert limits["best_quantization"]["name"] == best.scenario.quant.name
    by_kind = {change["kind"]: change for change in limits["changes"]}
    assert re.fullmatch(r"\w+ saves \d\.\d GiB", by_kind["quant"]["words"])
    assert by_kind["quant"]["saves_bytes"] > GIB
    assert by_kind["quant"]["level"] == 5
    assert f"-{by_kind['quant']['words'].split(' ')[0]}.gguf" in by_kind["quant"]["llama_server"]


@pytest.mark.parametrize(
    ("engine", "name", "type_name", "on", "kinds"),
    [
        (Engine.VLLM, LLAMA_8B, "BF16", "RTX 4060 Ti 16GB", {ChangeKind.QUANT, ChangeKind.CARD}),
        (Engine.MLX, LLAMA_70B, "BF16", "M3 Max 40-core 64GB", {ChangeKind.QUANT}),
        (Engine.LLAMA_CPP, LLAMA_70B, "BF16", "2x(2x RTX 3090)", {ChangeKind.QUANT}),
    ],
    ids=["vllm", "mlx", "rpc"],
)
def test_other_engines_and_several_machines_are_told_what_their_own_means_can_change(
    engine: Engine, name: str, type_name: str, on: str, kinds: set[ChangeKind]
) -> None:
    now = estimated(name, type_name, on, engine=engine)
    found = changes(now, shipped().quants, shipped().devices)
    assert {one.kind for one in found} >= kinds
    assert all(one.found.rating.level > now.rating.level for one in found)
    assert all(one.found.scenario.settings.engine is engine for one in found)
    if now.scenario.machine.nodes > 1:
        assert ChangeKind.CARD not in {one.kind for one in found}

"""The compute buffer, held against what llama.cpp reserves."""

import statistics
from functools import cache

import pytest

from llmfit_tui.core.memory.compute import compute_size
from llmfit_tui.core.memory.kvcache import cache_size
from llmfit_tui.core.scenario import architecture
from scenes import LLAMA_8B, QWEN, estimated, model, rows
from test_kvcache import settings_of

ROWS = rows("compute.jsonl.gz")


@cache
def errors() -> list[float]:
    """Relative errors of every row, the smallest first."""
    found: list[float] = []
    for row in ROWS:
        arch, settings = architecture(model(row["model"])), settings_of(row)
        size = compute_size(arch, settings, cache_size(arch, settings), row["outputs_max"] == 0, on_gpu=False)
        found.append(abs(size.device_bytes / row["compute_bytes"] - 1))
    return sorted(found)


def test_the_formula_is_right_on_average_and_in_nine_cases_of_ten() -> None:
    found = errors()
    assert len(found) > 2000
    assert statistics.median(found) < 0.001
    assert statistics.mean(found) <= 0.03
    assert found[int(0.9 * len(found))] <= 0.09
    assert found[-1] <= 0.40


def test_the_logits_are_those_llama_cpp_reserves() -> None:
    for row in ROWS:
        arch, settings = architecture(model(row["model"])), settings_of(row)
        size = compute_size(arch, settings, cache_size(arch, settings), row["outputs_max"] == 0, on_gpu=False)
        assert size.output_bytes == row["output_bytes"], row


def test_logits_for_the_whole_batch_cost_llama_3_its_well_known_258_mib() -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", outputs_per_batch=True)
    assert found.placement.gpus[0].compute_bytes / 2**20 == pytest.approx(258.5, rel=0.001)


def test_a_server_reserves_one_row_per_slot_and_needs_far_less() -> None:
    def scratch(*, batch: bool) -> int:
        return estimated(QWEN, "Q4_K_M", "RTX 4090", outputs_per_batch=batch).placement.gpus[0].compute_bytes

    assert scratch(batch=False) < scratch(batch=True) / 5


def test_a_larger_micro_batch_needs_more_scratch() -> None:
    small = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", ubatch=128)
    large = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", ubatch=2048)
    assert small.placement.gpus[0].compute_bytes < large.placement.gpus[0].compute_bytes

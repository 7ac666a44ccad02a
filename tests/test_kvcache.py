"""The KV cache, held to the byte against what llama.cpp allocates."""

from collections import defaultdict
from typing import Any

import pytest

from llmfit_tui.core.memory.kvcache import CacheSettings, CacheSize, KVType, cache_size, refusal
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.scenario import architecture
from scenes import LLAMA_8B, QWEN, estimated, model, rows

TRUTH: dict[str, list[dict[str, Any]]] = defaultdict(list)
for _row in rows("kv_cache.jsonl.gz"):
    TRUTH[_row["model"]].append(_row)


def settings_of(row: dict[str, Any]) -> CacheSettings:
    return CacheSettings(
        context=row["context"],
        parallel=row["parallel"],
        unified=bool(row["unified"]),
        ubatch=row["ubatch"],
        batch=row["batch"],
        swa_full=bool(row["swa_full"]),
        key_type=KVType(row["key_type"]),
        value_type=KVType(row["value_type"]),
        flash_attention=bool(row["flash_attention"]),
    )


def shape(name: str) -> Architecture:
    return architecture(model(name))


def cache_of(name: str, context: int, **changes: Any) -> CacheSize:
    return cache_size(shape(name), CacheSettings(context=context, **changes))


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_the_cache_is_the_one_llama_cpp_allocates(name: str) -> None:
    arch = shape(name)
    for row in TRUTH[name]:
        settings = settings_of(row)
        why = refusal(arch, settings)
        if row["refused"]:
            assert why, row
            continue
        assert why is None, row
        size = cache_size(arch, settings)
        truth = (row["full_bytes"], row["window_bytes"], row["state_bytes"])
        assert (size.full_bytes, size.window_bytes, size.state_bytes) == truth, row


def test_the_truth_covers_many_architectures_and_settings() -> None:
    assert len(TRUTH) >= 90
    assert len({shape(name).name for name in TRUTH}) >= 60
    assert sum(1 for found in TRUTH.values() for row in found if row["refused"]) >= 20


def test_qwen_at_its_full_context_takes_402_653_184_bytes() -> None:
    assert cache_of(QWEN, 32_768).attention_bytes == 402_653_184


def test_windowed_layers_keep_gemma_small() -> None:
    assert cache_of("google/gemma-3-27b-it", 131_072).attention_bytes / 2**30 == pytest.approx(10.6, rel=0.01)


def test_latent_attention_keeps_deepseek_small() -> None:
    assert cache_of("deepseek-ai/DeepSeek-V3", 32_768).attention_bytes / 2**30 == pytest.approx(
        2.14, rel=0.01
    )


def test_slots_share_the_context_in_whole_blocks_of_256_cells() -> None:
    apart = cache_of(LLAMA_8B, 5000, parallel=3)
    assert (apart.cells, apart.streams, apart.cells * apart.streams) == (1792, 3, 5376)
    together = cache_of(LLAMA_8B, 5000, parallel=3, unified=True)
    assert (together.cells, together.streams) == (5120, 1)
    assert cache_of(LLAMA_8B, 300).cells == 512


def test_a_window_holds_itself_and_a_micro_batch() -> None:
    assert cache_of("google/gemma-3-27b-it", 32_768).window_cells == 1536
    assert cache_of("openai/gpt-oss-20b", 32_768).window_cells == 768
    assert cache_of("google/gemma-3-27b-it", 32_768, swa_full=True).window_cells == 32_768


def test_recurrent_state_depends_on_slots_and_not_on_context() -> None:
    name = "Qwen/Qwen3-Next-80B-A3B-Instruct"
    short, long = cache_of(name, 2048), cache_of(name, 65_536, key_type=KVType.Q8_0, value_type=KVType.Q8_0)
    assert short.state_bytes == long.state_bytes > 0
    assert cache_of(name, 2048, parallel=2).state_bytes == 2 * short.state_bytes


def test_a_quantized_value_cache_needs_flash_attention() -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", kv_type_v=KVType.Q8_0, flash_attention=False)
    assert found.rating.level == 0
    assert "flash attention" in found.rating.reason
    assert any("flash attention" in warning for warning in found.warnings)


def test_latent_attention_wants_one_type_for_both() -> None:
    asked = CacheSettings(context=4096, key_type=KVType.Q8_0)
    assert "must be equal" in (refusal(shape("deepseek-ai/DeepSeek-V3"), asked) or "")

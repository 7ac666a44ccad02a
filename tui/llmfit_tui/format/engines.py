"""What an engine other than llama.cpp would log, as a document and in words."""

from typing import Any

from llmfit_tui.core.engines.profiling import Band
from llmfit_tui.core.engines.report import RELEASE, VllmReport


def vllm_document(report: VllmReport) -> dict[str, Any]:
    """vLLM's own figures; each that rests on the profile run with the least and the most it may be."""
    return {
        "version": RELEASE,
        "tensor_parallel": report.parallel.tensor,
        "pipeline_parallel": report.parallel.pipeline,
        "gpu_memory_utilization": report.utilization,
        "max_model_len": report.max_model_len,
        "max_num_batched_tokens": report.batched_tokens,
        "block_size": report.block_tokens,
        "num_gpu_blocks": report.blocks,
        "kv_cache_tokens": report.kv_cache_tokens.usual,
        "kv_cache_tokens_low": report.kv_cache_tokens.low,
        "kv_cache_tokens_high": report.kv_cache_tokens.high,
        "max_concurrency": report.concurrency.usual / 100,
        "available_kv_cache_bytes": report.available_kv_bytes.usual,
        "activation_bytes": _band(report.activation),
        "non_torch_bytes": _band(report.outside_torch),
        "cuda_graph_bytes": _band(report.graphs),
        "communication_s": report.communication_s,
    }


def _band(band: Band) -> dict[str, int]:
    return {"low": band.low, "usual": band.usual, "high": band.high}


def vllm_words(report: VllmReport) -> tuple[str, ...]:
    """The two lines of a log that say how much fits, and between what they may lie."""
    tokens, at_once = report.kv_cache_tokens, report.concurrency
    return (
        f"GPU KV cache size: {tokens.usual:,} tokens ({tokens.low:,} to {tokens.high:,})",
        f"Maximum concurrency for {report.max_model_len:,} tokens per request: {at_once.usual / 100:.2f}x",
    )

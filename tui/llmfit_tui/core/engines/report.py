"""What vLLM would log about its memory, as values."""

from llmfit_tui.core.engines.parallel import Parallel
from llmfit_tui.core.engines.profiling import Band
from llmfit_tui.core.record import record

RELEASE = "0.33"
"""The vLLM whose source the rules were read from."""


@record
class VllmReport:
    """Of one engine: its parallel sizes, and the figures of the GPU with least room."""

    parallel: Parallel
    utilization: float
    """--gpu-memory-utilization."""
    batched_tokens: int
    """--max-num-batched-tokens."""
    available_kv_bytes: Band
    """"Available KV cache memory"."""
    kv_cache_tokens: Band
    """"GPU KV cache size"."""
    concurrency: Band
    """"Maximum concurrency" for requests of `max_model_len` tokens, in hundredths."""
    max_model_len: int
    blocks: int
    block_tokens: int
    activation: Band
    outside_torch: Band
    graphs: Band
    communication_s: float | None
    """Of one decoded token; None where a link is not known."""

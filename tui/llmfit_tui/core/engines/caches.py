"""Types of the KV cache that each engine keeps, and how many requests it serves with one.

Ollama: OLLAMA_KV_CACHE_TYPE (docs/faq.mdx). vLLM: --kv-cache-dtype, of which fp8 needs no calibration. MLX:
--kv-bits 8 and 4 of mlx_lm.server, whose groups of 64 values with a 16-bit scale and bias take the bytes of
q8_0 and q4_0.
"""

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.scenario import MOST_SLOTS, Settings

CACHES: dict[Engine, tuple[KVType, ...]] = {
    Engine.LLAMA_CPP: tuple(kind for kind in KVType if kind is not KVType.FP8),
    Engine.OLLAMA: (KVType.F16, KVType.Q8_0, KVType.Q4_0),
    Engine.VLLM: (KVType.F16, KVType.BF16, KVType.FP8),
    Engine.MLX: (KVType.F16, KVType.BF16, KVType.Q8_0, KVType.Q4_0),
}


def most_slots(settings: Settings) -> int:
    """Requests at a time: mlx_lm.server joins none whose cache it keeps in fewer bits."""
    return 1 if settings.engine is Engine.MLX and settings.kv_type_k.quantized else MOST_SLOTS

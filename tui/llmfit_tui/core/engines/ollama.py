"""Ollama: llama-server under Ollama's own defaults.

It starts llama-server on a GGUF and lets it choose the layers (llm/llama_server.go of August 2026, commit
fb3076099); what differs is what it asks for: one slot (OLLAMA_NUM_PARALLEL 1), an f16 cache
(OLLAMA_KV_CACHE_TYPE), a context by the machine's memory (server/routes.go), and as batch and micro-batch
num_batch, which grows with the context (server/sched.go, generationBatchForContext).
"""

from llmfit_tui.core.hardware.device import GIB, Backend
from llmfit_tui.core.hardware.machine import Machine

BATCHES = ((32_768, 2048), (4_096, 1024), (0, 512))
"""num_batch above so many tokens of all slots; less where memory is short, in the same steps."""
LEFT_FREE: dict[Backend, int] = dict.fromkeys(
    [Backend.CUDA, Backend.ROCM, Backend.METAL, Backend.VULKAN],
    GIB,
)
"""What llama-server leaves free on each GPU when it chooses the layers itself (--fit-target)."""
BY_MEMORY = ((47 * GIB, 262_144), (23 * GIB, 32_768), (0, 4_096))
ONE_AT_A_TIME = frozenset(
    [
        *("mllama", "qwen3vl", "qwen3vlmoe", "qwen35", "qwen35moe", "qwen3next"),
        *("lfm2", "lfm2moe", "nemotron_h", "nemotron_h_moe"),
    ]
)
"""Architectures it serves one request at a time, whatever OLLAMA_NUM_PARALLEL says."""


def default_context(machine: Machine) -> int:
    """num_ctx where nobody says: 4,096 below 23 GiB of GPU memory, 32,768 below 47, else 262,144."""
    memory = sum(machine.usable_bytes(gpu) for gpu in machine.gpus)
    return next(context for least, context in BY_MEMORY if memory >= least)


def default_batch(context: int) -> int:
    """num_batch where nobody says, for so many tokens of all slots."""
    return next(batch for above, batch in BATCHES if context > above or not above)

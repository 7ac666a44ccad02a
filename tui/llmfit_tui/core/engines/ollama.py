"""Ollama: llama.cpp's memory under Ollama's own defaults.

Its runner loads a GGUF with llama.cpp's buffers; what differs is what it asks for. Defaults by its
documentation (docs/faq.mdx, docs/context-length.mdx): one slot (OLLAMA_NUM_PARALLEL 1), an f16 cache
(OLLAMA_KV_CACHE_TYPE), num_batch 512 as batch and micro-batch, and a context by the machine's memory.
"""

from llmfit_tui.core.hardware.device import GIB, Backend
from llmfit_tui.core.hardware.machine import Machine

BATCH = 512
"""num_batch, which is llama.cpp's batch and micro-batch."""
MIB = 1 << 20
LEFT_FREE = {
    Backend.CUDA: 457 * MIB,
    Backend.ROCM: 457 * MIB,
    Backend.METAL: 512 * MIB,
}
"""What the scheduler keeps free on each GPU (discover/gpu.go: cudaMinimumMemory, rocmMinimumMemory,
metalMinimumMemory)."""
BY_MEMORY = ((48 * GIB, 262_144), (24 * GIB, 32_768), (0, 4_096))


def default_context(machine: Machine) -> int:
    """num_ctx where nobody says: 4,096 below 24 GiB of GPU memory, 32,768 below 48, else 262,144."""
    memory = machine.memory_bytes if machine.gpus else 0
    return next(context for least, context in BY_MEMORY if memory >= least)

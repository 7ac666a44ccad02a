"""Which formats an engine loads."""

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.quant import Quant

SIXTEEN_BIT = frozenset({"F16", "BF16"})


MADE = {
    Engine.VLLM: frozenset({"BF16", "FP8", "AWQ-INT4-g128"}),
    Engine.MLX: frozenset({"BF16", "MLX-3bit", "MLX-4bit", "MLX-5bit", "MLX-6bit", "MLX-8bit"}),
}
"""What the engine, or its own converter (llm-compressor, mlx_lm.convert), makes of a 16-bit checkpoint."""


def runs_format(engine: Engine, quant: Quant) -> bool:
    """Whether an engine loads the format."""
    if engine in {Engine.LLAMA_CPP, Engine.OLLAMA}:
        return quant.is_gguf
    return quant.name in SIXTEEN_BIT or (engine.value in quant.engines and not quant.is_gguf)

"""Engines by the names they are asked for, and what each of them runs."""

from enum import Enum


class Engine(Enum):
    """What runs the model."""

    LLAMA_CPP = "llama.cpp"
    OLLAMA = "ollama"
    """Its runner is llama.cpp's; its defaults are its own."""
    VLLM = "vllm"
    MLX = "mlx"


PLACE_THEMSELVES = frozenset({Engine.VLLM, Engine.MLX})
"""Engines whose memory is not llama.cpp's."""

"""Engines as people write them."""

from llmfit_tui.core.engines.engine import Engine

ENGINE_NAMES = {
    Engine.LLAMA_CPP: "llama.cpp",
    Engine.OLLAMA: "Ollama",
    Engine.VLLM: "vLLM",
    Engine.MLX: "MLX",
}

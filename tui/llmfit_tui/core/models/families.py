"""Which GGUF architecture a Hugging Face configuration becomes in llama.cpp."""

from llmfit_tui.core.models.config import Config, items, whole, word

GGUF_NAMES = {
    "mistral": "llama",
    "mixtral": "llama",
    "internlm3": "llama",
    "iquestcoder": "llama",
    "solar": "llama",
    "cohere": "command-r",
    "deepseek_v2": "deepseek2",
    "deepseek_v3": "deepseek2",
    "kimi_k2": "deepseek2",
    "kimi_k25": "deepseek2",
    "glm4_moe_lite": "deepseek2",
    "deepseek_v32": "deepseek32",
    "deepseek_v4": "deepseek4",
    "bailing_hybrid": "bailingmoe3",
    "glm_moe_dsa": "glm-dsa",
    "ernie4_5_moe": "ernie4_5-moe",
    "exaone_moe": "exaone-moe",
    "exaone4_5": "exaone4",
    "exaone4_5_text": "exaone4",
    "falcon_h1": "falcon-h1",
    "falcon_mamba": "mamba",
    "gemma3_text": "gemma3",
    "gemma3n_text": "gemma3n",
    "gemma4_text": "gemma4",
    "gemma4_unified_text": "gemma4",
    "glm": "chatglm",
    "glm4v": "glm4",
    "glm4_moe": "glm4moe",
    "glm4v_moe": "glm4moe",
    "glm4v_moe_text": "glm4moe",
    "solar_open": "glm4moe",
    "gpt_bigcode": "starcoder",
    "gpt_neox": "gptneox",
    "gpt_oss": "gpt-oss",
    "granitemoe_swa": "granite_swa",
    "hunyuan_v1_dense": "hunyuan-dense",
    "hunyuan_v1_moe": "hunyuan-moe",
    "kimi_linear": "kimi-linear",
    "lfm2_moe": "lfm2moe",
    "llama4_text": "llama4",
    "mimo_v2_flash": "mimo2",
    "minimax": "minimax-01",
    "minimax_m2": "minimax-m2",
    "minimax_m3_vl": "minimax-m3",
    "ministral3": "mistral3",
    "muse_glimmer": "muse-glimmer",
    "nemotron-nas": "deci",
    "olmo3": "olmo2",
    "phi": "phi2",
    "phi4": "phi3",
    "qwen2_5_vl": "qwen2vl",
    "qwen2_5_vl_text": "qwen2vl",
    "qwen2_vl": "qwen2vl",
    "qwen2_moe": "qwen2moe",
    "qwen3_moe": "qwen3moe",
    "qwen3_5_text": "qwen35",
    "qwen3_5": "qwen35",
    "qwen3_5_moe_text": "qwen35moe",
    "qwen3_5_moe": "qwen35moe",
    "qwen3_next": "qwen3next",
    "qwen3_vl": "qwen3vl",
    "qwen3_vl_text": "qwen3vl",
    "qwen3_vl_moe": "qwen3vlmoe",
    "qwen3_vl_moe_text": "qwen3vlmoe",
    "step3p5": "step35",
    "step3p7": "step35",
}
"""Hugging Face model_type to GGUF architecture, where the two names differ."""


def gguf_architecture(config: Config) -> str:
    """The GGUF architecture name; the model_type itself where nothing else is known."""
    model_type = word(config, "model_type") or "unknown"
    first = (items(config, "architectures") or [""])[0]
    if "BailingMoeV2" in str(first):
        return "bailingmoe2"
    if first in {"Mistral3ForConditionalGeneration", "Ministral3ForCausalLM"}:
        return "mistral4" if model_type == "mistral4" else "mistral3"
    if model_type == "nemotron_h":
        kinds = items(config, "layers_block_type") or word(config, "hybrid_override_pattern") or ""
        return "nemotron_h_moe" if "moe" in kinds or "E" in kinds else "nemotron_h"
    if model_type == "granitemoehybrid":
        kinds = items(config, "layer_types", "layers_block_type") or []
        if all(kind in {"attention", "full_attention"} for kind in kinds):
            return "granitemoe" if whole(config, "num_local_experts") else "granite"
        return "granitehybrid"
    if model_type == "kimi_linear" and whole(config, "routed_expert_hidden_size"):
        return "kimi-k3"
    return GGUF_NAMES.get(model_type, model_type)

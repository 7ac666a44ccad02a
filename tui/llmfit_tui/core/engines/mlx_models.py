"""Which models mlx-lm shares among machines, by their model_type, and how.

mlx-lm 0.32.2 (mlx_lm/models): a model whose class has `shard` splits its heads and feed-forwards, one whose
inner model is a PipelineMixin hands its layers on; the others run on one machine only. Names that
mlx_lm/utils.py maps to another class (MODEL_REMAPPING) stand beside it.
"""

from llmfit_tui.core.models.config import Config, word

TENSOR = frozenset(
    [
        *("llama", "mistral", "iquestcoder", "xverse", "iquestloopcoder", "ministral3", "mistral4"),
        *("qwen2", "qwen3", "qwen3_moe", "qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text"),
        *("deepseek_v2", "deepseek_v3", "deepseek_v32", "deepseek_v41", "glm_moe_dsa", "joyai_llm_flash"),
        *("kimi_k2", "kimi_k25", "kimi_k3", "glm4_moe", "glm4_moe_lite", "gpt_oss", "exaone_moe", "step3p5"),
        *("minimax", "minimax_m2", "minimax_m3_vl", "muse_spark", "longcat_flash", "longcat_flash_ngram"),
    ]
)
PIPELINE = frozenset(
    [
        *("qwen2", "qwen3_moe", "qwen3_next", "ministral3", "mistral4", "bailing_hybrid"),
        *("deepseek_v2", "deepseek_v3", "deepseek_v32", "deepseek_v41", "glm_moe_dsa", "joyai_llm_flash"),
        *("kimi_k2", "glm4_moe", "glm4_moe_lite", "minimax_m3_vl", "muse_spark"),
    ]
)


def ways_to_share(config: Config) -> tuple[bool, bool]:
    """Whether mlx-lm splits the model's layers among machines, and whether it hands them on."""
    kind = word(config, "model_type")
    return kind in TENSOR, kind in PIPELINE

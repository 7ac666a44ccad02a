"""Tensors of architectures with experts, beside llama.cpp's own lists (src/models/*.cpp)."""

_LONGROPE = "rope_factors_long[ROT/2]?longrope rope_factors_short[ROT/2]?longrope"
_ROUTED = "every: attn_norm[E] +gqa ffn_norm[E] +routed"
_DEEPSEEK = """dense: +gated
        experts: +routed exp_probs_b.bias[NE]?expert_bias +shared"""

TABLES: dict[str, str] = {
    "afmoe": """file: +ends
        every: attn_norm[E] +gqa +qk_norm attn_gate[E,H*D] post_attention_norm[E] ffn_norm[E] post_ffw_norm[E]
        dense: +gated
        experts: +routed exp_probs_b.bias[NE] +shared""",
    "bailingmoe2": """file: +ends
        every: attn_norm[E] +qkv +qk_norm ffn_norm[E]
        dense: +gated
        experts: +routed exp_probs_b.bias[NE] +shared
        nextn: +nextn""",
    "dbrx": """file: +ends
        every: attn_norm[E] attn_output_norm[E] +qkv ffn_gate_inp[E,NE]:F16 ffn_gate_exps[E,MFF,NE]
        ffn_up_exps[E,MFF,NE] ffn_down_exps[MFF,E,NE]""",
    "deepseek": "file: +ends every: attn_norm[E] +gqa ffn_norm[E] dense: +gated experts: +routed +shared",
    "deepseek2": f"""file: +ends
        every: attn_norm[E] +mla ffn_norm[E]
        {_DEEPSEEK}
        nextn: +nextn +nextn_ends""",
    "deepseek32": f"""file: +ends
        every: attn_norm[E] +mla ffn_norm[E]
        indexers: +indexer
        {_DEEPSEEK}
        nextn: +nextn +nextn_ends""",
    "glm-dsa": f"""file: +ends
        every: attn_norm[E] +mla ffn_norm[E]
        indexers: +indexer
        {_DEEPSEEK}
        nextn: +nextn +nextn_ends""",
    "mistral4": """file: +ends
        every: attn_norm[E] +mla ffn_norm[E] +routed_fused +shared""",
    "dots1": """file: +ends
        every: attn_norm[E] +gqa +qk_norm ffn_norm[E]
        dense: +gated
        experts: +routed exp_probs_b.bias[NE] +shared""",
    "ernie4_5-moe": """file: +ends
        every: attn_norm[E] +gqa ffn_norm[E]
        dense: +gated
        experts: +routed exp_probs_b.bias[NE] +shared""",
    "exaone-moe": """file: +ends
        every: attn_norm[E] +gqa +qk_norm ffn_norm[E]
        dense: +gated
        experts: +routed exp_probs_b.bias[NE] +shared
        nextn: +nextn""",
    "glm4moe": """file: +ends
        every: attn_norm[E] +gqa +qkv_bias?qkv_bias +qk_norm?qk_norm post_attention_norm[E]
        dense: +gated
        experts: +routed exp_probs_b.bias[NE] +shared
        nextn: +nextn +nextn_ends""",
    "gpt-oss": """file: +ends
        every: attn_norm[E] +gqa +qkv_bias attn_output.bias[E] attn_sinks[H] post_attention_norm[E]
        +routed ffn_gate_inp.bias[NE] ffn_gate_exps.bias[MFF,NE] ffn_up_exps.bias[MFF,NE]
        ffn_down_exps.bias[E,NE]""",
    "granitemoe": f"file: +ends {_ROUTED} +shared",
    "hunyuan-moe": "file: +ends every: attn_norm[E] +gqa +qk_norm ffn_norm[E] +routed +shared",
    "hy_v3": """file: +ends
        every: attn_norm[E] +gqa +qk_norm ffn_norm[E]
        dense: +gated
        experts: +routed exp_probs_b[NE] +shared
        nextn: +nextn""",
    "laguna": """file: +ends
        every: attn_norm[E] +gqa +qk_norm attn_gate[E,H] ffn_norm[E]
        dense: +gated
        experts: +routed exp_probs_b.bias[NE] +shared""",
    "llama4": """file: +ends rope_freqs[ROT/2]?llama3_rope
        every: attn_norm[E] +gqa ffn_norm[E]
        dense: +gated
        experts: +routed +shared""",
    "mellum": "file: +ends every: attn_norm[E] +gqa +qk_norm ffn_norm[E] +routed",
    "mimo2": """file: +ends
        every: attn_norm[E] +gqa ffn_norm[E]
        sinks: attn_sinks[H]
        dense: +gated
        experts: +routed exp_probs_b.bias[NE]""",
    "minimax-m2": """file: +ends
        every: attn_norm[E] +gqa +qk_norm_wide ffn_norm[E] +routed exp_probs_b.bias[NE]""",
    "minimax-m3": """file: +ends
        every: attn_norm[E] +gqa +qk_norm ffn_norm[E]
        dense: +gated
        experts: +routed exp_probs_b.bias[NE] +shared
        indexer.q_proj[E,IH*IK] indexer.k_proj[E,IK] indexer.q_norm[IK] indexer.k_norm[IK]""",
    "olmoe": "file: +ends every: attn_norm[E] +gqa +qk_norm_wide ffn_norm[E] +routed",
    "phimoe": f"""file: +ends {_LONGROPE} output_norm.bias[E] output.bias[V]
        every: attn_norm[E] attn_norm.bias[E] +gqa +qkv_bias attn_output.bias[E] ffn_norm[E] ffn_norm.bias[E]
        +routed""",
    "qwen2moe": """file: +ends
        every: attn_norm[E] +gqa +qkv_bias ffn_norm[E] +routed +shared ffn_gate_inp_shexp[E,1]""",
    "qwen3moe": f"file: +ends {_ROUTED} +qk_norm",
    "qwen3vlmoe": f"file: +ends {_ROUTED} +qk_norm",
    "step35": """file: +ends rope_freqs[ROT/2]?llama3_rope
        every: attn_norm[E] +gqa +qk_norm attn_gate[E,H] ffn_norm[E]
        dense: +gated
        experts: +routed exp_probs_b.bias[NE] +shared
        nextn: +nextn nextn.shared_head_head[E,V]""",
}
"""GGUF architecture to its tensors."""

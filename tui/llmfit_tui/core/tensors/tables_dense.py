"""Tensors of architectures without experts, beside llama.cpp's own lists (src/models/*.cpp)."""

_PLAIN = "file: +ends every: attn_norm[E] +gqa ffn_norm[E] +gated"
_PARALLEL = "file: +ends every: attn_norm[E] +gqa +qk_norm_by_head?qk_norm +gated"
_LONGROPE = "rope_factors_long[ROT/2]?longrope rope_factors_short[ROT/2]?longrope"

TABLES: dict[str, str] = {
    "arcee": "file: +ends rope_freqs[ROT/2]?llama3_rope every: attn_norm[E] +gqa ffn_norm[E] +gateless",
    "apertus": """file: +ends rope_freqs[ROT/2]
        every: attn_norm[E] +gqa +qk_norm ffn_norm[E] +gateless""",
    "baichuan": _PLAIN,
    "bitnet": """file: +ends
        every: attn_norm[E] +gqa attn_sub_norm[E] ffn_norm[E] +gated ffn_sub_norm[FF]""",
    "bloom": """file: +ends output_norm.bias[E] token_embd_norm[E] token_embd_norm.bias[E]
        every: attn_norm[E] attn_norm.bias[E] +qkv attn_qkv.bias[3*H*D] attn_output.bias[E]
        ffn_norm[E] ffn_norm.bias[E] +gateless +gateless_bias""",
    "chatglm": """file: +ends
        every: attn_norm[E] +gqa +qkv_bias?qkv_bias ffn_norm[E] +fused_gated""",
    "cohere2": _PARALLEL,
    "command-r": _PARALLEL,
    "deci": """file: +ends rope_freqs[ROT/2]?llama3_rope
        attention: attn_norm[E] +gqa
        dense: ffn_norm[E] +gated""",
    "ernie4_5": _PLAIN,
    "exaone": """file: +ends rope_freqs[ROT/2]?llama3_rope
        every: attn_norm[E] +gqa ffn_norm[E] +gated""",
    "exaone4": """file: +ends rope_freqs[ROT/2]?llama3_rope
        every: +gqa +qk_norm post_attention_norm[E] +gated post_ffw_norm[E]
        nextn: +nextn""",
    "falcon": """file: +ends output_norm.bias[E]
        every: attn_norm[E] attn_norm.bias[E] attn_norm_2[E]?two_norms attn_norm_2.bias[E]?two_norms
        +qkv +gateless""",
    "gemma": _PLAIN,
    "gemma2": """file: +ends
        every: attn_norm[E] +gqa post_attention_norm[E] ffn_norm[E] +gated post_ffw_norm[E]""",
    "gemma3": """file: +ends
        every: attn_norm[E] +gqa +qk_norm post_attention_norm[E] ffn_norm[E] +gated post_ffw_norm[E]""",
    "gemma3n": """file: +ends per_layer_token_embd[L*PL,V] per_layer_model_proj[E,L*PL]
        per_layer_proj_norm[PL] altup_proj[E,E,ALTX] altup_unembd_proj[E,E,ALTX]
        every: attn_norm[E] +gqa +qk_norm post_attention_norm[E] ffn_norm[E] +gated post_ffw_norm[E]
        altup_correct_scale[E] altup_correct_coef[ALT,ALT] altup_predict_coef[ALT,ALT*ALT]
        altup_router[E,ALT] altup_router_norm[E] laurel_l[E,LAUREL] laurel_r[LAUREL,E] laurel_post_norm[E]
        inp_gate[E,PL] proj[PL,E] post_norm[E]""",
    "gemma4": """file: +ends rope_freqs[ROT/2]
        per_layer_token_embd[L*PL,V] per_layer_model_proj[E,L*PL] per_layer_proj_norm[PL]
        every: attn_norm[E] attn_q[E,H*D] attn_k[E,KV*D] attn_v[E,KVV*D] attn_output[H*D,E] +qk_norm
        post_attention_norm[E] ffn_norm[E] +gated post_ffw_norm[E] layer_output_scale[1]
        inp_gate[E,PL] proj[PL,E] post_norm[E]?per_layer_input
        experts: +routed_fused ffn_gate_inp.scale[E] ffn_down_exps.scale[NE]
        post_ffw_norm_1[E] post_ffw_norm_2[E] pre_ffw_norm_2[E]""",
    "glm4": """file: +ends
        every: attn_norm[E] +gqa +qkv_bias?qkv_bias post_attention_norm[E]
        ffn_norm[E] +fused_gated post_ffw_norm[E]""",
    "gptneox": """file: +ends output_norm.bias[E]
        every: attn_norm[E] attn_norm.bias[E] +qkv attn_qkv.bias[3*H*D] attn_output.bias[E]
        ffn_norm[E] ffn_norm.bias[E] +gateless +gateless_bias""",
    "granite": "file: +ends rope_freqs[ROT/2]?llama3_rope every: attn_norm[E] +gqa ffn_norm[E] +gated",
    "granite_swa": """file: +ends
        every: attn_norm[E] attn_sinks[H] +gqa ffn_norm[E]
        dense: +gated
        experts: +routed_fused ffn_up_shexp[E,2*SFF] ffn_down_shexp[SFF,E]""",
    "hunyuan-dense": "file: +ends every: attn_norm[E] +gqa +qk_norm ffn_norm[E] +gated",
    "internlm2": _PLAIN,
    "llama": """file: +ends rope_freqs[ROT/2]?llama3_rope
        every: attn_norm[E] +gqa +qkv_bias?qkv_bias attn_output.bias[E]?qkv_bias ffn_norm[E]
        dense: +gated +ffn_bias?mlp_bias
        experts: +routed""",
    "minicpm": f"file: +ends {_LONGROPE} every: attn_norm[E] +gqa ffn_norm[E] +gated",
    "minicpm3": f"""file: +ends {_LONGROPE}
        every: attn_norm[E] attn_q_a[E,QL] attn_q_a_norm[QL] attn_q_b[QL,H*KM]
        attn_kv_a_mqa[E,KVL+ROT] attn_kv_a_norm[KVL] attn_kv_b[KVL,H*NOPE+H*VM] attn_output[H*VM,E]
        ffn_norm[E] +gated""",
    "mistral3": _PLAIN,
    "muse-glimmer": """file: +ends
        every: attn_norm[E] +gqa +qk_norm attn_gate[E,H*D] post_attention_norm[E]
        ffn_norm[E] +gated post_ffw_norm[E]""",
    "nemotron": """file: +ends output_norm.bias[E]
        every: attn_norm[E] attn_norm.bias[E] +gqa ffn_norm[E] ffn_norm.bias[E] +gateless""",
    "olmo": "file: token_embd[E,V] output[E,V]?untied every: +gqa +gated",
    "olmo2": """file: +ends
        every: +gqa +qk_norm_wide post_attention_norm[E] +gated post_ffw_norm[E]""",
    "phi2": """file: +ends output_norm.bias[E] output.bias[V]
        every: attn_norm[E] attn_norm.bias[E] +gqa +qkv_bias attn_output.bias[E] +gateless +gateless_bias""",
    "phi3": f"file: +ends {_LONGROPE} every: attn_norm[E] +qkv ffn_norm[E] +fused_gated",
    "qwen2": "file: +ends every: attn_norm[E] +gqa +qkv_bias ffn_norm[E] +gated",
    "qwen2vl": "file: +ends every: attn_norm[E] +gqa +qkv_bias ffn_norm[E] +gated",
    "qwen3": "file: +ends every: attn_norm[E] +gqa +qkv_bias?qkv_bias +qk_norm ffn_norm[E] +gated",
    "qwen3vl": "file: +ends every: attn_norm[E] +gqa +qk_norm ffn_norm[E] +gated",
    "seed_oss": "file: +ends every: attn_norm[E] +gqa +qkv_bias?qkv_bias post_attention_norm[E] +gated",
    "smollm3": _PLAIN,
    "stablelm": """file: +ends output_norm.bias[E]
        every: attn_norm[E] attn_norm.bias[E] +gqa +qkv_bias?qkv_bias +qk_norm_by_head?qk_norm
        ffn_norm[E]?two_norms ffn_norm.bias[E]?two_norms +gated""",
    "starcoder": """file: +ends position_embd[E,CTX] output_norm.bias[E]
        every: attn_norm[E] attn_norm.bias[E] +qkv attn_qkv.bias[H*D+2*KV*D] attn_output.bias[E]
        ffn_norm[E] ffn_norm.bias[E] +gateless +gateless_bias""",
    "starcoder2": """file: +ends output_norm.bias[E]
        every: attn_norm[E] attn_norm.bias[E] +gqa +qkv_bias attn_output.bias[E]
        ffn_norm[E] ffn_norm.bias[E] +gateless +gateless_bias""",
}
"""GGUF architecture to its tensors."""

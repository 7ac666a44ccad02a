"""Tensors of architectures with a recurrent state, beside llama.cpp's own lists (src/models/*.cpp)."""

_QWEN_DELTA = """attention: attn_q[E,2*H*D] attn_k[E,KV*D] attn_v[E,KV*DV] attn_output[H*DV,E] +qk_norm
        recurrent: +delta"""

TABLES: dict[str, str] = {
    "bailingmoe3": """file: +ends
        every: attn_norm[E] ffn_norm[E]
        recurrent: +kda ssm_f_a[E,DI] ssm_g_a[E,DI] ssm_a[1,DT]
        attention: +mla attn_gate[E,H]
        dense: +gated
        experts: +routed exp_probs_b.bias[NE] +shared
        nextn: nextn.eh_proj[2*E,E] nextn.enorm[E] nextn.hnorm[E] layer_output_norm[E]""",
    "deepseek4": """file: +ends output_hc_fn[HC*E,HC]:F32 output_hc_base[HC] output_hc_scale[1]
        every: attn_norm[E] attn_sinks[H] attn_q_a[E,QL] attn_q_a_norm[QL] attn_q_b[QL,H*D] attn_kv[E,D]
        attn_kv_a_norm[D] attn_output_a[H*D/OG,OL*OG] attn_output_b[OG*OL,E]
        hc_attn_fn[HC*E,2*HC+HC*HC]:F32 hc_attn_base[2*HC+HC*HC] hc_attn_scale[3]
        hc_ffn_fn[HC*E,2*HC+HC*HC]:F32 hc_ffn_base[2*HC+HC*HC] hc_ffn_scale[3]
        ffn_norm[E] +routed +shared
        hashed: ffn_gate_tid2eid[NU,V]:I32
        scored: exp_probs_b.bias[NE]
        compressed: attn_compressor_kv[E,CW] attn_compressor_gate[E,CW] attn_compressor_ape[CW,CR]:F32
        attn_compressor_norm[D]
        indexed: indexer.proj[E,IH] indexer.attn_q_b[QL,IH*IK] indexer_compressor_kv[E,2*IK]
        indexer_compressor_gate[E,2*IK] indexer_compressor_ape[2*IK,CR]:F32 indexer_compressor_norm[IK]""",
    "falcon-h1": """file: +ends
        every: attn_norm[E] +mamba2 ssm_norm[DI/NG,NG]?ssm_norm +gqa ffn_norm[E] +gated""",
    "granitehybrid": """file: +ends
        every: attn_norm[E] ffn_norm[E]
        recurrent: +mamba2 ssm_norm[DI/NG,NG]
        attention: +gqa
        dense: +gated
        experts: +routed +shared""",
    "jamba": """file: +ends
        every: attn_norm[E] ffn_norm[E]
        recurrent: +mamba1 ssm_dt_norm[DT] ssm_b_norm[DS] ssm_c_norm[DS]
        attention: +gqa
        dense: +gated
        experts: +routed""",
    "kimi-k3": """file: +ends output_res_score[E]?residual_scores
        every: attn_norm[E] ffn_norm[E] attn_res_score[E]?residual_scores ffn_res_score[E]?residual_scores
        recurrent: +kda ssm_f_a[E,KH] ssm_f_b[KH,DI] ssm_g[E,DI] ssm_a[DT]
        attention: +mla attn_gate[E,H*VM]
        dense: +gated
        experts: ffn_gate_inp[E,NE] exp_probs_b.bias[NE] ffn_gate_exps[LAT,MFF,NE] ffn_up_exps[LAT,MFF,NE]
        ffn_down_exps[MFF,LAT,NE] ffn_routed_down[E,LAT] ffn_routed_up[LAT,E] ffn_routed_norm[LAT]?latent_norm
        +shared""",
    "kimi-linear": """file: +ends
        every: attn_norm[E] ffn_norm[E]
        recurrent: +kda ssm_f_a[E,KH] ssm_f_b[KH,DI] ssm_g_a[E,KH] ssm_g_b[KH,DI] ssm_a[1,DT]
        attention: +mla
        dense: +gated
        experts: +routed exp_probs_b.bias[NE] +shared""",
    "lfm2": """file: token_embd[E,V] token_embd_norm[E] output[E,V]?untied
        every: attn_norm[E] ffn_norm[E] +gated
        recurrent: +shortconv
        attention: +gqa +qk_norm""",
    "lfm2moe": """file: token_embd[E,V] token_embd_norm[E] output[E,V]?untied
        every: attn_norm[E] ffn_norm[E]
        recurrent: +shortconv
        attention: +gqa +qk_norm
        dense: +gated
        experts: +routed exp_probs_b.bias[NE]""",
    "mamba": "file: +ends every: attn_norm[E] +mamba1",
    "mamba2": "file: +ends every: attn_norm[E] +mamba2 ssm_norm[DI/NG,NG]",
    "minimax-01": """file: +ends
        every: attn_norm[E] ffn_norm[E] attn_output[H*D,E] +routed
        recurrent: attn_norm_2[H*D] attn_qkv[E,3*H*D] attn_gate[E,H*D]
        attention: attn_q[E,H*D] attn_k[E,KV*D] attn_v[E,KV*D]""",
    "nemotron_h": """file: +ends
        every: attn_norm[E]
        recurrent: +mamba2 ssm_norm[DI/NG,NG]
        attention: +gqa
        dense: +gateless""",
    "nemotron_h_moe": """file: +ends
        every: attn_norm[E]
        recurrent: +mamba2 ssm_norm[DI/NG,NG]
        attention: +gqa
        dense: +gateless
        experts: ffn_gate_inp[E,NE] ffn_up_exps[LATE,MFF,NE] ffn_down_exps[MFF,LATE,NE] exp_probs_b.bias[NE]
        ffn_up_shexp[E,SFF] ffn_down_shexp[SFF,E] ffn_latent_down[E,LAT] ffn_latent_up[LAT,E]
        nextn: post_attention_norm[E] +nextn""",
    "qwen35": f"""file: +ends
        every: attn_norm[E] post_attention_norm[E] +gated
        {_QWEN_DELTA} ssm_alpha[E,DT] ssm_beta[E,DT]
        nextn: +nextn""",
    "qwen35moe": f"""file: +ends
        every: attn_norm[E] post_attention_norm[E] +routed +shared ffn_gate_inp_shexp[E,1]
        {_QWEN_DELTA} ssm_alpha[E,DT] ssm_beta[E,DT]
        nextn: +nextn""",
    "qwen3next": f"""file: +ends
        every: attn_norm[E] post_attention_norm[E] +routed +shared ffn_gate_inp_shexp[E]
        {_QWEN_DELTA} ssm_ba[E,2*DT]
        nextn: +nextn""",
}
"""GGUF architecture to its tensors."""

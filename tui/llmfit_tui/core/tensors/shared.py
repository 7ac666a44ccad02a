"""Tensors that many architectures have in common, in the notation of `notation.py`."""

GROUPS: dict[str, str] = {
    "ends": "token_embd[E,V] output_norm[E] output[E,V]?untied",
    # attention
    "gqa": "attn_q[E,H*D] attn_k[E,KV*D] attn_v[E,KV*DV] attn_output[H*DV,E]",
    "qkv_bias": "attn_q.bias[H*D] attn_k.bias[KV*D] attn_v.bias[KV*DV]",
    "qk_norm": "attn_q_norm[D] attn_k_norm[D]",
    "qk_norm_wide": "attn_q_norm[H*D] attn_k_norm[KV*D]",
    "qk_norm_by_head": "attn_q_norm[D,H] attn_k_norm[D,KV]",
    "qkv": "attn_qkv[E,H*D+2*KV*D] attn_output[H*DV,E]",
    "mla": """attn_q[E,H*KM]?no_q_lora attn_q_a[E,QL] attn_q_a_norm[QL] attn_q_b[QL,H*KM]
        attn_kv_a_mqa[E,KVL+ROT] attn_kv_a_norm[KVL] attn_k_b[NOPE,KVL,H] attn_v_b[KVL,VM,H]
        attn_output[H*VM,E]""",
    "indexer": """indexer.attn_q_b[QL,IH*IK] indexer.attn_k[E,IK] indexer.k_norm[IK] indexer.k_norm.bias[IK]
        indexer.proj[E,IH]""",
    # feed-forward
    "gated": "ffn_gate[E,FF] ffn_up[E,FF] ffn_down[FF,E]",
    "gateless": "ffn_up[E,FF] ffn_down[FF,E]",
    "fused_gated": "ffn_up[E,2*FF] ffn_down[FF,E]",
    "ffn_bias": "ffn_gate.bias[FF] ffn_up.bias[FF] ffn_down.bias[E]",
    "gateless_bias": "ffn_up.bias[FF] ffn_down.bias[E]",
    "routed": "ffn_gate_inp[E,NE] ffn_gate_exps[E,MFF,NE] ffn_up_exps[E,MFF,NE] ffn_down_exps[MFF,E,NE]",
    "routed_fused": "ffn_gate_inp[E,NE] ffn_gate_up_exps[E,2*MFF,NE] ffn_down_exps[MFF,E,NE]",
    "shared": "ffn_gate_shexp[E,SFF] ffn_up_shexp[E,SFF] ffn_down_shexp[SFF,E]",
    # state instead of attention
    "mamba1": """ssm_in[E,2*DI] ssm_conv1d[DC,DI] ssm_conv1d.bias[DI] ssm_x[DI,DT+2*DS] ssm_dt[DT,DI]
        ssm_dt.bias[DI] ssm_a[DS,DI] ssm_d[DI] ssm_out[DI,E]""",
    "mamba2": """ssm_in[E,2*DI+2*NG*DS+DT] ssm_conv1d[DC,DI+2*NG*DS] ssm_conv1d.bias[DI+2*NG*DS]
        ssm_dt.bias[DT] ssm_a[1,DT] ssm_d[1,DT] ssm_out[DI,E]""",
    "delta": """attn_qkv[E,2*NG*DS+DI] attn_gate[E,DI] ssm_conv1d[DC,DI+2*NG*DS] ssm_dt.bias[DT] ssm_a[DT]
        ssm_norm[LVD] ssm_out[DI,E]""",
    "shortconv": "shortconv.conv[LC,E] shortconv.in_proj[E,3*E] shortconv.out_proj[E,E]",
    "kda": """attn_q[E,DI] attn_k[E,DI] attn_v[E,DI] attn_output[DI,E] ssm_conv1d_q[DC,1,DI]
        ssm_conv1d_k[DC,1,DI] ssm_conv1d_v[DC,1,DI] ssm_dt.bias[DI] ssm_beta[E,DT] ssm_norm[KH]""",
    # multi-token prediction
    "nextn": "nextn.eh_proj[2*E,E] nextn.enorm[E] nextn.hnorm[E] nextn.shared_head_norm[E]",
    "nextn_ends": "nextn.embed_tokens[E,V] nextn.shared_head_head[E,V]",
}
"""Name to tensors; `+name` in a table puts them in."""

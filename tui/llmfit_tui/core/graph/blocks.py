"""Blocks of transformers, beside llama.cpp's src/models/*.cpp."""

from llmfit_tui.core.graph.attention import attention
from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.experts import routed
from llmfit_tui.core.graph.styles import Style, Tempered, rotates
from llmfit_tui.core.graph.tensors import Tensor, op, over, part, shape, view


def transformer(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Attention and feed-forward, each added to the stream; norms wherever there are weights for them."""
    pre_normed = b.has("attn_norm")
    y = self_attention(b, b.norm(x, "attn_norm") if pre_normed else x, style)
    post = b.has("post_attention_norm") and (b.has("ffn_norm") or not pre_normed)
    if post and style.normed_before_rows:
        y = b.norm(y, "post_attention_norm")
    y, x = picked_rows(b, style, y, x)
    if post and not style.normed_before_rows:
        y = b.norm(y, "post_attention_norm")
    x = b.add(over(y) if style.residual_scaled else y, x)
    before = next((name for name in FEED_FORWARD_NORMS if b.has(name)), "")
    y = feed_forward(b, b.norm(x, before) if before and (before == "ffn_norm" or not post) else x, style)
    if b.has("post_ffw_norm"):
        y = b.norm(y, "post_ffw_norm")
    return with_features(b, summed(b, y, x, style), style)


FEED_FORWARD_NORMS = ("ffn_norm", "post_attention_norm", "attn_output_norm")


def unnormed(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Norms without weights (OLMo)."""
    y = self_attention(b, b.norm(x), style)
    y, x = b.only_outputs(y, x)
    x = b.add(y, x)
    return b.add(feed_forward(b, b.norm(x), style), x)


def parallel(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Attention and feed-forward over the same normed input (Command-R)."""
    normed = b.norm(x, "attn_norm")
    y = self_attention(b, normed, style)
    y, x, normed = b.only_outputs(y, x, normed)
    return b.add(b.add(b.feed_forward(normed), x), y)


def parallel_own_norms(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Attention and feed-forward over the same input, each with a norm of its own (GPT-NeoX)."""
    y = self_attention(b, b.norm(x, "attn_norm"), style)
    y, x = b.only_outputs(y, x)
    return b.add(b.add(b.feed_forward(b.norm(x, "ffn_norm")), x), y)


def parallel_falcon(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Falcon: attention may have a second norm."""
    normed = b.norm(x, "attn_norm")
    y = self_attention(b, b.norm(x, "attn_norm_2") if b.has("attn_norm_2") else normed, style)
    y, x, normed = b.only_outputs(y, x, normed)
    return b.add(b.add(b.feed_forward(normed), y), x)


def parallel_phi(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Phi-2."""
    normed = b.norm(x, "attn_norm")
    y = self_attention(b, normed, style)
    y, x, normed = b.only_outputs(y, x, normed)
    return b.add(b.add(y, b.feed_forward(normed)), x)


def stablelm(b: Builder, x: Tensor, style: Style) -> Tensor:
    """StableLM: without a second norm the feed-forward reads what attention read."""
    normed = b.norm(x, "attn_norm")
    y = self_attention(b, normed, style)
    y, x, normed = b.only_outputs(y, x, normed)
    x = b.add(y, x)
    return b.add(b.feed_forward(b.norm(x, "ffn_norm") if b.has("ffn_norm") else normed), x)


def sparse(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Blocks that a search has emptied of attention or of a feed-forward (Nemotron NAS)."""
    y = before = x
    if b.has("attn_q"):
        y = self_attention(b, b.norm(x, "attn_norm"), style)
    if b.last:
        y, before = b.only_outputs(y, x)
    if not b.has("ffn_up"):
        return x
    if b.has("attn_q"):
        y = b.add(y, before)
    return b.add(b.feed_forward(b.norm(y, "ffn_norm")), y)


def picked_rows(b: Builder, style: Style, *tensors: Tensor) -> tuple[Tensor, ...]:
    """The rows logits are asked for, in the last block, unless they are picked later."""
    return tensors if style.late else b.only_outputs(*tensors)


def summed(b: Builder, y: Tensor, x: Tensor, style: Style) -> Tensor:
    """A block's part added to the stream."""
    if style.residual_scaled:
        y = over(y)
    return b.add(x, y) if style.stream_first else b.add(y, x)


def with_features(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Features of an image added in the first blocks."""
    if not (style.stacked and b.run.two_inputs) or b.block >= b.stacked or b.embeddings is None:
        return x
    return over(x, view(b.embeddings, x.ne[0], b.tokens))


def self_attention(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Projections, norms and rotation of queries and keys, attention, a gate, output."""
    q, k, v = b.qkv(x, reshaped=not style.flat_norms)
    rotated = rotates(style.rotated, b.model, b.block)
    if rotated and style.rotated_first:
        q, k = b.rope(q), b.rope(k)
    if b.has("attn_q_norm"):
        q, k = b.norm(q, "attn_q_norm"), b.norm(k, "attn_k_norm")
    if style.flat_norms:
        heads, kv_heads, key, value = b.heads()
        q, k = view(q, key, heads, b.tokens), view(k, key, kv_heads, b.tokens)
        v = view(v, value, kv_heads, b.tokens)
    if rotated and not style.rotated_first:
        q, k = b.rope(q), b.rope(k)
    if rotated and style.unit_norms:
        q, k = over(q), over(k)
    if style.query_scaled:
        q = over(q)
    if style.tempered is Tempered.ALL or (style.tempered is Tempered.UNROTATED and not rotated):
        q = over(q, b.inputs.scale)
    if not b.has("attn_gate") and not b.has("attn_sub_norm"):
        return attention(b, q, k, v, softcap=style.softcap)
    y = attention(b, q, k, v, output="")
    if b.has("attn_sub_norm"):
        return b.linear(b.norm(y, "attn_sub_norm"), "attn_output")
    gate = over(b.linear(x, "attn_gate"))
    if gate.ne[0] == q.ne[1]:
        by_head = view(y, y.ne[0] // gate.ne[0], gate.ne[0], b.tokens)
        y = view(over(by_head, view(gate, 1, gate.ne[0], b.tokens)), y.ne[0], b.tokens)
    else:
        y = over(y, gate)
    return b.linear(y, "attn_output")


def gated_query_attention(b: Builder, x: Tensor) -> Tensor:
    """Queries and a gate from one matrix (Qwen3-Next, Qwen3.5)."""
    heads, kv_heads, key, value = b.heads()
    both, k, v = (b.linear(x, name) for name in ("attn_q", "attn_k", "attn_v"))
    if b.has_block("ssm_ba"):
        both = view(both, 2 * key, heads, b.tokens)
    q, gate = part(both, key, heads, b.tokens), part(both, key, heads, b.tokens)
    q = b.rope(b.norm(q, "attn_q_norm"))
    k = b.rope(b.norm(view(k, key, kv_heads, b.tokens), "attn_k_norm"))
    y = attention(b, q, k, view(v, value, kv_heads, b.tokens), output="")
    gate = over(op(shape(key * heads, b.tokens), gate))
    return b.linear(over(y, gate), "attn_output")


def feed_forward(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Dense, or experts with those every token passes."""
    if not b.has("ffn_gate_inp"):
        return b.feed_forward(x, squared=style.squared)
    y = routed(b, x, style.router, squared=style.squared)
    if not b.has("ffn_up_shexp"):
        return y
    shared = b.feed_forward(x, "_shexp", squared=style.squared)
    if b.has("ffn_gate_inp_shexp"):
        score = b.linear_to_one(x, "ffn_gate_inp_shexp")
        shared = over(shared, over(over(score), score) if b.model.name == "qwen2moe" else over(score))
    return b.add(y, shared)

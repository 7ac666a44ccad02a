"""Multi-head latent attention: one compressed key row per token, unpacked after attention (DeepSeek)."""

from llmfit_tui.core.graph.attention import attention
from llmfit_tui.core.graph.blocks import feed_forward
from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.sparse import chosen
from llmfit_tui.core.graph.styles import Style
from llmfit_tui.core.graph.tensors import Tensor, multiply, op, over, part, shape, view


def latent_transformer(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Latent attention and feed-forward, each added to the stream."""
    y = latent_attention(b, b.norm(x, "attn_norm"), rotated=True)
    y, x = b.only_outputs(y, x)
    x = b.add(y, x)
    return b.add(feed_forward(b, b.norm(x, "ffn_norm"), style), x)


def latent_attention(b: Builder, x: Tensor, rotated: bool) -> Tensor:
    """Queries pressed into the latent space, keys and values shared by all heads; a gate for each head."""
    heads, nope, rotary, rank = (b.number(s) for s in ("H", "NOPE", "ROT", "KVL"))
    tokens = b.tokens
    if b.has("attn_q_a"):
        low = b.norm(b.linear(x, "attn_q_a"), "attn_q_a_norm")
        best = chosen(b, x, low) if b.has_block("indexer.attn_q_b") else None
        q = b.linear(low, "attn_q_b")
    else:
        q, best = b.linear(x, "attn_q"), None
    q = view(q, nope + rotary, heads, tokens)
    q_rotary = part(q, rotary, heads, tokens)
    pressed = b.linear(x, "attn_kv_a_mqa")
    latent, k_rotary = part(pressed, rank, tokens), part(pressed, rotary, 1, tokens)
    if rotated:
        q_rotary, k_rotary = b.rope(q_rotary), b.rope(k_rotary)
    latent = b.norm(latent, "attn_kv_a_norm")
    q_plain = view(part(q, nope, heads, tokens), nope, tokens, heads)
    absorbed = view(multiply(b.weight("attn_k_b"), rank, q_plain), rank, heads, tokens)
    q = op(shape(rank + rotary, heads, tokens), absorbed, q_rotary)
    v = view(latent, rank, 1, tokens)
    k = op(shape(rank + rotary, 1, tokens), v, k_rotary)
    if not b.has("attn_gate"):
        return attention(b, q, k, v, absorbed="attn_v_b", best=best)
    y = attention(b, q, k, v, output="", absorbed="attn_v_b")
    gate = over(view(b.linear(x, "attn_gate"), 1, heads, tokens))
    y = over(view(y, y.ne[0] // heads, heads, tokens), gate)
    return b.linear(op(shape(y.ne[0] * heads, tokens), y), "attn_output")


def unpacked_transformer(b: Builder, x: Tensor, _style: Style) -> Tensor:
    """Latent projections, unpacked before attention: the cache holds whole heads (MiniCPM3)."""
    y = _unpacked_attention(b, b.norm(x, "attn_norm"))
    y, x = b.only_outputs(y, x)
    x = b.add(over(y), x)
    return b.add(over(b.feed_forward(b.norm(x, "ffn_norm"))), x)


def _unpacked_attention(b: Builder, x: Tensor) -> Tensor:
    heads, nope, rotary, rank, value = (b.number(s) for s in ("H", "NOPE", "ROT", "KVL", "VM"))
    q = b.linear(b.norm(b.linear(x, "attn_q_a"), "attn_q_a_norm"), "attn_q_b")
    q = view(q, nope + rotary, heads, b.tokens)
    pressed = b.linear(x, "attn_kv_a_mqa")
    latent, k_rotary = part(pressed, rank, b.tokens), part(pressed, rotary, 1, b.tokens)
    latent = b.norm(latent, "attn_kv_a_norm")
    kv = b.linear(latent, "attn_kv_b")
    k_plain, v = part(kv, nope, heads, b.tokens), part(kv, value, heads, b.tokens)
    v = op(v.ne, v)
    q, k_rotary = b.rope(q), b.rope(k_rotary)
    k = op(q.ne, k_plain, op(shape(rotary, heads, b.tokens), k_rotary))
    return attention(b, q, k, v)

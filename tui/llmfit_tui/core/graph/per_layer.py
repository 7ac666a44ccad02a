"""Gemma 3n and 4: a second embedding that is fed into every block."""

from llmfit_tui.core.graph.attention import attention
from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.experts import Router, routed
from llmfit_tui.core.graph.styles import Style
from llmfit_tui.core.graph.tensors import Tensor, leaf, multiply, op, over, picked, shape, view
from llmfit_tui.core.memory.layers import Keeps


def per_layer_inputs(b: Builder, x: Tensor) -> None:
    """The second embedding of every token, mixed with a projection of the first."""
    if not b.has_file("per_layer_token_embd"):
        return
    width, layers, tokens = b.number("PL"), b.model.arch.layers, b.tokens
    rows = picked(b.weights[b.layout.host], leaf(tokens), width * layers, tokens)
    rows.home = b.layout.host
    rows = b.expand(over(view(rows, width, layers, tokens)))
    home, b.home = b.home, b.layout.device(0)
    projected = over(multiply(b.weight("per_layer_model_proj"), width * layers, x))
    projected = b.norm(view(projected, width, layers, tokens), "per_layer_proj_norm")
    mixed = over(over(projected, rows))
    b.per_layer = op(shape(width, tokens, layers), view(mixed, width, tokens, layers))
    b.home = home


def gemma4(b: Builder, x: Tensor, _style: Style) -> Tensor:
    """Gemma 4: wide and narrow heads, keys reused as values, shared caches, dense beside experts."""
    heads, kv_heads, key, _ = b.heads()
    normed = b.norm(x, "attn_norm")
    q = view(b.linear(normed, "attn_q"), key, heads, b.tokens)
    sees_all = b.model.arch.kinds[b.block] is Keeps.FULL
    q = b.rope(b.norm(q, "attn_q_norm"), factored=sees_all)
    k = v = None
    if b.model.arch.key_widths[b.block]:
        k = b.linear(normed, "attn_k")
        v = b.linear(normed, "attn_v") if b.has("attn_v") else k
        k, v = view(k, key, kv_heads, b.tokens), view(v, key, kv_heads, b.tokens)
        k, v = b.rope(b.norm(k, "attn_k_norm"), factored=sees_all), over(v)
    y = b.norm(attention(b, q, k, v), "post_attention_norm")
    x = b.add(y, x)
    y = _experts_beside(b, x) if b.has("ffn_gate_inp") else b.feed_forward(b.norm(x, "ffn_norm"))
    x = b.add(b.norm(y, "post_ffw_norm"), x)
    if b.per_layer is not None:
        y = over(over(b.linear(x, "inp_gate")), view(b.per_layer, b.number("PL"), b.tokens))
        x = b.add(x, b.norm(b.linear(y, "proj"), "post_norm"))
    return over(x, b.weight("layer_output_scale")) if b.has("layer_output_scale") else x


def _experts_beside(b: Builder, x: Tensor) -> Tensor:
    """A dense feed-forward and experts, added up."""
    dense = b.norm(b.feed_forward(b.norm(x, "ffn_norm")), "post_ffw_norm_1")
    scores = b.linear(over(over(over(x)), b.weight("ffn_gate_inp.scale")), "ffn_gate_inp")
    chosen = routed(b, b.norm(x, "pre_ffw_norm_2"), Router(), scores=scores)
    return b.add(dense, b.norm(chosen, "post_ffw_norm_2"))

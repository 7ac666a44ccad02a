"""Gemma 3n: four streams predicted from one another, of which a block computes one (AltUp), and Laurel."""

from llmfit_tui.core.graph.attention import attention
from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.styles import Style
from llmfit_tui.core.graph.tensors import Tensor, multiply, op, over, shape, view

SPARSE_BLOCKS = 10
"""So many first blocks keep only the strongest activations (models/models.h)."""


def stacked_streams(b: Builder, x: Tensor) -> Tensor:
    """The embedding and its projections to the other streams, each as long as the first."""
    width, others = x.ne[0], b.number("ALTX")
    first, b.home = b.home, b.layout.host if b.layout.output is None else b.layout.output
    target = _magnitude(x)
    repeated = op(shape(width, b.tokens, others), x)
    added = multiply(b.weight("altup_proj"), width, repeated)
    added = over(over(added, target), _magnitude(added))
    b.home = first
    return op(shape(width, b.tokens, others + 1), x, added)


def merged_streams(b: Builder, x: Tensor) -> Tensor:
    """The mean of all streams."""
    width, others = x.ne[0], b.number("ALTX")
    target = _magnitude(view(x, width, b.tokens))
    back = multiply(b.weight("altup_unembd_proj"), width, view(x, width, b.tokens, others))
    back = over(over(back, target), _magnitude(back))
    y = view(x, width, b.tokens)
    for _ in range(others):
        y = over(y, view(back, width, b.tokens))
    return over(y)


def altup(b: Builder, x: Tensor, _style: Style) -> Tensor:
    """A block of Gemma 3n."""
    predicted = _predicted(b, x)
    active = view(predicted, x.ne[0], b.tokens)
    normed = b.norm(active, "attn_norm")
    laurel = b.norm(b.linear(b.linear(normed, "laurel_l"), "laurel_r"), "laurel_post_norm")
    laurel = b.add(laurel, normed)
    y = b.add(b.norm(_attention(b, normed), "post_attention_norm"), active)
    beside = over(b.add(y, laurel))
    normed = b.norm(beside, "ffn_norm")
    up, gate = b.linear(normed, "ffn_up"), b.linear(normed, "ffn_gate")
    if b.block < SPARSE_BLOCKS:
        gate = _strongest(gate)
    y = b.linear(over(up, over(gate)), "ffn_down")
    y = b.add(b.norm(y, "post_ffw_norm"), beside)
    return _with_per_layer(b, _corrected(b, predicted, y))


def _attention(b: Builder, x: Tensor) -> Tensor:
    """Attention; later blocks read the cache of earlier ones."""
    heads, kv_heads, key, _ = b.heads()
    if not b.model.arch.key_widths[b.block]:
        q = view(b.linear(x, "attn_q"), key, heads, b.tokens)
        return attention(b, b.rope(b.norm(q, "attn_q_norm")), None, None)
    q, k, v = (b.linear(x, name) for name in ("attn_q", "attn_k", "attn_v"))
    q = b.norm(view(q, key, heads, b.tokens), "attn_q_norm")
    k = b.norm(view(k, key, kv_heads, b.tokens), "attn_k_norm")
    v = over(view(v, key, kv_heads, b.tokens))
    return attention(b, b.rope(q), b.rope(k), v)


def _magnitude(x: Tensor) -> Tensor:
    return over(op((1, *x.ne[1:]), over(x)))


def _strongest(x: Tensor) -> Tensor:
    """What is more than so many deviations above the mean."""
    one = (1, *x.ne[1:])
    mean = op(one, x)
    deviation = over(over(op(one, over(over(x, mean)))))
    return over(over(x, over(mean, over(deviation))))


def _modalities(b: Builder, x: Tensor) -> Tensor:
    """How much of each stream."""
    scores = b.linear(over(b.norm(x, "altup_router_norm")), "altup_router")
    return over(scores)


def _predicted(b: Builder, x: Tensor) -> Tensor:
    """Every stream as a mixture of all."""
    width, streams, tokens = x.ne[0], b.number("ALT"), b.tokens
    mixture = b.linear(_modalities(b, view(x, width, tokens)), "altup_predict_coef")
    mixture = view(mixture, streams, streams, tokens)
    turned = op(shape(streams, width, tokens), view(x, streams, width, tokens))
    made = op(shape(width, streams, tokens), turned, mixture)
    return over(op(x.ne, view(made, width, tokens, streams)), x)


def _corrected(b: Builder, predicted: Tensor, y: Tensor) -> Tensor:
    """Every stream moved by what the active one turned out to be."""
    width, streams, tokens = y.ne[0], b.number("ALT"), b.tokens
    modalities = _modalities(b, y)
    innovation = over(y, view(predicted, width, tokens))
    weights = over(b.linear(modalities, "altup_correct_coef"))
    weights = op(shape(1, tokens, streams), view(weights, tokens, streams))
    innovation = op(predicted.ne, innovation)
    return over(over(innovation, weights), predicted)


def _with_per_layer(b: Builder, x: Tensor) -> Tensor:
    """The second embedding of this block, added to all streams but the first."""
    width, tokens, others = x.ne[0], b.tokens, b.number("ALTX")
    assert b.per_layer is not None
    y = b.linear(over(view(x, width, tokens), b.weight("altup_correct_scale")), "inp_gate")
    y = over(over(y), view(b.per_layer, b.number("PL"), tokens))
    y = b.norm(b.linear(y, "proj"), "post_norm")
    rest = over(view(x, width, tokens, others), y)
    return op(x.ne, view(x, width, tokens), rest)

"""Gated delta nets: Qwen3-Next, Qwen3.5 and Kimi's delta attention (src/models/delta-net-base.cpp)."""

from llmfit_tui.core.graph.blocks import feed_forward, gated_query_attention
from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.latent import latent_attention
from llmfit_tui.core.graph.recurrent import state, state_cache
from llmfit_tui.core.graph.styles import Style
from llmfit_tui.core.graph.tensors import Tensor, op, over, part, shape, store, view


def qwen_hybrid(b: Builder, x: Tensor, style: Style) -> Tensor:
    """A delta net or gated attention, then feed-forward; all rows go to the end."""
    normed = b.expand(b.norm(x, "attn_norm"))
    y = delta_net(b, normed) if b.has("ssm_out") else gated_query_attention(b, normed)
    x = b.add(y, x)
    return b.add(feed_forward(b, b.norm(x, "post_attention_norm"), style), x)


def delta_net(b: Builder, x: Tensor) -> Tensor:
    """Qwen's delta net: queries, keys and values through a convolution, a state matrix for each head."""
    inner, size, groups, heads = (b.number(s) for s in ("DI", "DS", "NG", "DT"))
    sequences, per_sequence = b.run.sequences, b.tokens // b.run.sequences
    kernel, channels, width = b.number("DC") - 1, inner + 2 * groups * size, inner // heads
    mixed = view(b.linear(x, "attn_qkv"), channels, per_sequence, sequences)
    z = b.linear(x, "attn_gate")
    beta, gate = _strengths(b, x, heads, groups, per_sequence, sequences)
    conv_cache, memory = state_cache(b), state_cache(b)
    held = view(state(b, conv_cache, kernel * channels), kernel, channels, sequences)
    joined = op(
        shape(kernel + per_sequence, channels, sequences),
        held,
        view(mixed, per_sequence, channels, sequences),
    )
    b.expand(store(conv_cache, part(joined, kernel, channels, sequences)))
    before = view(state(b, memory, width * width * heads), width, width, heads, sequences)
    mixed = over(op(shape(channels, per_sequence, sequences), joined, b.weight("ssm_conv1d")))
    q, k = (_unit(part(mixed, size, groups, per_sequence, sequences)) for _ in range(2))
    v = part(mixed, width, heads, per_sequence, sequences)
    if groups != heads and b.has_block("ssm_ba"):
        q, k = (_repeated(t, groups, heads // groups, per_sequence, sequences) for t in (q, k))
    y = _updated(b, memory, (q, k, v, gate, beta, before), width, heads)
    y = b.norm(y, "ssm_norm")
    y = over(y, over(view(z, width, heads, per_sequence, sequences)))
    y = b.linear(view(y, inner, per_sequence, sequences), "ssm_out")
    return view(y, y.ne[0], b.tokens)


def _strengths(
    b: Builder, x: Tensor, heads: int, groups: int, per_sequence: int, sequences: int
) -> tuple[Tensor, Tensor]:
    """How much each token writes (beta) and how much is forgotten (gate)."""
    if b.has("ssm_ba"):
        both = view(b.linear(x, "ssm_ba"), 2 * heads // groups, groups, per_sequence, sequences)
        parts = [part(both, heads // groups, groups, per_sequence, sequences) for _ in range(2)]
        beta = view(over(op(parts[0].ne, parts[0])), 1, heads, per_sequence, sequences)
        alpha = op(shape(heads, per_sequence, sequences), parts[1])
    else:
        beta = over(view(b.linear(x, "ssm_beta"), 1, heads, per_sequence, sequences))
        alpha = view(b.linear(x, "ssm_alpha"), heads, per_sequence, sequences)
    gate = over(over(over(alpha, b.weight("ssm_dt.bias"))), b.weight("ssm_a"))
    return beta, view(gate, 1, heads, per_sequence, sequences)


def _unit(x: Tensor) -> Tensor:
    return over(over(x))


def _repeated(x: Tensor, groups: int, times: int, per_sequence: int, sequences: int) -> Tensor:
    size, tokens = x.ne[0], per_sequence * sequences
    made = op((size, times, groups, tokens), view(x, size, 1, groups, tokens))
    return view(made, size, groups * times, per_sequence, sequences)


def _updated(b: Builder, memory: Tensor, srcs: tuple[Tensor, ...], width: int, heads: int) -> Tensor:
    """The state's answer to each token; the state after the last one goes back to the cache."""
    sequences, per_sequence = b.run.sequences, b.tokens // b.run.sequences
    both = op(shape(width * heads, b.tokens + width * sequences), *srcs)
    answer = view(both, width, heads, per_sequence, sequences)
    b.expand(store(memory, view(both, width, width, heads, sequences)))
    return answer


def kimi_hybrid(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Kimi's delta attention or latent attention without positions, then feed-forward."""
    normed = b.expand(b.norm(x, "attn_norm"))
    y = delta_attention(b, normed) if b.has("ssm_beta") else latent_attention(b, normed, rotated=False)
    y, x = b.only_outputs(y, x)
    x = b.add(y, x)
    return b.add(feed_forward(b, b.norm(x, "ffn_norm"), style), x)


def ling_hybrid(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Delta attention or gated latent attention, then feed-forward; all rows go to the end (Ling 3)."""
    normed = b.norm(x, "attn_norm")
    y = delta_attention(b, normed) if b.has("ssm_beta") else latent_attention(b, normed, rotated=True)
    x = b.add(y, x)
    return b.add(feed_forward(b, b.norm(x, "ffn_norm"), style), x)


def delta_attention(b: Builder, x: Tensor) -> Tensor:
    """Kimi's delta attention: a convolution for each of queries, keys and values."""
    heads, width, kernel = b.number("DT"), b.number("KH"), b.number("DC") - 1
    inner = heads * width
    sequences, per_sequence = b.run.sequences, b.tokens // b.run.sequences
    conv_cache, memory = state_cache(b), state_cache(b)
    held = state(b, conv_cache, 3 * kernel * inner)
    q, k, v = (
        _convolved(b, held, b.linear(x, f"attn_{name}"), conv_cache, kernel, f"ssm_conv1d_{name}")
        for name in "qkv"
    )
    if b.has("ssm_f_b"):
        gate = over(over(b.linear(b.linear(x, "ssm_f_a"), "ssm_f_b"), b.weight("ssm_dt.bias")))
        gate = over(view(gate, width, heads, b.tokens), b.weight("ssm_a"))
    else:
        gate = view(over(b.linear(x, "ssm_f_a"), b.weight("ssm_dt.bias")), width, heads, b.tokens)
        gate = over(over(over(gate, b.weight("ssm_a"))))
    gate = view(gate, width, heads, per_sequence, sequences)
    beta = over(view(b.linear(x, "ssm_beta"), 1, heads, per_sequence, sequences))
    before = view(state(b, memory, width * width * heads), width, width, heads, sequences)
    sources = (_unit(view(q, *_by_head(b, heads, width))), _unit(view(k, *_by_head(b, heads, width))))
    v = view(v, *_by_head(b, heads, width))
    srcs = (*sources, v, gate, beta, before)
    both = op(shape(inner, b.tokens + width * sequences), *srcs)
    answer = view(both, *_by_head(b, heads, width))
    y = op(answer.ne, answer)
    b.expand(store(memory, view(both, width, width, heads, sequences)))
    cur = view(view(x, x.ne[0], per_sequence, sequences), x.ne[0], b.tokens)
    open_ = b.linear(cur, "ssm_g_a")
    if b.has("ssm_g_b"):
        open_ = b.linear(open_, "ssm_g_b")
    open_ = view(open_, width, heads, b.tokens)
    y = over(b.norm(view(y, width, heads, b.tokens), "ssm_norm"), over(open_))
    return b.linear(op(shape(inner, b.tokens), y), "attn_output")


def _by_head(b: Builder, heads: int, width: int) -> tuple[int, int, int, int]:
    return (width, heads, b.tokens // b.run.sequences, b.run.sequences)


def _convolved(b: Builder, held: Tensor, x: Tensor, cache: Tensor, kernel: int, name: str) -> Tensor:
    sequences, per_sequence = b.run.sequences, b.tokens // b.run.sequences
    inner = x.ne[0]
    columns = view(view(x, inner, per_sequence, sequences), per_sequence, inner, sequences)
    joined = op(shape(kernel + per_sequence, inner, sequences), view(held, kernel, inner, sequences), columns)
    b.expand(store(cache, part(joined, kernel, inner, sequences)))
    made = op(shape(inner, per_sequence, sequences), joined, b.weight(name))
    return over(view(made, inner, b.tokens))

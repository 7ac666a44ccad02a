"""Lightning attention: a state matrix for each head that fades with distance (MiniMax-01).

Beside llama.cpp's src/models/minimax-01.cpp, for more than one token per sequence.
"""

from llmfit_tui.core.graph.blocks import feed_forward, self_attention
from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.inputs import Decay
from llmfit_tui.core.graph.recurrent import state, state_cache
from llmfit_tui.core.graph.styles import Style
from llmfit_tui.core.graph.tensors import Tensor, multiply, op, over, part, store, view


def lightning(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Lightning attention, or attention in every eighth block, then experts; the normed input goes on."""
    normed = b.norm(x, "attn_norm")
    y = fading_attention(b, normed) if b.has("attn_qkv") else self_attention(b, normed, style)
    y, normed = b.only_outputs(y, normed)
    x = b.add(y, over(normed))
    normed = b.norm(x, "ffn_norm")
    return b.add(feed_forward(b, normed, style), over(normed))


def fading_attention(b: Builder, x: Tensor) -> Tensor:
    """Within the micro-batch as a matrix of scores, before it by the state."""
    heads, _, width, _ = b.heads()
    sequences, per_sequence = b.run.sequences, b.tokens // b.run.sequences
    if b.decay is None:
        b.decay = Decay(b.run, heads)
    decay = b.decay
    state(b, state_cache(b), 0)
    slope = over(decay.slopes)
    x = view(x, x.ne[0], per_sequence, 1, sequences)
    mixed = view(over(b.linear(x, "attn_qkv")), 3 * width, heads, per_sequence, sequences)
    q, k, v = (part(mixed, width, heads, per_sequence, sequences) for _ in range(3))
    memory = state_cache(b)
    before = view(state(b, memory, width * width * heads), width, width, heads, sequences)
    of_q, of_k, of_pairs = (over(over(one)) for one in (decay.queries, decay.keys, decay.pairs))
    faded_q = view(over(q, of_q), width, per_sequence, heads, sequences)
    earlier = multiply(before, width, faded_q)
    q, k_by_head = (_by_head(one, width, per_sequence, heads, sequences) for one in (q, k))
    scores = over(multiply(k_by_head, per_sequence, q), of_pairs)
    v = op((per_sequence, width, heads, sequences), _by_head(v, per_sequence, width, heads, sequences))
    y = b.expand(over(earlier, multiply(v, width, scores)))
    kept = over(before, view(over(over(slope)), 1, 1, heads))
    faded_k = over(k, of_k)
    faded_k = op(
        (per_sequence, width, heads, sequences), view(faded_k, per_sequence, width, heads, sequences)
    )
    b.expand(store(memory, over(kept, multiply(faded_k, width, v))))
    y = op((width, heads, per_sequence, sequences), view(y, width, heads, per_sequence, sequences))
    y = b.norm(view(y, width * heads, per_sequence, 1, sequences), "attn_norm_2")
    y = b.linear(over(over(b.linear(x, "attn_gate")), y), "attn_output")
    return view(y, y.ne[0], b.tokens)


def _by_head(x: Tensor, *ne: int) -> Tensor:
    """A view with other dimensions in front, of a slice of every row."""
    made = view(x, *ne)
    made.packed = False
    return made

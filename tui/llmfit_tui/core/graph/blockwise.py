"""Attention over chosen blocks of the cache: an indexer scores blocks, each head sees its best (MiniMax M3).

Beside llama.cpp's src/models/minimax-m3.cpp, for more than one token per sequence.
"""

from llmfit_tui.core.graph.attention import hadamard, with_copies
from llmfit_tui.core.graph.blocks import feed_forward, self_attention
from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.inputs import Chosen
from llmfit_tui.core.graph.styles import Style
from llmfit_tui.core.graph.tensors import (
    F16,
    Tensor,
    external,
    inside,
    multiply,
    op,
    over,
    picked,
    shape,
    store,
    view,
)

USUAL_BLOCK = 128


def block_sparse(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Attention and feed-forward; all blocks of the cache are seen where llama.cpp cannot choose."""
    run = b.run
    chooses = run.flash and (run.sequences == 1 or run.streams == run.sequences)
    normed = b.norm(x, "attn_norm")
    sparse = chooses and b.has("indexer.q_proj")
    y = _chosen_attention(b, normed) if sparse else self_attention(b, normed, style)
    y, x = b.only_outputs(y, x)
    x = b.add(y, x)
    return b.add(feed_forward(b, b.norm(x, "ffn_norm"), style), x)


def _chosen_attention(b: Builder, x: Tensor) -> Tensor:
    run, inputs = b.run, b.inputs.full
    if b.chosen is None:
        b.chosen = Chosen(run, inputs.mask, b.model.setting("sparse_block_size") or USUAL_BLOCK)
    _, kv_heads, key, value = b.heads()
    q, k, v = b.qkv(x)
    q, k = b.norm(q, "attn_q_norm"), b.norm(k, "attn_k_norm")
    q, k = b.rope(q), b.rope(k)
    width, groups = b.number("IK"), b.number("IH")
    iq = view(b.linear(x, "indexer.q_proj"), width, groups, b.tokens)
    ik = view(b.linear(x, "indexer.k_proj"), width, 1, b.tokens)
    iq, ik = b.norm(iq, "indexer.q_norm"), b.norm(ik, "indexer.k_norm")
    iq, ik = b.rope(iq), b.rope(ik)
    index = b.cache(width * run.cells * run.streams * run.key_bytes)
    b.expand(store(index, view(ik, width, b.tokens), b.chosen.ids))
    if inputs.key_rotation is not None:
        q, k = hadamard(q, inputs.key_rotation), hadamard(k, inputs.key_rotation)
    if inputs.value_rotation is not None:
        v = hadamard(v, inputs.value_rotation)
    for tensor in (q, k, v):
        b.expand(tensor)
    positions = run.cells * run.streams * kv_heads
    keys = b.cache(key * positions * run.key_bytes)
    values = b.cache(value * positions * run.value_bytes)
    b.expand(store(keys, view(k, key * kv_heads, b.tokens), inputs.key_ids))
    b.expand(store(values, view(v, value * kv_heads, b.tokens), inputs.value_ids))
    y: Tensor | None = None
    for _ in range(run.streams):
        slices = [external(cache.size // run.streams, cache.home or 0) for cache in (index, keys, values)]
        one = _stream(b, b.chosen, iq, q, slices)
        y = one if y is None else op(shape(y.ne[0], y.ne[1] + one.ne[1]), y, one)
    assert y is not None
    if inputs.value_rotation is not None:
        y = hadamard(y, inputs.value_rotation)
    return b.linear(y, "attn_output")


def _stream(b: Builder, given: Chosen, iq: Tensor, q: Tensor, caches: list[Tensor]) -> Tensor:
    """Attention of one sequence."""
    index, keys, values = caches
    width, groups, _, _ = iq.ne
    heads, _, key, value = b.heads()
    tokens, cells = b.tokens // b.run.streams, b.run.cells
    iq = view(iq, width, groups * tokens)
    found = picked(index, view(given.slots, given.positions), width, given.positions)
    scores = multiply(found, given.positions, iq)
    positions = view(given.position_mask, given.positions, 1, tokens)
    masked = inside(scores, shape(given.positions, groups, tokens), _by_group(scores, groups), positions)
    best = op(shape(given.blocks, groups, tokens), masked)
    bias = view(given.bias, given.blocks, 1, tokens)
    order = op(shape(_kept(b, given), groups, tokens), over(best, bias))
    hidden = op(shape(given.blocks, 1, tokens), over(bias), item=F16)
    hidden = op(shape(given.blocks, groups, tokens), hidden, item=F16)
    shown = over(op(order.ne, order))
    count = order.ne[0]
    by_row = inside(
        hidden,
        shape(1, given.blocks, groups * tokens),
        view(shown, 1, count, groups * tokens),
        view(order, count, groups * tokens),
        view(hidden, 1, given.blocks, groups * tokens),
    )
    by_row.item = F16
    turned = op(shape(given.blocks, tokens, groups), view(by_row, given.blocks, groups, tokens), item=F16)
    turned = op(shape(tokens * groups, given.blocks), turned, item=F16)
    by_cell = picked(turned, view(given.cell_blocks, cells), tokens * groups, cells)
    by_cell = op(shape(cells, tokens * groups), by_cell)
    seen = view(given.mask, cells, tokens)
    mask = inside(by_cell, shape(cells, tokens, groups), view(by_cell, cells, tokens, groups), seen)
    mask = op(shape(cells, tokens, 1, groups), mask, item=F16)
    y = op(shape(value, heads // groups, tokens, groups), view(q, key, heads, tokens), keys, values, mask)
    y.on_gpu = with_copies(b, y.size, cells, groups * key, groups * value, streams=1)
    y = op(shape(value, heads // groups, groups, tokens), y)
    return view(y, value * heads, tokens)


def _by_group(scores: Tensor, groups: int) -> Tensor:
    return view(scores, scores.ne[0], groups, scores.ne[1] // groups)


def _kept(b: Builder, given: Chosen) -> int:
    """Blocks that are looked at."""
    return min(b.model.setting("sparse_topk_blocks", "index_topk") or given.blocks, given.blocks)

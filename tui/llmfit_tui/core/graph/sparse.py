"""Sparse attention over latent keys: an indexer scores every cached token, attention sees the best."""

from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.inputs import CacheInputs, Indexer
from llmfit_tui.core.graph.tensors import (
    Tensor,
    inside,
    leaf,
    multiply,
    op,
    over,
    shape,
    store,
    view,
)


def chosen(b: Builder, x: Tensor, q: Tensor) -> Tensor:
    """Indices of the tokens each token attends to; blocks without an indexer take those of one before."""
    indexer = b.indexer
    if indexer is None:
        indexer = b.indexer = Indexer(b.run, b.inputs.full.cells, b.number("IK"))
    if b.has("indexer.attn_q_b") or indexer.chosen is None:
        indexer.chosen = _scored(b, indexer, x, q)
    return indexer.chosen


def _scored(b: Builder, indexer: Indexer, x: Tensor, q: Tensor) -> Tensor:
    run, heads, width, cells = b.run, b.number("IH"), b.number("IK"), b.inputs.full.cells
    tokens, streams = b.tokens // run.streams, run.streams
    q = b.rope(view(b.linear(q, "indexer.attn_q_b"), width, heads, b.tokens))
    k = b.linear(x, "indexer.attn_k")
    k = over(over(op(k.ne, k), b.weight("indexer.k_norm")), b.weight("indexer.k_norm.bias"))
    k = b.rope(view(k, width, 1, b.tokens))
    q, k = multiply(indexer.rotation, width, q), multiply(indexer.rotation, width, k)
    keys = b.cache(width * cells * streams * run.key_bytes)
    b.expand(store(keys, view(k, width, b.tokens), indexer.ids))
    weights = over(view(b.linear(x, "indexer.proj"), heads, tokens, 1, streams))
    scores = op(
        (cells, tokens, 1, streams), view(q, width, heads, tokens, streams), keys, weights, indexer.mask
    )
    best = op((min(cells, b.model.setting("index_topk")), tokens, 1, streams), scores)
    return op(best.ne, best)


def only(inputs: CacheInputs, best: Tensor) -> Tensor:
    """The mask that hides all tokens but the best."""
    cells, tokens, _, streams = inputs.mask.ne
    hidden = over(inputs.mask)
    count = best.ne[0]
    blank = leaf(1, count, tokens, streams)
    blank.blank = True
    zeros = over(blank)
    shown = inside(
        hidden,
        shape(1, cells, tokens, streams),
        zeros,
        view(best, count, tokens, streams),
        view(hidden, 1, cells, tokens, streams),
    )
    shown.item = hidden.item
    return over(view(shown, *inputs.mask.ne), inputs.mask)

"""Attention over the cache: what build_attn and build_attn_mha in llama-graph.cpp build."""

from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.cuda import in_cuda
from llmfit_tui.core.graph.inputs import CacheInputs
from llmfit_tui.core.graph.sparse import only
from llmfit_tui.core.graph.tensors import F16, Tensor, elements, multiply, op, over, shape, store, view
from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.memory.loaded import DEVICE_ROW


def attention(
    b: Builder,
    q: Tensor,
    k: Tensor | None,
    v: Tensor | None,
    *,
    output: str = "attn_output",
    softcap: bool = False,
    absorbed: str = "",
    best: Tensor | None = None,
) -> Tensor:
    """Attention over the cache; `absorbed` names the matrix that unpacks latent values."""
    window = b.model.arch.kinds[b.block] is Keeps.WINDOW
    inputs = b.inputs.window if window else b.inputs.full
    latent = bool(absorbed)
    _, kv_heads, key, value = b.heads()
    if latent:
        kv_heads, value = 1, b.number("KVL")
        key = value + b.number("ROT")
    key_rotation = None if latent else inputs.key_rotation
    value_rotation = None if latent else inputs.value_rotation
    if key_rotation is not None:
        q = hadamard(q, key_rotation)
        k = None if k is None else hadamard(k, key_rotation)
    if value_rotation is not None and v is not None:
        v = hadamard(v, value_rotation)
    _asked(b, q, k, v)
    positions = inputs.cells * b.run.streams * kv_heads
    source = b.block if k is not None else b.model.cache_of(b.block)
    keys = b.cache(key * positions * b.run.key_bytes, source)
    values = b.cache(value * positions * b.run.value_bytes, source)
    keys.on_gpu = _padded(keys.size, key, b.run.key_bytes, b.run.quantized_keys)
    values.on_gpu = _padded(values.size, value, b.run.value_bytes, b.run.quantized_values)
    if latent:  # values are part of the keys; the last row of them ends where its rotary part begins
        values = b.cache(keys.size - round((key - value) * b.run.key_bytes))
    if k is not None:
        flat = view(k, k.ne[0] * k.ne[1], b.tokens)
        b.expand(store(keys, flat, inputs.key_ids) if b.run.indexed else store(keys, flat))
    if v is not None and not latent:
        b.expand(_stored_values(b, values, v, inputs.value_ids))
    mask = inputs.mask if best is None else only(inputs, best)
    y = _attend(b, q, keys, values, inputs, (kv_heads, key, value), mask, softcap=softcap, absorbed=absorbed)
    if value_rotation is not None:
        y = hadamard(y, value_rotation)
    return b.linear(y, output) if output else y


def _padded(size: int, width: int, value_bytes: float, quantized: bool) -> int | None:
    """Bytes of a copy of a cache on a GPU, which pads quantized rows as it pads weights."""
    missing = -width % DEVICE_ROW
    return size + round(missing * value_bytes) if quantized and missing else None


def _asked(b: Builder, q: Tensor, k: Tensor | None, v: Tensor | None) -> None:
    """Windowed models ask for keys before values, the others the other way round."""
    order = (q, k, v) if b.model.arch.caches_window else (q, v, k)
    for tensor in order:
        if tensor is not None:
            b.expand(tensor)


def hadamard(x: Tensor, rotation: Tensor) -> Tensor:
    """Heads times the Hadamard matrix a quantized cache is rotated by."""
    size = rotation.ne[0]
    rows = elements(x) // size
    flat = view(x, size, rows) if x.packed else op(shape(size, rows), x)
    return view(multiply(rotation, size, flat), *x.ne)


def _stored_values(b: Builder, cache: Tensor, v: Tensor, ids: Tensor) -> Tensor:
    """Values into the cache; without flash attention it is transposed, one index for each value."""
    width = v.ne[0] * v.ne[1]
    if not b.run.indexed:
        return store(cache, view(v, width, b.tokens))
    if not b.run.transposed:
        return store(cache, view(v, width, b.tokens), ids)
    flat = view(v, width, b.tokens) if v.packed else op(shape(width, b.tokens), v)
    widest = b.model.widest_values
    if width < widest:
        flat = op(shape(widest, b.tokens), flat)
    return store(cache, view(flat, 1, elements(flat)), ids)


def _attend(
    b: Builder,
    q: Tensor,
    keys: Tensor,
    values: Tensor,
    inputs: CacheInputs,
    sizes: tuple[int, int, int],
    mask: Tensor,
    *,
    softcap: bool,
    absorbed: str,
) -> Tensor:
    run, (kv_heads, key, value) = b.run, sizes
    heads, tokens, streams = q.ne[1], b.tokens // run.streams, run.streams
    q = view(view(q, q.ne[0], heads, tokens, streams), q.ne[0], tokens, heads, streams)
    if run.flash:
        sinks = (b.small("attn_sinks"),) if b.has("attn_sinks") else ()
        y = op((value, heads, tokens, streams), q, keys, values, mask, *sinks)
        widths = kv_heads * key, 0 if absorbed else kv_heads * value
        y.on_gpu = with_copies(b, y.size, inputs.cells, *widths, streams)
        if b.layout.gpus and not in_cuda(b.model)[b.block]:
            y.home = b.layout.host
        b.flash.append((y, b.home))
        if absorbed:
            y = view(y, value, tokens, heads, streams)
            y = multiply(b.weight(absorbed), b.tensors[absorbed][1], y)
            y = view(y, y.ne[0], heads, tokens, streams)
            y = op(y.ne, y)
        y = view(y, y.ne[0] * heads, b.tokens)
    else:
        y = op((inputs.cells, tokens, heads, streams), keys, q)
        if softcap:
            y = over(over(over(y)))
        y = over(y, mask, b.weight("attn_sinks")) if b.has("attn_sinks") else over(y, mask)
        if absorbed or not run.transposed:
            values = op((inputs.cells, value, kv_heads, streams), values, item=F16)
        y = op((value, tokens, heads, streams), values, y)
        if absorbed:
            y = multiply(b.weight(absorbed), b.tensors[absorbed][1], y)
        y = view(y, y.ne[0], heads, tokens, streams)
        y = op(shape(y.ne[0] * heads, b.tokens), y)
    return b.expand(y)


def with_copies(b: Builder, size: int, cells: int, keys: int, values: int, streams: int) -> int:
    """CUDA's flash attention works on F16: whole keys and values of another type are copied."""
    run = b.run
    if not run.flash_copies or run.layout.reads_quantized:
        return size
    if keys and not run.half_keys:
        size = -(-size // 128) * 128 + cells * keys * streams * F16
    if values and not run.half_values:
        size = -(-size // 128) * 128 + cells * values * streams * F16
    return size

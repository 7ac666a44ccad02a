"""Blocks with a recurrent state: short convolutions, Mamba 1 and 2, gated delta nets.

Beside llama.cpp's src/models/mamba-base.cpp, delta-net-base.cpp, lfm2.cpp.
"""

from collections.abc import Callable

from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.tensors import F32, Tensor, external, op, over, part, picked, shape, store, view

Rows = Callable[[Tensor, Tensor], Tensor]


def state(b: Builder, cache: Tensor, values: int, rows: Rows | None = None) -> Tensor:
    """The states of this micro-batch's sequences, read from the cache; stale ones are cleared first."""
    sequences = b.run.sequences
    main, extra = b.inputs.states, b.inputs.other_states
    cache.size = values * sequences * F32
    b.expand(store(cache))
    if rows:  # seen in another shape, which is copied by itself where the state is on another device
        found = rows(external(cache.size, cache.home or 0), main)
    else:
        found = picked(cache, main, values, sequences)
    b.expand(found)
    rest = picked(cache, extra, values, 0)
    b.expand(store(cache, rest))
    return found


def state_cache(b: Builder) -> Tensor:
    """The memory of a block's state."""
    return b.cache(0)


def short_convolution(b: Builder, x: Tensor) -> Tensor:
    """LFM2's gated convolution over a few tokens."""
    sequences, per_sequence = b.run.sequences, b.tokens // b.run.sequences
    width, kernel = x.ne[0], b.number("LC") - 1
    x = view(x, width, per_sequence, sequences)
    bcx = b.linear(x, "shortconv.in_proj")
    parts = [part(bcx, width, per_sequence, sequences) for _ in range(3)]
    bx = view(over(parts[0], parts[2]), per_sequence, width, sequences)
    cache = state_cache(b)
    held = view(state(b, cache, kernel * width), kernel, width, sequences)
    joined = op(shape(kernel + per_sequence, width, sequences), held, bx)
    b.expand(store(cache, part(joined, kernel, width, sequences)))
    made = op(shape(width, per_sequence, sequences), joined, b.weight("shortconv.conv"))
    y = b.linear(over(parts[1], made), "shortconv.out_proj")
    return view(y, y.ne[0], b.tokens)


def mamba1(b: Builder, x: Tensor) -> Tensor:
    """A Mamba 1 mixer."""
    inner, states, rank = (b.number(s) for s in ("DI", "DS", "DT"))
    sequences, per_sequence, kernel = b.run.sequences, b.tokens // b.run.sequences, b.number("DC") - 1
    conv_cache, memory = state_cache(b), state_cache(b)
    held = view(state(b, conv_cache, kernel * inner), kernel, inner, sequences)
    xz = b.linear(view(x, x.ne[0], per_sequence, sequences), "ssm_in")
    x, z = (part(xz, inner, per_sequence, sequences) for _ in range(2))
    joined = op(shape(kernel + per_sequence, inner, sequences), held, view(x, per_sequence, inner, sequences))
    b.expand(store(conv_cache, part(joined, kernel, inner, sequences)))
    x = op(shape(inner, per_sequence, sequences), joined, b.weight("ssm_conv1d"))
    x = over(over(x, b.weight("ssm_conv1d.bias")))
    x_db = b.linear(x, "ssm_x")
    dt = part(x_db, rank, per_sequence, sequences)
    by_state = [part(x_db, states, 1, per_sequence, sequences) for _ in range(2)]
    if b.has("ssm_dt_norm") or b.model.has("use_mambapy_norms") or b.model.normed_state:
        dt = b.norm(dt, "ssm_dt_norm")
        by_state = [b.norm(t, f"ssm_{n}_norm") for t, n in zip(by_state, "bc", strict=True)]
    else:
        dt = op(dt.ne, dt)
    dt = b.linear(dt, "ssm_dt")
    heads = view(x, 1, inner, per_sequence, sequences)

    def scanned(cache: Tensor, ids: Tensor) -> Tensor:
        ne = shape(inner * per_sequence * sequences + states * inner * sequences)
        return op(ne, cache, heads, dt, b.weight("ssm_a"), *by_state, ids)

    y = state(b, memory, states * inner, scanned)
    b.expand(store(memory, view(y, states * inner * sequences)))
    y = view(y, inner, per_sequence, sequences)
    y = over(y, over(x, b.weight("ssm_d")))
    y = b.linear(op(y.ne, op(z.ne, z), y), "ssm_out")
    return view(y, y.ne[0], b.tokens)


def mamba2(b: Builder, x: Tensor) -> Tensor:
    """A Mamba 2 mixer."""
    inner, states, groups, heads = (b.number(s) for s in ("DI", "DS", "NG", "DT"))
    sequences, per_sequence = b.run.sequences, b.tokens // b.run.sequences
    kernel, channels, size = b.number("DC") - 1, inner + 2 * groups * states, inner // heads
    conv_cache, state_memory = state_cache(b), state_cache(b)
    held = view(state(b, conv_cache, kernel * channels), kernel, channels, sequences)
    projected = b.linear(x, "ssm_in")
    projected = view(projected, projected.ne[0], per_sequence, sequences)
    z = part(projected, size, heads, per_sequence, sequences)
    xbc = part(projected, channels, per_sequence, sequences)
    dt = part(projected, heads, per_sequence, sequences)
    joined = op(
        shape(kernel + per_sequence, channels, sequences), held, view(xbc, per_sequence, channels, sequences)
    )
    b.expand(store(conv_cache, part(joined, kernel, channels, sequences)))
    xbc = op(shape(channels, per_sequence, sequences), joined, b.weight("ssm_conv1d"))
    xbc = over(over(xbc, b.weight("ssm_conv1d.bias")))
    x = part(xbc, size, heads, per_sequence, sequences)
    by_group = [part(xbc, states, groups, per_sequence, sequences) for _ in range(2)]
    dt = over(op(dt.ne, dt), b.weight("ssm_dt.bias"))
    outputs = inner * per_sequence * sequences

    def scanned(cache: Tensor, ids: Tensor) -> Tensor:
        ne = shape(outputs + states * inner * sequences)
        return op(ne, cache, x, dt, b.weight("ssm_a"), *by_group, ids)

    y = state(b, state_memory, states * inner, scanned)
    b.expand(store(state_memory, view(y, states * inner, sequences, 1)))
    y = view(y, size, heads, per_sequence, sequences)
    y = over(y, over(x, b.weight("ssm_d")))
    y = op(y.ne, op(z.ne, z), y)
    if b.has("ssm_norm"):
        y = b.norm(view(y, inner // groups, groups, per_sequence, sequences), "ssm_norm")
    return b.linear(view(y, inner, b.tokens), "ssm_out")

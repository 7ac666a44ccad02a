"""Parts every architecture is made of: embeddings, norms, projections, feed-forward, logits.

Method by method what llm_graph_context in llama.cpp's src/llama-graph.cpp builds (commit 0c1e57098), with
sizes in place of values. The order of inputs matters: it decides the order in which memory is asked for.
"""

from functools import cached_property

from llmfit_tui.core.graph.inputs import Chosen, Decay, Indexer, Inputs
from llmfit_tui.core.graph.model import GraphModel, Shapes
from llmfit_tui.core.graph.run import Layout, Run
from llmfit_tui.core.graph.tensors import (
    Graph,
    Tensor,
    external,
    leaf,
    multiply,
    op,
    over,
    part,
    picked,
    shape,
    small_weight,
    view,
    weight,
)
from llmfit_tui.core.models.config import items, table

USUALLY_STACKED = 3
"""Layers of image features of Qwen3-VL; configurations may leave the vision part out."""

ROTARY_FACTORS = ("rope_freqs", "rope_factors_long")


HOSTED = {"mistral4": "ffn_down_exps"}
"""Experts that overflow F16: their inputs stay in F32 (`build_moe_ffn` in llama-graph.cpp)."""


def hosted(model: GraphModel, run: Run) -> str:
    """The weights that only the host multiplies by; empty: none."""
    return HOSTED.get(model.name, "") if run.exact_experts and not run.layout.takes_exact else ""


def copies_weights(model: GraphModel, run: Run) -> bool:
    """Whether a GPU may fetch weights of the host, or the host those of a GPU."""
    return run.layout.copies_weights or bool(run.layout.gpus and hosted(model, run))


class Builder:
    """Builds the graph block by block; `block` is the one being built."""

    rms = True
    """Norms are root-mean-square norms, which may work in place, not layer norms."""

    def __init__(self, model: GraphModel, run: Run, positions: int = 1) -> None:
        self.model, self.run = model, run
        self.graph = Graph()
        self.inputs = Inputs(model, run, positions)
        self.block = -1
        self.last = False
        self.layout = run.layout
        self.hosted = hosted(model, run)
        """Weights that only the host multiplies by."""
        self.copies_weights = copies_weights(model, run)
        self.home = run.layout.host
        self.tensors: Shapes = model.file
        self.tokens = run.tokens
        self.weights = [weight(0, device) for device in range(run.layout.host + 1)]
        self.flash: list[tuple[Tensor, int]] = []
        """Flash attention, and the device of its block."""
        self.embeddings: Tensor | None = None
        self.indexer: Indexer | None = None
        self.chosen: Chosen | None = None
        self.decay: Decay | None = None
        self.per_layer: Tensor | None = None
        """Gemma's second embedding, a slice for each block."""
        self._fetched: dict[tuple[str, int], Tensor] = {}
        """Weights that a GPU may copy, once for all who read them in one run."""
        self.factors: dict[int, Tensor] = {}
        """Rotary factors: a copy on each device that has a block."""

    def lay_out(self, layout: Layout) -> None:
        """Put blocks where another layout has them; what is built already stays."""
        self.layout = layout
        self._fetched.clear()

    def enter(self, block: int, last: bool) -> None:
        """Go to a block."""
        self.block, self.last = block, last
        self.home = self.layout.device(block)
        self.tensors = self.model.blocks[block]

    def leave(self) -> None:
        """Go to the end of the model."""
        self.block = -1
        self.home = self.layout.host if self.layout.output is None else self.layout.output
        self.tensors = self.model.file

    def has(self, name: str) -> bool:
        """Whether this block (or the file) has a tensor."""
        return name in self.tensors

    def has_block(self, name: str) -> bool:
        """Whether any block has a tensor."""
        return any(name in block for block in self.model.blocks)

    @cached_property
    def stacked(self) -> int:
        """First blocks to which image features are added."""
        layers = items(table(self.model.config, "vision_config"), "deepstack_visual_indexes")
        return len(layers) if layers else USUALLY_STACKED

    def has_file(self, name: str) -> bool:
        """Whether the file has a tensor outside the blocks."""
        return name in self.model.file

    def weight(self, name: str) -> Tensor:
        """A tensor of this block; where none is ever copied, one stands for all of a device."""
        layout, home = self.layout, self.home
        if layout.host_experts and "_exps" in name and layout.keeps_experts(self.block):
            home = layout.host
        if self.copies_weights:
            key = name, self.block
            if key not in self._fetched:
                self._fetched[key] = weight(self.run.weight_bytes.get(key, 0), home)
            return self._fetched[key]
        return self.weights[home]

    def small(self, name: str) -> Tensor:
        """A tensor of this block that is too small to draw an op to its device."""
        return small_weight(self.run.weight_bytes.get((name, self.block), 0), self.home)

    def number(self, symbol: str) -> int:
        """A symbol's number in this block."""
        return self.model.number(symbol, max(self.block, 0))

    def expand(self, tensor: Tensor) -> Tensor:
        """Put a tensor into the graph now, with all it needs."""
        return self.graph.expand(tensor)

    # -- inputs and outputs

    def embedded(self, stacked: int = 0) -> Tensor:
        """Embeddings of the tokens, with room for `stacked` layers of an image's features."""
        width = self.model.arch.hidden
        rows = picked(self.weights[self.layout.host], leaf(self.tokens), width, self.tokens)
        rows.home = self.layout.host
        if stacked and self.run.two_inputs:
            rows = op(shape(width * (1 + stacked), self.tokens), rows)
        self.expand(rows)
        if self.run.two_inputs:
            self.expand(leaf(rows.ne[0], self.tokens))
        self.embeddings = rows
        return self.expand(view(rows, width, self.tokens)) if stacked and self.run.two_inputs else rows

    def only_outputs(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """In the last block, the rows logits are asked for; elsewhere all of them."""
        if not self.last:
            return tensors
        return tuple(picked(t, self.inputs.rows, t.ne[0], self.run.outputs) for t in tensors)

    def logits(self, x: Tensor, capped: bool, scaled: bool, scaled_first: bool) -> None:
        """The output matrix, and the end of the graph."""
        x.kept = True
        if scaled_first:
            x = over(x)
        table = "output" if self.has("output") else "token_embd"
        y = multiply(self.weight(table), self.model.file[table][1], x)
        if self.has("output.bias"):
            y = over(y, self.weight("output.bias"))
        if scaled:
            y = over(y)
        if capped:
            y = over(over(over(y)))
        y.kept = True
        self.expand(y)

    # -- parts of a block

    def norm(self, x: Tensor, name: str = "", rms: bool | None = None) -> Tensor:
        """A norm, scaled and shifted where there are weights for it."""
        y = over(x) if (self.rms if rms is None else rms) else op(x.ne, x)
        if name and self.has(name):
            y = over(y, self.weight(name))
            if self.has(f"{name}.bias"):
                y = over(y, self.weight(f"{name}.bias"))
        return y

    def linear(self, x: Tensor, name: str) -> Tensor:
        """A matrix, and its bias."""
        y = multiply(self.weight(name), self.tensors[name][1], x)
        return over(y, self.weight(f"{name}.bias")) if self.has(f"{name}.bias") else y

    def linear_to_one(self, x: Tensor, name: str) -> Tensor:
        """A vector times each column."""
        return multiply(self.weight(name), 1, x)

    def add(self, a: Tensor, b: Tensor) -> Tensor:
        """A sum, in the memory of either."""
        return over(a, b)

    def heads(self) -> tuple[int, int, int, int]:
        """Query heads, key/value heads, width of a key, width of a value."""
        key, value = self.model.head_dims[self.block]
        return self.number("H"), self.number("KV"), key, value

    def qkv(self, x: Tensor, reshaped: bool = True) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values; `reshaped` by head."""
        heads, kv_heads, key, value = self.heads()
        sizes = ((heads, key), (kv_heads, key), (kv_heads, value))
        if self.has("attn_qkv"):
            all_three = self.linear(x, "attn_qkv")
            if reshaped:
                q, k, v = (part(all_three, width, n, self.tokens) for n, width in sizes)
            else:
                flat = [part(all_three, n * width, self.tokens) for n, width in sizes]
                q, k, v = (op(t.ne, t) for t in flat)
            return q, k, v
        q, k, v = (self.linear(x, name) for name in ("attn_q", "attn_k", "attn_v"))
        if reshaped:
            q, k, v = (view(t, width, n, self.tokens) for t, (n, width) in zip((q, k, v), sizes, strict=True))
        return q, k, v

    def rope(self, x: Tensor, factored: bool = True) -> Tensor:
        """Rotary positions, with the model's factors where it has any; `factored` False leaves them out."""
        positions = self.inputs.positions
        if not factored or self.factors_name is None:
            return over(x, positions)
        factors = self.factors.get(self.home)
        if factors is None:
            size = self.run.weight_bytes.get((self.factors_name, -1), 0)
            factors = self.factors[self.home] = small_weight(size, self.home)
        return over(x, positions, factors)

    def cache(self, size: float, block: int | None = None) -> Tensor:
        """Memory that outlives the graph: keys, values or states of this block or of another."""
        layout = self.layout
        home = self.home if block is None else layout.device(block)
        return external(round(size), home if layout.cache_on_gpu else layout.host)

    @cached_property
    def factors_name(self) -> str | None:
        """The rotary factors of the model: of two sets, both as long, one is used."""
        return next((name for name in ROTARY_FACTORS if self.has_file(name)), None)

    def gated(self, gate: Tensor, up: Tensor, limits: str) -> Tensor:
        """A gate's activation times what it lets through; `limits` names those both are held within."""
        if not self.model.limited(limits, self.block):
            return op(gate.ne, gate, up)
        return over(over(over(gate)), over(up))

    def feed_forward(self, x: Tensor, suffix: str = "", squared: bool = False) -> Tensor:
        """Up, gate, activation and down; `squared`: relu squared, in place of a gate."""
        up = self.linear(x, f"ffn_up{suffix}")
        gate, down = f"ffn_gate{suffix}", f"ffn_down{suffix}"
        if self.has(gate):
            y = self.gated(self.linear(x, gate), up, "swiglu_limits_shared")
        elif up.ne[0] == 2 * self.tensors[down][0]:
            y = op(shape(up.ne[0] // 2, *up.ne[1:]), up)
        else:
            y = over(over(up)) if squared else over(up)
        if self.has("ffn_sub_norm"):
            y = self.norm(y, "ffn_sub_norm")
        return self.linear(y, down)

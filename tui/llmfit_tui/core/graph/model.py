"""What a graph is built from: the tensors of every block, and the numbers llama.cpp reads beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.config import Config, flag, items, real, whole, word
from llmfit_tui.core.tensors.plan import TensorPlan
from llmfit_tui.core.tensors.symbols import symbols_of

Shapes = Mapping[str, tuple[int, ...]]
"""Tensors by name, with their shapes."""


@dataclass(frozen=True)
class GraphModel:
    """A model as its graph sees it."""

    arch: Architecture
    config: Config
    name: str
    file: Shapes
    blocks: tuple[Shapes, ...]
    symbols: Mapping[str, int | tuple[int, ...]]

    @cached_property
    def classes(self) -> tuple[int, ...]:
        """Blocks alike in their tensors and their cache have the same number."""
        known: dict[tuple[object, ...], int] = {}
        arch = self.arch
        alike = (
            (kind, keys, values, *block.items())
            for block, kind, keys, values in zip(
                self.blocks, arch.kinds, arch.key_widths, arch.value_widths, strict=True
            )
        )
        return tuple(known.setdefault(one, len(known)) for one in alike)

    @cached_property
    def widest_values(self) -> int:
        """Values cached per token in the widest block, without an indexer's."""
        indexers = [self.number("IK", 0) if "indexer.q_proj" in block else 0 for block in self.blocks]
        widths = self.arch.value_widths
        return max((value - index for value, index in zip(widths, indexers, strict=True)), default=0)

    def number(self, symbol: str, block: int) -> int:
        """A symbol of the tensor tables in a block."""
        value = self.symbols[symbol]
        return value if isinstance(value, int) else value[block]

    def cache_of(self, block: int) -> int:
        """The block whose cache a block reads: its own, or that of the last one of its kind before it."""
        arch = self.arch
        kinds, widths = arch.kinds, arch.key_widths
        while not widths[block]:
            earlier = next((i for i in range(block - 1, -1, -1) if kinds[i] is kinds[block]), None)
            if earlier is None:
                break  # a configuration that contradicts itself
            block = earlier
        return block

    @cached_property
    def sources(self) -> tuple[int | None, ...]:
        """Of each block that reads another one's cache the number of that."""
        arch = self.arch
        read = {Keeps.FULL, Keeps.WINDOW}
        pairs = zip(arch.kinds, arch.key_widths, strict=True)
        return tuple(
            self.cache_of(i) if kind in read and not width else None for i, (kind, width) in enumerate(pairs)
        )

    @cached_property
    def head_dims(self) -> tuple[tuple[int, int], ...]:
        """Width of a head's key and value in each block."""
        symbol, value = "KM" if self.setting("kv_lora_rank") else "D", self.setting("v_head_dim")
        keys = (self.number(symbol, block) for block in range(len(self.blocks)))
        return tuple((key, value or key) for key in keys)

    def setting(self, *keys: str) -> int:
        """A whole number of the configuration, 0 where it has none."""
        return whole(self.config, *keys) or 0

    def factor(self, *keys: str) -> float:
        """A number of the configuration, 0 where it has none."""
        return real(self.config, *keys) or 0.0

    def has(self, key: str) -> bool:
        """A switch of the configuration."""
        return flag(self.config, key)

    @cached_property
    def most_chosen(self) -> int:
        """Tokens a block's indexer picks for sparse attention; 0 where there is no indexer."""
        sparse = any("indexer.proj" in block for block in self.blocks)
        return self.setting("index_topk") if sparse else 0

    @cached_property
    def keeps_state(self) -> bool:
        """Some block has a recurrent state: only then can attention end up beside the device of its block."""
        return any(kind in {Keeps.STATE, Keeps.BOTH} for kind in self.arch.kinds)

    @property
    def normed_state(self) -> bool:
        """Step, input and output of a Mamba block are normed (FalconMamba)."""
        return self.text("model_type") == "falcon_mamba"

    def limited(self, key: str, block: int) -> bool:
        """Whether a list of the configuration sets a limit for a block."""
        limits = items(self.config, key) or []
        return block < len(limits) and bool(limits[block])

    def text(self, key: str) -> str:
        """A word of the configuration."""
        return word(self.config, key) or ""


def graph_model(config: Config, arch: Architecture, plan: TensorPlan) -> GraphModel:
    """The model behind a configuration and the tensors of its file."""
    file, blocks = _by_block(plan, arch.layers)
    symbols = symbols_of(config, arch, plan.architecture, 0)
    return GraphModel(arch, config, plan.architecture, file, blocks, symbols)


def _by_block(plan: TensorPlan, layers: int) -> tuple[Shapes, tuple[Shapes, ...]]:
    file: dict[str, tuple[int, ...]] = {}
    blocks: list[dict[str, tuple[int, ...]]] = [{} for _ in range(layers)]
    for group in plan.groups:
        if not group.blocks:
            file[group.name] = group.shape
        for block in group.blocks:
            if block < layers:
                blocks[block][group.name] = group.shape
    return file, tuple(blocks)

"""The shape of a model: the numbers that decide memory.

Names follow llama.cpp's hyperparameters where it has one. Widths are in values per token and layer.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.record import record


@dataclass(frozen=True)
class Architecture:
    """Sizes of a language model; widths are 0 where a layer has no cache of its own."""

    name: str
    """The GGUF architecture (`general.architecture`)."""
    layers: int
    """Transformer blocks, without multi-token-prediction blocks."""
    nextn_layers: int
    """Multi-token-prediction blocks at the end of the file; llama.cpp does not load them."""
    hidden: int
    vocabulary: int
    heads: int
    kv_heads: int
    """Of the first layer that has attention."""
    head_dim: int
    feed_forward: int
    tied_embeddings: bool
    kinds: tuple[Keeps, ...]
    key_widths: tuple[int, ...]
    value_widths: tuple[int, ...]
    quantized_cache_widths: tuple[int, ...]
    """Head dimensions that must divide by 32 for a quantized cache."""
    window: int | None
    state_values: int
    """F32 values of recurrent state per layer that has one, for each sequence."""
    latent: bool
    """Multi-head latent attention: one compressed key row per token, no value row."""
    sparse_index: bool
    """A second, small key row per token picks which positions to attend to."""
    experts: int
    experts_used: int
    expert_feed_forward: int
    expert_layers: int
    expert_matrices: int
    """Matrices per expert: 3 with a gate, 2 without."""
    expert_width: int
    """Width that goes into an expert: the hidden size, or the latent size of Nemotron 3."""

    @property
    def is_moe(self) -> bool:
        """Whether tokens choose among experts."""
        return self.experts > 1

    @cached_property
    def embedding_parameters(self) -> int:
        """Values of the token embedding matrix."""
        return self.hidden * self.vocabulary

    @cached_property
    def expert_parameters(self) -> int:
        """Values of all routed experts of all layers."""
        per_expert = self.expert_matrices * self.expert_width * self.expert_feed_forward
        return self.experts * self.expert_layers * per_expert

    @cached_property
    def groups(self) -> tuple["CacheGroup", ...]:
        """Layers alike in what they keep."""
        counts = Counter(self._alike())
        return tuple(CacheGroup(*alike, layers) for alike, layers in counts.items())

    @cached_property
    def group_of(self) -> tuple[int, ...]:
        """Of each layer its place among `groups`."""
        places: dict[tuple[bool, bool, int, int], int] = {}
        return tuple(places.setdefault(alike, len(places)) for alike in self._alike())

    def _alike(self) -> Iterator[tuple[bool, bool, int, int]]:
        for kind, key, value in zip(self.kinds, self.key_widths, self.value_widths, strict=True):
            yield kind is Keeps.WINDOW, kind in {Keeps.STATE, Keeps.BOTH}, key, value

    @cached_property
    def uneven_values(self) -> bool:
        """Value widths differ from layer to layer, so that a transposed V takes the widest everywhere."""
        widest = max(self.value_widths, default=0)
        return not self.sparse_index and any(
            width != widest and (width or self.name == "deci") for width in self.value_widths
        )

    @cached_property
    def caches_all(self) -> bool:
        """Some layer caches every position."""
        return any(kind in {Keeps.FULL, Keeps.BOTH} for kind in self.kinds)

    @cached_property
    def caches_window(self) -> bool:
        """Some layer caches a window."""
        return any(kind is Keeps.WINDOW for kind in self.kinds)


@record
class CacheGroup:
    """Layers that keep the same; widths are values per token, 0 where there is no attention cache."""

    windowed: bool
    stateful: bool
    key_width: int
    value_width: int
    layers: int

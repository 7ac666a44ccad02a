"""What becomes of a model's bytes when it is loaded, and which one token reads: worked out when asked.

A size is three numbers, and lists ask for thousands of them; where the bytes lie is some hundred numbers
more, wanted only for what is placed on a machine.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVarTuple

from llmfit_tui.core.memory.loaded import LoadedWeights, bytes_before, loaded_by_sums, loaded_weights
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.quantized import Quantized
from llmfit_tui.core.tensors.sizes import ActiveBytes, active_bytes, weight_sizes

Of = TypeVarTuple("Of")

NATIVE_EXPERT_BITS = {"gpt-oss": 4.25}
"""Experts published in MXFP4 stay so in every GGUF; wider types only widen what is left."""


@record
class Spread:
    """Bytes of a model's tensors by what becomes of them."""

    embedding_bytes: int
    """Read by row and kept on the host: the token embedding and its like."""
    output_bytes: int
    """The output matrix on the device that holds it; for tied models a second copy of the embedding."""
    other_bytes: int
    """What goes with the output: its norm, rotary factors."""
    dense_before: tuple[int, ...]
    """Bytes of the first n blocks without their routed experts, for n from 0 to all."""
    experts_before: tuple[int, ...]
    """Bytes of their routed experts."""
    experts_read: float
    """The share of the routed experts that one token reads."""
    loaded: LoadedWeights
    """The engine's buffers, with their padding."""
    active: ActiveBytes
    """What one token reads, by kind of tensor."""
    types: Mapping[str, int] | None = None
    """Tensors by type; None where the tensors are not known."""


class Deferred:
    """A spread by what works it out. It holds no tensors, so that tens of thousands can be kept."""

    __slots__ = ("_of", "_work")

    def __init__(self, work: Callable[[*Of], Spread], *of: *Of) -> None:
        self._work: Callable[..., Spread] = work
        self._of: tuple[object, ...] = of

    @property
    def value(self) -> Spread:
        """The spread; the latest thousand are kept: all models at two types, 6 kB each."""
        return _worked(self)

    def work(self) -> Spread:
        """The spread, worked out anew."""
        return self._work(*self._of)


@lru_cache(maxsize=1024)
def _worked(deferred: Deferred) -> Spread:
    return deferred.work()


def spread_of(quantized: Quantized) -> Spread:
    """Of a model whose tensors are known."""
    sizes = weight_sizes(quantized)
    active = active_bytes(quantized, sizes)
    before = bytes_before(sizes)
    return Spread(
        embedding_bytes=sizes.host_only,
        output_bytes=sizes.output_loaded,
        other_bytes=sizes.other,
        dense_before=before[0],
        experts_before=before[1],
        experts_read=active.routed / before[1][-1] if before[1][-1] else 0.0,
        loaded=loaded_weights(quantized, before),
        active=active,
        types=quantized.histogram,
    )


def bytes_by_bits(arch: Architecture, parameters: int, bits: float) -> tuple[int, int]:
    """(bytes of all tensors, of the routed experts) of a model whose tensors are not known."""
    total, experts = round(parameters * bits / 8), round(arch.expert_parameters * bits / 8)
    native = NATIVE_EXPERT_BITS.get(arch.name, bits)
    kept = round(arch.expert_parameters * min(bits, native) / 8)
    total -= experts - kept
    embedding = round(arch.embedding_parameters * bits / 8)
    return total, max(min(kept, total - embedding), 0)


def spread_by_bits(arch: Architecture, parameters: int, bits: float) -> Spread:
    """Of a model whose tensors are not known: its blocks alike."""
    total, experts = bytes_by_bits(arch, parameters, bits)
    embedding = round(arch.embedding_parameters * bits / 8)
    stored = embedding if arch.tied_embeddings else 2 * embedding
    blocks, layers = max(total - stored - experts, 0), arch.layers
    leading, mixtures = layers - arch.expert_layers, max(arch.expert_layers, 1)
    dense_before = tuple([blocks * n // layers for n in range(layers + 1)])
    experts_before = tuple([experts * max(n - leading, 0) // mixtures for n in range(layers + 1)])
    read = arch.experts_used / arch.experts if arch.experts else 0.0
    return Spread(
        embedding_bytes=embedding,
        output_bytes=embedding,
        other_bytes=0,
        dense_before=dense_before,
        experts_before=experts_before,
        experts_read=read,
        loaded=loaded_by_sums(dense_before, experts_before, embedding, arch.tied_embeddings),
        active=ActiveBytes(blocks, 0, experts * read, embedding, round(arch.hidden * bits / 8)),
    )

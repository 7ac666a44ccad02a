"""Weights on the host as logs print them: what the CPU lays out anew, and how much of the file is mapped.

`load_tensors: CPU_Mapped model buffer size` is no sum of tensors: it spans the file from the first tensor
that stays in plain memory to the last one, whatever lies between (`get_mapping_range` in
llama-model-loader.cpp). llama-quantize writes tensors by block, those of no block first, and by name.
"""

from collections.abc import Iterator, Sequence

from llmfit_tui.core.build import Build
from llmfit_tui.core.hardware.instructions import Instructions
from llmfit_tui.core.log.arrange import full_name, mapped
from llmfit_tui.core.log.facts import Logged, Part
from llmfit_tui.core.log.types import FileTypes
from llmfit_tui.core.memory.repack import held_by_host, laid_out_anew, repacked
from llmfit_tui.core.placement.deal import Deal
from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.ggml import padded
from llmfit_tui.core.tensors.quantized import Piece, Quantized
from llmfit_tui.core.tensors.sizes import HOST_ONLY

LIKELY = (
    Instructions(avx2=True),
    Instructions(avx2=True, avx512=True),
    Instructions(dot_product=True),
    Instructions(dot_product=True, int8_matmul=True),
)
"""CPUs whose buffers go by the name CPU_REPACK, for logs that do not tell theirs."""


@record
class HostWeights:
    """Bytes a log is to show, and how they are known."""

    repacked: int
    others: int
    """In plain memory: the span of the file that is mapped, or the sum of what stays as it is."""
    notes: tuple[str, ...] = ()


def host_weights(
    logged: Logged, types: FileTypes, dealt: Deal, build: Build, whole: int
) -> HostWeights | None:
    """What is repacked and what is beside it, of `whole` bytes on the host; None where the sum says all."""
    shown, quantized = logged.allocated(Part.REPACKED, None), types.quantized
    if quantized is None or not (shown or (types.exact and mapped(logged))):
        return None
    if not shown:
        return HostWeights(0, _span(quantized, dealt, Instructions(), build))
    notes: tuple[str, ...] = ()
    cpu = logged.instructions
    if cpu is None or not cpu.any:
        cpu = _nearest(logged, quantized, dealt, build, shown)
        notes = (f"the log does not tell the CPU's instructions; repacking {_named(cpu)} comes nearest",)
    anew = repacked(quantized, dealt, cpu, build)
    others = _span(quantized, dealt, cpu, build) if mapped(logged) else whole - anew.replaced
    return HostWeights(anew.bytes, others, notes)


def _nearest(logged: Logged, quantized: Quantized, dealt: Deal, build: Build, shown: int) -> Instructions:
    tiles = any(one.device == "AMX" for one in logged.buffers)
    tried: Sequence[Instructions] = (Instructions(avx2=True, avx512=True, amx=True),) if tiles else LIKELY
    return min(tried, key=lambda cpu: abs(repacked(quantized, dealt, cpu, build).bytes - shown))


def _named(cpu: Instructions) -> str:
    if cpu.amx:
        return "for AMX"
    if cpu.avx2:
        return "for AVX-512" if cpu.avx512 else "for AVX2"
    return "for NEON with I8MM" if cpu.int8_matmul else "for NEON"


def _span(quantized: Quantized, dealt: Deal, cpu: Instructions, build: Build) -> int:
    """Bytes of the file from the first tensor that stays in plain memory of the host to the last."""
    holds = held_by_host(dealt)
    at, last, first = 0, 0, None
    for block, piece in _in_file_order(quantized):
        plain = piece.group.name in HOST_ONLY or holds(piece, block)
        if plain and not laid_out_anew(piece, cpu, build):
            first, last = at if first is None else first, at + piece.each
        at += padded(piece.each)
    return last - (first or 0)


def _in_file_order(quantized: Quantized) -> Iterator[tuple[int | None, Piece]]:
    """Every tensor with its block, as llama-quantize writes them."""
    placed: list[tuple[int, str, Piece]] = []
    for piece in quantized.pieces:
        name = full_name(piece.group.name, None)
        placed += [(block, name, piece) for block in piece.blocks] or [(-1, name, piece)]
    placed.sort(key=lambda one: one[:2])
    for block, _, piece in placed:
        yield (None if block < 0 else block), piece

"""Weights that llama.cpp lays out anew for the CPU: which, and how many bytes they take beside the file.

llama.cpp at commit 0c1e57098: `make_cpu_buft_list` (src/llama-model.cpp) offers each weight of the host the
pinned memory of the first GPU, then AMX, then CPU_REPACK, then plain memory; the first that can compute with
it gets it (`select_weight_buft`). So nothing is repacked beside a GPU whose backend has pinned memory. What a
CPU repacks is `ggml_repack_get_optimal_repack_type` (ggml/src/ggml-cpu/repack.cpp) and, for AMX,
`supports_op` (ggml-cpu/amx/amx.cpp).

A repacked weight is as large as before, in memory of its own, so the file's pages that held it are not needed
any more: with mmap they stay mapped until the system wants them, and a process may look twice its size.
"""

from collections.abc import Callable

from llmfit_tui.core.build import NEWEST, Build
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.hardware.instructions import Instructions
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.identity import Kept
from llmfit_tui.core.memory.demand import Demand
from llmfit_tui.core.memory.loaded import host_bytes
from llmfit_tui.core.placement.deal import Deal
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Settings
from llmfit_tui.core.tensors.ggml import BLOCKS
from llmfit_tui.core.tensors.quantized import Piece, Quantized
from llmfit_tui.core.tensors.sizes import HOST_ONLY, NO_SECOND_COPY

WITHOUT_PINNED_MEMORY = frozenset([Backend.CPU, Backend.METAL, Backend.OPENCL])
"""Backends that offer the host no memory of their own (`get_host_buffer_type` is null)."""

AMX_BLOCKS = {
    **dict.fromkeys(["Q4_0", "Q4_1", "Q8_0"], 32),
    **dict.fromkeys(["Q4_K", "Q5_K", "Q6_K", "IQ4_XS"], 256),
    "F16": 16,
}
"""Types AMX computes with, and what the length of their rows must divide by."""
AMX_ROWS = 32
AMX_ADDS = {"Q8_0": 4, "Q4_K": 4, "Q5_K": 4, "IQ4_XS": 2}
"""Bytes that AMX adds to each block: sums for the signed types, scales taken apart for the others."""

ON_AVX2 = {"Q4_0": 0, "Q4_K": 0, "IQ4_NL": 6100, "Q2_K": 6100, "MXFP4": 8200}
"""Types that CPU_REPACK takes with AVX2, and about the first build that did: ggml-org/llama.cpp#14904, #14373
(which asks for AVX-512), #19738."""
ON_INT8 = {
    **dict.fromkeys(["Q4_0", "IQ4_NL"], 0),
    "Q4_K": 7070,
    "Q8_0": 7440,
    "Q5_K": 7820,
    "Q6_K": 7860,
    "MXFP4": 8200,
    "Q1_0": 9300,
}
"""With I8MM: #16739, #18096, #18860, #18888, #19738."""
ON_DOT = ON_INT8 | {"Q4_K": 7200, "Q5_K": 8010, "Q6_K": 8010}
"""With the dot product alone: #17494, #19356, #19360."""
ROWS_OF_EIGHT = frozenset(["Q4_K", "Q5_K", "Q6_K", "Q2_K"])


def repacks(kind: str, rows: int, cpu: Instructions, build: Build = NEWEST) -> bool:
    """Whether CPU_REPACK takes a matrix of this type with so many rows."""
    if cpu.avx2:
        known = ON_AVX2
    elif cpu.dot_product:
        known = ON_INT8 if cpu.int8_matmul else ON_DOT
    else:
        return False
    if kind not in known or not build.since(known[kind]) or (kind == "Q2_K" and not cpu.avx512):
        return False
    return rows % (8 if cpu.avx2 or kind in ROWS_OF_EIGHT else 4) == 0


def _in_amx(kind: str, columns: int, rows: int) -> bool:
    block = AMX_BLOCKS.get(kind)
    return block is not None and columns % block == 0 and rows % AMX_ROWS == 0


def laid_out_anew(piece: Piece, cpu: Instructions, build: Build = NEWEST, *, output: bool = False) -> int:
    """Bytes of one tensor of this piece where the CPU lays it out anew; 0 where it stays as it is.

    `output`: a tied embedding in its role as the output matrix. Experts may be repacked (not for AMX); other
    three-dimensional matrices and rows that are looked up never are.
    """
    name, shape = piece.group.name, [width for width in piece.group.shape if width > 1]
    if (name in HOST_ONLY and not output) or name.endswith(".bias") or "conv" in name:
        return 0
    experts = "_exps" in name
    if len(shape) != (3 if experts else 2):
        return 0
    if cpu.amx and not experts and _in_amx(piece.type, shape[0], shape[1]):
        return host_bytes(piece) + AMX_ADDS.get(piece.type, 0) * (piece.each // BLOCKS[piece.type][1])
    return host_bytes(piece) if repacks(piece.type, shape[1], cpu, build) else 0


@record
class Repacked:
    """Weights of the host by what becomes of them, in bytes."""

    bytes: int
    """In buffers of their own."""
    replaced: int
    """What these weights would take in plain memory. Less than `bytes` where AMX adds to blocks, and where a
    tied embedding is laid out once more as the output matrix, which plain memory would share."""

    @property
    def added(self) -> int:
        """What the host holds more than the weights as they are."""
        return self.bytes - self.replaced


NOTHING = Repacked(0, 0)
_kept = Kept[Repacked](most=2048)


def laid_out(demand: Demand, machine: Machine, settings: Settings, dealt: Deal) -> Repacked | None:
    """What the host lays out anew under a deal; None where its CPU or the tensors are not known."""
    pinned = bool(dealt.runs) and not dealt.idle and machine.backend not in WITHOUT_PINNED_MEMORY
    cpu = machine.instructions
    if pinned or dealt.complete or not settings.repack or (cpu is not None and not cpu.any):
        return NOTHING
    quantized = None if cpu is None else demand.tensors()
    if cpu is None or quantized is None:
        return None
    made_from = quantized, dealt, cpu, settings.build
    return _kept.get(*made_from) or _kept.keep(repacked(*made_from), *made_from)


def repacked(quantized: Quantized, dealt: Deal, cpu: Instructions, build: Build = NEWEST) -> Repacked:
    """What a deal leaves on the host and the CPU lays out anew."""
    holds = held_by_host(dealt)
    total = taken = 0
    for piece in quantized.pieces:
        each = laid_out_anew(piece, cpu, build)
        if each:
            count = sum(holds(piece, block) for block in piece.blocks or (None,))
            total += count * each
            taken += count * host_bytes(piece)
    second = second_output(quantized, cpu, build) if dealt.output_device is None else 0
    return Repacked(total + second, taken)


def second_output(quantized: Quantized, cpu: Instructions, build: Build = NEWEST) -> int:
    """Bytes of a tied embedding's copy as the output matrix, where the CPU lays that out anew; else 0."""
    plan = quantized.plan
    if not plan.tied or plan.architecture in NO_SECOND_COPY:
        return 0
    return sum(laid_out_anew(piece, cpu, build, output=True) for piece in quantized.of("token_embd"))


def held_by_host(dealt: Deal) -> Callable[[Piece, int | None], bool]:
    """Whether the host holds a tensor: of a block, or (None) of none."""

    def holds(piece: Piece, block: int | None) -> bool:
        if block is None:
            return dealt.output_device is None
        if block >= dealt.blocks:
            return False  # prediction blocks are not loaded
        away = "_exps" in piece.group.name and any(a <= block < b for a, b in dealt.host_experts)
        return block < dealt.host_blocks or away

    return holds

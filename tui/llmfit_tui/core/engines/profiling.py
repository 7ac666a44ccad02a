"""What vLLM's profile run finds beside the weights: activations, memory outside torch, CUDA graphs.

The run pushes --max-num-batched-tokens dummy tokens through the model, then samples --max-num-seqs rows of
logits (vllm/v1/worker/gpu_model_runner.py, profile_run). Its peak is the larger of the two. No closed form is
exact here, so each figure comes with the least and the most that published logs show.
"""

from collections.abc import Callable

from llmfit_tui.core.engines.parallel import Parallel
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.record import record

MIB = 1 << 20
BATCHED = ((160 << 30, 16_384), (70 << 30, 8192), (0, 2048))
"""Defaults of --max-num-batched-tokens for `vllm serve` by the memory of a GPU (0.33,
vllm/engine/arg_utils.py, get_batch_defaults)."""
SMALL_ALL_THE_SAME = ("a100", "gb10")
"""GPUs it keeps below 160 GiB on the least all the same: the A100, by its name, and the GB10."""

LOGIT_BYTES = 12
"""Of each sampled logit at the peak: three 32-bit copies, as logs of 0.22 show (256 slots against 1)."""
LOGIT_BYTES_SORTED = 39
"""With the sorting sampler of 0.13 and before: 1,448 MiB for 256 rows of 151,936 logits, 5,693 for 1,024."""
ALONE = (133 * MIB, 190 * MIB, 400 * MIB)
"""Memory outside torch that one GPU's run adds: the least, the usual, the most."""
TOGETHER = (190 * MIB, 400 * MIB, 1024 * MIB)
"""The same with NCCL's buffers between several GPUs: 205 to 553 MiB in logs."""
GRAPHS = (60 * MIB, 256 * MIB, 650 * MIB)
"""CUDA graphs as vLLM estimates them: six logs of 0.19 to 0.33 say 82 to 594 MiB."""
GRAPHS_OF_STATES = (300 * MIB, 750 * MIB, 2600 * MIB)
"""The same of models with a recurrent state: 707, 758, 952 and 2,499 MiB."""
DRIVER_KEEPS = (250 * MIB, 420 * MIB, 640 * MIB)
"""What CUDA counts less than the driver reports: 318 to 479 MiB on RTX 3090, 4090 and 5080, A100 and H100, as
"total capacity" in errors of PyTorch and "total_gpu_memory" in logs say; 265 on a T4."""


@record
class Band:
    """Bytes, with the least and the most they may be."""

    low: int
    usual: int
    high: int

    def __add__(self, other: "Band") -> "Band":
        return Band(self.low + other.low, self.usual + other.usual, self.high + other.high)

    def each(self, made: Callable[[int], int]) -> "Band":
        """The same three of what is made from bytes."""
        return Band(made(self.low), made(self.usual), made(self.high))


def batched_tokens(gpu_bytes: int, name: str) -> int:
    """--max-num-batched-tokens where nobody says: by the GPU, as vLLM tells them apart."""
    small = gpu_bytes < BATCHED[0][0] and any(card in name.lower() for card in SMALL_ALL_THE_SAME)
    return next(tokens for least, tokens in BATCHED if gpu_bytes >= least and not (small and least))


def activations(arch: Architecture, parallel: Parallel, batched: int, sequences: int) -> Band:
    """The peak of torch's memory over the weights during the profile run."""
    tensor = parallel.tensor
    widest = max(3 * arch.feed_forward, 3 * arch.expert_feed_forward * max(arch.experts_used, 1))
    attention = 2 * (arch.heads * arch.head_dim) + max(arch.key_widths) + max(arch.value_widths)
    forward = 2 * batched * (3 * arch.hidden + max(widest, attention) // tensor)
    hidden = 2 * batched * arch.hidden
    rows = min(sequences, batched)
    sampled = hidden + LOGIT_BYTES * rows * arch.vocabulary
    sorted_logits = hidden + LOGIT_BYTES_SORTED * rows * arch.vocabulary
    usual = max(forward, sampled)
    return Band(usual // 2, usual, max(2 * forward, sorted_logits))


def beside(arch: Architecture, parallel: Parallel) -> tuple[Band, Band]:
    """Memory outside torch, and CUDA graphs."""
    outside = ALONE if parallel.ranks == 1 else TOGETHER
    return Band(*outside), Band(*(GRAPHS_OF_STATES if arch.state_values else GRAPHS))


def kept_by_driver(machine: Machine) -> Band:
    """Of each GPU: memory that is reported but not there for programs; none where all is said to be."""
    cuda = machine.backend is Backend.CUDA and not machine.unified and machine.driver_bytes is None
    return Band(*DRIVER_KEEPS) if cuda else Band(0, 0, 0)

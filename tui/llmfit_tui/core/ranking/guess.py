"""A quick, hopeful guess at how a quantization would run, so that only likely ones are worked out exactly.

Sizes are parameters times bits; what does not fit on the GPUs is read from the host, of a mixture of experts
only the experts. A guess is meant to be no worse than the truth: a candidate whose guess is not better than
the best found need not be tried. It is never shown.
"""

from functools import lru_cache

from llmfit_tui.core.hardware.device import Device
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.memory.spread import NATIVE_EXPERT_BITS
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.placement.placement import Load
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.rating import headroom_level, speed_level
from llmfit_tui.core.speed.classes import arithmetic
from llmfit_tui.core.speed.decode import Pace, pace_of
from llmfit_tui.core.speed.fit import DecodeFit
from llmfit_tui.core.speed.work import Work

SMALLEST = 0.96
"""Of a size by bits: an exact one is seldom smaller."""
FASTEST = 1.08
NOTHING = (0, 0.0)


class Guesser:
    """Guesses for one machine."""

    def __init__(self, machine: Machine, fit: DecodeFit) -> None:
        self.machine, self.fit = machine, fit
        gpus = machine.gpus
        self.gpu_bytes = sum(max(machine.capacity_bytes(one) - machine.overhead_bytes, 0) for one in gpus)
        self.host_bytes = machine.host_bytes - (self.gpu_bytes if machine.unified else 0)
        self.pace = lru_cache(maxsize=64)(self._pace)

    def level(
        self, model: Model, arch: Architecture, active: int | None, quant: Quant, cache_bytes: int
    ) -> tuple[int, float]:
        """A rating level from 0 to 5 and tokens per second; zeros where it fits nowhere or has no size."""
        bits = quant.file_bits_per_weight or quant.bits_per_weight
        if not bits or not model.parameters:
            return NOTHING
        each = bits / 8 * SMALLEST
        used = active or model.parameters
        not_loaded = 0 if arch.tied_embeddings else arch.embedding_parameters
        routed = arch.expert_parameters if arch.is_moe and self.gpu_bytes else model.parameters
        need = (model.parameters - not_loaded) * each + cache_bytes
        native = NATIVE_EXPERT_BITS.get(arch.name, bits)
        if native < bits:
            need -= arch.expert_parameters * (bits - native) / 8
        over = max(need - self.gpu_bytes, 0.0)
        gpu, host = self.pace(arithmetic(quant), arch.is_moe)
        if over and over > self.host_bytes:
            return NOTHING
        chosen = routed * arch.experts_used / arch.experts if arch.is_moe and self.gpu_bytes else used
        on_host = min(over / (routed * each), 1.0) * chosen if routed else 0.0
        if gpu is None:
            gpu, on_host = host, used
        seconds = (used - on_host) * (gpu.per_byte * each + gpu.per_parameter) + arch.layers * gpu.per_layer
        seconds += on_host * (host.per_byte * each + host.per_parameter)
        tok_s = FASTEST / seconds if seconds else 0.0
        room = self.host_bytes if over else self.gpu_bytes
        whole = self.machine.memory_bytes if over and self.machine.unified else room
        free = (room - (over or need)) / whole if whole else 0.0
        by_speed = speed_level(tok_s) if tok_s else 5
        return min(headroom_level(max(free, 0.0)), by_speed), tok_s

    def _pace(self, kind: str, experts: bool) -> tuple[Pace | None, Pace]:
        """Of the slowest GPU, and of the host; an unknown bandwidth costs nothing."""
        work = Work(1, experts, 1, kind, 0)
        free = Pace(0.0, 0.0, 0.0, 0.0)
        found = [
            pace_of(_load(gpu.name, gpu), self.machine, work, self.fit) or free for gpu in self.machine.gpus
        ]
        host = pace_of(_load("host", None), self.machine, work, self.fit) or free
        return max(found, key=lambda one: one.per_byte) if found else None, host


def _load(name: str, gpu: Device | None) -> Load:
    return Load(name, gpu, 1, 1, 0, 0, 0, 0, 1, 1)

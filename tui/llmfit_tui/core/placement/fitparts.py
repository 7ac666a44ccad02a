"""Shares of the GPUs while `--fit` moves layers about, and what they weigh."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum

from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.memory.demand import Demand
from llmfit_tui.core.memory.loaded import device_bytes, host_bytes
from llmfit_tui.core.memory.scratch import planned_scratch
from llmfit_tui.core.placement.deal import Deal, Layers, dealt_runs
from llmfit_tui.core.placement.place import gpu_bytes
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Settings
from llmfit_tui.core.tensors.quantized import Piece, Quantized


class Overflow(Enum):
    """Tensors of a GPU's first partial block that go elsewhere, by the prefixes of their names."""

    EXPERTS = ()
    """Its routed experts, as of every other partial block."""
    ATTENTION_STAYS = ("ffn_gate", "ffn_up", "ffn_down")
    UP_STAYS = ("ffn_gate", "ffn_down")
    GATE_STAYS = ("ffn_down",)


@record
class Share:
    """What one GPU gets."""

    layers: int = 0
    partial: int = 0
    """Of these, from the back, blocks whose experts are elsewhere."""
    overflow: Overflow = Overflow.EXPERTS
    to_next: bool = False
    """What overflows goes to the next GPU, not to the host."""

    @property
    def full(self) -> int:
        """Layers that are here entirely."""
        return self.layers - self.partial


Shares = tuple[Share, ...]


def dealt(layers: Layers, shares: Sequence[Share]) -> Deal:
    """The deal of these shares.

    Blocks of -ot patterns are counted without prediction blocks, layers with them: in a file that has one,
    the patterns name blocks one later than the layers they were meant for, as in llama.cpp.
    """
    count = sum(one.layers for one in shares)
    start, named = layers.total - count, layers.blocks + 1 - count
    runs: list[tuple[int, int]] = []
    kept: list[tuple[int, int]] = []
    for one in shares:
        runs.append((start, start + one.layers))
        start += one.layers
        named += one.full
        if one.partial:
            kept.append((named, min(named + one.partial, layers.blocks)))
            named += one.partial
    return dealt_runs(layers, tuple(runs), tuple(run for run in kept if run[0] < run[1]))


class Scale:
    """Weighs shares of one model under its settings on one machine."""

    def __init__(
        self,
        demand: Demand,
        machine: Machine,
        settings: Settings,
        layers: Layers,
        quantized: Quantized | None,
    ) -> None:
        self.demand, self.machine, self.settings, self.layers = demand, machine, settings, layers
        self._pieces = quantized.pieces if quantized is not None else ()

    def used(self, shares: Shares) -> list[int]:
        """Bytes on each GPU, driver apart."""
        chosen = dealt(self.layers, shares)
        compute = planned_scratch(self.demand, self.settings, self.machine.backend, chosen)
        used = list(gpu_bytes(self.demand, self.machine, self.settings, chosen, compute))
        for device, change in self.moved(shares, device_bytes):
            if device < len(used):
                used[device] += change
        return used

    def moved(self, shares: Shares, size: Callable[[Piece], int]) -> list[tuple[int, int]]:
        """(device, change in bytes) of partial blocks that keep more or fewer tensors than their experts.

        The number after the last GPU is the host. `size` says what a tensor takes.
        """
        found: list[tuple[int, int]] = []
        named = self.layers.blocks + 1 - sum(one.layers for one in shares)
        for device, one in enumerate(shares):
            block = named + one.full
            named += one.layers
            if one.overflow is Overflow.EXPERTS or not one.partial or block >= self.layers.blocks:
                continue
            there = device + 1 if one.to_next else len(shares)
            experts = self._sum(block, size, lambda piece: piece.group.routed)
            leaves = self._sum(
                block, size, lambda piece, o=one: piece.group.name.startswith(o.overflow.value)
            )
            found += [(device, experts - leaves), (there, leaves)]
            found.append((len(shares), -experts))
        return found

    def _sum(self, block: int, size: Callable[[Piece], int], wanted: Callable[[Piece], bool]) -> int:
        return sum(size(piece) for piece in self._pieces if block in piece.blocks and wanted(piece))


def host_size(piece: Piece) -> int:
    """What a tensor takes on the host."""
    return host_bytes(piece)


def changed(shares: Shares, at: int, **changes: object) -> Shares:
    """The shares with one of them replaced."""
    one = replace(shares[at], **changes)  # pyright: ignore[reportArgumentType]
    return (*shares[:at], one, *shares[at + 1 :])

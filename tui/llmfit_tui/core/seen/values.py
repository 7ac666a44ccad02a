"""What one tool shows of a machine, before it is put together with what others show."""

from dataclasses import fields
from typing import Any

from llmfit_tui.core.record import record

MOST_DEVICES = 64
"""As many as a profile holds; a tool that lists more is cut there, and that is said."""


def too_many(count: int) -> str:
    """What is said where a tool lists more devices than are believed."""
    return f"{count:,} devices are listed; the first {MOST_DEVICES} are taken"


@record
class Slice:
    """A part of a card that stands for a device of its own: a MIG instance."""

    profile: str
    """As the tool names it (`3g.40gb`)."""
    memory_bytes: int | None
    instance: int | None = None
    """GPU instance; compute instances of one GPU instance share its memory."""
    unique: str | None = None
    """UUID, to understand variables that name instances by it; never shown."""


@record
class Sighting:
    """One device as one tool shows it. Unknown is None."""

    tool: str
    name: str | None = None
    vendor: str | None = None
    pci_id: str | None = None
    """`10de:2684`: vendor and device, lower case."""
    revision: int | None = None
    bus: str | None = None
    """PCI address `0000:01:00.0`."""
    memory_bytes: int | None = None
    """Of the device alone: its VRAM, or the carve-out of an APU."""
    offered_bytes: int | None = None
    """What a compute API offers a program: less than the memory (OpenCL), or the host's added (Vulkan)."""
    gtt_bytes: int | None = None
    """Host memory the GPU may map beside its own."""
    limit_bytes: int | None = None
    """What a GPU with unified memory may use of it."""
    used_bytes: int | None = None
    free_bytes: int | None = None
    integrated: bool | None = None
    """Part of the CPU or of the chip, sharing the host's memory."""
    target: str | None = None
    """What compilers call the chip: `gfx1151`."""
    cores: int | None = None
    """GPU cores of an Apple chip."""
    slices: tuple[Slice, ...] = ()
    partition: str | None = None
    """Why one card shows as several devices, and as which of them: `CPX 3`."""
    cut: bool = False
    """The tool cut the name off."""
    unique: str | None = None
    """UUID, to understand variables that name devices by it; never shown."""
    problem: str | None = None
    """Why the device cannot be used, in the tool's words."""


@record
class Host:
    """The machine around the devices, as far as tools tell."""

    cpu: str | None = None
    sockets: int | None = None
    cores: int | None = None
    threads: int | None = None
    numa_nodes: int | None = None
    """With CPUs; memory of a card can appear as a node without any."""
    ram_bytes: int | None = None
    """What the operating system has."""
    bare_nodes: tuple[int, ...] = ()
    """Bytes of each NUMA node without CPUs, part of that: a card's own memory, or an expander's."""
    limit_bytes: int | None = None
    """What this container may use of it."""
    available_bytes: int | None = None
    swap_bytes: int | None = None
    installed_bytes: int | None = None
    """What the modules add up to."""
    ram_bandwidth: int | None = None
    """Bytes per second, from populated channels and their configured speed."""
    model: str | None = None
    """The product: a board's or a computer's name."""
    system: str | None = None
    """Operating system and version."""
    virtual: str | None = None
    """WSL, a container or a hypervisor around it."""

    @property
    def memory_bytes(self) -> int | None:
        """Memory a program may use: the system's, or the container's share where that is less.

        Where only modules were counted, what they add up to.
        """
        system = self.installed_bytes if self.ram_bytes is None else self.ram_bytes
        return min((size for size in (system, self.limit_bytes) if size is not None), default=None)

    def with_more(self, other: "Host") -> "Host":
        """These facts, with another tool's where they have none."""
        return filled(self, other)


@record
class Findings:
    """Everything one text says."""

    devices: tuple[Sighting, ...] = ()
    host: Host = Host()
    notes: tuple[str, ...] = ()
    """What was left out and why, in words."""
    bank_bytes: int | None = None
    """A GPU's smallest memory bank, by the kernel: a partition's share, where tools repeat the whole."""


def filled(first: Any, second: Any) -> Any:
    """The first frozen value with its unknown fields taken from the second of the same kind."""
    values = {
        field.name: getattr(second, field.name) if _unknown(mine) else mine
        for field in fields(first)
        for mine in (getattr(first, field.name),)
    }
    return type(first)(**values)


def _unknown(value: Any) -> bool:
    return value is None or value == ()

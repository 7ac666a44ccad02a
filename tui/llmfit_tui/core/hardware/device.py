"""Hardware: a device of the catalog, and a machine made of devices and a host."""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from llmfit_tui.core.record import record

GIB = 1024**3
GB = 10**9


class DeviceKind(Enum):
    """What a device is to a buyer."""

    DESKTOP = "desktop"
    LAPTOP = "laptop"
    WORKSTATION = "workstation"
    DATACENTER = "datacenter"
    UNIFIED = "unified"
    CPU = "cpu"
    NPU = "npu"


class Backend(Enum):
    """The llama.cpp backend that drives a device."""

    CUDA = "cuda"
    ROCM = "rocm"
    VULKAN = "vulkan"
    METAL = "metal"
    SYCL = "sycl"
    OPENCL = "opencl"
    CANN = "cann"
    CPU = "cpu"


@record
class Device:
    """A GPU, a chip with unified memory, or a CPU platform: one row for each memory option."""

    name: str
    """Unique; carries the memory where a card comes with several."""
    card: str
    """The name shared by all memory options."""
    vendor: str
    kind: DeviceKind
    backends: tuple[Backend, ...]
    """Backends that can drive it, the usual one first; empty: llama.cpp has none."""
    memory_bytes: int | None
    """What is printed on the box; None for a CPU platform, whose memory is the owner's choice."""
    bandwidth_bytes_per_s: int | None
    usable_bytes: int | None = None
    """What a program may allocate where that is less than what is printed, and known."""
    usable_note: str | None = None
    """Why `usable_bytes` is what it is, in words, with its source."""
    default_option: bool = True
    """The memory option meant when the text does not say which."""
    architecture: str | None = None
    fp16_flops: int | None = None
    """Dense FP16 matrix rate with FP32 accumulation where known."""
    fp32_flops: int | None = None
    boost_hz: int | None = None
    """The clock it is sold with under load; what each layer costs beside its bytes falls with it."""
    tdp_w: int | None = None
    release_date: str | None = None
    sockets: int = 1
    """Of a CPU platform; its bandwidth is that of all of them."""
    aliases: tuple[str, ...] = ()
    verified: bool = False
    """Memory and bandwidth agree with a second source."""
    notes: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def unified(self) -> bool:
        """CPU and GPU share one memory."""
        return self.kind is DeviceKind.UNIFIED


@record
class System:
    """A named machine of the catalog: so many of one card."""

    name: str
    count: int
    card: str
    """Name of a Device."""
    aliases: tuple[str, ...] = ()
    source: str | None = None

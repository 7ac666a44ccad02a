"""A machine to run on: its GPUs and its host memory, with what had to be assumed about them."""

from llmfit_tui.core.hardware.device import GB, GIB, Backend, Device, DeviceKind
from llmfit_tui.core.hardware.drivers import DRIVERS, Driver
from llmfit_tui.core.hardware.instructions import Instructions
from llmfit_tui.core.hardware.link import Link
from llmfit_tui.core.hardware.ownrun import OwnRun, ReadRate
from llmfit_tui.core.record import record

ASSUMED_HOST_BYTES = 32 * GIB
ASSUMED_HOST_BANDWIDTH = 60 * GB
"""About what dual-channel DDR4-3600 reaches; a host nobody described gets it, and every estimate says so."""


@record
class Machine:
    """What a scenario runs on."""

    name: str
    gpus: tuple[Device, ...]
    """Empty: the CPU alone. One device with unified memory stands for the whole machine."""
    host_bytes: int
    host_bandwidth: int | None
    """Bytes per second."""
    backend: Backend
    margin_bytes: int = 0
    """Left free on each GPU."""
    limit_bytes: int | None = None
    """What a GPU with unified memory may use, where the owner set it."""
    driver_bytes: int | None = None
    """Overrides the backend's usual overhead."""
    assumed: tuple[str, ...] = ()
    nodes: int = 1
    """Machines alike, among which `gpus` are dealt evenly; `host_bytes` is of each."""
    link: Link | None = None
    """Between the GPUs of one machine."""
    node_link: Link | None = None
    """Between machines."""
    own_runs: tuple[OwnRun, ...] = ()
    """Speeds its owner measured on it."""
    instructions: Instructions | None = None
    """What its CPU can do, where that is known."""
    read_rate: ReadRate | None = None
    """How fast its host memory was read, where somebody measured it; `host_bandwidth` is that rate then."""

    @property
    def unified(self) -> bool:
        """CPU and GPU share one memory."""
        return bool(self.gpus) and self.gpus[0].unified

    @property
    def driver(self) -> Driver:
        """What the backend's driver takes, and how it is known."""
        return DRIVERS[self.backend]

    @property
    def overhead_bytes(self) -> int:
        """Driver memory on each GPU."""
        return self.driver.usual if self.driver_bytes is None else self.driver_bytes

    @property
    def overhead_band(self) -> tuple[int, int]:
        """The least and the most it may be."""
        if self.driver_bytes is not None:
            return self.driver_bytes, self.driver_bytes
        return self.driver.least, self.driver.most

    @property
    def memory_bytes(self) -> int:
        """Memory as printed: of all GPUs, or of the host where there is none."""
        return sum(gpu.memory_bytes or 0 for gpu in self.gpus) if self.gpus else self.host_bytes

    @property
    def bandwidth_bytes_per_s(self) -> int | None:
        """Of the first GPU (layers run one device after the other), or of the host."""
        return self.gpus[0].bandwidth_bytes_per_s if self.gpus else self.host_bandwidth

    @property
    def kind(self) -> str:
        """The device kind; "multi-gpu" for several."""
        if not self.gpus:
            return DeviceKind.CPU.value
        return self.gpus[0].kind.value if len(self.gpus) == 1 else "multi-gpu"

    def usable_bytes(self, gpu: Device) -> int:
        """What programs may allocate on this GPU, drivers included."""
        if gpu.unified and self.limit_bytes is not None:
            return self.limit_bytes
        return gpu.usable_bytes or gpu.memory_bytes or 0

    def capacity_bytes(self, gpu: Device) -> int:
        """What may be allocated on this GPU, less the margin."""
        return max(self.usable_bytes(gpu) - self.margin_bytes, 0)

    def free_bytes(self, gpu: Device) -> int:
        """What the driver reports as free before anything is loaded."""
        return max(self.usable_bytes(gpu) - self.overhead_bytes, 0)

"""What a start-up log says about one load of a model."""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.hardware.instructions import Instructions
from llmfit_tui.core.record import record

MIB = 1 << 20


class BadLog(LlmfitError):
    """A text that is no start-up log."""

    unreadable = True


class Engine(Enum):
    """Who wrote the log."""

    LLAMA_CPP = "llama.cpp"
    OLLAMA = "ollama"
    LM_STUDIO = "LM Studio"
    IK_LLAMA = "ik_llama.cpp"
    """A fork with cache and compute rules of its own."""


class Part(Enum):
    """What a buffer holds."""

    WEIGHTS = "weights"
    REPACKED = "repacked weights"
    """Laid out anew for the CPU, beside the mapped file."""
    CACHE = "cache"
    """Attention cache and recurrent state."""
    COMPUTE = "compute"
    OUTPUT = "output"
    """Logits handed back to the caller."""


@record
class Buffer:
    """One line of the log."""

    part: Part
    device: str
    """The engine's name: CUDA0, Vulkan1, CPU_Mapped, CUDA_Host."""
    bytes: int

    @property
    def on_host(self) -> bool:
        """In main memory."""
        return on_host(self.device)


def device_named(buffer: str) -> str:
    """The device of a buffer: Metal_Mapped and Metal_Private are Metal."""
    if on_host(buffer):
        return buffer
    for suffix in ("_Mapped", "_Private", "_Split"):
        buffer = buffer.removesuffix(suffix)
    return buffer


def repacks(device: str) -> bool:
    """Whether a buffer of this name holds weights laid out anew for the CPU."""
    return device.upper() in {"CPU_REPACK", "CPU_AARCH64", "AMX", "CPU_KLEIDIAI"}


def on_host(device: str) -> bool:
    """Whether a buffer of this name is in main memory."""
    name = device.upper()
    return name.startswith(("CPU", "HOST", "BLAS", "AMX", "KLEIDIAI")) or "_HOST" in name


@record
class LoggedDevice:
    """A device the engine said it would use."""

    name: str
    description: str = ""
    free_bytes: int | None = None


@record
class Logged:
    """One load of a model; mappings are keyed by the engine's own words."""

    engine: Engine = Engine.LLAMA_CPP
    build: int | None = None
    wording: int | None = None
    """The oldest build that words its lines like this, where the log names no build."""
    is_server: bool | None = None
    file: str = ""
    hyperparameters: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of print_info: arch, n_layer, n_embd, general.name, file type ..."""
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    """GGUF keys and values as printed."""
    tensor_types: Mapping[str, int] = field(default_factory=dict[str, int])
    """Tensors by ggml type, upper case."""
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of llama_context: n_ctx, n_batch, flash_attn ...; type_k and type_v from the cache's own line."""
    offloaded: tuple[int, int] | None = None
    """(layers on GPUs, layers there are), the output included."""
    devices: tuple[LoggedDevice, ...] = ()
    instructions: Instructions | None = None
    """Of the CPU, where the log tells them."""
    assigned: Mapping[int, str] = field(default_factory=dict[int, str])
    """Layer to device, where the log is verbose enough."""
    moved: Mapping[str, str] = field(default_factory=dict[str, str])
    """Tensor to buffer type, of tensors overridden one by one."""
    command: tuple[str, ...] = ()
    """The words of the command, where the log shows it."""
    buffers: tuple[Buffer, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()
    """(cells, layers) of each attention cache."""
    precision_bytes: int = MIB // 200
    """Half of the last digit of printed sizes."""
    second_context: bool = False
    """Another context of a model that is loaded already (a draft, or prediction blocks)."""

    def whole(self, *keys: str) -> int | None:
        """The first of these settings or hyperparameters that is a whole number."""
        for key in keys:
            for source in (self.settings, self.hyperparameters):
                text = source.get(key, "").strip()
                if text.lstrip("-").isdecimal():
                    return int(text)
        return None

    def allocated(self, part: Part, device: str | None) -> int:
        """Bytes of a part on a device; None: on the host."""
        return sum(
            buffer.bytes
            for buffer in self.buffers
            if buffer.part is part and (buffer.on_host if device is None else buffer.device == device)
        )

    @property
    def gpus(self) -> tuple[str, ...]:
        """Devices that hold buffers, in the engine's order."""
        named = [device.name for device in self.devices]
        held = dict.fromkeys(buffer.device for buffer in self.buffers if not buffer.on_host)
        return tuple([name for name in named if name in held or len(named) > 1] or held)

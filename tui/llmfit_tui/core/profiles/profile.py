"""A profile: somebody's own machine, as they describe it."""

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.hardware.ownrun import OwnRun, ReadRate
from llmfit_tui.core.record import record

LONGEST_NAME = 80
MOST_GPUS = 64
MOST_NODES = 4096
MOST_WATTS = 100_000


@record
class OwnGpu:
    """A GPU described by hand, for cards no catalog knows."""

    name: str
    memory_bytes: int
    bandwidth_bytes_per_s: int | None = None
    fp16_flops: int | None = None
    backend: Backend | None = None
    count: int = 1


@record
class Profile:
    """A named machine. Sizes that nobody gave are None."""

    name: str
    gpus: tuple[str | OwnGpu, ...] = ()
    """Names as the catalog resolves them ("2x RTX 3090"), or GPUs described by hand."""
    cpu: str | None = None
    """A CPU platform of the catalog, for its memory bandwidth."""
    ram_bytes: int | None = None
    ram_bandwidth: int | None = None
    margin_bytes: int | None = None
    gpu_limit_bytes: int | None = None
    backend: Backend | None = None
    power_limit_w: int | None = None
    nodes: int = 1
    link: str | None = None
    """What connects the cards, or the machines, by its name in the catalog."""
    notes: str = ""
    tags: tuple[str, ...] = ()
    calibrations: tuple[OwnRun, ...] = ()
    """The owner's own speed runs on this machine."""
    ram_measured: ReadRate | None = None
    """How fast its host memory was read; it counts before `ram_bandwidth`."""

    @property
    def named_gpus(self) -> tuple[str, ...]:
        """Those of the catalog."""
        return tuple(gpu for gpu in self.gpus if isinstance(gpu, str))

    @property
    def own_gpus(self) -> tuple[OwnGpu, ...]:
        """Those described by hand."""
        return tuple(gpu for gpu in self.gpus if isinstance(gpu, OwnGpu))


def checked_name(name: str) -> str:
    """The name, if it can be one. Raises BadValue."""
    if not name.strip():
        raise BadValue("A profile needs a name.")
    if len(name) > LONGEST_NAME:
        raise BadValue(f"A profile's name may have {LONGEST_NAME} characters, not {len(name)}.")
    if not name.isprintable() or name != name.strip():
        raise BadValue(f"{quoted(name)} cannot be a profile's name: only letters, digits and signs can.")
    return name


def checked_text(text: str, what: str) -> str:
    """Notes or a tag that a file can hold: no broken letters from a terminal's bytes. Raises BadValue."""
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise BadValue(f"{what}: text in UTF-8 was expected, not {quoted(text)}.")
    return text

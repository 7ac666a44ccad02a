"""A profile: somebody's own machine, as they describe it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from llmfit_tui.core.errors import BadValue, LlmfitError, quoted
from llmfit_tui.core.hardware import Backend
from llmfit_tui.core.names import nearest
from llmfit_tui.core.sizes import bytes_per_second, memory_bytes

LONGEST_NAME = 80
KEYS = (
    "gpus",
    "cpu",
    "ram",
    "ram_bandwidth",
    "margin",
    "gpu_limit",
    "backend",
    "power_limit_w",
    "nodes",
    "notes",
    "tags",
)
GPU_KEYS = ("name", "count", "memory", "bandwidth", "tflops", "backend")
MOST_GPUS = 64


class ProfileProblem(LlmfitError):
    """A profile that cannot be read: which key, and what was expected there."""

    def __init__(self, key: str, said: str) -> None:
        super().__init__(f"{key}: {said}")
        self.key = key.split(" ")[0].rstrip(":") or key
        self.said = said


@dataclass(frozen=True, slots=True)
class OwnGpu:
    """A GPU described by hand, for cards no catalog knows."""

    name: str
    memory_bytes: int
    bandwidth_bytes_per_s: int | None = None
    fp16_flops: int | None = None
    backend: Backend | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
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
    notes: str = ""
    tags: tuple[str, ...] = ()


def checked_name(name: str) -> str:
    """The name, if it can be one. Raises BadValue."""
    if not name.strip():
        raise BadValue("A profile needs a name.")
    if len(name) > LONGEST_NAME:
        raise BadValue(f"A profile's name may have {LONGEST_NAME} characters, not {len(name)}.")
    if not name.isprintable() or name != name.strip():
        raise BadValue(f"{quoted(name)} cannot be a profile's name: only letters, digits and signs can.")
    return name


def read_profile(name: str, table: Mapping[str, Any]) -> tuple[Profile, tuple[str, ...]]:
    """The profile in a table of the file, and warnings about keys nobody knows.

    Raises ProfileProblem, naming the key and what was expected.
    """
    try:
        checked_name(name)
    except BadValue as problem:
        raise ProfileProblem("name", str(problem)) from problem
    warnings = tuple(_unknown(key, KEYS) for key in table if key not in KEYS)
    gpus = _list(table, "gpus")
    profile = Profile(
        name=name,
        gpus=tuple(_gpu(entry, number) for number, entry in enumerate(gpus, start=1)),
        cpu=_text(table, "cpu") or None,
        ram_bytes=_size(table, "ram"),
        ram_bandwidth=_speed(table, "ram_bandwidth"),
        margin_bytes=_size(table, "margin", least=0),
        gpu_limit_bytes=_size(table, "gpu_limit"),
        backend=_backend(table, "backend"),
        power_limit_w=_whole(table, "power_limit_w", 1, 100_000),
        nodes=_whole(table, "nodes", 1, 4096) or 1,
        notes=_text(table, "notes"),
        tags=tuple(_tag(tag, number) for number, tag in enumerate(_list(table, "tags"), start=1)),
    )
    return profile, warnings


def _gpu(entry: Any, number: int) -> str | OwnGpu:
    where = f"gpus {number}"
    if isinstance(entry, str) and entry.strip():
        return entry
    if not isinstance(entry, Mapping):
        raise ProfileProblem(where, f'a name such as "RTX 4090" or a table was expected, not {_shown(entry)}')
    table: Mapping[str, Any] = entry  # pyright: ignore[reportUnknownVariableType]
    for key in table:
        if key not in GPU_KEYS:
            raise ProfileProblem(where, _unknown(key, GPU_KEYS))
    memory = _size(table, "memory", where)
    if memory is None:
        raise ProfileProblem(where, 'memory was expected, such as "24GiB"')
    tflops = table.get("tflops")
    if tflops is not None and not _number(tflops, 0, 1e6):
        raise ProfileProblem(where, f"tflops must be a number above 0, not {_shown(tflops)}")
    return OwnGpu(
        name=_text(table, "name", where) or "own GPU",
        memory_bytes=memory,
        bandwidth_bytes_per_s=_speed(table, "bandwidth", where),
        fp16_flops=round(tflops * 1e12) if tflops is not None else None,
        backend=_backend(table, "backend", where),
        count=_whole(table, "count", 1, MOST_GPUS, where) or 1,
    )


def _list(table: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise ProfileProblem(key, f"a list was expected, not {_shown(value)}")
    if len(value) > MOST_GPUS:  # pyright: ignore[reportUnknownArgumentType]
        raise ProfileProblem(key, f"at most {MOST_GPUS} entries were expected")
    return value  # pyright: ignore[reportUnknownVariableType]


def _text(table: Mapping[str, Any], key: str, where: str = "") -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise ProfileProblem(where or key, f"{_of(key, where)}a text was expected, not {_shown(value)}")
    return value


def _tag(value: Any, number: int) -> str:
    if not isinstance(value, str):
        raise ProfileProblem(f"tags {number}", f"a text was expected, not {_shown(value)}")
    return value


def _size(table: Mapping[str, Any], key: str, where: str = "", least: int = 1) -> int | None:
    value = table.get(key)
    if value is None:
        return None
    said = f'{_of(key, where)}a size such as "24GiB" was expected, not {_shown(value)}'
    if not isinstance(value, str):
        raise ProfileProblem(where or key, said)
    try:
        size = memory_bytes(value, key)
    except BadValue:
        size = -1
    if size < least:
        raise ProfileProblem(where or key, said)
    return size


def _speed(table: Mapping[str, Any], key: str, where: str = "") -> int | None:
    value = table.get(key)
    if value is None:
        return None
    said = f'{_of(key, where)}a bandwidth such as "1008GB/s" was expected, not {_shown(value)}'
    if not isinstance(value, str):
        raise ProfileProblem(where or key, said)
    try:
        return bytes_per_second(value, key)
    except BadValue as problem:
        raise ProfileProblem(where or key, said) from problem


def _whole(table: Mapping[str, Any], key: str, least: int, most: int, where: str = "") -> int | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        bounds = f"a whole number from {least} to {most:,}"
        raise ProfileProblem(where or key, f"{_of(key, where)}{bounds} was expected, not {_shown(value)}")
    return value


def _backend(table: Mapping[str, Any], key: str, where: str = "") -> Backend | None:
    value = table.get(key)
    if value is None:
        return None
    known = {backend.value: backend for backend in Backend}
    if not isinstance(value, str) or value not in known:
        listed = ", ".join(known)
        raise ProfileProblem(
            where or key, f"{_of(key, where)}one of {listed} was expected, not {_shown(value)}"
        )
    return known[value]


def _number(value: Any, above: float, most: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and above < value <= most


def _of(key: str, where: str) -> str:
    """The key inside an entry of a list; at the top the problem names it already."""
    return f"{key}: " if where else ""


def _unknown(key: str, known: Sequence[str]) -> str:
    return f"unknown key {quoted(key)}; did you mean {nearest(key, known, 1)[0]}?"


def _shown(value: Any) -> str:
    return quoted(value if isinstance(value, str) else str(value))

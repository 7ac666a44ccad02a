"""Reading a profile from the plain table its file holds, strictly, and saying where a value is off."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from llmfit_tui.core.errors import BadValue, LlmfitError, quoted
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.hardware.ownrun import MOST_TOK_S, OwnRun, ReadRate
from llmfit_tui.core.names import nearest
from llmfit_tui.core.profiles.gpu import NAMELESS
from llmfit_tui.core.profiles.profile import MOST_GPUS, MOST_NODES, MOST_WATTS, OwnGpu, Profile, checked_name
from llmfit_tui.core.record import record
from llmfit_tui.core.sizes import MOST_TOKENS, bytes_per_second, memory_bytes

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
    "link",
    "notes",
    "tags",
    "calibrations",
    "ram_measured",
)
GPU_KEYS = ("name", "count", "memory", "bandwidth", "tflops", "backend")
MOST_TFLOPS = 1e6


@record
class Spot:
    """A place in a profile's table: a key, or a key of an entry of its list."""

    key: str
    entry: int | None = None
    """Number of the entry, from 1."""
    table: int | None = None
    """The how-manieth table among the entries it is, where it is one."""
    inner: str | None = None
    """The key in that table."""

    def __str__(self) -> str:
        return self.key if self.entry is None else f"{self.key} {self.entry}"


@record
class Remark:
    """Something about a place that did not stop the reading."""

    spot: Spot
    said: str


class ProfileProblem(LlmfitError):
    """A profile that cannot be read: where, and what was expected there."""

    def __init__(self, spot: Spot, said: str) -> None:
        super().__init__(f"{spot}: {said}")
        self.spot = spot
        self.said = said


def read_profile(name: str, table: Mapping[str, Any]) -> tuple[Profile, tuple[Remark, ...]]:
    """The profile in a table of the file, and remarks about keys nobody knows.

    Raises ProfileProblem, naming the key and what was expected.
    """
    try:
        checked_name(name)
    except BadValue as problem:
        raise ProfileProblem(Spot("name"), str(problem)) from problem
    remarks = [Remark(Spot(key), _unknown(key, KEYS)) for key in table if key not in KEYS]
    top = _Table(table)
    profile = Profile(
        name=name,
        gpus=_gpus(top, remarks),
        cpu=top.text("cpu") or None,
        ram_bytes=top.size("ram"),
        ram_bandwidth=top.speed("ram_bandwidth"),
        margin_bytes=top.size("margin", least=0),
        gpu_limit_bytes=top.size("gpu_limit"),
        backend=top.backend("backend"),
        power_limit_w=top.whole("power_limit_w", MOST_WATTS),
        nodes=top.whole("nodes", MOST_NODES) or 1,
        link=top.text("link") or None,
        notes=top.text("notes"),
        tags=tuple(_tag(tag, number) for number, tag in enumerate(top.entries("tags"), start=1)),
        calibrations=tuple(_run(run, n) for n, run in enumerate(top.entries("calibrations"), start=1)),
        ram_measured=_read_rate(top),
    )
    return profile, tuple(remarks)


def _gpus(top: "_Table", remarks: list[Remark]) -> tuple[str | OwnGpu, ...]:
    found: list[str | OwnGpu] = []
    tables = 0
    for number, entry in enumerate(top.entries("gpus"), start=1):
        if isinstance(entry, str) and entry.strip():
            found.append(entry)
            continue
        if not isinstance(entry, Mapping):
            said = f'a name such as "RTX 4090" or a table was expected, not {_shown(entry)}'
            raise ProfileProblem(Spot("gpus", number), said)
        tables += 1
        found.append(_gpu(_Table(cast("Mapping[str, Any]", entry), Spot("gpus", number, tables)), remarks))
    return tuple(found)


def _gpu(table: "_Table", remarks: list[Remark]) -> OwnGpu:
    unknown = [key for key in table.values if key not in GPU_KEYS]
    memory = table.size("memory")
    if memory is None:
        hint = next((key for key in unknown if nearest(key, GPU_KEYS, 1) == ["memory"]), None)
        meant = f"; did you mean memory by {quoted(hint)}?" if hint else ""
        raise ProfileProblem(table.spot(hint or "memory"), f'memory was expected, such as "24GiB"{meant}')
    remarks += [Remark(table.spot(key), _unknown(key, GPU_KEYS)) for key in unknown]
    tflops = table.number("tflops", MOST_TFLOPS)
    return OwnGpu(
        name=table.text("name") or NAMELESS,
        memory_bytes=memory,
        bandwidth_bytes_per_s=table.speed("bandwidth"),
        fp16_flops=round(tflops * 1e12) if tflops is not None else None,
        backend=table.backend("backend"),
        count=table.whole("count", MOST_GPUS) or 1,
    )


def _tag(value: Any, number: int) -> str:
    if not isinstance(value, str):
        raise ProfileProblem(Spot("tags", number), f"a text was expected, not {_shown(value)}")
    return value


def _run(entry: Any, number: int) -> OwnRun:
    spot = Spot("calibrations", number)
    if not isinstance(entry, Mapping):
        raise ProfileProblem(spot, f"a table was expected, not {_shown(entry)}")
    table = _Table(cast("Mapping[str, Any]", entry), spot)
    tok_s, estimated = table.number("tok_s", MOST_TOK_S), table.number("estimated_tok_s", MOST_TOK_S)
    if not tok_s or not estimated:
        raise ProfileProblem(spot, "tok_s and estimated_tok_s were expected, both more than 0")
    name, day = table.text("name"), table.text("date")
    return OwnRun(
        name or f"run {number}",
        day,
        table.text("model"),
        table.text("quant"),
        round(table.number("depth", MOST_TOKENS) or 0),
        tok_s,
        estimated,
        table.text("source") or "typed",
    )


def _read_rate(top: "_Table") -> ReadRate | None:
    value = top.values.get("ram_measured")
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise top.expected("ram_measured", "a table")
    table = _Table(cast("Mapping[str, Any]", value), Spot("ram_measured"))
    rate = table.speed("rate")
    if rate is None:
        raise top.expected("ram_measured", 'a table with a rate such as "41GB/s"')
    return ReadRate(rate, table.text("date"), table.text("method"))


class _Table:
    """A table whose values are read one by one, each with its own expectation."""

    def __init__(self, values: Mapping[str, Any], at: Spot | None = None) -> None:
        self.values = values
        self.at = at

    def spot(self, key: str) -> Spot:
        """Where a key of this table stands."""
        return Spot(key) if self.at is None else Spot(self.at.key, self.at.entry, self.at.table, key)

    def problem(self, key: str, said: str) -> ProfileProblem:
        """What to raise about a key; inside an entry the sentence has to name it too."""
        return ProfileProblem(self.spot(key), said if self.at is None else f"{key}: {said}")

    def expected(self, key: str, what: str) -> ProfileProblem:
        """What to raise where the value is another one than was expected."""
        return self.problem(key, f"{what} was expected, not {_shown(self.values.get(key))}")

    def entries(self, key: str) -> Sequence[Any]:
        """A list; empty where there is none."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self.expected(key, "a list")
        found = cast("list[Any]", value)
        if len(found) > MOST_GPUS:
            raise self.problem(key, f"at most {MOST_GPUS} entries were expected, not {len(found):,}")
        return found

    def text(self, key: str) -> str:
        """A text; empty where there is none."""
        value = self.values.get(key, "")
        if not isinstance(value, str):
            raise self.expected(key, "a text")
        return value

    def size(self, key: str, least: int = 1) -> int | None:
        """Bytes of a size such as "24GiB"."""
        value = self.values.get(key)
        if value is None:
            return None
        try:
            size = memory_bytes(value, key) if isinstance(value, str) else -1
        except BadValue:
            size = -1
        if size < least:
            raise self.expected(key, 'a size such as "24GiB"')
        return size

    def speed(self, key: str) -> int | None:
        """Bytes per second of a rate such as "1008GB/s"."""
        value = self.values.get(key)
        if value is None:
            return None
        try:
            rate = bytes_per_second(value, key) if isinstance(value, str) else 0
        except BadValue:
            rate = 0
        if not rate:
            raise self.expected(key, 'a bandwidth such as "1008GB/s"')
        return rate

    def whole(self, key: str, most: int) -> int | None:
        """A whole number from 1."""
        value = self.values.get(key)
        if value is not None and (type(value) is not int or not 1 <= value <= most):
            raise self.expected(key, f"a whole number from 1 to {most:,}")
        return value

    def number(self, key: str, most: float) -> float | None:
        """A number above 0; NaN is none."""
        value = self.values.get(key)
        if value is not None and (type(value) not in (int, float) or not 0 < value <= most):
            raise self.expected(key, "a number above 0")
        return value

    def backend(self, key: str) -> Backend | None:
        """A backend by its name."""
        value = self.values.get(key)
        known = {backend.value: backend for backend in Backend}
        if value is None:
            return None
        if not isinstance(value, str) or value not in known:
            raise self.expected(key, f"one of {', '.join(known)}")
        return known[value]


def _unknown(key: str, known: Sequence[str]) -> str:
    return f"unknown key {quoted(key)}; did you mean {nearest(key, known, 1)[0]}?"


def _shown(value: Any) -> str:
    try:
        return quoted(value if isinstance(value, str) else str(value))
    except ValueError:
        return "a number of thousands of digits"

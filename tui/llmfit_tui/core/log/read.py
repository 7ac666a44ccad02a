"""Reading a start-up log, line by line, into the loads it tells of."""

import re
import shlex
from collections.abc import Iterable
from dataclasses import replace

from llmfit_tui.core.hardware.instructions import Instructions
from llmfit_tui.core.log import lines as words
from llmfit_tui.core.log.facts import (
    MIB,
    BadLog,
    Buffer,
    Engine,
    Logged,
    LoggedDevice,
    Part,
    device_named,
    repacks,
)

UNITS = {"KiB": 1 << 10, "MiB": MIB, "GiB": 1 << 30}
PARTS = {
    "model": Part.WEIGHTS,
    "": Part.WEIGHTS,
    "KV": Part.CACHE,
    "RS": Part.CACHE,
    "compute": Part.COMPUTE,
    "output": Part.OUTPUT,
}
OLLAMA_PARTS = {"model weights": Part.WEIGHTS, "kv cache": Part.CACHE, "compute graph": Part.COMPUTE}
FIRST_TO_PRINT = {"n_outputs_max": 9460, "n_layer_all": 9460, "n_ctx_seq": 6900}
"""Lines whose presence says how old a build can be at most; conservative."""
LONGEST_LINE = 20_000


def read_log(text: str) -> tuple[Logged, ...]:
    """The loads of a log, in order. Raises BadLog where no line tells of a buffer."""
    reader = _Reader()
    for line in text.splitlines():
        reader.take(line[:LONGEST_LINE])
    loads = reader.finished()
    if not loads:
        raise BadLog(
            "it tells of no buffers: lines such as"
            ' "load_tensors:        CUDA0 model buffer size =  4403.50 MiB" were expected.'
        )
    return loads


class _Reader:
    def __init__(self) -> None:
        self.engine = Engine.LLAMA_CPP
        self.build: int | None = None
        self.is_server: bool | None = None
        self.command: tuple[str, ...] = ()
        self.devices: dict[str, LoggedDevice] = {}
        self.done: list[_Load] = []
        self.load = _Load()
        self.table: list[Buffer] = []
        self.requested: dict[str, str] = {}
        self.instructions: Instructions | None = None

    def take(self, line: str) -> None:
        """One line."""
        self._about_the_log(line)
        if found := words.LOADED.search(line):
            self._next()
            self.load.file = found["file"]
        elif found := words.HYPERPARAMETER.search(line):
            self.load.hyperparameters[found["key"].strip()] = found["value"].strip()
        elif found := words.METADATA.search(line):
            self.load.metadata[found["key"]] = found["value"].strip()
        elif found := words.TENSOR_TYPE.search(line):
            self.load.types[found["type"].upper()] = int(found["count"])
        elif found := words.CONTEXT.search(line):
            if found["key"] in {"n_ctx", "n_seq_max"} and self.load.has(Part.COMPUTE):
                self._next(second=True)
            self.load.settings[found["key"]] = found["value"]
        elif found := words.OFFLOADED.search(line):
            self.load.offloaded = int(found["on"]), int(found["of"])
        elif found := words.DEVICE.search(line):
            self.devices[found["name"]] = LoggedDevice(found["name"], found["about"], int(found["mib"]) * MIB)
        elif found := words.ASSIGNED.search(line):
            self.load.assigned[int(found["layer"])] = found["device"].rstrip(",")
        elif found := words.MOVED.search(line):
            self.load.moved[found["tensor"]] = found["buffer"]
        else:
            self._sizes(line)

    def _about_the_log(self, line: str) -> None:
        for pattern in words.BUILDS if self.build is None else ():
            if found := pattern.search(line):
                self.build = int(found["number"])
                break
        if words.IK_LLAMA.search(line):
            self.engine = Engine.IK_LLAMA
        elif self.engine is Engine.LLAMA_CPP and words.OLLAMA.search(line):
            self.engine = Engine.OLLAMA
        elif self.engine is Engine.LLAMA_CPP and words.LM_STUDIO.search(line):
            self.engine = Engine.LM_STUDIO
        if words.SYSTEM_INFO.search(line):
            self.instructions = _instructions(line)
        if words.SERVER.search(line) and self.is_server is None:
            self.is_server = True
        elif words.LIBRARY.search(line):
            self.is_server = False
        if not self.command and (found := words.COMMAND.search(line)):
            self.command = _split(found[0])

    def _sizes(self, line: str) -> None:
        load = self.load
        if found := words.BUFFER.search(line):
            what = found["what"].strip()
            if what or words.LOADS_TENSORS.search(line):
                anew = PARTS[what] is Part.WEIGHTS and repacks(found["device"])
                load.add(Part.REPACKED if anew else PARTS[what], found["device"], _bytes(found))
        elif found := words.CACHE_SUMMARY.search(line):
            load.settings.setdefault("type_k", found["key"])
            load.settings.setdefault("type_v", found["value"] or found["key"])
            if found["cells"]:
                load.cells.append((int(found["cells"]), int(found["layers"])))
        elif found := words.ROLLBACK.search(line):
            load.settings["n_rs_seq"] = found["states"]
        elif found := words.FLASH_RESOLVED.search(line):
            load.settings["flash_attn"] = found["value"].lower()
        elif words.SWA_FULL.search(line):
            load.settings["swa_full"] = "true"
        elif found := words.BREAKDOWN.search(line):
            self._breakdown(found)
        elif found := words.OLLAMA_SIZE.search(line):
            load.add(OLLAMA_PARTS[found["what"]], found["device"], _bytes(found))
            load.precision = max(load.precision, UNITS[found["unit"]] // 20)
        elif found := words.OLLAMA_REQUEST.search(line):
            self.requested = _requested(found)

    def _breakdown(self, found: re.Match[str]) -> None:
        """A row of the memory breakdown; a new table replaces the one before."""
        if any(buffer.device == found["device"] for buffer in self.table):
            self.table.clear()
        weights = Part.REPACKED if repacks(found["device"]) else Part.WEIGHTS
        for part, group in ((weights, "model"), (Part.CACHE, "context"), (Part.COMPUTE, "compute")):
            self.table.append(Buffer(part, found["device"], int(found[group]) * MIB))

    def _next(self, second: bool = False) -> None:
        """Another load begins; without buffers the one before was only looked at."""
        before = self.load
        if not before.buffers:
            if not second:
                self.load = _Load()
            return
        self.done.append(before)
        self.load = _Load()
        if second:
            self.load.second = True
            self.load.file, self.load.hyperparameters = before.file, before.hyperparameters
            self.load.metadata, self.load.types = before.metadata, before.types
            self.load.offloaded, self.load.assigned = before.offloaded, before.assigned

    def finished(self) -> tuple[Logged, ...]:
        """The loads that told of buffers."""
        made = [load for load in (*self.done, self.load) if load.buffers]
        if not made and self.table:
            self.load.buffers, self.load.precision = list(self.table), MIB
            made = [self.load]
        return tuple(
            replace(
                load.logged(),
                engine=self.engine,
                build=self.build if self.engine is not Engine.IK_LLAMA else None,
                wording=_wording(load),
                is_server=self.is_server,
                settings={**self.requested, **load.settings},
                devices=tuple(self.devices.values()),
                instructions=self.instructions,
                command=self.command,
            )
            for load in made
        )


class _Load:
    """A load while its lines are read."""

    def __init__(self) -> None:
        self.file = ""
        self.hyperparameters: dict[str, str] = {}
        self.metadata: dict[str, str] = {}
        self.types: dict[str, int] = {}
        self.settings: dict[str, str] = {}
        self.offloaded: tuple[int, int] | None = None
        self.assigned: dict[int, str] = {}
        self.moved: dict[str, str] = {}
        self.buffers: list[Buffer] = []
        self.cells: list[tuple[int, int]] = []
        self.precision = MIB // 200
        self.second = False

    def has(self, part: Part) -> bool:
        """Whether a buffer of this part was told of."""
        return any(buffer.part is part for buffer in self.buffers)

    def add(self, part: Part, device: str, size: int) -> None:
        """One more buffer; a compute buffer reserved anew replaces the one before."""
        if part in {Part.COMPUTE, Part.OUTPUT}:
            self.buffers = [b for b in self.buffers if (b.part, b.device) != (part, device)]
        if size:
            self.buffers.append(Buffer(part, device_named(device), size))

    def logged(self) -> Logged:
        """What was read."""
        return Logged(
            file=self.file,
            hyperparameters=self.hyperparameters,
            metadata=self.metadata,
            tensor_types=self.types,
            settings=self.settings,
            offloaded=self.offloaded,
            assigned=self.assigned,
            moved=self.moved,
            buffers=tuple(self.buffers),
            cells=tuple(self.cells),
            precision_bytes=self.precision,
            second_context=self.second,
        )


def _requested(found: re.Match[str]) -> dict[str, str]:
    """Settings of Ollama's load request, which comes before the lines of the load."""
    settings = {
        "n_seq_max": found["parallel"],
        "n_ctx": found["context"],
        "n_batch": found["batch"],
        "n_ubatch": found["batch"],
        "flash_attn": found["flash"].lower(),
    }
    if found["cache"]:
        settings |= {"type_k": found["cache"], "type_v": found["cache"]}
    return settings


def _instructions(line: str) -> Instructions:
    """Of the line that names those a build was made with and the CPU has; what is 0 is left out of late."""
    told = {found["name"]: int(found["value"]) for found in words.INSTRUCTION.finditer(line)}
    return Instructions(
        avx2=bool(told.get("AVX2")),
        avx512=bool(told.get("AVX512")),
        amx=bool(told.get("AMX_INT8")),
        dot_product=bool(told.get("DOTPROD")),
        int8_matmul=bool(told.get("MATMUL_INT8")),
    )


def _wording(load: _Load) -> int | None:
    known = [n for key, n in FIRST_TO_PRINT.items() if key in load.settings or key in load.hyperparameters]
    return max(known, default=None)


def _bytes(found: re.Match[str]) -> int:
    return round(float(found["size"]) * UNITS[found["unit"]])


def _split(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text, posix=True))
    except ValueError:
        return tuple(text.split())


def options(command: Iterable[str], *flags: str) -> list[str]:
    """The values of an option, each time it is given."""
    found: list[str] = []
    wanted = False
    for word in command:
        if wanted:
            found.append(word)
            wanted = False
        elif word in flags:
            wanted = True
        elif word.partition("=")[0] in flags and "=" in word:
            found.append(word.partition("=")[2])
    return found

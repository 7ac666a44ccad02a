"""Short ways to a catalog entry, a machine, a scenario and an answer of the command line."""

import gzip
import io
import json
import sys
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from llmfit_tui.cli import main
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.hardware.device import GIB, Backend, Device, DeviceKind
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import Wishes, machine_of
from llmfit_tui.core.hardware.names import Found, find_hardware
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.names import find_model, find_quant
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Scenario, Settings
from llmfit_tui.storage.catalogs import Catalog

FIXTURES = Path(__file__).parent / "fixtures"
QWEN = "Qwen/Qwen2.5-0.5B-Instruct"
LLAMA_8B = "meta-llama/Llama-3.1-8B-Instruct"
LLAMA_70B = "meta-llama/Llama-3.3-70B-Instruct"
QWEN_MOE = "Qwen/Qwen3-30B-A3B"
CUDA = (Backend.CUDA,)


@cache
def shipped() -> Catalog:
    """The shipped catalog, read once."""
    return Catalog()


@cache
def model(name: str) -> Model:
    """A model by any of its names."""
    return find_model(name, shipped().models)[0]


def sized_models() -> tuple[Model, ...]:
    """Every shipped model that can be estimated."""
    return tuple(one for one in shipped().models if one.parameters is not None)


def quant(name: str) -> Quant:
    """A quantization by name."""
    return find_quant(name, shipped().quants)


def hardware(name: str) -> Found:
    """The devices of an expression."""
    return find_hardware(name, shipped().devices, shipped().systems)


@cache
def machine(name: str, ram_gib: float | None = None, margin_gib: float = 0) -> Machine:
    """A machine by the name of its hardware."""
    found = hardware(name)
    ram = None if ram_gib is None else round(ram_gib * GIB)
    one = machine_of(found.name, found.devices, Wishes(ram, round(margin_gib * GIB)), found.assumed)
    return replace(one, nodes=found.nodes)


def cpu_machine(ram_gib: float, bandwidth: int | None = None) -> Machine:
    """A host without a GPU."""
    return Machine("CPU", (), round(ram_gib * GIB), bandwidth, Backend.CPU)


def card(memory_gib: float, bandwidth: int | None = 1_000_000_000_000) -> Device:
    """A made-up CUDA card, all of whose memory is usable."""
    size = round(memory_gib * GIB)
    return Device(f"card {memory_gib} GiB", "card", "NVIDIA", DeviceKind.DESKTOP, CUDA, size, bandwidth)


def cards(*memory_gib: float, ram_gib: float = 256, bandwidth: int | None = 1_000_000_000_000) -> Machine:
    """A machine of made-up CUDA cards without driver overhead."""
    gpus = tuple(card(size, bandwidth) for size in memory_gib)
    return Machine("cards", gpus, round(ram_gib * GIB), 60_000_000_000, Backend.CUDA, driver_bytes=0)


def scenario(name: str, type_name: str, on: Machine | str, **settings: Any) -> Scenario:
    """A scenario from names."""
    place = machine(on) if isinstance(on, str) else on
    return Scenario(model(name), quant(type_name), place, Settings(**settings))


def estimated(name: str, type_name: str, on: Machine | str, **settings: Any) -> Estimate:
    """The estimate of a scenario from names, quality included."""
    return estimate(scenario(name, type_name, on, **settings), shipped().evidence)


def rows(name: str) -> list[dict[str, Any]]:
    """Rows of a fixture by column name."""
    with gzip.open(FIXTURES / name, "rt", encoding="utf-8") as lines:
        columns: list[str] = json.loads(next(lines))["columns"]
        return [dict(zip(columns, json.loads(line), strict=True)) for line in lines]


def spelled(value: object) -> str:
    """A test's name for the words of a command."""
    return " ".join(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Its output as one JSON document, NaN and infinity refused."""
        return strict_json(self.out)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its output as JSON lines."""
        return [strict_json(line) for line in self.out.splitlines()]

    @property
    def estimate(self) -> dict[str, Any]:
        """The only estimate of its document."""
        assert (self.code, self.err) == (0, "")
        (only,) = self.json["estimates"]
        return only


def strict_json(text: str) -> dict[str, Any]:
    """A JSON document by the letter of the standard."""

    def refuse(word: str) -> float:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def run(*words: str, stdin: str = "") -> Answer:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), _standard_input(stdin):
        code = main(list(words))
    return Answer(code, out.getvalue(), err.getvalue())


def ask(name: str, *words: str) -> dict[str, Any]:
    """The only estimate of `estimate NAME WORDS --json`."""
    return run("estimate", name, *words, "--json").estimate


def stream(*lines: str, words: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Answers to scenarios on standard input."""
    answer = run("estimate", "--scenarios", "-", *words, stdin="".join(f"{line}\n" for line in lines))
    assert (answer.code, answer.err) == (0, "")
    return answer.lines


@contextmanager
def _standard_input(text: str) -> Generator[None, None, None]:
    before, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        yield
    finally:
        sys.stdin = before

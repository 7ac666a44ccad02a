"""Published measurements as columns: a CSV of the shape described here, or the shipped catalog."""

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np

from fits.terms import Array, Labels
from llmfit_tui.core.hardware.device import Device
from llmfit_tui.core.hardware.names import find_hardware
from llmfit_tui.core.speed.classes import CPU, hardware_class
from llmfit_tui.core.speed.fit import CLOCK_HZ, OPERATIONS_PER_BYTE, OPERATIONS_PER_BYTE_OF_A_CPU
from llmfit_tui.core.speed.measured import Measurements
from llmfit_tui.storage.catalogs import Catalog

CACHE_BYTES = {"q8_0": 8.5 / 16, "fp8": 0.5, "fp8_e4m3": 0.5, "q4_0": 4.5 / 16}
"""Cache read against that of a 16-bit one."""
ENGINES = {"ik_llama.cpp": "llama.cpp", "lmstudio": "ollama", "vllm?": "vllm", "ipex-llm": "llama.cpp"}
DEFAULT_TOKENS = 128
KINDS_OF_ARITHMETIC = (
    ("float", r"F16|BF16|F32"),
    ("i-quant", r".*(?:IQ[123]|TQ|Q1_0|Q2_0).*"),
    ("small k-quant", r".*Q[23]_K.*"),
    ("fp4", r".*(?:MXFP4|NVFP4).*"),
    ("8-bit", r".*(?:Q8|8BIT|INT8).*"),
    ("legacy", r".*Q[45]_[01].*"),
    ("int4", r".*(?:AWQ|GPTQ|INT4|4BIT).*"),
)


@dataclass
class Row:
    """One measurement, with what the model needs to know of it."""

    device: Device
    kind: str
    """The hardware as the source calls it: what is left out together."""
    backend: str
    engine: str
    arithmetic: str
    experts: bool
    layers: float
    active_parameters: float
    parameters: float
    active_bytes: float
    file_bytes: float
    cache_bytes_per_token: float
    test: str
    tokens: int
    depth: float
    tok_s: float
    same_as: tuple[str, ...]
    """Rows with equal values here repeat one measurement and count once together."""


@dataclass
class Table:
    """Columns of the rows of one kind of test."""

    rows: list[Row]
    kind: Labels = field(init=False)
    tok_s: Array = field(init=False)
    weights: Array = field(init=False)

    def __post_init__(self) -> None:
        self.kind = self.labels("kind")
        self.tok_s = self.numbers("tok_s")
        self.weights = self._weights()

    def numbers(self, name: str) -> Array:
        """A column of numbers."""
        return np.array([float(getattr(row, name)) for row in self.rows])

    def labels(self, name: str) -> Labels:
        """A column of texts."""
        return np.array([str(getattr(row, name)) for row in self.rows])

    @property
    def kinds(self) -> list[str]:
        """Kinds of hardware."""
        return sorted(set(self.kind.tolist()))

    def of_device(self, name: str) -> Array:
        """A number of each row's device; NaN where it is unknown."""
        return np.array([getattr(row.device, name) or np.nan for row in self.rows], dtype=np.float64)

    @property
    def classes(self) -> Labels:
        """Each row's class of hardware."""
        return np.array([CPU if row.backend == "cpu" else hardware_class(row.device) for row in self.rows])

    @property
    def on_gpu(self) -> Array:
        """1 where a GPU did the work."""
        return (self.labels("backend") != "cpu").astype(np.float64)

    @property
    def rate(self) -> Array:
        """FP32 operations per second, or what stands for them where they are unknown."""
        bandwidth = self.of_device("bandwidth_bytes_per_s")
        usual = np.where(self.on_gpu > 0, OPERATIONS_PER_BYTE, OPERATIONS_PER_BYTE_OF_A_CPU)
        known = self.of_device("fp32_flops")
        return np.where(np.isnan(known) | (self.on_gpu == 0), bandwidth * usual, known)

    @property
    def log_clock(self) -> Array:
        """Logarithm of the clock over CLOCK_HZ; 0 where it is unknown or a CPU did the work."""
        return np.nan_to_num(np.log(self.of_device("boost_hz") / CLOCK_HZ)) * self.on_gpu

    def _weights(self) -> Array:
        """Every measurement counts once however often it is listed, and every kind of hardware the same."""
        cells = [row.same_as for row in self.rows]
        counts = {cell: cells.count(cell) for cell in set(cells)}
        weights = np.array([1 / counts[cell] for cell in cells])
        for kind in self.kinds:
            mine = self.kind == kind
            weights[mine] /= weights[mine].sum()
        return weights


def read_table(path: Path, test: str) -> Table:
    """Rows of a CSV, or of a catalog such as measurements.json, of one kind of test."""
    return read_csv(path, test) if path.suffix == ".csv" else read_catalog(path, test)


def read_catalog(path: Path, test: str) -> Table:
    """Rows of a catalog of measurements."""
    kept = msgspec.json.decode(path.read_bytes(), type=Measurements)
    devices = {device.name: device for device in Catalog().devices}
    rows: list[Row] = []
    for one in kept.rows:
        if one.test != test:
            continue
        here, run = kept.hardware[one.hardware], kept.runs[one.run]
        rows.append(
            Row(
                device=devices[here.device],
                kind=here.name,
                backend=one.backend,
                engine=one.engine,
                arithmetic=kind_of_arithmetic(run.quant),
                experts=run.experts,
                layers=float(run.layers),
                active_parameters=float(run.active_parameters),
                parameters=float(run.parameters),
                active_bytes=float(run.active_bytes),
                file_bytes=float(run.file_bytes),
                cache_bytes_per_token=float(run.cache_bytes_per_token),
                test=one.test,
                tokens=one.tokens or DEFAULT_TOKENS,
                depth=float(one.depth),
                tok_s=one.tok_s,
                same_as=tuple(map(str, (*one[:7], one.flash_attention, one.plain_cache))),
            )
        )
    return Table(rows)


def read_csv(path: Path, test: str) -> Table:
    """Rows of a CSV whose `exclude` is empty and whose `test` starts with tg (decode) or pp (prefill).

    Columns read: hardware, backend, engine, model, quant, is_moe, layers, active_b, params_b (billions),
    active_bytes_gb, file_gib, kv_bytes_tok, test, depth, tok_s, exclude, flags, fa. Raises BadValue for
    hardware that the catalog does not know.
    """
    catalog = Catalog()
    devices: dict[str, Device] = {}
    rows: list[Row] = []
    with path.open(encoding="utf-8", newline="") as lines:
        for entry in csv.DictReader(lines):
            if entry["exclude"] or not entry["test"].startswith(test):
                continue
            name = entry["hardware"]
            if name not in devices:
                found = find_hardware(name, catalog.devices, catalog.systems)
                devices[name] = found.devices[0]
            rows.append(_row(entry, devices[name]))
    return Table(rows)


def _row(entry: dict[str, str], device: Device) -> Row:
    engine = ENGINES.get(entry["engine"], entry["engine"])
    tokens = int(re.sub(r"\D", "", entry["test"][2:]) or DEFAULT_TOKENS)
    cache = re.search(r"(?:kv|ctk)=(\S+)", entry["flags"])
    scale = CACHE_BYTES.get(cache.group(1), 1.0) if cache else 1.0
    keys = ("hardware", "backend", "engine", "model", "quant", "depth", "test", "fa", "flags")
    return Row(
        device=device,
        kind=entry["hardware"],
        backend=entry["backend"].lower(),
        engine=engine,
        arithmetic=kind_of_arithmetic(entry["quant"]),
        experts=entry["is_moe"] == "1",
        layers=float(entry["layers"] or 0),
        active_parameters=float(entry["active_b"]) * 1e9,
        parameters=float(entry["params_b"]) * 1e9,
        active_bytes=float(entry["active_bytes_gb"]) * 1e9,
        file_bytes=float(entry["file_gib"] or 0) * 2**30,
        cache_bytes_per_token=float(entry["kv_bytes_tok"] or 0) * scale,
        test=entry["test"],
        tokens=tokens,
        depth=float(entry["depth"] or 0),
        tok_s=float(entry["tok_s"]),
        same_as=tuple(entry[key] for key in keys),
    )


def kind_of_arithmetic(quant: str) -> str:
    """The kind of arithmetic by the name sources give a quantization."""
    folded = quant.upper()
    return next((kind for kind, form in KINDS_OF_ARITHMETIC if re.fullmatch(form, folded)), "k-quant")

"""Short outputs from public reports: what each machine is reckoned with; and what some cannot decide."""

import json
from pathlib import Path
from typing import Any

import pytest
from pretend import MIB, csv, machine, table

from llmfit_tui.core.seen.machine import reckoned_with

ROWS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "fixtures/machines.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("row", ROWS, ids=[f"{number}" for number in range(len(ROWS))])
def test_a_machine_somebody_reported_is_reckoned_with_what_it_has(row: dict[str, Any]) -> None:
    found = machine(*row["outputs"].items())
    devices = reckoned_with(found).devices
    assert [device.name for device in devices] == row["reckoned"], row["source"]
    assert [(device.usable_bytes or device.memory_bytes or 0) // MIB for device in devices] == row[
        "usable_mib"
    ]
    host = found.host.memory_bytes
    assert (None if host is None else round(host / MIB)) == row["host_mib"]


UNDECIDED = {
    "a size alone": ("cat /sys/class/drm/card1/device/mem_info_vram_total", "4294967296"),
    "one id of three cards": (
        "ollama",
        'msg="inference compute" id=0 library=rocm compute=gfx1030 name=1002:73bf total="16.0 GiB"',
    ),
    "a board that is not named": ("tegrastats", "RAM 330/3964MB (lfb 758x4MB) SWAP 0/1982MB GR3D_FREQ 0%"),
    "shared memory without a name": (
        "nvidia-smi",
        csv("[N/A], [N/A]", header="memory.total [MiB], memory.used [MiB]"),
    ),
    "an agent cut out of rocminfo": (
        "rocminfo",
        "  Compute Unit:            104\n  Wavefront Size:          64(0x40)\n  Pool Info:\n    Pool 1\n"
        "      Segment:                 GLOBAL; FLAGS: COARSE GRAINED\n"
        "      Size:                    67092480(0x3ffc000) KB\n",
    ),
    "a limit of two thirds without a chip": (
        "llama",
        "ggml_metal_init: recommendedMaxWorkingSetSize = 21845.34 MB",
    ),
    "a name cut in the middle": ("nvidia-smi", table(("NVIDIA GeForce GTX 16...", "0MiB /  4096MiB"))),
    "a card of which the table tells use alone": (
        "rocm-smi",
        "GPU  Temp (DieEdge)  AvgPwr   SCLK     MCLK     Fan  Perf  PwrCap       VRAM%  GPU%\n"
        "0    33.0c           24.0W    295Mhz   96Mhz    0%   auto  339.0W         0%   10%\n",
    ),
}
"""Kinds of excerpts in which the answer does not stand, though whoever published them knew it."""


@pytest.mark.parametrize("what", UNDECIDED)
def test_what_a_text_does_not_decide_is_not_guessed(what: str) -> None:
    for match in machine(UNDECIDED[what]).devices:
        assert match.device is None
        assert len(match.candidates) != 1

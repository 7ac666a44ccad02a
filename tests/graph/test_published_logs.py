"""Compute buffers that builds of other days printed, as users published them.

hogeheer499-commits/strix-halo-guide at 3aa373c60dda, data/raw/2026-05-03: b9010 on Vulkan, whose host buffer
is a few KiB larger than CUDA's and left out here.
Kelsidavis/rusteze at a73b0defa272, llama.log: b7780 on CUDA.
"""

import pytest

from llmfit_tui.core.build import build_named
from llmfit_tui.core.estimate import estimate
from llmfit_tui.core.hardware.device import GIB, Backend
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.scenario import ALL_LAYERS, Scenario, Settings
from scenes import card, model, quant

MIB = 1 << 20


@pytest.mark.parametrize(
    ("build", "name", "context", "device_mib", "host_mib"),
    [
        ("b9010", "Qwen/Qwen3-Next-80B-A3B-Instruct", 132352, 423.76, None),
        ("b9010", "Qwen/Qwen3-Next-80B-A3B-Instruct", 66816, 308.75, None),
        ("b7780", "Qwen/Qwen2.5-7B-Instruct", 32768, 382.01, 71.01),
    ],
)
def test_older_builds_are_planned_as_their_logs_say(
    build: str, name: str, context: int, device_mib: float, host_mib: float | None
) -> None:
    machine = Machine("stand-in", (card(1024),), 512 * GIB, 1, Backend.CUDA)
    settings = Settings(
        context=context,
        build=build_named(build, "--build"),
        gpu_layers=ALL_LAYERS,
        planned=True,
        imatrix=False,
    )
    loads = estimate(Scenario(model(name), quant("Q4_K_M"), machine, settings)).placement.loads
    device, host = (round(load.compute_bytes / MIB, 2) for load in loads)
    assert device == device_mib
    assert host_mib is None or host == host_mib

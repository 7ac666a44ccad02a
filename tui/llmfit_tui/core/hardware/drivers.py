"""What each backend takes beside the engine's buffers, how far CUDA's scratch holds there, with sources."""

from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.record import record

MIB = 1 << 20


@record
class Driver:
    """Of one process on one GPU, in bytes."""

    usual: int
    """After a long prompt."""
    least: int
    most: int
    evidence: str
    """What it rests on, in a sentence without its full stop."""
    scratch: str | None = None
    """How compute buffers of published logs compare with CUDA's, which stand in; None: they are its own."""


_CUDA = (
    "105 MiB (T4) to 285 MiB (RTX A6000) at the start of a process on headless Linux, 472 MiB on a 4090; "
    "466 MiB on each of two RTX 3080 after a run (TheTom/llama-cpp-turboquant#21)"
)
_RADV = "the median of 33 runs of RADV in a sweep published for Strix Halo, with its quartiles"
_UNKNOWN = "nobody has published it: the figure of {} stands in"

DRIVERS = {
    Backend.CUDA: Driver(400 * MIB, 105 * MIB, 500 * MIB, _CUDA),
    Backend.ROCM: Driver(
        450 * MIB,
        410 * MIB,
        500 * MIB,
        "486 MiB on each of four GPUs (tmac1973/llama-toolchest#163) and 410 MiB on an RX 7900 XTX "
        "(Quartermaster#24)",
        "5 published logs of ROCm, all equal",
    ),
    Backend.VULKAN: Driver(
        324 * MIB,
        192 * MIB,
        508 * MIB,
        _RADV,
        "23 published logs of Vulkan: 13 within 1%, the others need from 15% less to 55% more",
    ),
    Backend.METAL: Driver(
        0,
        0,
        0,
        "9 memory tables that llama.cpp printed on Metal, which counts only a process's own buffers",
        "2 published logs of Metal, which need 1 and 2% more",
    ),
    Backend.SYCL: Driver(
        324 * MIB,
        192 * MIB,
        508 * MIB,
        _UNKNOWN.format("Vulkan"),
        "1 published log of SYCL, which needs 23% less",
    ),
    Backend.OPENCL: Driver(
        324 * MIB, 192 * MIB, 508 * MIB, _UNKNOWN.format("Vulkan"), "no published log of OpenCL is known"
    ),
    Backend.CANN: Driver(
        400 * MIB, 105 * MIB, 500 * MIB, _UNKNOWN.format("CUDA"), "no published log of CANN is known"
    ),
    Backend.CPU: Driver(0, 0, 0, "a CPU has no driver"),
}

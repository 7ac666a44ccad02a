"""The settings, the build and the devices a log speaks of, in our own terms."""

from llmfit_tui.core.build import (
    CACHE_INDICES,
    HALF_PRECISION_MASK,
    OLDEST_DESCRIBED,
    OUTPUTS_PER_SLOT,
    TWO_EMBEDDING_INPUTS,
    Build,
)
from llmfit_tui.core.hardware.device import Backend, Device, DeviceKind
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.log.facts import Engine, Logged
from llmfit_tui.core.log.read import options
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.scenario import Settings

BACKENDS = {
    "CUDA": Backend.CUDA,
    "ROCM": Backend.ROCM,
    "HIP": Backend.ROCM,
    "VULKAN": Backend.VULKAN,
    "METAL": Backend.METAL,
    "MTL": Backend.METAL,
    "SYCL": Backend.SYCL,
    "OPENCL": Backend.OPENCL,
    "GPUOPENCL": Backend.OPENCL,
    "CANN": Backend.CANN,
}
ROOM = 1 << 50
"""Capacity where nobody asks whether anything fits."""
BUILDS_TRIED = (None, HALF_PRECISION_MASK, TWO_EMBEDDING_INPUTS, CACHE_INDICES, OLDEST_DESCRIBED)
"""One build for each set of rules, for logs that do not name theirs."""
ON = frozenset(["enabled", "1", "true", "on", "auto"])


def settings_of(logged: Logged, build: Build) -> Settings:
    """The settings, llama.cpp's defaults where the log is silent."""
    plain = Settings()
    text = logged.settings.get
    context = logged.whole("n_ctx") or _asked(logged, "-c", "--ctx-size") or plain.context
    parallel = logged.whole("n_seq_max") or _asked(logged, "-np", "--parallel") or 1
    outputs = logged.whole("n_outputs_max")
    per_batch = outputs > parallel if outputs is not None else logged.is_server is False
    command = logged.command
    return Settings(
        context=context,
        parallel=min(parallel, context),
        unified_kv=text("kv_unified", "false") == "true",
        batch=logged.whole("n_batch") or _asked(logged, "-b", "--batch-size") or plain.batch,
        ubatch=logged.whole("n_ubatch") or _asked(logged, "-ub", "--ubatch-size") or plain.ubatch,
        rollback=logged.whole("n_rs_seq") or 0,
        swa_full=text("swa_full") == "true" or "--swa-full" in command,
        kv_type_k=_cache_type(text("type_k") or _word(logged, "-ctk", "--cache-type-k")),
        kv_type_v=_cache_type(text("type_v") or _word(logged, "-ctv", "--cache-type-v")),
        flash_attention=text("flash_attn", "auto").lower() in ON,
        outputs_per_batch=per_batch,
        kv_offload=not {"--no-kv-offload", "-nkvo"} & set(command),
        op_offload="--no-op-offload" not in command,
        build=build,
    )


def _word(logged: Logged, *flags: str) -> str | None:
    """What the command says, where the lines of the load do not: newer builds print fewer of them."""
    given = options(logged.command, *flags)
    return given[-1] if given else None


def _asked(logged: Logged, *flags: str) -> int | None:
    text = _word(logged, *flags)
    return int(text) if text is not None and text.isdecimal() else None


def builds_of(logged: Logged) -> tuple[Build, ...]:
    """The build named, or one for each set of rules that the wording allows."""
    if logged.build is not None and logged.build >= 1000:
        return (Build(max(logged.build, OLDEST_DESCRIBED)),)
    if logged.engine is Engine.IK_LLAMA:
        return (Build(OLDEST_DESCRIBED),)
    least = logged.wording or 0
    if least >= OUTPUTS_PER_SLOT:
        return (Build(),)
    oldest = min(least, CACHE_INDICES)
    return tuple(Build(number) for number in BUILDS_TRIED if number is None or number >= oldest)


def machine_of(logged: Logged) -> Machine:
    """The devices, with their free memory where the log tells it."""
    free = {device.name: device for device in logged.devices}
    gpus: list[Device] = []
    for name in logged.gpus:
        told = free.get(name)
        size = told.free_bytes if told and told.free_bytes else ROOM
        backend = backend_of(name)
        gpus.append(Device(name, name, "", DeviceKind.DESKTOP, (backend,), size, None))
    backend = gpus[0].backends[0] if gpus else Backend.CPU
    return Machine("log", tuple(gpus), ROOM, None, backend, driver_bytes=0)


def backend_of(device: str) -> Backend:
    """The backend by the name of its device."""
    letters = device.upper().rstrip("0123456789")
    return BACKENDS.get(letters, Backend.CUDA)


def split_of(logged: Logged) -> tuple[float, ...]:
    """--tensor-split, where the command shows it."""
    for text in options(logged.command, "-ts", "--tensor-split"):
        parts = text.replace("/", ",").split(",")
        if all(part.replace(".", "", 1).isdecimal() for part in parts) and len(parts) == len(logged.gpus):
            return tuple(float(part) for part in parts)
    return ()


def _cache_type(text: str | None) -> KVType:
    known = {kind.value: kind for kind in KVType}
    return known.get((text or "f16").lower(), KVType.F16)

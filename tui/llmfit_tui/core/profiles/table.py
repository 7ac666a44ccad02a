"""A profile as the plain table its file holds."""

from typing import Any

from llmfit_tui.core.hardware.ownrun import OwnRun, ReadRate
from llmfit_tui.core.profiles.gpu import NAMELESS, rate_text, size_text
from llmfit_tui.core.profiles.profile import OwnGpu, Profile


def table_of(profile: Profile) -> dict[str, Any]:
    """The profile as a plain table, without what is not set."""
    table: dict[str, Any] = {
        "gpus": [_gpu_table(gpu) if isinstance(gpu, OwnGpu) else gpu for gpu in profile.gpus],
        "cpu": profile.cpu,
        "ram": _size(profile.ram_bytes),
        "ram_bandwidth": _speed(profile.ram_bandwidth),
        "margin": _size(profile.margin_bytes),
        "gpu_limit": _size(profile.gpu_limit_bytes),
        "backend": profile.backend.value if profile.backend else None,
        "power_limit_w": profile.power_limit_w,
        "nodes": profile.nodes if profile.nodes != 1 else None,
        "link": profile.link,
        "notes": profile.notes or None,
        "tags": list(profile.tags) or None,
        "calibrations": [_run_table(run) for run in profile.calibrations] or None,
        "ram_measured": _rate_table(profile.ram_measured) if profile.ram_measured else None,
    }
    return {key: value for key, value in table.items() if value is not None}


def _gpu_table(gpu: OwnGpu) -> dict[str, Any]:
    tflops = gpu.fp16_flops / 1e12 if gpu.fp16_flops is not None else None
    table = {
        "name": gpu.name if gpu.name != NAMELESS else None,
        "count": gpu.count if gpu.count != 1 else None,
        "memory": _size(gpu.memory_bytes),
        "bandwidth": _speed(gpu.bandwidth_bytes_per_s),
        "tflops": tflops,
        "backend": gpu.backend.value if gpu.backend else None,
    }
    return {key: value for key, value in table.items() if value is not None}


def _run_table(run: OwnRun) -> dict[str, Any]:
    table = {
        "name": run.name,
        "date": run.date,
        "model": run.model,
        "quant": run.quant,
        "depth": run.depth or None,
        "tok_s": run.tok_s,
        "estimated_tok_s": run.estimated_tok_s,
        "source": run.source,
    }
    return {key: value for key, value in table.items() if value is not None}


def _rate_table(rate: ReadRate) -> dict[str, Any]:
    table = {"rate": rate_text(rate.bytes_per_s), "date": rate.date, "method": rate.method}
    return {key: value for key, value in table.items() if value}


def _size(size: int | None) -> str | None:
    return None if size is None else size_text(size)


def _speed(rate: int | None) -> str | None:
    return None if rate is None else rate_text(rate)

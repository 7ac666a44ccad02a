"""How far measured speeds lie from estimates: one factor for each group of alike situations."""

from llmfit_tui.core.hardware.device import GB
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.placement.placement import Placement
from llmfit_tui.core.speed.classes import CPU, hardware_class
from llmfit_tui.core.speed.fit import Factors
from llmfit_tui.core.speed.work import LLAMA_CPP, Work

SMALL_PARAMETERS = 2_000_000_000
"""Below this the time is mostly what is not bytes, and measurements scatter more."""
RARE_CLASSES = frozenset({"intel", "other", "nvidia-old", "nvidia-jetson", "amd-gcn"})
"""Few measurements, or drivers that changed speed by half within the years measured."""
WIDE_MEMORY = 150 * GB
"""Hosts that read faster have many cores, and how well those keep in step differs from one to the next: with
192 cores at 333 GB/s a 3B model got a third of its estimate, one of 405B more than it."""
ROUGH_FROM = 1.5
"""A band as wide as this is called rough."""
UNMEASURED_BAND = 2.0


def group_of(kind: str, engine: str, active_parameters: float | None, bandwidth: float | None) -> str:
    """The group of a run wholly on one kind of device, by its class; `bandwidth` in bytes per second."""
    if kind == CPU:
        return "cpu wide" if (bandwidth or 0) >= WIDE_MEMORY else "cpu"
    if kind in RARE_CLASSES:
        group = "rare"
    elif engine != LLAMA_CPP:
        group = "vllm" if engine == "vllm" else "other engines"
    else:
        group = "apple" if kind.startswith("apple-") else "gpu"
    return group + " small" if (active_parameters or 0) < SMALL_PARAMETERS else group


def band_of(placement: Placement, machine: Machine, work: Work, bands: Factors) -> float:
    """The factor that holds four measured speeds in five, either way."""
    if not machine.gpus or not any(load.layers for load in placement.gpus):
        group = group_of(CPU, work.engine, None, machine.host_bandwidth)
    elif placement.host.active_bytes and not machine.unified:
        group = "offload"
    else:
        gpus = [load.gpu for load in placement.gpus if load.layers and load.gpu is not None]
        kinds = [hardware_class(gpu) for gpu in gpus]
        groups = [group_of(kind, work.engine, work.active_parameters, None) for kind in kinds]
        return max(bands.get(group, UNMEASURED_BAND) for group in groups)
    return bands.get(group, UNMEASURED_BAND)

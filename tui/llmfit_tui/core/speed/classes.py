"""Which hardware behaves alike: the class of a device, and the kind of arithmetic a quantization asks for.

The fit of speeds (speed.json) has a factor for each class and each kind of arithmetic. Classes follow
vendors' generations, because kernels do; nothing here knows a card.
"""

from functools import lru_cache

from llmfit_tui.core.hardware.device import GB, Device, DeviceKind
from llmfit_tui.core.quant import Quant

CPU = "cpu"
UNKNOWN = "other"
FLOAT = "float"
"""Arithmetic of weights that need no unpacking."""

_GENERATIONS = {
    "NVIDIA": {
        "Blackwell": "nvidia-blackwell",
        "Ada": "nvidia-ada",
        "Hopper": "nvidia-datacenter",
        "Ampere": "nvidia-ampere",
        "Turing": "nvidia-turing",
        "Volta": "nvidia-turing",
        "Pascal": "nvidia-old",
        "Maxwell": "nvidia-old",
        "Kepler": "nvidia-old",
    },
    "AMD": {
        "CDNA": "amd-cdna",
        "GCN": "amd-gcn",
        "RDNA 1": "amd-rdna2",
        "RDNA 2": "amd-rdna2",
        "RDNA 3": "amd-rdna3",
        "RDNA 4": "amd-rdna4",
    },
    "Apple": {f"M{n}": f"apple-m{n}" for n in range(1, 6)},
}
_STACKED_MEMORY = 900 * GB
"""NVIDIA's data-centre Ampere comes with HBM (A100, A30) above this bandwidth and with GDDR below it."""


def hardware_class(device: Device) -> str:
    """The class of a GPU or a chip with a GPU; "other" where its generation is not described."""
    wide = (device.bandwidth_bytes_per_s or 0) >= _STACKED_MEMORY
    return _class(device.vendor, device.architecture or "", device.kind, wide)


@lru_cache(maxsize=1024)
def _class(vendor: str, architecture: str, kind: DeviceKind, wide: bool) -> str:
    if vendor == "Intel":
        return "intel"
    generations = _GENERATIONS.get(vendor, {})
    found = next((name for start, name in generations.items() if architecture.startswith(start)), UNKNOWN)
    if vendor == "NVIDIA" and kind is DeviceKind.UNIFIED and found != "nvidia-blackwell":
        return "nvidia-jetson"
    if found == "nvidia-blackwell" and kind is DeviceKind.DATACENTER:
        return "nvidia-datacenter"
    if found == "nvidia-ampere" and kind is DeviceKind.DATACENTER and wide:
        return "nvidia-ampere-hbm"
    if vendor == "AMD" and kind is DeviceKind.UNIFIED and found != "amd-cdna":
        return "amd-apu"
    return found


_BY_FAMILY = {
    "float": FLOAT,
    "low-bit": "i-quant",
    "ternary": "i-quant",
    "fp4": "fp4",
    "mxfp4": "fp4",
    "nvfp4": "fp4",
    "fp8": "8-bit",
    "int8": "8-bit",
    "mxfp8": "8-bit",
}
_BITS_OF_A_WIDE_K_QUANT = 4.0
_BITS_OF_A_BYTE = 7.0


def arithmetic(quant: Quant) -> str:
    """What unpacking this format is like: one of the keys of DecodeFit.operations."""
    return _arithmetic(quant.family, quant.bits_per_weight or quant.file_bits_per_weight or 0.0)


@lru_cache(maxsize=256)
def _arithmetic(family: str, bits: float) -> str:
    if family in _BY_FAMILY:
        return _BY_FAMILY[family]
    if family in {"k-quant", "i-quant", "iqk"}:
        if bits >= _BITS_OF_A_WIDE_K_QUANT:
            return "k-quant"
        return "small k-quant" if family == "k-quant" else "i-quant"
    if bits >= _BITS_OF_A_BYTE:
        return "8-bit"
    return "legacy" if family == "legacy" else "int4"

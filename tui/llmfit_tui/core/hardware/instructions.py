"""Instructions of a CPU that decide which weights llama.cpp lays out anew for it."""

import re

from llmfit_tui.core.hardware.device import Device
from llmfit_tui.core.record import record


@record
class Instructions:
    """What llama.cpp asks a CPU for before it repacks weights."""

    avx2: bool = False
    avx512: bool = False
    amx: bool = False
    """AMX-INT8; it has a buffer of its own, which comes first."""
    dot_product: bool = False
    """Of NEON (Armv8.2 DotProd)."""
    int8_matmul: bool = False
    """Of NEON (Armv8.6 I8MM)."""

    @property
    def any(self) -> bool:
        """Whether anything is repacked for it."""
        return self.avx2 or self.amx or self.dot_product


_AVX2 = Instructions(avx2=True)
_AVX512 = Instructions(avx2=True, avx512=True)
_AMX = Instructions(avx2=True, avx512=True, amx=True)
_DOT = Instructions(dot_product=True)
_I8MM = Instructions(dot_product=True, int8_matmul=True)

ASSUMED = _AVX2
ASSUMED_BECAUSE = "a CPU with AVX2, as all x86 desktops and servers since Haswell and Zen"

KNOWN: tuple[tuple[str, Instructions], ...] = (
    (r"Sapphire Rapids|Emerald Rapids|Granite Rapids", _AMX),
    (r"Zen [45]c?\b|Skylake-SP|Ice Lake-SP|Cascade Lake", _AVX512),
    (r"Zen\b|Haswell|Broadwell|Kaby Lake|Raptor Lake|Alder Lake|Twin Lake|Arrow Lake|Meteor Lake", _AVX2),
    (r"Neoverse V[12]", _I8MM),
    (r"^M1$", _DOT),
    (r"^(?:M[2-9]|A18)$", _I8MM),
)
"""Microarchitecture, as the catalog writes it, to instructions; the first that is found in it. By the makers'
own manuals and the target tables of LLVM (X86.td, AArch64Processors.td). A CPU that is here with less than it
has would be repacked more; Arm designs whose cores the catalog does not name are left out."""


def instructions_of(platform: Device) -> Instructions | None:
    """Of a CPU platform or a chip with unified memory; None where the catalog does not tell its cores."""
    for pattern, known in KNOWN:
        if platform.architecture and re.search(pattern, platform.architecture):
            return known
    return None

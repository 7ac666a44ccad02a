"""Names behind PCI ids, and what a name says: the cards it may mean, and whether it is part of a chip."""

import re
from collections.abc import Mapping
from dataclasses import field

from llmfit_tui.core.record import record
from llmfit_tui.core.seen.merge import telling
from llmfit_tui.core.seen.nvidia import shares_memory
from llmfit_tui.core.seen.values import Sighting

_BRACKET = re.compile(r"(.*?)\s*\[(.+)\]\s*$")
_LAPTOP = re.compile(r"\s*(?:/\s*)?(?:Max-Q|Mobile)(?:\s*/\s*(?:Max-Q|Mobile))*\s*$")
_APU_CHIPS = re.compile(
    r"(?:^|\()(?:Kaveri|Carrizo|Bristol|Stoney|Raven|Picasso|Dali|Pollock|Renoir|Lucienne|Cezanne|Barcelo|Mendocino"
    r"|Van ?Gogh|Sephiroth|Rembrandt|Raphael|Dragon Range|Phoenix|Hawk Point|Granite Ridge|Strix|Krackan"
    r"|Gorgon|Kabini|Mullins|Beema|Godavari|Richland|Trinity)"
)
_APU_TARGETS = re.compile(r"^gfx(?:90[29c]|103[3567]|1103|115[0-3])$")
_APU_NAMES = re.compile(
    r"\b(?:\d{3}m|80[0-9]0s|vega (?:[1-9]|1[01]))(?: graphics)?$|\bcustom gpu\b", re.IGNORECASE
)
_INTEL_CARDS = re.compile(
    r"\barc (?:tm )?(?:pro )?[ab]\d{2,3}m?\b|\bflex\b|\bgpu max\b|\bxe max\b|\bgaudi|\bdg[12]\b",
    re.IGNORECASE,
)
_INTEL_CHIPS = re.compile(r"^(?:DG\d|Battlemage|ATS-M|Ponte Vecchio|Arctic Sound)")
"""Of cards; everything else of Intel's is part of a CPU."""
CHIPS_WITH_GPU = frozenset({"Apple", "Qualcomm", "Arm"})


@record
class PciNames:
    """The id tables of catalogs/pci.json."""

    names: Mapping[str, str] = field(default_factory=dict[str, str])
    revisions: Mapping[str, str] = field(default_factory=dict[str, str])

    def of(self, device: Sighting) -> str | None:
        """`Navi 31 [Radeon RX 7900 XT/7900 XTX]`: every name the id is sold under."""
        return self.names.get(device.pci_id or "")

    def of_revision(self, device: Sighting) -> str | None:
        """AMD's name for this id and revision, which tells its cards of one id apart."""
        if device.pci_id is None or device.revision is None:
            return None
        return self.revisions.get(f"{device.pci_id}:{device.revision:02x}")


def variants(name: str) -> tuple[str, ...]:
    """The names a compound one stands for: `Radeon RX 6700/6700 XT / 6800M` is three.

    "Max-Q / Mobile" is how the id list writes what NVIDIA calls Laptop GPU.
    """
    match = _BRACKET.match(name)
    sold = match.group(2) if match else name
    sold = re.sub(r"\s+Rev\. \w+$|\s+Lite Hash Rate$|\s+\([^()]*\)$", "", sold)
    if _LAPTOP.search(sold):
        bare = _LAPTOP.sub("", sold)
        return (f"{bare} Laptop GPU", f"{bare} Mobile", f"{bare} Max-Q", bare)
    parts = [part.strip() for part in sold.split("/") if part.strip()]
    prefix = re.match(r"[^0-9]*?(?=\S*\d)", parts[0]) if parts else None
    lead = prefix.group(0) if prefix else ""
    found = [parts[0]] if parts else []
    found += [part if re.match(r"[A-Z][a-z]|[A-Z]{3}", part) else f"{lead}{part}" for part in parts[1:]]
    return tuple(found)


def is_integrated(device: Sighting, pci: PciNames) -> bool:
    """Whether the GPU shares its chip and memory with the CPU, by whatever of it is known."""
    if device.integrated is not None:
        return device.integrated
    if device.vendor in CHIPS_WITH_GPU:
        return True
    name = " ".join(part for part in (device.name, pci.of(device)) if part)
    if device.vendor == "Intel":
        listed = pci.of(device)
        # Panther Lake's own graphics are called Arc B390, as if they were a card.
        return not _INTEL_CHIPS.match(listed) if listed else bool(name) and not _INTEL_CARDS.search(name)
    if device.vendor == "NVIDIA":
        return bool(shares_memory(name))
    if device.vendor == "AMD":
        return bool(
            (device.target and _APU_TARGETS.match(device.target))
            or _APU_CHIPS.search(pci.of(device) or device.name or "")
            or _APU_NAMES.search(device.name or "")
        )
    return False


def shown_name(device: Sighting, pci: PciNames) -> str:
    """What to call it: the most telling name there is, with the maker in front."""
    listed = pci.of(device)
    said = device.name if telling(device.name) and not device.cut else None
    if said is not None and listed is not None and not re.search(r"\d", said):
        said = None
    name = said or pci.of_revision(device) or (_sold(listed) if listed else None) or device.name
    if name is None:
        name = " ".join(part for part in ("graphics", device.target or device.pci_id) if part)
    vendor = device.vendor or ""
    return name if name.lower().startswith(vendor.lower()) else f"{vendor} {name}"


def _sold(listed: str) -> str:
    """`Iris Xe Graphics (Alder Lake-P GT2)` of `Alder Lake-P GT2 [Iris Xe Graphics]`."""
    match = _BRACKET.match(listed)
    if match is not None:
        return f"{match.group(2)} ({match.group(1)})"
    return f"Radeon Graphics ({listed})" if _APU_CHIPS.match(listed) else listed

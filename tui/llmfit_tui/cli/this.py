"""`this` as hardware: the machine the program runs on, detected once and only where it is asked for."""

from functools import lru_cache
from typing import TYPE_CHECKING

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import Wishes
from llmfit_tui.format.devices import THIS_MACHINE
from llmfit_tui.storage.catalogs import Catalog

if TYPE_CHECKING:
    from llmfit_tui.core.seen.answers import Detection
    from llmfit_tui.core.seen.detected import Detected

THIS = "this"


@lru_cache(maxsize=1)
def detection(catalog: Catalog) -> "Detection":
    """The machine, and what it was concluded from; at most two seconds the first time."""
    from llmfit_tui.probes.gather import detect_here

    return detect_here(catalog.devices, catalog.pci)


def is_this(text: str | None) -> bool:
    """Whether a name of hardware means the machine the program runs on."""
    folded = "" if text is None else text.strip().lower()
    return folded in {THIS, THIS_MACHINE} or folded.startswith(f"{THIS_MACHINE}:")


def known(found: "Detected") -> bool:
    """Whether anything was detected that a machine could be made of."""
    return found.has_gpu or found.host.memory_bytes is not None


def this_machine(found: "Detected", wishes: Wishes) -> Machine:
    """The detected machine. Raises BadValue where nothing was detected, or a wish does not fit."""
    from llmfit_tui.core.seen.machine import machine_of_detected

    if not known(found):
        said = "; ".join((*found.notes, *found.failed)) or "no probe told anything"
        raise BadValue(f"Nothing is known of this machine: {said}.")
    return machine_of_detected(found, wishes)

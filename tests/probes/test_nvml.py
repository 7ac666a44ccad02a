"""NVIDIA's library in place of nvidia-smi: its words, and what it does not tell."""

import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from pretend import GIB, MIB, machine

from llmfit_tui.core.seen.answers import Asked
from llmfit_tui.probes import nvml

NOT_FOUND = 12


class NVMLError(Exception):
    """What the library raises."""

    value = 3


class NotThereError(NVMLError):
    """Where there is no driver."""

    value = NOT_FOUND


def refused(*_: object) -> None:
    raise NVMLError("Not Supported")


def not_there(*_: object) -> None:
    raise NotThereError("NVML Shared Library Not Found")


def giving(value: object) -> Callable[..., object]:
    """A function that gives always the same."""

    def give(*_: object) -> object:
        return value

    return give


def library(**changes: object) -> SimpleNamespace:
    """A library of one RTX 3090, as nvidia-ml-py has it."""
    place = SimpleNamespace(busId=b"00000000:01:00.0", pciDeviceId=0x220410DE)
    told: dict[str, object] = {
        "NVMLError": NVMLError,
        "NVML_ERROR_LIBRARY_NOT_FOUND": NOT_FOUND,
        "nvmlInit": giving(None),
        "nvmlShutdown": giving(None),
        "nvmlDeviceGetCount": giving(1),
        "nvmlDeviceGetHandleByIndex": giving(0),
        "nvmlDeviceGetName": giving(b"NVIDIA GeForce RTX 3090"),
        "nvmlDeviceGetPciInfo": giving(place),
        "nvmlDeviceGetUUID": giving("GPU-aa11"),
        "nvmlDeviceGetMemoryInfo": giving(SimpleNamespace(total=24 * GIB, used=GIB, free=23 * GIB)),
    }
    return SimpleNamespace(**{**told, **changes})


def asked(monkeypatch: pytest.MonkeyPatch, found: object) -> Asked:
    monkeypatch.setitem(sys.modules, "pynvml", found)
    return nvml.cards()


def test_the_library_tells_what_nvidia_smi_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    said = asked(monkeypatch, library())
    (match,) = machine((said.command, said.text)).devices
    assert match.device is not None
    assert match.device.name == "NVIDIA GeForce RTX 3090"
    assert (match.seen.bus, match.seen.free_bytes) == ("0000:01:00.0", 23 * GIB)


def test_a_chip_without_memory_of_its_own_keeps_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    chip = library(nvmlDeviceGetName=giving("NVIDIA GB10"), nvmlDeviceGetMemoryInfo=refused)
    said = asked(monkeypatch, chip)
    (match,) = machine((said.command, said.text), f"MemTotal: {122_570 * MIB >> 10} kB\n").devices
    assert match.integrated
    assert match.taken is not None


@pytest.mark.parametrize(
    ("found", "missing"),
    [
        (None, True),
        (library(nvmlInit=not_there), True),
        (library(nvmlInit=refused), False),
        (library(nvmlDeviceGetCount=refused), False),
    ],
    ids=["not installed", "no driver", "no leave", "lost"],
)
def test_without_an_answer_it_says_why(monkeypatch: pytest.MonkeyPatch, found: object, missing: bool) -> None:
    said = asked(monkeypatch, found)
    assert said.missing is missing
    assert said.problem

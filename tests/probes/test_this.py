"""`this` as hardware: on the command line, by default, and as a profile."""

import json

import pytest
from pretend import GIB, csv, machine, memory

from llmfit_tui.cli import main, this
from llmfit_tui.cli.resolve import Resolver
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.seen.answers import Detection
from llmfit_tui.core.seen.detected import Detected
from scenes import shipped

TWO = (csv("NVIDIA GeForce RTX 3090, 24576 MiB", "NVIDIA GeForce RTX 3090, 24576 MiB"), memory(62))


def resolver(found: Detected) -> Resolver:
    return Resolver(shipped(), detect=lambda: found)


def never() -> Detected:
    raise AssertionError("detection was not to be asked for")


def test_this_is_the_machine_the_program_runs_on() -> None:
    found = resolver(machine(*TWO)).machine_called("this")
    assert (found.name, len(found.gpus), found.host_bytes) == ("2x NVIDIA GeForce RTX 3090", 2, 62 * GIB)


def test_without_hardware_it_is_this_machine_if_it_has_a_gpu_and_says_so() -> None:
    found = resolver(machine(*TWO)).machine(None, None, None, None, None, None)
    assert found.name == "2x NVIDIA GeForce RTX 3090"
    assert found.assumed[0] == "this machine, as no hardware was named"


def test_without_a_gpu_the_default_is_a_named_card_and_this_is_the_cpu() -> None:
    laptop = resolver(machine(memory(15)))
    default = laptop.machine(None, None, None, None, None, None)
    assert default.name == "NVIDIA GeForce RTX 4090"
    assert "no GPU was detected" in default.assumed[0]
    assert laptop.machine_called("this").host_bytes == 15 * GIB


def test_a_person_who_names_hardware_never_waits_for_detection() -> None:
    named = Resolver(shipped(), detect=never)
    assert named.machine_called("RTX 4090").gpus
    assert named.machine_called("cpu").gpus == ()
    assert named.machine(None, (GIB,), None, None, None, None).gpus


def test_what_a_person_says_comes_before_what_was_detected() -> None:
    found = resolver(machine(*TWO)).machine("this", None, 16 * GIB, None, None, None)
    assert found.host_bytes == 16 * GIB


def test_nothing_detected_is_one_sentence() -> None:
    with pytest.raises(BadValue, match="Nothing is known of this machine"):
        resolver(Detected(notes=("detection is switched off",))).machine_called("this")


def test_this_machine_is_saved_as_a_profile(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Detection(machine(*TWO))
    monkeypatch.setattr("llmfit_tui.cli.profile_save.detection", lambda _: found)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    assert main(["profile", "save", "home", "--hardware", "this"]) == 0
    assert main(["profile", "list", "--json"]) == 0
    (kept,) = json.loads(capsys.readouterr().out.splitlines()[-1])["profiles"]
    assert kept["ram_bytes"] == 62 * GIB


def test_a_machine_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMFIT_TUI_DETECT", "off")
    this.detection.cache_clear()
    assert this.detection(shipped()) is this.detection(shipped())

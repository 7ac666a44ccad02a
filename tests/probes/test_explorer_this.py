"""The detected machine in the explorer: first in the list, never in the way."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from pretend import csv, machine, memory
from textual.pilot import Pilot

from llmfit_tui.app import LlmfitApp
from llmfit_tui.cli.explore import first_scenario, visit_of
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.profiles.profile import Profile
from llmfit_tui.core.seen.detected import Detected
from llmfit_tui.core.seen.free import Holder, Usage
from llmfit_tui.core.seen.values import Sighting
from llmfit_tui.messages.detected import FreeSeen, MachineSeen
from llmfit_tui.screens.explorer import ExplorerScreen
from llmfit_tui.screens.this_machine import Opens
from llmfit_tui.storage.places import Places, places
from llmfit_tui.storage.profile_edit import save_profile
from llmfit_tui.storage.profiles import read_profiles
from llmfit_tui.storage.remembered import Remembered
from scenes import shipped

CARD = csv(
    "NVIDIA GeForce RTX 3090, 24576 MiB, 00000000:01:00.0", header="name, memory.total [MiB], pci.bus_id"
)
TWO = csv("NVIDIA GeForce RTX 3090, 24576 MiB", "NVIDIA GeForce RTX 3090, 24576 MiB")


@pytest.fixture
def where(tmp_path: Path) -> Places:
    return places(str(tmp_path / "config"))


def app(where: Places | None = None, opens: Opens = Opens.WITH_GPU) -> LlmfitApp:
    return LlmfitApp(shipped(), first_scenario(shipped(), where), where, opens=opens)


async def settled(pilot: Pilot[None]) -> None:
    """A message travels from a thread to the screen, the panes and the estimate."""
    for _ in range(12):
        await pilot.pause()


async def seen(pilot: Pilot[None], found: Detected) -> ExplorerScreen:
    """The explorer after the message a detection ends with."""
    explorer = pilot.app.screen
    assert isinstance(explorer, ExplorerScreen)
    await pilot.pause()
    explorer.post_message(MachineSeen(found))
    await settled(pilot)
    return explorer


def rows(explorer: ExplorerScreen) -> list[str]:
    return [own.name for own in explorer.hardware.own]


def chosen(explorer: ExplorerScreen) -> str:
    assert explorer.scenario is not None
    return explorer.scenario.machine.name


async def test_a_detected_gpu_stands_first_and_is_opened_where_nothing_was_chosen() -> None:
    async with app().run_test(size=(120, 36)) as pilot:
        explorer = await seen(pilot, machine(TWO, memory(62)))
        assert rows(explorer) == ["this machine: 2x RTX 3090"]
        assert chosen(explorer) == "this machine: 2x RTX 3090"
        assert explorer.hardware.chosen_index == 0


def said(explorer: ExplorerScreen) -> str:
    """What stands in place of the key hints."""
    return explorer.key_hints.said


async def test_a_card_the_catalog_does_not_know_says_how_to_give_its_bandwidth() -> None:
    async with app().run_test(size=(120, 36)) as pilot:
        explorer = await seen(pilot, machine(csv("NVIDIA RTX 9999 Quux, 65536 MiB")))
        assert (
            said(explorer) == "NVIDIA RTX 9999 Quux is not in the catalog: p keeps it, e gives its bandwidth"
        )


async def test_where_no_gpu_is_found_it_says_which_tool_failed_and_not_that_one_needs_root() -> None:
    failed = (
        "dmidecode -t memory: needs root; speed is not known",
        "nvidia-smi: no answer within 1.2 s",
        "x: y",
    )
    async with app().run_test(size=(120, 36)) as pilot:
        explorer = await seen(pilot, replace(machine(memory(15)), failed=failed))
        assert said(explorer).startswith("no GPU was found: nvidia-smi: no answer within 1.2 s and 1 more;")
        explorer.hush()
        await seen(pilot, replace(machine(memory(15)), failed=failed[:1]))
        assert said(explorer) == ""


async def test_without_a_gpu_it_stands_first_and_the_start_stays() -> None:
    async with app().run_test(size=(120, 36)) as pilot:
        explorer = await seen(pilot, machine(memory(15)))
        assert rows(explorer) == ["this machine: CPU"]
        assert chosen(explorer) == "NVIDIA GeForce RTX 4090"


async def test_a_machine_chosen_meanwhile_stays_chosen() -> None:
    async with app().run_test(size=(120, 36)) as pilot:
        await pilot.press("3", "down")
        await settled(pilot)
        explorer = await seen(pilot, machine(TWO))
        assert not chosen(explorer).startswith("this machine")


async def test_nothing_detected_changes_nothing() -> None:
    async with app().run_test(size=(120, 36)) as pilot:
        explorer = await seen(pilot, Detected())
        assert rows(explorer) == []


async def test_one_key_makes_a_profile_of_it(where: Places) -> None:
    async with app(where).run_test(size=(120, 36)) as pilot:
        explorer = await seen(pilot, machine(TWO, memory(62)))
        await pilot.press("3", "p")
        await settled(pilot)
        assert rows(explorer) == ["this machine: 2x RTX 3090", "my 2x RTX 3090"]
    kept = read_profiles(where).find("my 2x RTX 3090")
    assert kept is not None
    assert kept.profile.ram_bytes == 62 * GIB


async def test_one_key_shows_only_ones_own_machines_rated_and_the_same_key_all_of_them(where: Places) -> None:
    save_profile(where, Profile("lab", ("8x RTX 3090",)))
    save_profile(where, Profile("attic", ("GTX 1060",)))
    async with app(where).run_test(size=(120, 36)) as pilot:
        explorer = await seen(pilot, machine(TWO, memory(62)))
        everything = len(explorer.hardware.shown)
        await pilot.press("y")
        await settled(pilot)
        assert [rows(explorer)[index] for index in explorer.hardware.shown] == [
            "this machine: 2x RTX 3090",
            "lab",
            "attic",
        ]
        await pilot.press("y")
        await settled(pilot)
        assert len(explorer.hardware.shown) == everything


async def test_without_a_machine_of_ones_own_the_key_says_how_to_get_one() -> None:
    async with app().run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("y")
        await settled(pilot)
        explorer = pilot.app.screen
        assert isinstance(explorer, ExplorerScreen)
        assert explorer.hardware.filter_text == ""


def test_where_it_was_left_on_this_machine_it_opens_there_again_without_waiting() -> None:
    scenario = first_scenario(shipped())
    here = replace(scenario, machine=replace(scenario.machine, name="this machine: 2x RTX 3090"))
    visit = visit_of(here, "llmfit-dark", False, Remembered())
    assert visit.hardware == "this"
    assert first_scenario(shipped(), None, visit).machine.name == "NVIDIA GeForce RTX 4090"


def usage(free_gib: float, *holders: tuple[str, float]) -> FreeSeen:
    card = Sighting("nvidia-smi", bus="0000:01:00.0", memory_bytes=24 * GIB, free_bytes=round(free_gib * GIB))
    held = tuple(
        Holder(name, number, "0000:01:00.0", round(gib * GIB)) for number, (name, gib) in enumerate(holders)
    )
    return FreeSeen(Usage((card,), held, 60 * GIB))


async def test_free_memory_counts_by_a_key_and_says_what_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def ask(_: ExplorerScreen) -> None:
        asked.append(1)

    monkeypatch.setattr(ExplorerScreen, "_look_at_usage", ask)
    async with app().run_test(size=(120, 36)) as pilot:
        explorer = await seen(pilot, machine(CARD, memory(62)))
        await pilot.press("w")
        await settled(pilot)
        explorer.post_message(usage(0.2, ("llama-server", 22), ("Xorg", 0.1)))
        await settled(pilot)
        assert asked == [1]
        assert explorer.scenario is not None
        gpu = explorer.scenario.machine.gpus[0]
        assert gpu.usable_bytes == round(0.2 * GIB)
        said = explorer.query_one("#hints").said  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
        assert "fits if you stop llama-server" in said
        before = explorer.scenario
        explorer.post_message(usage(0.2001, ("llama-server", 22), ("Xorg", 0.1)))
        await settled(pilot)
        assert explorer.scenario is before
        await pilot.press("w")
        await settled(pilot)
        assert explorer.scenario.machine.gpus[0].usable_bytes != gpu.usable_bytes


async def test_what_keeps_it_from_fitting_stands_in_the_verdict_of_every_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def ask(_: ExplorerScreen) -> None:
        """Nothing of the machine the tests run on."""

    monkeypatch.setattr(ExplorerScreen, "_look_at_usage", ask)
    header = "name, memory.total [MiB], pci.bus_id, memory.used [MiB], memory.free [MiB]"
    full = csv("NVIDIA GeForce RTX 3090, 24576 MiB, 00000000:01:00.0, 24300 MiB, 200 MiB", header=header)
    async with app().run_test(size=(120, 36)) as pilot:
        explorer = await seen(pilot, machine(full, memory(62)))
        explorer.rests_after_s = 0
        explorer.change(machine=explorer.scenario and explorer.scenario.machine)
        await settled(pilot)
        assert "w: what was in use at the start keeps it from fitting" in explorer.panel.answers.used
        await pilot.press("w")
        explorer.post_message(usage(0.2, ("llama-server", 22), ("Xorg", 0.1)))
        await settled(pilot)
        assert explorer.panel.answers.used == "fits if you stop llama-server (22.0 GiB)"
        assert "fits if you stop llama-server" in "\n".join(texts(explorer))
        await pilot.press("w")
        await settled(pilot)
        assert explorer.panel.answers.used.startswith("w: ")


def texts(explorer: ExplorerScreen) -> list[str]:
    """Lines of the estimate as they stand on the screen."""
    panel = explorer.panel
    return [panel.render_line(y).text for y in range(panel.size.height)]


async def test_a_driver_that_hangs_keeps_nobody_from_leaving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LLMFIT_TUI_DETECT")
    started = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(*_: object) -> None:
        import threading

        loop.call_soon_threadsafe(started.set)
        threading.Event().wait()

    monkeypatch.setattr("llmfit_tui.probes.gather.detect_here", hang)
    async with app().run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await started.wait()
        await pilot.press("q")

"""Profiles in the explorer: made, edited, copied, renamed, removed and brought back by keys alone."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from kept import BOX, Folder
from textual.widgets import Input, Static

from explorer.stage import CLASSIC, MEDIUM, WIDE, OtherCatalog, Stage, on_stage
from llmfit_tui.core.hardware.device import GIB, Backend
from llmfit_tui.core.profiles.profile import OwnGpu, Profile
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.profile_edit import save_profile
from llmfit_tui.storage.profiles import read_profiles
from scenes import QWEN, model, shipped

ODD = OwnGpu("Odd Card", 24 * GIB, 936_000_000_000, 71 * 10**12, Backend.CUDA, 2)


CARDS = ("RTX 3060", "RTX 3090", "RTX 4090", "RTX 5090", "GTX 1050", "H100", "EPYC 9554")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """Few models and few cards: what is counted over all of them does not matter here."""
    models = shipped().models
    few = OtherCatalog([model(QWEN), *(one for one in models[:20] if one.id != QWEN)])
    devices = [one for one in shipped().devices if any(card in one.name for card in CARDS)]
    few.__dict__["devices"] = tuple(devices)
    return few


@asynccontextmanager
async def explorer(
    folder: Folder, catalog: Catalog, size: tuple[int, int] = MEDIUM
) -> AsyncGenerator[Stage, None]:
    """The explorer with the keys in the Hardware pane."""
    async with on_stage(catalog, size, where=folder.places) as stage:
        await stage.press("3")
        yield stage


async def fill(stage: Stage, key: str, text: str) -> None:
    """Type into a field of the form, over what is there."""
    entry = stage.app.screen.query_one(f"#field-{key}", Input)
    entry.focus()
    entry.value = ""
    await stage.type(text)


async def worked(stage: Stage) -> None:
    """Wait for what goes on beside the keys."""
    await stage.app.workers.wait_for_complete()  # pyright: ignore[reportUnknownMemberType]
    await stage.settle()


def said(stage: Stage) -> str:
    """What the form says below its fields."""
    return str(stage.app.screen.query_one("#said", Static).content)


def names(folder: Folder) -> list[str]:
    """Profiles in the file."""
    return folder.read().names


async def test_a_new_user_makes_edits_and_uses_a_profile_in_under_fifteen_keys(
    folder: Folder, catalog: Catalog
) -> None:
    async with explorer(folder, catalog) as stage:
        keys = ["p", "e", "down", "down", "down", "down", *"64GiB", "enter"]
        for key in keys:
            await stage.press(key)
        assert 1 + len(keys) < 15
        assert folder.profile("my RTX 4090").ram_bytes == 64 * GIB
        assert stage.scenario.machine.name == "my RTX 4090"
        assert stage.scenario.machine.host_bytes == 64 * GIB
        assert "my RTX 4090 is saved; u takes it back" in stage.shows("hints")


async def test_profiles_stand_first_and_are_told_from_the_catalog(folder: Folder, catalog: Catalog) -> None:
    save_profile(folder.places, BOX)
    folder.holds('[profiles.lab]\ngpus = ["8x H100 SXM"]\n', "shared/profiles.toml")
    async with explorer(folder, catalog, WIDE) as stage:
        first, second, third = stage.rows("hardware")[:3]
        assert "⌂ box" in first
        assert "⌂ lab, shared" in second
        assert "RTX 4090" in third
        await stage.press("home")
        assert stage.scenario.machine.name == "box"
        assert [gpu.card for gpu in stage.scenario.machine.gpus] == ["NVIDIA GeForce RTX 3090"] * 2


async def test_a_shared_profile_is_copied_before_it_is_changed(folder: Folder, catalog: Catalog) -> None:
    folder.holds('[profiles.lab]\ngpus = ["8x H100 SXM"]\n', "shared/profiles.toml")
    async with explorer(folder, catalog, WIDE) as stage:
        await stage.press("home", "e")
        assert "d copies it to your own" in stage.shows("hints")
        await stage.press("x")
        assert "not yours to delete" in stage.shows("hints")
        await stage.press("d")
        assert folder.profile("lab 2").gpus == ("8x H100 SXM",)


async def test_the_form_completes_names_checks_while_it_is_typed_and_shows_what_changes(
    folder: Folder, catalog: Catalog
) -> None:
    async with explorer(folder, catalog) as stage:
        await stage.press("n")
        await fill(stage, "hardware", "RTX 9999")
        assert "✗ Hardware: No hardware is called" in stage.text
        await stage.press("enter")
        assert "✗ Hardware: No hardware is called" in stage.text
        await fill(stage, "hardware", "RTX 3090 + 2x rtx 50")
        await worked(stage)
        await stage.press("right")
        assert stage.app.screen.query_one("#field-hardware", Input).value == "RTX 3090 + 2x rtx 5090"
        await fill(stage, "hardware", "GTX 1050 Ti")
        await worked(stage)
        assert said(stage).startswith("Qwen2.5 0.5B Instruct Q4_K_M: runs great,")
        assert " tok/s → runs great, " in said(stage)
        assert f"Of {len(catalog.models)} models run great" in stage.text
        assert "Assumed: a host with 32 GiB" in stage.text.replace("\n", "")
        await fill(stage, "ram", "-1")
        assert '✗ Host memory: a size such as "24GiB" was expected, not "-1".' in stage.text
        await stage.press("escape")
        assert not folder.file.exists()


async def test_the_form_shows_every_key_and_loses_none(folder: Folder, catalog: Catalog) -> None:
    full = Profile(
        "full",
        ("RTX 3090", ODD, "RTX 4090"),
        cpu="EPYC 9554",
        ram_bytes=64 * GIB,
        ram_bandwidth=400_000_000_000,
        margin_bytes=GIB,
        backend=Backend.CUDA,
        power_limit_w=250,
        nodes=3,
        link="InfiniBand NDR",
        notes="mine",
        tags=("a", "b"),
    )
    save_profile(folder.places, full)
    async with explorer(folder, catalog, CLASSIC) as stage:
        await stage.press("home", "e")
        for shown in (
            "RTX 3090 + RTX 4090",
            "2x Odd Card 24GiB 936GB/s 71TFLOPS cuda",
            "EPYC 9554",
            "250W",
            "InfiniBand NDR",
            "a, b",
        ):
            assert shown in stage.text
        await fill(stage, "notes", "ours")
        await stage.press("enter")
        assert folder.profile("full") == replace(full, notes="ours")
        await stage.press("e")
        await fill(stage, "own", "Odd Card 48GiB")
        await stage.press("enter")
        assert folder.profile("full").gpus == ("RTX 3090", "RTX 4090", OwnGpu("Odd Card", 48 * GIB))


async def test_every_change_of_a_visit_can_be_taken_back(folder: Folder, catalog: Catalog) -> None:
    save_profile(folder.places, BOX)
    folder.holds(folder.text.replace("ram", "# slow\nram"))
    before = folder.text
    async with explorer(folder, catalog) as stage:
        await stage.press("home", "e")
        await fill(stage, "name", "crate")
        await stage.press("enter")
        assert (names(folder), stage.scenario.machine.name) == (["crate"], "crate")
        await stage.press("d")
        assert names(folder) == ["crate", "crate 2"]
        await stage.press("x")
        assert names(folder) == ["crate"]
        assert "crate 2 is deleted; u brings it back" in stage.shows("hints")
        await stage.press("u")
        assert names(folder) == ["crate", "crate 2"]
        await stage.press("u", "u")
        assert folder.text == before
        assert stage.scenario.machine.name == "box"
        await stage.press("u")
        assert "no profile was changed" in stage.shows("hints")


async def test_what_stands_in_the_way_of_saving_is_said_and_nothing_typed_is_lost(
    folder: Folder, catalog: Catalog
) -> None:
    save_profile(folder.places, BOX)
    async with explorer(folder, catalog) as stage:
        await stage.press("home", "e")
        save_profile(folder.places, replace(BOX, ram_bytes=32 * GIB, notes="theirs"))
        await fill(stage, "ram", "64GiB")
        await stage.press("enter")
        assert "changed by another program meanwhile: ram. Enter saves yours over it" in said(stage)
        assert folder.profile("box").ram_bytes == 32 * GIB
        theirs = folder.text
        folder.holds("schema = 2\n")
        await stage.press("enter")
        assert "is newer than this program" in said(stage)
        assert folder.text == "schema = 2\n"
        folder.holds(theirs)
        await stage.press("enter")
        assert folder.profile("box").ram_bytes == 64 * GIB


async def test_a_profile_that_makes_no_machine_says_why_and_can_be_mended(
    folder: Folder, catalog: Catalog
) -> None:
    folder.holds('[profiles.odd]\ngpus = ["RTX 9999"]\n')
    async with explorer(folder, catalog) as stage:
        await stage.press("home")
        assert 'No hardware is called "RTX 9999"' in stage.shows("hints")
        assert stage.scenario.machine.name == "NVIDIA GeForce RTX 4090"
        await stage.press("e")
        await fill(stage, "hardware", "RTX 3060 12GB")
        await stage.press("enter")
        assert stage.scenario.machine.name == "odd"


async def test_tags_find_a_profile(folder: Folder, catalog: Catalog) -> None:
    save_profile(folder.places, replace(BOX, tags=("cellar",)))
    async with explorer(folder, catalog) as stage:
        await stage.press("slash")
        await stage.type("cellar")
        assert len([row for row in stage.rows("hardware") if row.strip()]) == 1
        assert "box" in stage.shows("hardware")
        assert stage.scenario.machine.name == "box"


async def test_without_a_folder_nothing_is_kept_and_that_is_said(catalog: Catalog, tmp_path: Path) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press("3", "p")
        assert "Profiles cannot be kept here." in stage.shows("hints")
    assert read_profiles(Folder(tmp_path).places).kept == ()

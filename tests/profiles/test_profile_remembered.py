"""What comes back on the next visit, and what is left alone."""

from dataclasses import replace

import pytest
from kept import BOX, Folder

from llmfit_tui.cli.explore import first_scenario, visit_of
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.profiles.settings_table import settings_of_table, table_of_settings
from llmfit_tui.core.scenario import Settings
from llmfit_tui.storage.atomic import SaveError
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.profile_edit import save_profile
from llmfit_tui.storage.remembered import Remembered, read_remembered, remember
from scenes import QWEN_MOE, scenario

SETTINGS = Settings(
    context=65_536,
    parallel=4,
    unified_kv=True,
    kv_type_k=KVType.Q8_0,
    kv_type_v=KVType.Q4_0,
    flash_attention=False,
    gpu_layers=12,
    cpu_moe_layers=3,
    kv_offload=False,
)


def test_the_last_scenario_comes_back_whole(folder: Folder, catalog: Catalog) -> None:
    save_profile(folder.places, BOX)
    asked = replace(scenario(QWEN_MOE, "IQ4_XS", "RTX 4090"), settings=SETTINGS)
    remember(folder.places, visit_of(asked, "llmfit-light", own=False, before=Remembered()))
    found = read_remembered(folder.places)
    back = first_scenario(catalog, folder.places, found)
    assert found.theme == "llmfit-light"
    assert (back.model.id, back.quant.name, back.settings) == (QWEN_MOE, "IQ4_XS", SETTINGS)
    assert back.machine.name == "NVIDIA GeForce RTX 4090"


def test_the_profile_used_last_opens_first(folder: Folder, catalog: Catalog) -> None:
    save_profile(folder.places, BOX)
    last = Remembered(hardware="RTX 5090", profile="box")
    assert first_scenario(catalog, folder.places, last).machine.name == "box"
    gone = replace(last, profile="gone")
    assert first_scenario(catalog, folder.places, gone).machine.name == "NVIDIA GeForce RTX 5090"
    nothing = Remembered(model="gone", quant="gone", hardware="gone")
    assert first_scenario(catalog, folder.places, nothing) == first_scenario(catalog)


def test_host_memory_chosen_beside_a_card_comes_back(folder: Folder, catalog: Catalog) -> None:
    last = Remembered(hardware="RTX 5090", host_gib=128)
    assert first_scenario(catalog, folder.places, last).machine.host_bytes == 128 * GIB


def test_only_what_differs_from_the_defaults_is_written(folder: Folder) -> None:
    assert table_of_settings(Settings()) == {}
    remember(folder.places, Remembered(theme="llmfit-dark"))
    text = folder.places.settings.read_text(encoding="utf-8")
    assert text == 'schema = 1\n\n[last]\ntheme = "llmfit-dark"\n'


def test_other_settings_and_their_comments_stay(folder: Folder) -> None:
    text = '# mine\nkeys = { quit = "x" } # as in vi\n\n[last]\ntheme = "old" # once\n'
    folder.holds(text, "own/settings.toml")
    remember(folder.places, Remembered(theme="llmfit-light"))
    after = folder.places.settings.read_text(encoding="utf-8")
    assert after.startswith('# mine\nkeys = { quit = "x" } # as in vi\n')
    assert read_remembered(folder.places).theme == "llmfit-light"


@pytest.mark.parametrize("text", ["[last\n", "schema = 2\n", "\udcff"])
def test_a_settings_file_that_is_not_understood_is_left_as_it_is(folder: Folder, text: str) -> None:
    before = folder.holds(text, "own/settings.toml").places.settings.read_bytes()
    assert read_remembered(folder.places) == Remembered()
    with pytest.raises(SaveError, match="left as it is"):
        remember(folder.places, Remembered(theme="llmfit-light"))
    assert folder.places.settings.read_bytes() == before


def test_values_that_make_no_sense_are_as_at_first() -> None:
    wrong = {
        "context": -1,
        "parallel": 10**6,
        "kv_type_k": "q9",
        "flash_attention": "on",
        "batch": True,
        "x": 1,
    }
    assert settings_of_table(wrong) == Settings()
    assert settings_of_table({"context": 8, "parallel": 9}) == Settings()
    assert settings_of_table(table_of_settings(SETTINGS)) == SETTINGS

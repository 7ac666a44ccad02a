"""Saving into a file people edit: what was not meant stays to the letter."""

from dataclasses import replace

import pytest
from kept import BOX, Folder

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.profiles.profile import OwnGpu, Profile
from llmfit_tui.storage.profile_edit import (
    ConflictError,
    delete_profile,
    put_back,
    rename_profile,
    save_profile,
    save_profiles,
)

EDITED = """\
# My machines
schema = 1

# the box in the cellar
[profiles.box] # since 2021
gpus = ["2x RTX 3090"] # two
ram = "64 GB" # slow
colour = "black"
notes = \"\"\"
[profiles.fake]
# no comment\"\"\"

# loose

# spare cards
[profiles.free]
[[profiles.free.gpus]]
# bought used
name = "A"
memory = "24GB"
serial = 7

[[profiles.free.gpus]]
memory = "12GB"

[future]
x = nan # kept
"""


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines that went and lines that came."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_only_the_key_that_changed_is_rewritten(folder: Folder) -> None:
    box = folder.holds(EDITED).profile("box")
    save_profile(folder.places, replace(box, ram_bytes=128 * GIB))
    assert changed_lines(EDITED, folder.text) == (['ram = "64 GB" # slow'], ['ram = "128GiB" # slow'])
    save_profile(folder.places, box)
    assert changed_lines(EDITED, folder.text) == (['ram = "64 GB" # slow'], ['ram = "64GiB" # slow'])


def test_saving_what_is_there_already_changes_nothing(folder: Folder) -> None:
    for kept in folder.holds(EDITED).read().kept:
        save_profile(folder.places, kept.profile)
    assert folder.text == EDITED


def test_a_card_keeps_its_comments_and_unknown_keys(folder: Folder) -> None:
    free = folder.holds(EDITED).profile("free")
    first, second = free.own_gpus
    save_profile(folder.places, replace(free, gpus=(replace(first, memory_bytes=48 * GIB), second)))
    assert changed_lines(EDITED, folder.text) == (['memory = "24GB"'], ['memory = "48GiB"'])
    save_profile(folder.places, replace(free, gpus=(first,)))
    assert "serial = 7" in folder.text
    assert folder.profile("free").gpus == (first,)


def test_a_key_that_is_not_set_any_more_goes_and_its_neighbours_stay(folder: Folder) -> None:
    box = folder.holds(EDITED).profile("box")
    save_profile(folder.places, replace(box, ram_bytes=None))
    assert changed_lines(EDITED, folder.text) == (['ram = "64 GB" # slow'], [])


def test_a_new_profile_stands_below_the_others_and_above_what_is_not_ours(folder: Folder) -> None:
    folder.holds(EDITED)
    save_profile(folder.places, Profile("new", ("RTX 4090",)))
    before, after = EDITED.split("\n[future]")
    assert folder.text == f'{before}\n[profiles.new]\ngpus = ["RTX 4090"]\n\n[future]{after}'


def test_a_deleted_profile_takes_its_own_comment_along_and_no_other(folder: Folder) -> None:
    folder.holds(EDITED)
    before = delete_profile(folder.places, "BOX")
    assert folder.text == "# My machines\nschema = 1\n\n# loose\n" + EDITED.split("# loose\n")[1]
    put_back(folder.places, before)
    assert "# the box in the cellar\n[profiles.box] # since 2021\n" in folder.text
    assert sorted(folder.read().names) == ["box", "free"]


def test_undoing_an_edit_brings_the_text_back_to_the_letter(folder: Folder) -> None:
    box = folder.holds(EDITED).profile("box")
    before = save_profile(folder.places, replace(box, ram_bytes=GIB, gpus=("RTX 4090",), notes=""), box)
    put_back(folder.places, before)
    assert folder.text == EDITED


def test_a_renamed_profile_keeps_its_place_its_comments_and_its_unknown_keys(folder: Folder) -> None:
    free = folder.holds(EDITED).profile("free")
    before = rename_profile(folder.places, free, replace(free, name='odd "one"'))
    name = '"odd \\"one\\""'
    assert folder.text == EDITED.replace("profiles.free", f"profiles.{name}")
    put_back(folder.places, before)
    assert folder.profile("free") == free
    assert "bought used" in folder.text


def test_undoing_a_new_profile_takes_it_away(folder: Folder) -> None:
    folder.holds(EDITED)
    put_back(folder.places, save_profile(folder.places, Profile("new", ("RTX 4090",)), new=True))
    assert folder.text == EDITED


WAYS = [
    'profiles = { box = { ram = "1GiB", z = 1 } }\nx = 1\n',
    'profiles.box = { ram = "1GiB", z = 1 } # mine\nx = 1\n',
    'profiles.box.ram = "1GiB"\nprofiles.box.z = 1\n',
    '[profiles]\nbox = { ram = "1GiB", z = 1 }\n[x]\ny = 1\n',
    '[profiles]\nbox.ram = "1GiB"\nbox.z = 1 # z\n',
    '[profiles.box]\nram = "1GiB"\n[x]\ny = 1\n[profiles.other]\n[profiles.box.z]\nw = 1\n',
    "",
]


@pytest.mark.parametrize("text", WAYS, ids=range(len(WAYS)))
def test_however_a_table_is_written_it_can_be_changed_copied_and_removed(folder: Folder, text: str) -> None:
    folder.holds(text)
    box = replace(BOX, margin_bytes=GIB)
    save_profile(folder.places, box)
    save_profile(folder.places, replace(box, name="copy"), new=True)
    assert (folder.profile("box"), folder.profile("copy")) == (box, replace(box, name="copy"))
    assert len(folder.read().warnings) == len(
        [key for key in ("z", "x") if f"{key} =" in text or f"{key}]" in text]
    )
    delete_profile(folder.places, "box")
    assert "box" not in folder.read().names
    assert "copy" in folder.read().names


def test_line_ends_and_marks_of_windows_stay(folder: Folder) -> None:
    folder.holds("\ufeff" + EDITED.replace("\n", "\r\n"))
    save_profile(folder.places, Profile("new", ("RTX 4090",)))
    raw = folder.file.read_bytes().decode("utf-8")
    assert raw.startswith("\ufeff# My machines\r\n")
    assert raw.count("\n") == raw.count("\r\n")


def test_changes_of_two_programs_to_different_keys_are_both_kept(folder: Folder) -> None:
    save_profile(folder.places, BOX)
    save_profile(folder.places, replace(BOX, notes="theirs"), BOX)
    save_profile(folder.places, replace(BOX, ram_bytes=GIB), BOX)
    assert folder.profile("box") == replace(BOX, notes="theirs", ram_bytes=GIB)


def test_changes_of_two_programs_to_one_key_are_asked_about(folder: Folder) -> None:
    save_profile(folder.places, BOX)
    save_profile(folder.places, replace(BOX, ram_bytes=64 * GIB), BOX)
    before = folder.text
    with pytest.raises(ConflictError, match="changed by another program meanwhile: ram"):
        save_profile(folder.places, replace(BOX, ram_bytes=GIB, notes="mine"), BOX)
    delete_profile(folder.places, "box")
    with pytest.raises(ConflictError, match="deleted by another program meanwhile"):
        save_profile(folder.places, replace(BOX, ram_bytes=GIB), BOX)
    with pytest.raises(ConflictError, match="deleted by another program meanwhile"):
        rename_profile(folder.places, BOX, replace(BOX, name="crate"))
    save_profile(folder.places, replace(BOX, ram_bytes=64 * GIB))
    assert folder.text == before
    with pytest.raises(ConflictError, match='called "box" already'):
        save_profile(folder.places, replace(BOX, name="Box"), new=True)


def test_several_profiles_are_saved_all_or_none(folder: Folder) -> None:
    save_profile(folder.places, BOX)
    before = folder.text
    with pytest.raises(ConflictError):
        save_profiles(folder.places, [Profile("new"), BOX], new=True)
    assert folder.text == before


def test_nothing_is_saved_into_a_file_that_is_not_understood(folder: Folder) -> None:
    broken = {
        "[profiles.box\n": ", line 1: this is not TOML",
        "schema = 2\n": 'schema "2" is newer than this program',
        "[profiles.box]\nram = 7\n[profiles.other]\n": 'The profile "box" in the file cannot be read: ram',
        "profiles = 3\n": "tables [profiles.NAME] were expected",
        "[[profiles]]\n": "tables [profiles.NAME] were expected",
        "\udcff": "text in UTF-8 was expected",
    }
    for text, said in broken.items():
        before = folder.holds(text).file.read_bytes()
        with pytest.raises(LlmfitError) as problem:
            save_profile(folder.places, BOX)
        assert said in str(problem.value)
        assert folder.file.read_bytes() == before


def test_a_broken_table_does_not_hinder_the_others(folder: Folder) -> None:
    folder.holds("[profiles.bad]\nram = 7\n")
    save_profile(folder.places, BOX)
    assert folder.profile("box") == BOX
    delete_profile(folder.places, "bad")
    assert folder.read().problems == ()


def test_texts_a_file_cannot_hold_are_refused_before_anything_is_written(folder: Folder) -> None:
    for profile in (
        replace(BOX, notes="\udcff"),
        replace(BOX, tags=("\udcff",)),
        replace(BOX, gpus=(OwnGpu("\udcff", GIB),)),
        replace(BOX, name="x" * 500),
        replace(BOX, name="\x1b[31m"),
    ):
        with pytest.raises(LlmfitError) as problem:
            save_profile(folder.places, profile)
        assert str(problem.value).isprintable()
    assert not folder.file.exists()


def test_hostile_notes_come_back_as_they_went(folder: Folder) -> None:
    notes = 'a\x1b[31m\x9b\x7f\u202e"\'\\ \t\r\n"""\n[profiles.fake]\nschema = 9'
    save_profile(folder.places, replace(BOX, notes=notes, tags=(notes, "")))
    assert folder.profile("box").notes == notes
    assert folder.read().names == ["box"]


def test_a_file_without_profiles_is_made_whole(folder: Folder) -> None:
    save_profile(folder.places, BOX)
    assert folder.text == 'schema = 1\n\n[profiles.box]\ngpus = ["2x RTX 3090"]\nram = "128GiB"\n'

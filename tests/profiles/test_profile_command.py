"""`llmfit-tui profile`: make, change, show, pass on and use a machine by words alone."""

import json
from pathlib import Path

import pytest
from kept import Folder

from scenes import QWEN, Answer, ask, run


@pytest.fixture
def folder(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """The folder commands use by themselves, and a server's beside it."""
    folder = Folder(own_home)
    monkeypatch.setenv("LLMFIT_TUI_CONFIG", str(folder.own))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(own_home / "site"))
    return folder


def profile(*words: str, stdin: str = "") -> Answer:
    """Run `profile` with these words."""
    return run("profile", *words, stdin=stdin)


def test_a_saved_machine_can_be_used_by_name_and_by_default_keeps_what_is_not_named(folder: Folder) -> None:
    assert profile("save", "box", "--hardware", "2x RTX 3090", "--ram", "128GiB").err == ""
    hand = "# what I bought\n[future]\nx = 1 # later\n"
    folder.holds(folder.text.replace("ram =", "colour = 'black'\nram =") + hand)
    answer = profile("save", "box", "--margin", "1GiB", "--notes", "mine", "--tag", "home")
    assert (answer.code, answer.out) == (0, "box: 2x NVIDIA GeForce RTX 3090, 128 GiB of host memory\n")
    assert folder.text == (
        'schema = 1\n\n[profiles.box]\ngpus = ["2x NVIDIA GeForce RTX 3090"]\n'
        "colour = 'black'\nram = \"128GiB\"\n"
        f'margin = "1GiB"\nnotes = "mine"\ntags = ["home"]\n{hand}'
    )
    found = json.loads(run("estimate", QWEN, "--hardware", "BOX", "--json").out)["estimates"][0]
    assert found["hardware"]["name"] == "box"
    assert [device["name"] for device in found["memory"]["devices"]][:2] == ["NVIDIA GeForce RTX 3090"] * 2


def test_a_machine_made_by_hand_has_everything_a_card_has(folder: Folder) -> None:
    profile(
        "save", "odd", "--gpu", "2x Odd Card 24GiB 936GB/s 71TFLOPS cuda", "--gpu", "12GiB", "--nodes", "2"
    )
    (saved,) = profile("list", "--json").json["profiles"]
    assert [(gpu["name"], gpu["memory_bytes"], gpu["bandwidth_bytes_per_s"]) for gpu in saved["devices"]] == [
        ("Odd Card", 24 << 30, 936_000_000_000),
        ("Odd Card", 24 << 30, 936_000_000_000),
        ("own GPU", 12 << 30, None),
    ]
    assert saved["nodes"] == 2
    assert ask(QWEN, "--hardware", "odd")["hardware"]["memory_bytes"] == 2 * 60 << 30
    assert folder.read().problems == ()


def test_other_hardware_leaves_out_what_only_the_old_one_had(folder: Folder) -> None:
    profile("save", "box", "--hardware", "RTX 4090", "--ram", "64GiB", "--notes", "n")
    answer = profile("save", "box", "--hardware", "M3 Max 64GB")
    assert answer.err == "left out, as the hardware is another: ram\n"
    assert folder.profile("box").notes == "n"
    assert profile("save", "box", "--ram", "64GiB").code == 2


def test_a_profile_goes_elsewhere_as_a_file_through_a_pipe_or_as_one_line(
    folder: Folder, tmp_path: Path
) -> None:
    profile(
        "save",
        "the box",
        "--gpu",
        'A "quoted" 24GiB 1TB/s',
        "--notes",
        'a\tb "c" \x1b[31m\x9b',
        "--ram",
        "1GiB",
    )
    before = folder.profile("the box")
    file = tmp_path / "box.toml"
    assert profile("export", "the box", str(file)).code == 0
    line = profile("export", "the box", "--line").out
    assert line.count("\n") == 1
    assert line.rstrip("\n").isprintable()
    whole = profile("export", "THE BOX", "-").out
    for source, stdin in ((str(file), ""), ("-", whole), (line, ""), ("-", line)):
        profile("delete", "the box")
        answer = profile("import", source, stdin=stdin)
        assert (answer.code, answer.err) == (0, ""), source
        assert folder.profile("the box") == before
        assert profile("import", source, stdin=stdin).out.endswith("(there already)\n")
    assert profile("export", "the box", str(file)).code == 2


def test_an_import_never_writes_over_another_machine_unasked(folder: Folder) -> None:
    profile("save", "box", "--hardware", "RTX 4090")
    other = 'profiles.new = {}\nprofiles.Box = { gpus = ["RTX 3090"] }'
    answer = profile("import", other)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.endswith("Nothing was saved; --replace takes the imported one.\n")
    assert folder.read().names == ["box"]
    assert profile("import", other.replace("Box", "box"), "--replace").code == 0
    assert folder.profile("box").gpus == ("RTX 3090",)


def test_imported_hardware_of_a_newer_catalog_is_kept_and_said(folder: Folder) -> None:
    answer = profile("import", 'profiles.next = { gpus = ["RTX 9999"], colour = 1 }')
    assert answer.code == 0
    assert 'line 1: profiles.next: left out: unknown key "colour"' in answer.err
    assert 'next is saved but cannot be used: No hardware is called "RTX 9999"' in answer.err
    assert folder.profile("next").gpus == ("RTX 9999",)
    refused = run("estimate", QWEN, "--hardware", "next")
    assert refused.code == 2
    assert (
        f'Profile "next" in {folder.file}: No hardware is called "RTX 9999". Did you mean RTX' in refused.err
    )
    assert "Did you mean RTX" in profile("list").out


BAD: list[tuple[tuple[str, ...], int, str]] = [
    (("save", "x" * 500, "--hardware", "RTX 4090"), 2, "80 characters, not 500"),
    (("save", "a\x1b[31mb", "--hardware", "RTX 4090"), 2, '"a\\x1b[31mb" cannot be'),
    (("save", "", "--hardware", "RTX 4090"), 2, "needs a name"),
    (("save", "n"), 2, "--hardware"),
    (("save", "n", "--vram", "NaN"), 2, '--vram: a size such as "24GiB"'),
    (("save", "n", "--vram=-5GiB"), 2, '--vram: a size such as "24GiB"'),
    (("save", "n", "--gpu", "24GiB fast"), 2, '--gpu: "fast" was not expected'),
    (("save", "n", "--hardware", "RTX 40900"), 2, "Did you mean RTX 4090"),
    (("save", "n", "--hardware", "RTX 4090", "--nodes", "0"), 2, "--nodes: at least 1"),
    (("save", "n", "--hardware", "RTX 4090", "--power-limit", "hot"), 2, "--power-limit: a whole number"),
    (("save", "n", "--hardware", "RTX 4090", "--notes", "\udcff"), 2, "--notes: text in UTF-8"),
    (("save", "n", "--hardware", "RTX 4090", "--tag", "\udcff"), 2, "--tag: text in UTF-8"),
    (("save", "n", "--gpu", "\udcff 24GiB"), 2, "text in UTF-8 was expected"),
    (("show", "bxo"), 2, "Did you mean box?"),
    (("delete", "bxo"), 2, "Did you mean box?"),
    (("export", "bxo"), 2, "Did you mean box?"),
    (("import", "no-such-file"), 3, "no such file"),
    (("import", "a=" + "x" * 5000), 3, "the line, line 1: this is not TOML"),
    (("import", "a\x00="), 3, "this is not TOML"),
    (("import", "x = 1"), 2, "tables [profiles.NAME] were expected"),
    (("import", "profiles.a = 1"), 2, "line 1: profiles.a: a table was expected"),
    (("import", "schema = 9\nprofiles.a = {}"), 2, 'the line: schema "9" is newer'),
    (("import", "profiles.a = {}\nprofiles.b = { gpus = [{ memory = 1 }] }"), 2, "line 2: profiles.b: gpus"),
    (("export", "box", "/no/such/folder/file"), 3, "cannot be saved: no such file"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code", "said"), BAD, ids=[f"{w[0]} {w[1][:12]!a} {s}" for w, _, s in BAD])
def test_what_is_off_ends_in_one_sentence_and_changes_nothing(
    folder: Folder, words: tuple[str, ...], code: int, said: str
) -> None:
    folder.holds("[profiles.box]\n")
    answer = profile(*words)
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err
    assert answer.err.rstrip("\n").isprintable()
    assert folder.text == "[profiles.box]\n"


def test_a_machine_nobody_knows_may_have_been_a_profile(folder: Folder) -> None:
    folder.holds("[profiles.workstation]\n")
    assert "Did you mean workstation" in run("estimate", QWEN, "--hardware", "workstatoin").err


def test_shared_profiles_say_where_they_are_from_and_are_not_deleted(folder: Folder) -> None:
    folder.holds('[profiles.lab]\ngpus = ["8x H100 SXM"]\n', "site/llmfit-tui/profiles.d/lab.toml")
    path = str(folder.root / "site/llmfit-tui/profiles.d/lab.toml")
    assert "llmfit-tui" in profile("list").out
    assert profile("show", "lab").out.startswith(f"# {path}\n")
    (row,) = profile("list", "--json").json["profiles"]
    assert (row["path"], row["own"]) == (path, False)
    assert f"comes from {path}, which is not yours" in profile("delete", "lab").err
    assert ask(QWEN, "--hardware", "lab")["hardware"]["name"] == "lab"
    assert profile("save", "lab", "--ram", "1TiB").code == 0
    assert folder.profile("lab").gpus == ("8x H100 SXM",)


def test_what_is_shown_cannot_drive_a_terminal(folder: Folder) -> None:
    folder.holds('[profiles.box]\nnotes = "\\u001b[31m\\u009b\\u202e"\ngpus = ["\\u001b]0;title"]\n')
    for words in (("show", "box"), ("list",), ("export", "box"), ("export", "box", "--line")):
        answer = profile(*words)
        assert answer.out.replace("\n", "").isprintable(), words


def test_a_cluster_keeps_what_connects_its_machines_and_so_has_a_speed(own_home: Path) -> None:
    del own_home
    cluster = ("--hardware", "2x(8x H100 SXM)", "--link", "ndr")
    asked = ("deepseek-v3", "--quant", "FP8", "--engine", "vllm", "--hardware", "cluster")
    assert run("profile", "save", "cluster", *cluster).code == 0
    said = run("estimate", *asked, "--json")
    assert said.estimate["speed"]["decode_tok_s"] > 10
    wrong = run("profile", "save", "one", "--hardware", "2x RTX 3090", "--link", "100 GbE")
    assert (wrong.code, "connects machines" in wrong.err) == (2, True)
    nearest = run("profile", "save", "one", "--hardware", "2x RTX 3090", "--link", "NVLink brige")
    assert (nearest.code, "NVLink bridge" in nearest.err) == (2, True)

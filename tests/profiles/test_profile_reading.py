"""Profiles as their owners write them: read strictly, and told apart from what cannot be read."""

import pytest
from kept import Folder

from llmfit_tui.core.hardware.device import GIB, Backend
from llmfit_tui.core.profiles.profile import OwnGpu, Profile

EVERYTHING = """\
schema = 1

[profiles."the box"]
gpus = [
  "2x RTX 3090",
  { name = "Odd Card", count = 2, memory = "24GiB", bandwidth = "936GB/s", tflops = 71, backend = "cuda" },
]
cpu = "EPYC 9554"
ram = "128GiB"
ram_bandwidth = "400GB/s"
margin = "0"
backend = "cuda"
power_limit_w = 250
nodes = 2
link = "100 GbE"
notes = "in the cellar"
tags = ["home", "quiet"]

[profiles.mac]
gpus = ["M3 Max 40-core 64GB"]
gpu_limit = "56GiB"
"""


def test_a_profile_says_everything_about_a_machine(folder: Folder) -> None:
    found = folder.holds(EVERYTHING).read()
    assert (found.problems, found.warnings) == ((), ())
    assert [kept.profile for kept in found.kept] == [
        Profile(
            name="the box",
            gpus=(
                "2x RTX 3090",
                OwnGpu("Odd Card", 24 * GIB, 936_000_000_000, 71_000_000_000_000, Backend.CUDA, 2),
            ),
            cpu="EPYC 9554",
            ram_bytes=128 * GIB,
            ram_bandwidth=400_000_000_000,
            margin_bytes=0,
            backend=Backend.CUDA,
            power_limit_w=250,
            nodes=2,
            link="100 GbE",
            notes="in the cellar",
            tags=("home", "quiet"),
        ),
        Profile("mac", ("M3 Max 40-core 64GB",), gpu_limit_bytes=56 * GIB),
    ]


WRONG = [
    ('gpus = "RTX 4090"', 'gpus: a list was expected, not "RTX 4090"'),
    ("gpus = [7]", 'gpus 1: a name such as "RTX 4090" or a table was expected, not "7"'),
    ('gpus = ["a", { name = "x" }]', 'gpus 2: memory was expected, such as "24GiB"'),
    ('gpus = [{ memry = "24GiB" }]', 'did you mean memory by "memry"?'),
    ('gpus = [{ memory = "lots" }]', 'gpus 1: memory: a size such as "24GiB" was expected, not "lots"'),
    ('gpus = [{ memory = "-24GiB" }]', 'gpus 1: memory: a size such as "24GiB" was expected, not "-24GiB"'),
    ("gpus = [{ memory = nan }]", 'gpus 1: memory: a size such as "24GiB" was expected, not "nan"'),
    ("gpus = [{ memory = -1 }]", 'gpus 1: memory: a size such as "24GiB" was expected, not "-1"'),
    ('gpus = [{ memory = "0" }]', "gpus 1: memory: a size"),
    (
        'gpus = [{ memory = "24GiB", tflops = nan }]',
        'gpus 1: tflops: a number above 0 was expected, not "nan"',
    ),
    ('gpus = [{ memory = "24GiB", tflops = inf }]', "gpus 1: tflops: a number above 0"),
    ('gpus = [{ memory = "24GiB", tflops = -3 }]', "gpus 1: tflops: a number above 0"),
    ('gpus = [{ memory = "24GiB", tflops = true }]', "gpus 1: tflops: a number above 0"),
    (
        'gpus = [{ memory = "24GiB", bandwidth = "fast" }]',
        'gpus 1: bandwidth: a bandwidth such as "1008GB/s"',
    ),
    ('gpus = [{ memory = "24GiB", count = 0 }]', "gpus 1: count: a whole number from 1 to 64"),
    ('gpus = [{ memory = "24GiB", backend = "cuba" }]', "gpus 1: backend: one of cuda, rocm"),
    ('ram = "9999999999TiB"', "ram: a size"),
    ("ram = 0x" + "f" * 9000, "ram: a size"),
    ('ram_bandwidth = "-4GB/s"', "ram_bandwidth: a bandwidth"),
    ('backend = "CUDA!"', "backend: one of cuda"),
    ("power_limit_w = 0", "power_limit_w: a whole number from 1"),
    ("nodes = true", "nodes: a whole number from 1"),
    ("notes = 1979-05-27", "notes: a text was expected"),
    ("tags = [1]", 'tags 1: a text was expected, not "1"'),
]


@pytest.mark.parametrize(("line", "said"), WRONG, ids=[line[:40] for line, _ in WRONG])
def test_a_wrong_value_is_named_with_file_line_and_key_and_the_others_work(
    folder: Folder, line: str, said: str
) -> None:
    text = f'[profiles.before]\nram = "1GiB"\n\n[profiles.bad]\n# a comment\n{line}\n\n[profiles.after]\n'
    found = folder.holds(text).read()
    assert found.names == ["before", "after"]
    (problem,) = found.problems
    assert problem.startswith(f"{folder.file}, line 6: profiles.bad: ")
    assert said in problem
    assert problem.isprintable()


def test_a_key_nobody_knows_is_told_with_its_nearest_and_stops_nothing(folder: Folder) -> None:
    card = '[[profiles.box.gpus]]\nmemory = "24GiB"\nbandwith = "1GB/s"\n'
    text = f'[profiles.box]\nrams = "64GiB"\n\n{card}\n[future]\n'
    found = folder.holds(text).read()
    assert (found.names, found.problems) == (["box"], ())
    assert found.warnings == (
        f'{folder.file}, line 8: unknown "future", left as it is; did you mean profiles?',
        f'{folder.file}, line 2: profiles.box: unknown key "rams"; did you mean ram?',
        f'{folder.file}, line 6: profiles.box: gpus 1: unknown key "bandwith"; did you mean bandwidth?',
    )


def test_the_line_of_a_key_is_found_in_every_way_of_writing_a_table(folder: Folder) -> None:
    ways = {
        "[profiles]\nother = {}\nbox = { ram = 1 }\n": 3,
        "[profiles]\nother.ram = '1GiB'\nbox.ram = 1\n": 3,
        "profiles.box.ram = 1\n": 1,
        '[profiles."box"]\nnotes = "ram = 2"\n\nram = 1\n': 4,
        "[profiles.other]\nram = '1GiB'\n[profiles.box]\nram = 1\n": 4,
    }
    for text, line in ways.items():
        (problem,) = folder.holds(text).read().problems
        assert f", line {line}: profiles.box: ram:" in problem, text


def test_names_that_cannot_be_names_are_refused_and_shown_escaped(folder: Folder) -> None:
    long = "x" * 500
    text = (
        f'[profiles."\\u001b[31mred"]\n[profiles."{long}"]\n[profiles.""]\n[profiles." a"]\n[profiles.good]\n'
    )
    found = folder.holds(text).read()
    assert found.names == ["good"]
    assert [problem.split(": ", 1)[0].rsplit(" ", 1)[1] for problem in found.problems] == ["1", "2", "3", "4"]
    assert "\\x1b[31mred" in found.problems[0]
    assert "may have 80 characters, not 500" in found.problems[1]
    assert all(problem.isprintable() and len(problem) < 400 for problem in found.problems)


def test_two_profiles_of_one_name_are_told_and_the_first_counts(folder: Folder) -> None:
    found = folder.holds('[profiles.box]\nram = "1GiB"\n[profiles.Box]\nram = "2GiB"\n').read()
    assert folder.profile("BOX").ram_bytes == GIB
    assert found.problems == (f'{folder.file}, line 3: two profiles are called "Box"; the first counts.',)


def test_a_table_that_is_no_toml_leaves_the_others_whole(folder: Folder) -> None:
    text = (
        '[profiles.free]\nnotes = "two cards"\n[[profiles.free.gpus]]\nmemory = "24GiB"\n'
        '[profiles.bad]\nram = \n[profiles.good]\nram = "4GiB"\n'
        '[[profiles.free.gpus]]\nmemory = "12GiB"\n[profiles.good]\nram = "1GiB"\n[[profiles.good.gpus]]\n'
        'memory = "1GiB"\n[profiles.open\nram = "1GiB"\n[profiles.last]\nnotes = "no end\n'
    )
    found = folder.holds(text).read()
    assert found.names == ["free", "good"]
    assert [len(kept.profile.gpus) for kept in found.kept] == [2, 0]
    assert folder.profile("good").ram_bytes == 4 * GIB
    lines = sorted(int(problem.split(", line ")[1].split(":")[0]) for problem in found.problems)
    assert lines == [6, 11, 15, 18]
    assert all("this is not TOML" in problem for problem in found.problems)


def test_a_machine_is_never_read_by_halves(folder: Folder) -> None:
    text = '[profiles.box]\nram = "64GiB"\n[[profiles.box.gpus]]\nmemory = "24GiB\n[profiles.other]\n'
    assert folder.holds(text).read().names == ["other"]


def test_a_file_of_a_newer_program_is_not_guessed_at(folder: Folder) -> None:
    found = folder.holds("schema = 2\n[profiles.box]\n").read()
    assert found.names == []
    assert found.problems == (f'{folder.file}: schema "2" is newer than this program, which reads 1.',)


@pytest.mark.parametrize("schema", ["0", "'one'", "true", "1.0", "0x" + "f" * 9000])
def test_a_schema_that_is_none_is_refused(folder: Folder, schema: str) -> None:
    (problem,) = folder.holds(f"schema = {schema}\n[profiles.box]\n").read().problems
    assert "schema" in problem


def test_files_that_are_no_text_or_far_too_large_are_left_alone(folder: Folder) -> None:
    (problem,) = folder.holds("\udcff\udcfe").read().problems
    assert problem == f"{folder.file}: text in UTF-8 was expected; it was not read."
    (problem,) = folder.holds("# " + "x" * (1 << 20)).read().problems
    assert "at most 1 MiB" in problem


def test_windows_editors_are_welcome(folder: Folder) -> None:
    found = folder.holds('\ufeff[profiles.box]\r\nram = "64GiB"\r\nnodes = 0\r\n').read()
    assert "line 3" in found.problems[0]


def test_an_endless_list_of_faults_is_cut_short(folder: Folder) -> None:
    text = "".join(f"[profiles.p{number}]\nrams = 1\nram = 2\n" for number in range(200))
    found = folder.holds(text).read()
    assert len(found.problems) == 51
    assert found.problems[-1] == f"{folder.file}: 150 more like these."


def test_a_server_s_owner_shares_profiles_and_a_person_s_own_hide_them(folder: Folder) -> None:
    folder.holds('[profiles.box]\nram = "1GiB"\n')
    folder.holds('[profiles.extra]\nram = "2GiB"\n', "own/profiles.d/extra.toml")
    folder.holds('[profiles.Box]\nram = "3GiB"\n[profiles.lab]\nram = "4GiB"\n', "shared/profiles.toml")
    folder.holds('[profiles.farm]\nram = "5GiB"\n', "shared/profiles.d/10-farm.toml")
    folder.holds("this is not read", "shared/profiles.d/README")
    found = folder.read()
    assert (found.problems, found.warnings) == ((), ())
    assert [
        (kept.profile.name, kept.own, str(kept.path.relative_to(folder.root))) for kept in found.kept
    ] == [
        ("box", True, "own/profiles.toml"),
        ("extra", False, "own/profiles.d/extra.toml"),
        ("lab", False, "shared/profiles.toml"),
        ("farm", False, "shared/profiles.d/10-farm.toml"),
    ]

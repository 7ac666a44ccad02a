"""Several programs at one file, and programs that are killed: nothing that was saved is lost."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kept import Folder

SAVER = str(Path(__file__).with_name("saver.py"))
EVENTS = 16
"""More than a save has."""


def saver(folder: Folder, first: int, count: int, *event: str) -> "subprocess.Popen[str]":
    """A program that saves so many profiles."""
    words = [sys.executable, SAVER, str(folder.own), str(first), str(count), *event]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_six_programs_that_save_at_once_lose_nothing(folder: Folder) -> None:
    programs = [saver(folder, number * 10, 3) for number in range(6)]
    for program in programs:
        _, err = program.communicate()
        assert (program.returncode, err) == (0, "")
    found = folder.read()
    assert found.problems == ()
    assert sorted(found.names) == sorted(f"p{number * 10 + n}" for number in range(6) for n in range(3))


def killed_at(folder: Folder, saved: set[str], event: int) -> bool:
    """Save two profiles and die at an event of the second; whether it died. What is saved is added."""
    first = 2 * event
    program = saver(folder, first, 2, str(event))
    out, err = program.communicate()
    assert program.returncode in (0, -9), err
    saved |= set(out.split())
    assert f"p{first}" in saved
    found = folder.read()
    assert found.problems == ()
    assert saved <= set(found.names) <= {*saved, f"p{first + 1}"}
    assert all(kept.profile.ram_bytes for kept in found.kept)
    saved |= set(found.names)  # killed after the file took its place, before it could say so
    return program.returncode != 0


def test_a_program_killed_while_it_saves_loses_nothing_saved_before(folder: Folder) -> None:
    saved: set[str] = set()
    died = [killed_at(folder, saved, event) for event in sorted(random.Random(7).sample(range(10), 4))]
    assert any(died)
    assert saver(folder, 100, 2).communicate()[1] == ""
    assert [path.name for path in folder.own.iterdir() if path.name.endswith(".new")] == []


@pytest.mark.soak
def test_a_program_killed_at_every_step_of_a_save_loses_nothing(folder: Folder) -> None:
    saved: set[str] = set()
    died = [killed_at(folder, saved, event) for event in range(EVENTS)]
    assert died.count(True) >= 8
    assert not died[-1]


@pytest.mark.soak
def test_three_hundred_saves_killed_at_random_moments_lose_nothing(folder: Folder) -> None:
    chance = random.Random(300)
    saved: list[str] = []
    while len(saved) < 300:
        program = saver(folder, len(saved), 300 - len(saved))
        assert program.stdout is not None
        for _ in range(chance.randrange(12)):
            line = program.stdout.readline()
            if line:
                saved.append(line.strip())
        time.sleep(chance.random() * 0.01)
        program.kill()
        saved += program.communicate()[0].split()
        found = folder.read()
        assert found.problems == ()
        assert set(found.names) >= set(saved)
        saved = [f"p{number}" for number in range(len(found.names))]
        assert set(found.names) == set(saved)

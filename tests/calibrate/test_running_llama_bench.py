"""`calibrate --run`: llama-bench from PATH; progress and failures are told, an interruption is harmless."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ggufs import write_model
from scenes import Answer, run

NAME = "LGAI-EXAONE/EXAONE-3.5-7.8B-Instruct"
RESULT: dict[str, Any] = {
    "build_number": 7000,
    "cpu_info": "a CPU",
    "gpu_info": "NVIDIA GeForce RTX 4090",
    "backends": "CUDA",
    "model_type": "exaone 7B Q4_K - Medium",
    "n_gpu_layers": 99,
    "n_prompt": 0,
    "n_gen": 128,
    "n_depth": 0,
    "avg_ts": 118.0,
}


class Box:
    """A configuration with a profile, a model on disk, and a folder that is all of PATH."""

    def __init__(self, folder: Path) -> None:
        self.config = ("--config", str(folder / "config"))
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.model = write_model(folder / "exaone.gguf", NAME)
        assert run(*self.config, "profile", "save", "box", "--hardware", "RTX 4090").code == 0

    def stand_in(self, *lines: str) -> None:
        """A llama-bench of these lines of shell."""
        tool = self.bin / "llama-bench"
        tool.write_text("\n".join(("#!/bin/sh", *lines)) + "\n")
        tool.chmod(0o755)

    def prints(self, **changed: Any) -> str:
        """A line of shell that prints a result."""
        return f"echo '{json.dumps(RESULT | {'model_filename': str(self.model)} | changed)}'"

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.config, "calibrate", "--profile", "box", "--run", str(self.model))

    def kept(self) -> list[dict[str, Any]]:
        return run(*self.config, "calibrate", "--profile", "box", "--list", "--json").json["calibrations"]


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Box:
    made = Box(tmp_path)
    monkeypatch.setenv("PATH", str(made.bin))
    return made


def test_its_result_is_kept_with_the_build_and_its_progress_is_told(box: Box) -> None:
    box.stand_in('echo "llama-bench: benchmark 1/1: starting" >&2', "echo noise >&2", box.prints())
    answer = run(*box.words)
    assert answer.code == 0, answer.err
    assert answer.err.splitlines() == [
        "llama-bench runs; Ctrl-C stops it",
        "llama-bench: benchmark 1/1: starting",
    ]
    (kept,) = box.kept()
    assert (kept["tok_s"], kept["quantization"]) == (118.0, "Q4_K_M")
    assert kept["source"] == "llama-bench b7000, run here"


def test_it_is_given_the_model_and_the_depth(box: Box) -> None:
    box.stand_in('echo "llama-bench: $*" >&2', box.prints(n_depth=4096))
    said = run(*box.words, "--depth", "4096").err
    assert f"-m {box.model}" in said
    assert "-d 4096" in said
    assert [one["depth"] for one in box.kept()] == [4096]


def test_a_build_that_knows_no_progress_is_run_without(box: Box) -> None:
    said = "error: invalid parameter for argument: --progress"
    box.stand_in(f'case "$*" in *--progress*) echo "{said}" >&2; exit 1;; esac', box.prints())
    assert run(*box.words).code == 0
    assert len(box.kept()) == 1


def refused(box: Box, code: int, *said: str) -> Answer:
    answer = run(*box.words)
    assert answer.code == code
    last = answer.err.splitlines()[-1]
    assert all(word in last for word in said), last
    assert box.kept() == []
    return answer


def test_without_it_on_path_that_is_said(box: Box) -> None:
    refused(box, 3, "llama-bench is not on PATH")


def test_an_exit_code_is_told_with_its_last_words(box: Box) -> None:
    box.stand_in('echo "main: error: failed to load model" >&2', "exit 7")
    refused(box, 3, "exit code 7", "failed to load model")


def test_letters_that_drive_a_terminal_do_not_reach_it(box: Box) -> None:
    box.stand_in("printf 'llama-bench: \\033[2J\\n' >&2", "printf '\\033]0;owned\\007\\n' >&2", "exit 1")
    answer = refused(box, 3, "exit code 1")
    assert "\x1b" not in answer.err
    assert "\x07" not in answer.err


def test_one_that_was_killed_is_told(box: Box) -> None:
    box.stand_in("kill -9 $$")
    refused(box, 3, "ended by signal 9")


@pytest.mark.parametrize(
    ("line", "said"), [("echo what", "llama-bench printed"), ("true", "without a result")]
)
def test_what_is_no_result_is_refused(box: Box, line: str, said: str) -> None:
    box.stand_in(line)
    assert said in run(*box.words).err
    assert box.kept() == []


def test_a_result_of_another_machine_is_refused(box: Box) -> None:
    box.stand_in(box.prints(gpu_info="NVIDIA GeForce RTX 3060"))
    refused(box, 2, "RTX 3060", "RTX 4090")
    box.stand_in(box.prints(gpu_info="", backends="CPU"))
    refused(box, 2, "used no GPU")


def test_ctrl_c_ends_it_and_what_it_started_and_keeps_nothing(box: Box) -> None:
    open_in_child = box.bin / "held"
    os.mkfifo(open_in_child)
    box.stand_in(f"/bin/sleep 600 > {open_in_child} &", 'echo "llama-bench: started" >&2', "wait")
    path = Path(box.config[1]) / "profiles.toml"
    before = path.read_bytes()
    words = [sys.executable, "-m", "llmfit_tui", *box.words]
    with (
        subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process,
        open_in_child.open("rb") as held,
    ):
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(2)]
        assert lines == [b"llama-bench runs; Ctrl-C stops it\n", b"llama-bench: started\n"]
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert held.read() == b""
    assert process.returncode == 130
    assert err == b"llama-bench was stopped; nothing was kept\n"
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir() if one.suffix == ".toml"] == ["profiles.toml"]

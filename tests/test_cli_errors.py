"""Errors of the command line: one sentence on stderr, the right exit code, never a traceback."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from llmfit_tui.cli import main
from llmfit_tui.storage import catalogs
from scenes import QWEN, run, spelled

BAD_WORDS: list[tuple[tuple[str, ...], str]] = [
    (("estimate",), "MODEL"),
    (("estimate", ""), "model"),
    (("estimate", "qwen2.5-0.5b-instrct"), "Did you mean Qwen/Qwen2.5-0.5B-Instruct"),
    (("estimate", "qwen instruct"), "more than one model"),
    (("estimate", QWEN, "extra"), "extra"),
    (("estimate", QWEN, "--quant", "Q4_K_X"), "Did you mean Q4_K_S, Q4_K_M or Q4_K_L"),
    (("estimate", QWEN, "--quant", ""), "--quant"),
    (("estimate", QWEN, "--hardware", "RTX 4909"), "Did you mean RTX 4090"),
    (("estimate", QWEN, "--hardware", "H100"), "NVIDIA H100 PCIe 80 GB"),
    (("estimate", QWEN, "--hardware", "RTX 4090", "--vram", "24GiB"), "--vram"),
    (("estimate", QWEN, "--vram", "24GiB,,12GiB"), "--vram"),
    (("estimate", QWEN, "--vram", "0"), "--vram"),
    (("estimate", QWEN, "--vram", "-24GiB"), "--vram"),
    (("estimate", QWEN, "--context", "0"), "--context"),
    (("estimate", QWEN, "--context", "-1"), "--context"),
    (("estimate", QWEN, "--context", "many"), "--context"),
    (("estimate", QWEN, "--context"), "--context"),
    (("estimate", QWEN, "--parallel", "0"), "--parallel"),
    (("estimate", QWEN, "-np", "9", "-c", "8"), "--parallel"),
    (("estimate", QWEN, "--kv-type", "q9_0"), "q8_0"),
    (("estimate", QWEN, "--kv-type", "f16,f16,f16"), "--kv-type"),
    (("estimate", QWEN, "-ts", "1,2"), "--tensor-split"),
    (("estimate", QWEN, "-ngl", "-7"), "--gpu-layers"),
    (("estimate", QWEN, "--engine", "vllm", "--quant", "Q4_K_M"), "does not load Q4_K_M: BF16, FP8"),
    (("estimate", QWEN, "--engine", "trt"), "vllm or mlx was expected"),
    (("estimate", QWEN, "--backend", "metal"), "--backend"),
    (("estimate", QWEN, "--hardware", "M2 Max 38-core 64GB", "--gpu-limit", "65GiB"), "--gpu-limit"),
    (("estimate", QWEN, "--gpu-limit", "8GiB"), "--gpu-limit"),
    (("estimate", QWEN, "--contxt", "8192"), "--contxt"),
    (("estimate", QWEN, "--con", "8192"), "--con"),
    (("estimat", QWEN), "Did you mean estimate"),
    (("advise",), "No command is called"),
    (("--nonsense",), "--nonsense"),
    (("models", "--yaml"), "--yaml"),
]


@pytest.mark.parametrize(("words", "hint"), BAD_WORDS, ids=spelled)
def test_words_that_are_off_end_with_2_and_one_sentence(words: tuple[str, ...], hint: str) -> None:
    answer = run(*words)
    assert (answer.code, answer.out) == (2, "")
    assert hint in answer.err
    assert answer.err.startswith("llmfit-tui: ")
    assert answer.err.endswith(("\n", "?\n"))
    assert answer.err.rstrip("\n").isprintable()
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("text", ["\x1b[31mred", "\x07", "a\nb", "x" * 10_000, "\x9b2J"], ids=ascii)
@pytest.mark.parametrize(
    "place", ["command", "model", "--quant", "--hardware", "--context", "--vram", "--kv-type", "--"]
)
def test_control_characters_never_reach_the_terminal(place: str, text: str) -> None:
    options = {"command": (text,), "model": ("estimate", text), "--": ("estimate", QWEN, f"--{text}")}
    answer = run(*options.get(place, ("estimate", QWEN, place, text)))
    assert answer.code == 2
    assert answer.err.rstrip("\n").isprintable()
    assert answer.err.count("\n") == 1


def test_the_explorer_needs_a_terminal_and_says_so() -> None:
    answer = run()
    assert answer.code == 2
    assert "needs a terminal" in answer.err


def test_only_commands_that_exist_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    listed = [
        line.split()[0] for line in capsys.readouterr().out.splitlines() if re.match(r" {4}[a-z]", line)
    ]
    assert {"estimate", "models", "quants", "hardware"} <= set(listed)
    for name in listed:
        with pytest.raises(SystemExit) as end:
            main([name, "--help"])
        assert end.value.code == 0


def program(*words: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own, its output piped."""
    command = [sys.executable, "-m", "llmfit_tui", *words]
    return subprocess.run(
        command, input=stdin, capture_output=True, check=False, env={**os.environ, **environment}
    )


def test_a_pipe_gets_no_escape_sequences() -> None:
    for words in (("estimate", QWEN), ("hardware", "4090"), ("estimate", QWEN, "--quant", "all")):
        done = program(*words, FORCE_COLOR="", TERM="xterm-256color")
        assert done.returncode == 0
        assert b"\x1b" not in done.stdout
        assert done.stdout.strip()


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell with pipes")
def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f'"{sys.executable}" -m llmfit_tui models --json | head -c 100'
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, env=dict(os.environ), check=False
    )
    assert len(done.stdout) == 100
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_in_one_sentence() -> None:
    command = [sys.executable, "-m", "llmfit_tui", "hardware", "4090"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 3
    assert done.stderr == b"llmfit-tui: the output cannot be written: No space left on device.\n"


def test_the_exit_code_reaches_the_shell() -> None:
    assert program("--version").returncode == 0
    assert program("estimate", "no such model").returncode == 2
    assert program("estimate", "--scenarios", "/no/such/file").returncode == 3


def test_a_catalog_that_cannot_be_read_ends_with_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogs.Catalog, "__init__", object.__init__)  # one that read nothing before
    monkeypatch.setattr(catalogs, "folder", lambda: tmp_path)
    answer = run("models", "--json")
    assert "models.json" in answer.err
    assert answer.code == 3


def test_an_id_that_is_no_text_does_not_stop_the_rest() -> None:
    lines = b'{"id": "\\ud800", "model": "x"}\n{"id": 2, "model": "x"}\n'
    done = program("estimate", "--scenarios", "-", stdin=lines, PYTHONIOENCODING="utf-8")
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0


def test_an_ascii_locale_is_no_reason_for_a_traceback() -> None:
    done = program("hardware", PYTHONIOENCODING="ascii")
    assert b"Traceback" not in done.stderr

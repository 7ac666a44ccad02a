"""`calibrate --ram`: the host's memory is timed when asked, kept as measured, listed and removed."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from llmfit_tui.probes import memory_rate
from llmfit_tui.probes.memory_rate import Timed, read_rate
from scenes import run


def speed(config: tuple[str, str], *more: str) -> float:
    asked = ("estimate", "Llama-3.1-8B-Instruct", "--quant", "Q8_0", "--json", "--gpu-layers", "0")
    return run(*config, *asked, "--hardware", "box", *more).json["estimates"][0]["speed"]["decode_tok_s"]


def test_reading_finds_a_rate_a_memory_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_rate, "LEAST_BYTES", 64 << 20)
    said: list[str] = []
    timed = read_rate(2 << 30, said.append)
    assert 2e8 < timed.bytes_per_s < 2e12
    assert 0 <= timed.below_best < 1
    assert len(said) == memory_rate.ROUNDS + 1


def test_a_small_memory_is_not_filled() -> None:
    assert read_rate(256 << 20, lambda _: None).block_bytes <= 32 << 20


def test_the_rate_is_kept_and_counts_until_it_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def timed(_: object, tell: Any) -> Timed:
        tell("reading, round 1 of 5")
        return Timed(40_000_000_000, 8, 1 << 28, 0.02)

    monkeypatch.setattr(memory_rate, "read_rate", timed)
    config = ("--config", str(tmp_path))
    typed = ("--hardware", "RTX 4090", "--ram", "64GiB", "--ram-bandwidth", "90GB/s")
    assert run(*config, "profile", "save", "box", *typed).code == 0
    before = speed(config)
    calibrate = (*config, "calibrate", "--profile", "box")
    answer = run(*calibrate, "--ram")
    assert (answer.code, answer.err) == (0, "reading, round 1 of 5\n")
    # What is read at 40 GB/s is a bus of 47, not of 90.
    assert speed(config) == pytest.approx(before * 40 / 0.85 / 90, rel=0.05)
    assert speed(config, "--ram-bandwidth", "90GB/s") == before
    listed = run(*calibrate, "--list", "--json").json
    assert listed["ram_bandwidth_bytes_per_s"] == 40_000_000_000
    assert "8 threads" in listed["ram_measured"]["method"]
    kept = tomllib.loads((tmp_path / "profiles.toml").read_text())["profiles"]["box"]
    assert (kept["ram_measured"]["rate"], kept["ram_bandwidth"]) == ("40GB/s", "90GB/s")
    assert run(*calibrate, "--remove", "ram").code == 0
    assert speed(config) == before


def test_memory_shared_with_a_gpu_is_not_timed(tmp_path: Path) -> None:
    config = ("--config", str(tmp_path))
    assert run(*config, "profile", "save", "mac", "--hardware", "M2 Max 38").code == 0
    refused = run(*config, "calibrate", "--profile", "mac", "--ram")
    assert refused.code == 2
    assert "shares its memory" in refused.err

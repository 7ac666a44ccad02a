"""Published measurements: shown where they speak of the very scenario, and pulling where they are near."""

import math
from dataclasses import replace

import pytest

from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.ownrun import OwnRun
from llmfit_tui.core.speed import Basis
from llmfit_tui.core.speed.decode import fastest_possible
from llmfit_tui.core.speed.evidence import Evidence
from scenes import LLAMA_8B, machine, run, scenario, shipped

LLAMA_2 = "meta-llama/Llama-2-7b-chat-hf"


def with_measurements(name: str, type_name: str, on: Machine | str, **settings: int) -> Estimate:
    return estimate(scenario(name, type_name, on, **settings), shipped().evidence)


def alone(name: str, type_name: str, on: Machine | str, **settings: int) -> Estimate:
    return estimate(scenario(name, type_name, on, **settings), shipped().fits_alone)


def test_a_measured_scenario_shows_the_measurement_and_its_source() -> None:
    found = with_measurements(LLAMA_2, "Q4_0", "RTX 5090").speed
    assert found.basis is Basis.MEASURED
    assert 250 < (found.decode_tok_s or 0) < 330
    assert "llama.cpp-scoreboard" in found.source
    assert "github.com/ggml-org/llama.cpp/discussions/15013" in found.source


def test_measurements_that_disagree_are_a_range() -> None:
    found = with_measurements(LLAMA_2, "Q4_0", "Ryzen AI Max+ 395").speed
    assert found.basis is Basis.MEASURED
    assert "more" in found.source
    assert found.decode_low is not None
    assert found.decode_high is not None
    assert found.decode_high / found.decode_low > 1.15


def test_far_from_the_measured_depth_it_is_an_estimate_again() -> None:
    deep = with_measurements(LLAMA_2, "Q4_0", "RTX 5090", context=4096, depth=3500)
    assert deep.speed.basis is not Basis.MEASURED


def test_another_model_on_measured_hardware_is_pulled_towards_what_was_measured() -> None:
    moved = 0
    nemo = "mistralai/Mistral-Nemo-Instruct-2407"
    for place in ("RTX 2080", "RTX 3060 12GB", "M5 Pro", "RTX 4090"):
        found, plain = (ask(nemo, "Q5_K_M", place) for ask in (with_measurements, alone))
        best = fastest_possible(found.placement, found.scenario.machine)
        assert (found.speed.decode_tok_s or 0) <= best
        if found.speed.decode_tok_s != plain.speed.decode_tok_s:
            assert "scaled by" in found.speed.source
            moved += 1
    assert moved >= 2


def test_no_measured_leaves_measurements_out() -> None:
    words = ("estimate", "llama-2-7b-hf", "--quant", "Q4_0", "--hardware", "RTX 5090", "--json")
    speeds = [run(*words, *more).json["estimates"][0]["speed"] for more in ((), ("--no-measured",))]
    assert [speed["basis"] for speed in speeds] == ["measured", "estimated"]
    assert speeds[1]["source"].startswith("bandwidth model")


def test_a_persons_own_runs_scale_estimates_by_most_of_their_error() -> None:
    place = machine("RTX 4090")
    places = (
        place,
        replace(place, own_runs=(OwnRun("mine", "2026-11-25", "another", "Q8_0", 0, 12.0, 10.0),)),
    )
    plain, scaled = (estimate(scenario(LLAMA_8B, "Q4_K_M", on), shipped().evidence).speed for on in places)
    assert scaled.basis is Basis.CALIBRATED
    ratio = (scaled.decode_tok_s or 0) / (plain.decode_tok_s or 1)
    assert ratio == pytest.approx(math.exp(0.7 * math.log(1.2)))
    assert "your own run mine, 2026-11-25" in scaled.source


def test_every_measurement_names_hardware_models_and_types_of_the_catalogs() -> None:
    kept = shipped().measurements
    devices = {device.name: device for device in shipped().devices}
    for one in kept.hardware:
        assert devices[one.device].card == one.card
        assert devices[one.device].bandwidth_bytes_per_s == one.bandwidth_bytes_per_s
    ids = {checkpoint.id for model in shipped().models for checkpoint in model.checkpoints}
    types = {quant.name for quant in shipped().quants}
    for run_ in kept.runs:
        assert run_.model is None or run_.model in ids
        assert run_.type is None or run_.type in types
    assert len(set(kept.rows)) == len(kept.rows) > 2500
    assert all(row.tok_s > 0 and kept.sources[row.source][0] for row in kept.rows)


def test_without_evidence_nothing_is_measured() -> None:
    assert estimate(scenario(LLAMA_2, "Q4_0", "RTX 5090"), Evidence()).speed.basis is not Basis.MEASURED

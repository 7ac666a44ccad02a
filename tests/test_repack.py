"""Weights that the CPU lays out anew: which, how many bytes, and where the screen says so."""

import pytest

from llmfit_tui.core.build import Build
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.hardware.instructions import Instructions
from llmfit_tui.core.log.check import Checked, check
from llmfit_tui.core.log.facts import Part
from llmfit_tui.core.log.read import read_log
from llmfit_tui.core.log.rows import Row, Verdict
from llmfit_tui.core.memory.repack import repacks
from llmfit_tui.core.scenario import Scenario, Settings
from llmfit_tui.format.verdict import repacked_words
from logs import log_text
from scenes import machine, model, quant, rows, shipped

FACTS = rows("memory_logs.jsonl.gz")
AVX2 = Instructions(avx2=True)
AVX512 = Instructions(avx2=True, avx512=True)
PI_5 = Instructions(dot_product=True)
I8MM = Instructions(dot_product=True, int8_matmul=True)


def checked(text: str) -> Checked:
    (load,) = read_log(text)
    return check(load, shipped().models, shipped().quants)


def host_rows(found: Checked) -> dict[Part, Row]:
    return {row.part: row for row in found.rows if row.device == "host"}


def on(name: str, quantization: str, hardware: str, **settings: object) -> Estimate:
    scenario = Scenario(model(name), quant(quantization), machine(hardware), Settings())
    return estimate(scenario.with_settings(**settings))


def test_published_logs_repack_and_map_what_is_predicted() -> None:
    logged = [fact for fact in FACTS if "CPU_REPACK" in fact["weights"]]
    assert len(logged) > 10
    equal = 0
    for fact in logged:
        found = host_rows(checked(log_text(fact)))
        pair = found[Part.WEIGHTS], found[Part.REPACKED]
        assert all(abs(row.error or 0) < 0.002 for row in pair), fact["source"]
        equal += all(row.verdict is Verdict.EQUAL for row in pair)
    assert equal >= len(logged) - 1


def test_the_log_says_which_instructions_count() -> None:
    fact = next(fact for fact in FACTS if fact["weights"].get("CPU_REPACK") == 3204.0)
    line = "system_info: n_threads = 6 / 12 | CPU : SSE3 = 1 | AVX2 = 1 | AVX512 = 1 | REPACK = 1 |\n"
    found = checked(line + log_text(fact))
    assert host_rows(found)[Part.REPACKED].verdict is Verdict.EQUAL
    assert not any("instructions" in note for note in found.notes)


@pytest.mark.parametrize(
    ("kind", "rows_", "cpu", "build", "taken"),
    [
        ("Q4_K", 4096, AVX2, None, True),
        ("Q6_K", 4096, AVX2, None, False),
        ("Q6_K", 4096, I8MM, None, True),
        ("Q6_K", 4096, I8MM, 7343, False),
        ("Q4_K", 4096, I8MM, 7343, True),
        ("Q4_K", 4096, PI_5, 7100, False),
        ("Q2_K", 4096, AVX2, None, False),
        ("Q2_K", 4096, AVX512, None, True),
        ("Q4_K", 4092, AVX2, None, False),
        ("Q8_0", 4092, PI_5, None, True),
        ("Q4_0", 4096, Instructions(), None, False),
        ("F16", 4096, AVX512, None, False),
    ],
)
def test_a_type_is_repacked_by_what_the_cpu_can_do_and_the_build_knows(
    kind: str, rows_: int, cpu: Instructions, build: int | None, taken: bool
) -> None:
    assert repacks(kind, rows_, cpu, Build(build)) is taken


def test_a_tied_embedding_is_held_twice_where_the_cpu_repacks_its_type() -> None:
    plain = on("Qwen2.5-0.5B-Instruct", "Q8_0", "Ryzen 9 7950X").placement
    twice = on("Qwen2.5-0.5B-Instruct", "Q8_0", "Apple M2 Max (CPU)").placement
    embedding = 151_936 * 896 // 32 * 34
    assert twice.host.weights_bytes - plain.host.weights_bytes == embedding
    assert plain.repacked_bytes == 0
    assert on("Qwen2.5-0.5B-Instruct", "Q8_0", "Apple M2 Max (CPU)", repack=False).placement == plain


def test_nothing_is_repacked_beside_a_gpu_that_offers_pinned_memory() -> None:
    found = on("Qwen2.5-7B-Instruct", "Q4_K_M", "RTX 3060 12GB", gpu_layers=10)
    assert found.placement.repacked_bytes == 0
    assert repacked_words(found) == []


def test_repacked_weights_are_named_and_so_is_not_knowing_them() -> None:
    known = on("Qwen2.5-7B-Instruct", "Q4_K_M", "Ryzen 9 7950X")
    assert known.placement.repacked_bytes == pytest.approx(2976.75 * 2**20, abs=2**13)
    assert "2.9 GiB" in repacked_words(known)[0]
    unknown = on("Qwen2.5-7B-Instruct", "Q4_K_M", "Raspberry Pi 5 16 GB")
    assert unknown.placement.repacked_bytes is None
    assert "–" in repacked_words(unknown)[0]


def test_a_board_whose_gpu_no_backend_drives_computes_on_its_cpu() -> None:
    placed = on("Qwen2.5-0.5B-Instruct", "Q8_0", "Raspberry Pi 5 16 GB").placement
    assert placed.gpu_layers == 0
    assert [load.total_bytes for load in placed.gpus] == [0]
    assert (
        placed.host.weights_bytes
        == on("Qwen2.5-0.5B-Instruct", "Q8_0", "Ryzen 9 7950X").placement.host.weights_bytes
    )

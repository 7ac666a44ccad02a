"""The question turned round: hardware for a model, the least of it first, and the step from one's own."""

import csv
import io
from dataclasses import replace
from functools import cache

import pytest

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.formats import runs_format
from llmfit_tui.core.hardware.device import GIB, Backend, DeviceKind
from llmfit_tui.core.hardware.machines import Wishes, machine_of
from llmfit_tui.core.ranking.choice import Wanted
from llmfit_tui.core.ranking.plan import Group, Plan, plan
from llmfit_tui.core.ranking.stepup import StepUp, step_up
from llmfit_tui.core.ranking.wish import Wish, wish_of
from llmfit_tui.core.scenario import Settings
from scenes import LLAMA_8B, LLAMA_70B, QWEN, Answer, hardware, model, run, shipped

CONTEXT = 8192
SOME = shipped().devices[::7]
"""Every kind of hardware; all of them would take seconds."""


def wish(name: str, quant: str | None = None, **wanted: float) -> Wish:
    named = next((one for one in shipped().quants if one.name == quant), None)
    asked = Wanted(**wanted)  # pyright: ignore[reportArgumentType]
    settings = Settings(context=CONTEXT)
    return wish_of(model(name), shipped().quants, settings, shipped().evidence, asked, named)


@cache
def planned(name: str) -> Plan:
    return plan(wish(name), SOME, Wishes())


def stepped(asked: Wish, name: str, ram_bytes: int | None = None) -> StepUp:
    found = hardware(name)
    machine = machine_of(found.name, found.devices, Wishes(ram_bytes))
    return step_up(asked, machine, SOME, Plan(()))


def test_everything_offered_does_what_was_asked_and_everything_else_is_counted() -> None:
    asked = wish(LLAMA_70B)
    found = planned(LLAMA_70B)
    assert found.offers
    assert all(asked.missing(offer.estimate) is None for offer in found.offers)
    alone = sum(offer.count == 1 for offer in found.offers)
    known = [one for one in SOME if one.backends or one.kind is DeviceKind.CPU]
    assert len(known) <= alone + sum(found.left_out.values()) <= len(SOME)


def test_a_group_begins_with_the_least_memory() -> None:
    for group in Group:
        sizes = [offer.estimate.scenario.machine.memory_bytes for offer in planned(LLAMA_70B).of(group)]
        assert sizes == sorted(sizes)


def test_cards_are_put_together_only_where_one_does_not_do_and_no_more_than_needed() -> None:
    asked, found = wish(LLAMA_70B), planned(LLAMA_70B)
    several = found.of(Group.SEVERAL)
    assert several
    for offer in several:
        assert asked.missing(offer.estimate) is None
        fewer = asked.on(machine_of("one", (offer.device,), Wishes()))
        assert asked.missing(fewer) is not None


def test_without_a_wish_for_quality_nothing_worse_than_q4_k_m_is_taken() -> None:
    names = {quant.name for quant in wish(LLAMA_8B).quants}
    assert {"Q4_K_M", "Q8_0"} <= names
    assert not names & {"Q2_K", "IQ2_XS", "Q3_K_S"}


def test_a_named_quantization_is_the_only_one_taken() -> None:
    found = plan(wish(LLAMA_8B, "Q3_K_M"), SOME, Wishes())
    assert {offer.estimate.scenario.quant.name for offer in found.offers} == {"Q3_K_M"}


def test_a_speed_asked_for_is_reached_by_all_that_is_offered() -> None:
    found = plan(wish(LLAMA_8B, min_tok_s=60.0), SOME, Wishes())
    assert found.offers
    assert all((offer.estimate.speed.decode_tok_s or 0) >= 60 for offer in found.offers)


def test_more_host_memory_for_a_cpu_does_not_change_what_a_mac_is() -> None:
    more = plan(wish(LLAMA_70B), SOME, Wishes(ram_bytes=512 * GIB))
    assert more.of(Group.MAC) == planned(LLAMA_70B).of(Group.MAC)
    assert len(more.of(Group.CPU)) >= len(planned(LLAMA_70B).of(Group.CPU))


def test_what_does_it_already_needs_no_step() -> None:
    own = stepped(wish(QWEN), "RTX 4090")
    assert (own.missing, own.steps) == (None, ())


def test_the_step_up_adds_a_card_of_the_same_kind_or_one_beside_it() -> None:
    own = stepped(wish(LLAMA_70B), "RTX 3090")
    assert own.missing is not None
    words = [step.words for step in own.steps]
    assert "one more NVIDIA GeForce RTX 3090" in words
    assert any(one.endswith(" beside it") for one in words)
    asked = wish(LLAMA_70B)
    assert all(asked.missing(step.estimate) is None for step in own.steps)


def test_a_mixture_of_experts_may_only_need_host_memory() -> None:
    own = stepped(wish("openai/gpt-oss-120b"), "RTX 3090", 32 * GIB)
    assert "of host memory" in own.steps[0].words
    bigger = own.steps[0].estimate.scenario.machine
    less = replace(bigger, host_bytes=32 * GIB)
    asked = wish("openai/gpt-oss-120b")
    assert asked.missing(asked.on(less)) is not None


def test_no_card_goes_into_a_mac_or_a_laptop() -> None:
    for name in ("M3 Max (30-core GPU) 36 GB", "RTX 4060 Laptop"):
        own = stepped(wish(LLAMA_70B), name)
        assert not [step for step in own.steps if "more" in step.words or "beside" in step.words]


@pytest.fixture(scope="module")
def answer() -> Answer:
    return run("plan", QWEN, "--min-speed", "50", "--hardware", "RTX 3060 12GB", "--json")


def test_json_names_each_piece_of_hardware_with_its_rating_speed_and_memory(answer: Answer) -> None:
    found = answer.json
    assert (answer.code, found["schema"]) == (0, 1)
    for row in found["hardware"]:
        assert {"name", "kind", "count", "rating", "speed", "memory", "price_usd"} <= set(row)
        assert row["speed"]["decode_tok_s"] >= 50
    assert found["own"]["missing"] is None
    assert found["left_out"]


def test_csv_markdown_and_the_table_hold_the_same_hardware(answer: Answer) -> None:
    names = [row["name"] for row in answer.json["hardware"]]
    asked = ("plan", QWEN, "--min-speed", "50")
    assert [row["hardware"] for row in csv.DictReader(io.StringIO(run(*asked, "--csv").out))] == names
    lines = run(*asked, "--markdown").out.splitlines()[2:]
    assert all(f"| {name} |" in line for name, line in zip(names, lines, strict=True))
    shown = run(*asked, "--top", "2").out
    assert "50 tok/s or more" in shown
    assert names[0] in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--quant", "all"), "--quant"),
        (("--quant", "Q4_K_MM"), "Q4_K_M"),
        (("--context", "fit"), "--context"),
        (("--min-speed", "fast"), "--min-speed"),
        (("--min-agree", "120"), "0 to 100"),
        (("--top", "0"), "--top"),
    ],
)
def test_a_word_that_makes_no_sense_is_refused_in_one_sentence(words: tuple[str, str], said: str) -> None:
    refused = run("plan", QWEN, *words)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err


def test_a_model_nobody_knows_is_answered_with_near_names() -> None:
    refused = run("plan", "Qwen2.5-0.5B-Instrukt")
    assert refused.code == 2
    assert "Qwen2.5-0.5B-Instruct" in refused.err


@pytest.mark.parametrize(("engine", "backend"), [(Engine.VLLM, Backend.CUDA), (Engine.MLX, Backend.METAL)])
def test_a_plan_for_another_engine_has_its_formats_its_hardware_and_its_speeds(
    engine: Engine, backend: Backend
) -> None:
    settings, catalog = Settings(context=CONTEXT, engine=engine), shipped()
    asked = wish_of(
        model("Qwen/Qwen3-32B"), catalog.quants, settings, catalog.evidence, Wanted(), None, catalog.links
    )
    found = plan(asked, SOME, Wishes())
    assert any(offer.estimate.scenario.machine.backend is backend for offer in found.offers)
    assert all(runs_format(engine, offer.estimate.scenario.quant) for offer in found.offers)
    assert all(offer.estimate.speed.decode_tok_s for offer in found.offers)
    assert found.left_out[f"{engine.value} does not run it there"] > 10

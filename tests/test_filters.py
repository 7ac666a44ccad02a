"""Filters as text: what they mean, and what is said of one that cannot be read."""

import contextlib
import random
from collections.abc import Callable
from typing import Any

import pytest

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.filters import hardware, models, quants
from llmfit_tui.core.filters.complete import hint_for, rest_of
from llmfit_tui.core.filters.field import Field
from llmfit_tui.core.filters.grammar import FilterError, parse
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.scenario import Scenario
from scenes import estimated, run, shipped

MEANT: tuple[tuple[str, Callable[[Any], bool]], ...] = (
    ("<15B", lambda m: m.parameters < 15e9),
    ("size>=70B", lambda m: m.parameters >= 70e9),
    ("params > 900M", lambda m: m.parameters > 900e6),
    ("ctx>=128k", lambda m: m.context_max >= 128_000),
    ("ctx<=128k", lambda m: m.context_max <= 131_072),
    ("context=128k", lambda m: 125_000 < m.context_max < 134_000),
    ("license:apache", lambda m: m.license.startswith("apache")),
    ("license:mit,apache", lambda m: "mit" in m.license or "apache" in m.license),
    ("moe", lambda m: m.active_parameters is not None),
    ("-moe", lambda m: m.active_parameters is None),
    ("active<4B moe", lambda m: m.active_parameters is not None and m.active_parameters < 4e9),
    ("vision", lambda m: "vision" in models.words_of(m).lower()),
    ("-vision", lambda m: "vision" not in models.words_of(m).lower()),
    ("released>=2026", lambda m: m.release_date >= "2026"),
    ("by:qwen", lambda m: "Qwen" in m.publisher),
    ("coding>=60", lambda m: "coding" in m.capability and m.capability["coding"].value >= 60),
    ("qwen <8B ctx>=32k", lambda m: m.parameters < 8e9 and m.context_max >= 32_000),
)


def _models(text: str) -> list[Model]:
    asked = parse(text, models.FIELDS)
    return [one for one in shipped().models if asked.passes_facts(one, models.words_of(one).lower())]


def _devices(text: str) -> list[str]:
    asked = parse(text, hardware.FIELDS)
    rows = shipped().devices
    return [one.name for one in rows if asked.passes_facts(one, hardware.words_of(one).lower())]


@pytest.mark.parametrize(("text", "holds"), MEANT)
def test_every_row_that_passes_holds_what_was_asked(text: str, holds: Callable[[Model], bool]) -> None:
    found = _models(text)
    assert 0 < len(found) < len(shipped().models)
    assert all(holds(model) for model in found)


def test_plain_words_match_the_beginnings_of_words_in_any_order() -> None:
    names = [model.name for model in _models("coder qwen2.5")]
    assert names
    assert all("Qwen2.5" in name and "Coder" in name for name in names)
    assert not _models("oder")
    assert _models("qwen2.5:7b") == _models("qwen2.5 7b")


def test_blanks_around_a_sign_and_a_value_in_quotation_marks_change_nothing() -> None:
    assert _models("size < 15b") == _models("size<15b") == _models("<15B")
    assert _models('license:"apache 2.0"') == _models("license:apache-2.0")


def test_what_is_not_known_passes_neither_a_test_nor_its_opposite() -> None:
    unknown = [model for model in shipped().models if model.license is None]
    assert unknown
    for text in ("license:mit", "-license:mit"):
        assert not {model.id for model in unknown} & {model.id for model in _models(text)}


def test_hardware_is_asked_by_memory_bandwidth_vendor_and_power() -> None:
    assert "NVIDIA GeForce RTX 4090" in _devices("nvidia vram>=24")
    assert "NVIDIA GeForce RTX 3060 12 GB" not in _devices("nvidia >=24GB")
    assert all("Apple" in name for name in _devices("vendor:apple bandwidth>=500"))
    assert _devices(">=24GB <100W laptop")


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("ctx>=", 6, "a number such as 128k was expected"),
        ("coder <15B ctx>=many", 17, "a number such as 128k"),
        (">=20", 3, "a number with its unit was expected, such as 7B"),
        ("licnse:mit", 1, 'license was expected, not "licnse"'),
        ("foo>3", 1, "size, ctx"),
        ("license>=mit", 8, "license: was expected"),
        ("license:", 9, "a text was expected behind license:"),
        ("fits>3", 5, '"fits" stands alone'),
    ],
)
def test_what_cannot_be_read_says_where_and_what_was_expected(text: str, at: int, expected: str) -> None:
    with pytest.raises(FilterError) as problem:
        parse(text, models.FIELDS)
    assert str(problem.value).startswith(f"at {at}: ")
    assert expected in str(problem.value)


@pytest.mark.parametrize("fields", [models.FIELDS, quants.FIELDS, hardware.FIELDS])
def test_any_text_is_a_filter_or_a_sentence(fields: tuple[Field, ...]) -> None:
    chance = random.Random(9)
    pieces = [
        *(name for field in fields for name in field.names),
        *"<>=:-\"' .,",
        ">=",
        "15B",
        "128k",
        "é",
        "x",
    ]
    for _ in range(1000):
        text = "".join(chance.choice(pieces) for _ in range(chance.randrange(8)))
        with contextlib.suppress(FilterError):
            parse(text, fields)
        hint_for(text, fields, (), lambda _: ("apache-2.0",))
        rest_of(text, fields, (), lambda _: ("apache-2.0",))


def test_names_begun_are_completed_and_told() -> None:
    def values(_: Field) -> list[str]:
        return ["apache-2.0", "mit"]

    def rest(text: str) -> str:
        return rest_of(text, models.FIELDS, models.WORDS, values)

    assert rest("coder fi") == "ts"
    assert rest("lic") == "ense:"
    assert rest("license:ap") == "ache-2.0"
    assert rest("license:mit,ap") == "ache-2.0"
    assert rest("ct") == "x>="
    assert rest("-vi") == "sion"
    assert rest("gemma") == rest("f") == rest("") == ""
    assert "ctx>=128k" in hint_for("ct", models.FIELDS, models.WORDS, values)
    assert "apache-2.0  mit" in hint_for("license:", models.FIELDS, models.WORDS, values)
    assert hint_for("ctx>=x", models.FIELDS, models.WORDS, values).startswith("at 6: a number")
    assert hint_for("", models.FIELDS, models.WORDS, values).startswith("words, size>=7B")


def test_figures_of_an_estimate_can_be_asked() -> None:
    found = estimated("Qwen/Qwen2.5-7B-Instruct", "Q4_K_M", "RTX 4090")

    def holds(text: str, estimate: Estimate | None) -> bool:
        return parse(text, models.FIELDS).passes_estimate(found.scenario.model, estimate)

    assert holds("fits runs great well usable vram<12GiB speed>20 >=20tok/s file<6GB >=90%", found)
    assert not holds("vram>12", found)
    assert not holds("fits", None)
    assert not holds("-fits", None)
    assert isinstance(found.scenario, Scenario)


def test_the_command_line_takes_the_same_filter() -> None:
    rows = run("models", "qwen", "size<2B", "license:apache", "--json").json["models"]
    assert rows
    assert all(row["parameters"] < 2e9 and row["license"] == "apache-2.0" for row in rows)
    assert all(row["bits_per_weight"] < 4 for row in run("quants", "bits<3", "--json").json["quants"])
    answer = run("hardware", "vram>=lots")
    assert answer.code == 2
    assert 'In "vram>=lots" at 7: a number such as 12GiB was expected.' in answer.err
    assert "depends on model and hardware together" in run("models", "fits").err

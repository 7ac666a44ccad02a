"""The shipped catalogs: readable, unambiguous, and every fact with a source."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from llmfit_tui.core.models.model import Model
from llmfit_tui.core.scenario import architecture
from llmfit_tui.storage import catalogs
from llmfit_tui.storage.catalogs import Catalog, CatalogError

FOLDER = Path(__file__).resolve().parents[1] / "catalogs"
FILES = sorted(path.name for path in FOLDER.glob("*.json"))


def twice(names: list[str]) -> list[str]:
    """Names that occur more than once, upper or lower case."""
    return [name for name, count in Counter(name.lower() for name in names).items() if count > 1]


def strings(value: Any) -> Iterator[str]:
    """Every text of a JSON document, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from strings(inner)


def resolves(source: str, table: Mapping[str, str]) -> bool:
    """A key of the table, `key: detail`, or the source itself in words."""
    head = source.split(": ", 1)[0]
    return source in table or head in table or bool(re.search(r"[ /.@]", source.strip()))


def dates(catalog: Catalog) -> list[str]:
    found = [one.release_date for one in (*catalog.models, *catalog.devices)]
    return [text for text in found if text is not None]


@pytest.mark.parametrize("name", FILES)
def test_a_catalog_is_json_without_control_characters(name: str) -> None:
    document = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    assert [text for text in strings(document) if not text.isprintable()] == []


def test_every_catalog_file_decodes(catalog: Catalog) -> None:
    assert catalog.model_file.schema == catalog.hardware_file.schema == catalog.quant_file.schema == 1
    assert catalog.quality_fit.theta
    assert set(FILES) >= {"models.json", "hardware.json", "quants.json", "quality.json"}


def test_there_are_enough_models_and_devices_to_be_worth_asking(catalog: Catalog) -> None:
    assert len(catalog.models) >= 400
    assert sum(1 for device in catalog.devices if device.memory_bytes) >= 550
    assert len(catalog.quants) >= 90


def test_no_two_checkpoints_answer_to_one_name(catalog: Catalog) -> None:
    names = [
        name
        for one in catalog.models
        for checkpoint in one.checkpoints
        for name in {checkpoint.id.lower(), *(alias.lower() for alias in checkpoint.aliases)}
    ]
    assert twice(names) == []


def test_model_names_are_unique(catalog: Catalog) -> None:
    assert twice([one.name for one in catalog.models]) == []


def test_the_first_checkpoint_is_the_model(catalog: Catalog) -> None:
    assert [one.id for one in catalog.models if one.checkpoints[0].id != one.id] == []


def test_quantization_names_are_unique(catalog: Catalog) -> None:
    assert twice([name for one in catalog.quants for name in {one.name, *one.aliases}]) == []


def test_device_and_system_names_are_unique(catalog: Catalog) -> None:
    assert twice([one.name for one in (*catalog.devices, *catalog.systems)]) == []


@pytest.mark.parametrize(
    "name",
    [
        "models",
        "quants",
        pytest.param("devices"),
    ],
)
def test_every_source_resolves(catalog: Catalog, name: str) -> None:
    files = {"models": catalog.model_file, "devices": catalog.hardware_file, "quants": catalog.quant_file}
    table = files[name].sources
    loose = [
        (one.name, field, source)
        for one in getattr(catalog, name)
        for field, source in one.sources.items()
        if not resolves(source, table)
    ]
    assert loose == []


def test_every_model_says_where_its_shape_and_its_size_come_from(catalog: Catalog) -> None:
    fields = ("config", "parameters", "checkpoint_parameters", "context_max", "license", "release_date")
    unsourced = [
        (one.id, field)
        for one in catalog.models
        for field in fields
        if getattr(one, field) is not None and field not in one.sources
    ]
    assert unsourced == []


def test_every_device_and_system_says_where_its_figures_come_from(catalog: Catalog) -> None:
    assert [device.name for device in catalog.devices if not device.sources] == []
    assert [system.name for system in catalog.systems if not system.source] == []


def test_every_model_has_a_shape_that_can_be_read(catalog: Catalog) -> None:
    for one in catalog.models:
        shape = architecture(one)
        assert len(shape.kinds) == len(shape.key_widths) == len(shape.value_widths) == shape.layers, one.id
        assert min(shape.layers, shape.hidden, shape.vocabulary) > 0, one.id
        assert shape.experts_used <= shape.experts, one.id


def test_embeddings_and_experts_are_no_more_than_the_whole_model(catalog: Catalog) -> None:
    def overfull(one: Model) -> bool:
        shape = architecture(one)
        parts = shape.embedding_parameters + shape.expert_parameters
        return one.parameters is not None and parts > one.parameters

    assert [one.id for one in catalog.models if overfull(one)] == []


def test_active_parameters_are_fewer_than_all_of_them(catalog: Catalog) -> None:
    known = [one for one in catalog.models if one.active_parameters and one.parameters]
    assert len(known) > 30
    assert [one.id for one in known if (one.active_parameters or 0) > (one.parameters or 0)] == []


def test_release_dates_are_dates(catalog: Catalog) -> None:
    for text in dates(catalog):
        assert re.fullmatch(r"\d{4}(-\d{2}){0,2}", text), text
        date.fromisoformat((text + "-01-01")[:10])


def test_the_sources_page_names_every_catalog() -> None:
    page = FOLDER / "SOURCES.md"
    if not page.exists():
        pytest.skip("catalogs/SOURCES.md is not written yet")
    text = page.read_text(encoding="utf-8")
    assert [name for name in FILES if name not in text] == []


def test_a_broken_catalog_is_reported_with_its_file_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "quants.json").write_text(
        '{"schema": 1, "sources": {}, "quants": [{"name": 5}], "kv_types": []}'
    )
    monkeypatch.setattr(catalogs, "folder", lambda: tmp_path)
    with pytest.raises(CatalogError, match=r"quants\.json.*quants\[0\]\.name"):
        _ = object.__new__(Catalog).quants  # one that has nothing of what was read before
    with pytest.raises(CatalogError, match=r"models\.json"):
        _ = object.__new__(Catalog).models

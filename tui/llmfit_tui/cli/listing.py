"""`llmfit-tui models | quants | hardware [TEXT]`: list a catalog."""

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from llmfit_tui.cli.filters import asked_of
from llmfit_tui.cli.model_source import read_own
from llmfit_tui.cli.tables import print_table
from llmfit_tui.core.errors import BadValue, printable
from llmfit_tui.core.filters.grammar import Filter
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.repositories import repository_name
from llmfit_tui.core.names import words
from llmfit_tui.format.document import SCHEMA, Document, device_document, model_document, quant_document
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.model_table import model_toml
from llmfit_tui.storage.places import places

SHORT = {
    "models": ("id", "parameters", "active_parameters", "context_max", "license", "release_date", "trust"),
    "quants": ("name", "format", "bits_per_weight", "imatrix", "summary"),
    "files": ("name", "kind", "quantization"),
    "hardware": ("name", "kind", "memory_bytes", "bandwidth_bytes_per_s", "release_date", "verified"),
}
"""What of each list a page has room for."""


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the three commands."""
    for name, run, help_text in (
        ("models", _models, "list models"),
        ("quants", _quants, "list quantizations"),
        ("hardware", _hardware, "list hardware, one row per memory option"),
    ):
        parser = add_parser(name, help=help_text, allow_abbrev=False)
        parser.add_argument("text", nargs="*", metavar="TEXT", help="words a row must contain")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--csv", action="store_true", help="print CSV")
        parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
        if name == "models":
            parser.add_argument("--local", action="store_true", help="those on this machine instead")
            parser.add_argument(
                "--repo", metavar="ORG/NAME", help="the GGUF files of a repository, asked now"
            )
            parser.add_argument("--toml", action="store_true", help="print entries for models.toml")
        parser.set_defaults(run=run)


def _models(parsed: argparse.Namespace) -> int:
    from llmfit_tui.format import listings

    if parsed.local:
        return _local_models(parsed)
    if parsed.repo is not None:
        return _repository(parsed)
    own = read_own(places(parsed.config))
    models = [*own, *(model for model in Catalog().models if model.id not in {one.id for one in own})]
    if parsed.toml:
        return _entries(parsed, models)
    from llmfit_tui.core.filters.models import FIELDS, words_of

    asked = asked_of(parsed.text, FIELDS)
    documents = [{**model_document(model), "own": model in own} for model in models]
    return _print(
        parsed, "models", _passing(asked, models, map(words_of, models), documents), listings.models
    )


def _entries(parsed: argparse.Namespace, models: Sequence[Model]) -> int:
    """The models that match, as entries of models.toml: to keep, to change, to hand on."""
    asked = words(" ".join(parsed.text))
    if not asked:
        raise BadValue(
            "--toml: words that the models contain were expected, such as models --toml qwen3-32b."
        )
    for model in models:
        names = (model.id, model.name, *(one.id for one in model.checkpoints), model.publisher, model.family)
        if _holds(asked, names):
            print(model_toml(model))
    return 0


def _local_models(parsed: argparse.Namespace) -> int:
    from llmfit_tui.format.local import local_document, local_table
    from llmfit_tui.storage.home import this_home
    from llmfit_tui.storage.local_open import all_local

    documents = [
        local_document(
            opened.model,
            name=printable(opened.found.name),
            store=opened.found.store,
            path=str(opened.found.path),
            projector=str(opened.found.projector) if opened.found.projector else None,
            file_bytes=opened.found.bytes,
            problem=opened.problem or None,
        )
        for opened in all_local(this_home(), Catalog())
    ]
    fields = ("name", "store", "family")
    return _print(parsed, "models", _with_words(parsed, documents, fields), local_table)


def _repository(parsed: argparse.Namespace) -> int:
    """The files of a repository; their headers are not read."""
    from llmfit_tui.format.local import published_document, published_table
    from llmfit_tui.storage.repository import Hub

    repository = Hub().repository(repository_name(parsed.repo).id)
    documents = [published_document(file) for file in repository.ggufs]
    return _print(parsed, "files", _with_words(parsed, documents, SHORT["files"]), published_table)


def _quants(parsed: argparse.Namespace) -> int:
    from llmfit_tui.core.filters.quants import FACTS, FIELDS, words_of
    from llmfit_tui.format import listings

    quants = Catalog().quants
    asked = asked_of(parsed.text, FIELDS, FACTS)
    found = _passing(asked, quants, map(words_of, quants), [quant_document(one) for one in quants])
    return _print(parsed, "quants", found, listings.quants)


def _hardware(parsed: argparse.Namespace) -> int:
    from llmfit_tui.core.filters.hardware import FIELDS, words_of
    from llmfit_tui.format import listings

    devices = Catalog().devices
    asked = asked_of(parsed.text, FIELDS)
    found = _passing(asked, devices, map(words_of, devices), [device_document(one) for one in devices])
    return _print(parsed, "hardware", found, listings.hardware)


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows that were asked for, and the columns that rows of their kind have."""

    rows: list[Document]
    columns: tuple[str, ...]


def _passing(
    asked: Filter, things: Iterable[object], texts: Iterable[str], documents: Sequence[Document]
) -> _Found:
    """Of the rows of things those that pass the filter."""
    rows = zip(things, texts, documents, strict=True)
    found = [document for thing, text, document in rows if asked.passes_facts(thing, text.lower())]
    return _Found(found, tuple(documents[0]))


def _with_words(parsed: argparse.Namespace, documents: Sequence[Document], fields: Sequence[str]) -> _Found:
    """Rows that contain every word asked for in some of their fields."""
    asked = words(" ".join(parsed.text))
    found = [document for document in documents if _holds(asked, (document[field] for field in fields))]
    return _Found(found, tuple(documents[0]) if documents else tuple(fields))


def _print(
    parsed: argparse.Namespace, title: str, found: _Found, table: Callable[[Sequence[Document]], None]
) -> int:
    if parsed.json:
        print(json.dumps({"schema": SCHEMA, title: found.rows}, ensure_ascii=False))
    elif parsed.csv or parsed.markdown:
        print_table(parsed, found.rows, found.columns, SHORT[title])
    else:
        table(found.rows)
    return 0


def _holds(asked: Sequence[str], values: Iterable[Any]) -> bool:
    """Every word asked for begins some word of the row."""
    if not asked:
        return True
    text = " ".join(" ".join(value) if isinstance(value, list) else str(value) for value in values)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    own = words(text)
    return all(any(word.startswith(one) for word in own) for one in asked)

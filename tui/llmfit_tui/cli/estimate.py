"""`llmfit-tui estimate`: one model, or many scenarios from JSON lines."""

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from llmfit_tui.cli.files import UnreadableError
from llmfit_tui.cli.model_source import named_model, read_own
from llmfit_tui.cli.options import OPTIONS, Option, read_all
from llmfit_tui.cli.options import add_to as add_options
from llmfit_tui.cli.profile import read_warned
from llmfit_tui.cli.resolve import Resolver
from llmfit_tui.core.answers.advice import changes
from llmfit_tui.core.answers.limits import limits_of
from llmfit_tui.core.answers.recommend import recommended
from llmfit_tui.core.errors import BadValue, LlmfitError, printable, quoted
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.format.document import SCHEMA, Document, estimate_document
from llmfit_tui.format.quantization import tensors_document
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.own_models import keep_model
from llmfit_tui.storage.places import places
from llmfit_tui.storage.remembered import read_remembered

RIVALS = {"kv_type": ("kv_type_k", "kv_type_v"), "hardware": ("vram",), "vram": ("hardware",)}


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_parser(
        "estimate", help="one model, one or all quantizations, one hardware", allow_abbrev=False
    )
    parser.add_argument("model", nargs="?", metavar="MODEL", help="id, alias, unique name, or a path")
    parser.add_argument("--repo", metavar="ORG/NAME", help="a repository of the Hugging Face Hub, asked now")
    parser.add_argument("--keep", action="store_true", help="keep MODEL among your own, in models.toml")
    parser.add_argument("--scenarios", metavar="FILE", help="JSON lines in (- for stdin), JSON lines out")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--tensors", action="store_true", help="list the type of every tensor, and why")
    parser.add_argument("--check", action="store_true", help="exit 1 when it does not fit")
    add_options(parser)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Run the command; returns the exit code."""
    given = {option.key: getattr(parsed, option.key) for option in OPTIONS}
    options = read_all(given, _flag)
    where = places(parsed.config)
    resolver = Resolver(Catalog(), read_warned(where), read_remembered(where).profile, own=read_own(where))
    if parsed.scenarios is not None:
        if parsed.model is not None or parsed.repo is not None:
            raise BadValue("MODEL and --scenarios exclude each other: each line names its own model.")
        return _stream(parsed.scenarios, options, resolver)
    model = named_model(parsed)
    estimates = resolver.estimates(model, options)
    if parsed.keep:
        path = keep_model(where, estimates[0].scenario.model)
        print(f"llmfit-tui: {estimates[0].scenario.model.id} is kept in {path}", file=sys.stderr)
    if parsed.json:
        documents = _documents(estimates, resolver.catalog)
        if parsed.tensors:
            for document, found in zip(documents, estimates, strict=True):
                document["quantization"]["tensors"] = tensors_document(found)
        print(json.dumps({"schema": SCHEMA, "estimates": documents}, ensure_ascii=False, allow_nan=False))
    else:
        _print(estimates, parsed.tensors, resolver.catalog)
    return 1 if parsed.check and not any(found.rating.level for found in estimates) else 0


def _flag(option: Option) -> str:
    return option.flags[0]


def _documents(estimates: tuple[Estimate, ...], catalog: Catalog) -> list[Document]:
    """One estimate comes with what would help it; of many, each with its own limits."""
    if len(estimates) != 1:
        return [estimate_document(found, limits_of(found)) for found in estimates]
    (found,) = estimates
    helping = changes(found, catalog.quants, catalog.devices)
    best = recommended(found.scenario, catalog.quants, found.evidence)
    return [estimate_document(found, limits_of(found, anywhere=True), helping, best)]


def _print(estimates: tuple[Estimate, ...], tensors: bool, catalog: Catalog) -> None:
    from llmfit_tui.format.report import print_all, print_one, print_tensors

    if len(estimates) == 1:
        print_one(
            estimates[0], limits_of(estimates[0]), changes(estimates[0], catalog.quants, catalog.devices)
        )
    else:
        print_all(estimates)
    if tensors:
        for found in estimates:
            print_tensors(found)


def _stream(source: str, defaults: dict[str, Any], resolver: Resolver) -> int:
    """JSON lines in, JSON lines out, in the same order."""
    for number, line in enumerate(_lines(source), start=1):
        if not line.strip():
            continue
        for document in _answers(line, number, defaults, resolver):
            sys.stdout.write(json.dumps(document, allow_nan=False) + "\n")
        if source == "-":
            sys.stdout.flush()
    return 0


def _answers(line: str, number: int, defaults: dict[str, Any], resolver: Resolver) -> Iterator[Document]:
    name: Any = None
    try:
        row = _row(line)
        name = row.pop("id", None)
        model = row.pop("model", None)
        if not isinstance(model, str):
            raise BadValue('"model" was expected: an id, alias or unique name.')
        own = read_all(row, lambda option: f'"{option.key}"')
        for found in resolver.estimates(model, _over(defaults, own)):
            document = estimate_document(found, limits_of(found))
            yield {"id": name, **document} if name is not None else document
    except LlmfitError as problem:
        yield {"error": str(problem), "line": number, "id": name}


def _over(defaults: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A line's options over the defaults, and over defaults that say the same thing in other words."""
    beaten = {rival for key in own for rival in RIVALS.get(key, ())}
    return {**{key: value for key, value in defaults.items() if key not in beaten}, **own}


def _row(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as problem:
        raise BadValue(f"A JSON object was expected: {printable(str(problem))}.") from problem
    if not isinstance(row, dict):
        raise BadValue(f"A JSON object was expected, not {quoted(line.strip())}.")
    return cast("dict[str, Any]", row)


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not a number here")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse_constant(text)


def _lines(source: str) -> Iterable[str]:
    if source == "-":
        yield from sys.stdin
        return
    try:
        with Path(source).open(encoding="utf-8", errors="replace") as lines:
            yield from lines
    except OSError as problem:
        reason = (problem.strerror or "unreadable").lower()
        raise UnreadableError(f"{quoted(source)} cannot be read: {reason}.") from problem

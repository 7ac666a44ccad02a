"""`llmfit-tui estimate`: one model, or many scenarios from JSON lines."""

import argparse
import json
import sys
from collections.abc import Callable

from llmfit_tui.cli.model_source import named_model
from llmfit_tui.cli.opening import opened
from llmfit_tui.cli.options import add_to as add_options
from llmfit_tui.cli.options import read_typed
from llmfit_tui.cli.tables import print_table
from llmfit_tui.core.answers.advice import changes
from llmfit_tui.core.answers.limits import limits_of
from llmfit_tui.core.answers.recommend import recommended
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.format.document import SCHEMA, Document, estimate_document
from llmfit_tui.format.quantization import tensors_document
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.own_models import keep_model
from llmfit_tui.storage.places import places


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_parser(
        "estimate", help="one model, one or all quantizations, one hardware", allow_abbrev=False
    )
    parser.add_argument("model", nargs="?", metavar="MODEL", help="id, alias, unique name, or a path")
    parser.add_argument("--repo", metavar="ORG/NAME", help="a repository of the Hugging Face Hub, asked now")
    parser.add_argument("--keep", action="store_true", help="keep MODEL among your own, in models.toml")
    parser.add_argument("--scenarios", metavar="FILE", help="JSON lines in (- for stdin), JSON lines out")
    parser.add_argument("--jobs", metavar="N", help="processes for --scenarios (default: all cores)")
    parser.add_argument("--progress", action="store_true", help="say on stderr how far --scenarios is")
    parser.add_argument("--parquet", metavar="FILE", help="write --scenarios into a Parquet file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--csv", action="store_true", help="print CSV, one line for each estimate")
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    parser.add_argument("--tensors", action="store_true", help="list the type of every tensor, and why")
    parser.add_argument("--check", action="store_true", help="exit 1 when it does not fit")
    add_options(parser)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Run the command; returns the exit code."""
    options = read_typed(parsed)
    resolver = opened(parsed.config)
    if parsed.scenarios is not None:
        if parsed.model is not None or parsed.repo is not None:
            raise BadValue("MODEL and --scenarios exclude each other: each line names its own model.")
        from llmfit_tui.cli.scenarios import stream

        return stream(parsed, options, resolver)
    model = named_model(parsed)
    estimates = resolver.estimates(model, options)
    if parsed.keep:
        path = keep_model(places(parsed.config), estimates[0].scenario.model)
        print(f"llmfit-tui: {estimates[0].scenario.model.id} is kept in {path}", file=sys.stderr)
    if parsed.json:
        documents = _documents(estimates, resolver.catalog)
        if parsed.tensors:
            for document, found in zip(documents, estimates, strict=True):
                document["quantization"]["tensors"] = tensors_document(found)
        print(json.dumps({"schema": SCHEMA, "estimates": documents}, ensure_ascii=False, allow_nan=False))
    elif parsed.csv or parsed.markdown:
        print_table(parsed, _documents(estimates, resolver.catalog))
    else:
        _print(estimates, parsed.tensors, resolver.catalog)
    return 1 if parsed.check and not any(found.rating.level for found in estimates) else 0


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

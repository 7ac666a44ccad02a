"""`llmfit-tui rank`: every catalog model on one hardware, best first."""

import argparse
from collections.abc import Callable
from typing import Any

from llmfit_tui.cli.options import OPTIONS, read_typed
from llmfit_tui.cli.options import add_to as add_options
from llmfit_tui.cli.resolve import Resolver
from llmfit_tui.cli.tables import print_in_form
from llmfit_tui.cli.wanted import number, parameters, rows
from llmfit_tui.cli.warned import read_warned
from llmfit_tui.core.engines.where import refused_on
from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.ranking.choice import Wanted
from llmfit_tui.core.ranking.rank import USES, rank
from llmfit_tui.core.sizes import token_count
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import places
from llmfit_tui.storage.remembered import read_remembered

NOT_HERE = frozenset({"quant", "gpu_layers", "n_cpu_moe", "tensor_split", "variant"})
"""Options that only one model or one quantization can have."""
SHOWN = 20


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_parser("rank", help="every catalog model on one hardware, best first", allow_abbrev=False)
    wish = parser.add_argument_group("what is wanted")
    wish.add_argument("--for", dest="use", metavar="USE", default="general", help=", ".join(USES))
    wish.add_argument("--min-speed", metavar="TOK/S", help="decode tokens per second, at least")
    wish.add_argument("--min-context", metavar="N", help="tokens of context, at least")
    wish.add_argument("--min-agree", metavar="PERCENT", help="agreement with the 16-bit model, at least")
    wish.add_argument("--license", metavar="TEXT", help="a licence whose name holds this, such as apache")
    wish.add_argument("--max-params", metavar="N", help="parameters, at most, such as 32B")
    wish.add_argument("--top", metavar="N", help=f"rows to show: a number or all (table: {SHOWN})")
    for form in ("json", "csv", "markdown"):
        parser.add_argument(f"--{form}", action="store_true", help=f"print {form}")
    add_options(parser, {option.key for option in OPTIONS} - NOT_HERE)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Run the command; returns the exit code."""
    options = read_typed(parsed)
    if not isinstance(options.get("context", 0), int):
        raise BadValue(f"--context: a number was expected here, not {quoted(options['context'])}.")
    wanted, most = _wanted(parsed), rows(parsed.top)
    where = places(parsed.config)
    catalog = Catalog()
    resolver = Resolver(catalog, read_warned(where), read_remembered(where).profile)
    machine, settings = resolver.setting(options)
    if refused := refused_on(machine, settings.engine):
        raise BadValue(refused)
    ranking = rank(catalog.models, catalog.quants, machine, settings, resolver.evidence(options), wanted)
    _print(parsed, ranking, wanted.use, machine.name, most)
    return 0


def _print(parsed: argparse.Namespace, ranking: Any, use: str, machine: str, most: int | None) -> None:
    from dataclasses import replace

    from llmfit_tui.format import ranking as shown

    cut = replace(ranking, rows=ranking.rows[:most])
    print_in_form(
        parsed,
        lambda: shown.as_json(cut, use),
        lambda: shown.as_csv(cut),
        lambda: shown.as_markdown(cut),
        lambda: shown.print_ranking(ranking, use, machine, SHOWN if parsed.top is None else most),
    )


def _wanted(parsed: argparse.Namespace) -> Wanted:
    use = parsed.use.strip().lower()
    if use not in USES:
        raise BadValue(f"--for: one of {', '.join(USES)} was expected, not {quoted(parsed.use)}.")
    return Wanted(
        use=use,
        min_tok_s=number(parsed.min_speed, "--min-speed", 1e6),
        min_context=token_count(parsed.min_context, "--min-context") if parsed.min_context else None,
        min_agree_percent=number(parsed.min_agree, "--min-agree", 100.0),
        license=parsed.license,
        max_parameters=parameters(parsed.max_params, "--max-params"),
    )

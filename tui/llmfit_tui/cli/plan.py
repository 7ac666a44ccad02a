"""`llmfit-tui plan`: what hardware runs a model at this context and speed."""

import argparse
from collections.abc import Callable
from typing import Any

from llmfit_tui.cli import fleet
from llmfit_tui.cli.model_source import named_model
from llmfit_tui.cli.opening import opened
from llmfit_tui.cli.options import OPTIONS, read_typed
from llmfit_tui.cli.options import add_to as add_options
from llmfit_tui.cli.tables import in_json, print_in_form
from llmfit_tui.cli.wanted import number, rows
from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.hardware.machines import Wishes
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.stored import quant_of
from llmfit_tui.core.names import find_quant
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.ranking.choice import Wanted
from llmfit_tui.core.ranking.plan import plan
from llmfit_tui.core.ranking.stepup import step_up
from llmfit_tui.core.ranking.wish import wish_of
from llmfit_tui.core.scenario import default_context
from llmfit_tui.storage.catalogs import Catalog

NOT_HERE = frozenset({"gpu_layers", "n_cpu_moe", "tensor_split", "gpu_limit", "vram"})
"""Options that only one machine can have."""
SHOWN = 4


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_parser(
        "plan",
        help="what hardware runs a model at this context and speed",
        description="What hardware runs MODEL. --hardware names what you have: the smallest steps from there "
        "are shown. --mine: which of your own machines runs it. --context max is the model's own length.",
        allow_abbrev=False,
    )
    parser.add_argument("model", nargs="?", metavar="MODEL", help="id, alias, unique name, or a path")
    parser.add_argument("--repo", metavar="ORG/NAME", help="a repository of the Hugging Face Hub, asked now")
    wish = parser.add_argument_group("what is wanted")
    wish.add_argument("--min-speed", metavar="TOK/S", help="decode tokens per second (default: usable, 5)")
    wish.add_argument(
        "--min-agree", metavar="PERCENT", help="agreement with the 16-bit model (default: as Q4_K_M)"
    )
    wish.add_argument("--top", metavar="N", help=f"rows of each group: a number or all (table: {SHOWN})")
    wish.add_argument("--mine", action="store_true", help="on this machine and your profiles, all rated")
    for form in ("json", "csv", "markdown"):
        parser.add_argument(f"--{form}", action="store_true", help=f"print {form}")
    add_options(parser, {option.key for option in OPTIONS} - NOT_HERE)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Run the command; returns the exit code: 1 where nothing does it."""
    options = read_typed(parsed)
    most = rows(parsed.top)
    wanted = Wanted(
        min_tok_s=number(parsed.min_speed, "--min-speed", 1e6),
        min_agree_percent=number(parsed.min_agree, "--min-agree", 100.0),
    )
    resolver = opened(parsed.config)
    catalog = resolver.catalog
    model = resolver.model(named_model(parsed))
    named = _named(options, model, catalog)
    options["context"] = _context(options, model)
    own_machines = fleet.own_machines(resolver, options) if parsed.mine else []
    if own_machines:
        settings = resolver.setting({**options, "hardware": "cpu"}, model)[1]
        evidence = resolver.evidence(options)
        wish = wish_of(model, catalog.quants, settings, evidence, wanted, named, catalog.links)
        return fleet.run(parsed, wish, own_machines)
    machine, settings = resolver.setting(options, model)
    wish = wish_of(model, catalog.quants, settings, resolver.evidence(options), wanted, named, catalog.links)
    found = plan(wish, catalog.devices, _wishes(options))
    has_own = "hardware" in options or resolver.is_profile(resolver.last_profile)
    own = step_up(wish, machine, catalog.devices, found) if has_own else None
    _print(parsed, (wish, found, own), SHOWN if parsed.top is None else most)
    return 0 if found.offers else 1


def _print(parsed: argparse.Namespace, answer: Any, most: int | None) -> None:
    from llmfit_tui.format import plans as shown

    wish, found, own = answer
    print_in_form(
        parsed,
        lambda: in_json(shown.plan_document(wish, found, own)),
        lambda: shown.as_csv(found),
        lambda: shown.as_markdown(found),
        lambda: shown.print_plan(wish, found, own, most),
    )


def _named(options: dict[str, Any], model: Model, catalog: Catalog) -> Quant | None:
    """The quantization named, or the one that a file has."""
    name = options.pop("quant", None)
    if name is None:
        return quant_of(model, catalog.quants)
    if name.strip().lower() == "all":
        raise BadValue(
            '--quant: one name was expected here, not "all"; without it the best that does is taken.'
        )
    return find_quant(name, catalog.quants)


def _context(options: dict[str, Any], model: Model) -> int:
    asked = options.get("context")
    if asked == "max":
        if model.context_max is None:
            raise BadValue(f"--context max: the context length of {model.id} is not known; give a number.")
        return model.context_max
    if asked is not None and not isinstance(asked, int):
        raise BadValue(f"--context: a number or max was expected here, not {quoted(asked)}.")
    return asked or default_context(model)


def _wishes(options: dict[str, Any]) -> Wishes:
    return Wishes(
        options.get("ram"), options.get("margin"), None, options.get("backend"), options.get("ram_bandwidth")
    )

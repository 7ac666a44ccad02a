"""`llmfit-tui plan MODEL --mine`: where among one's own machines a model runs."""

import argparse
from typing import Any

from llmfit_tui.cli.resolve import Resolver
from llmfit_tui.cli.tables import in_json, print_in_form
from llmfit_tui.cli.this import THIS
from llmfit_tui.core.errors import BadValue, LlmfitError
from llmfit_tui.core.ranking.fleet import Own, fleet
from llmfit_tui.core.ranking.wish import Wish

NONE = (
    "--mine: there is no profile yet, and nothing of this machine is known. "
    "llmfit-tui profile save NAME --hardware H keeps one."
)


def own_machines(resolver: Resolver, options: dict[str, Any]) -> list[Own]:
    """This machine and every profile. Raises BadValue where there is neither."""
    for name in ("hardware", "ram", "ram_bandwidth"):
        if name in options:
            option = name.replace("_", "-")
            raise BadValue(f"--mine takes your machines as they are; --{option} is about one of them.")
    this = _own(resolver, THIS, options)
    profiles = [
        _own(resolver, name, options) for name in (resolver.profiles.names if resolver.profiles else [])
    ]
    known = [this] if this.machine is not None else []
    if not known and not profiles:
        raise BadValue(NONE)
    return [*known, *profiles]


def _own(resolver: Resolver, name: str, options: dict[str, Any]) -> Own:
    try:
        return Own(name, resolver.setting({**options, "hardware": name})[0])
    except LlmfitError as problem:
        return Own(name, None, str(problem))


def run(parsed: argparse.Namespace, wish: Wish, machines: list[Own]) -> int:
    """Print where it runs; returns the exit code: 1 where none of them does it."""
    from llmfit_tui.format import fleet as shown

    places = fleet(wish, machines)
    print_in_form(
        parsed,
        lambda: in_json(shown.fleet_document(wish, places)),
        lambda: shown.as_csv(places),
        lambda: shown.as_markdown(places),
        lambda: shown.print_fleet(wish, places),
    )
    return 0 if any(place.missing is None for place in places) else 1

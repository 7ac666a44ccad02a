"""The catalogs as tables for people, drawn by Rich."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from llmfit_tui.format import amounts

Row = dict[str, Any]
PIPE_WIDTH = 160
"""A pipe has no width; rows stay whole up to here."""


def console() -> Console:
    """A console that folds nothing when its output is read by a program."""
    plain = Console(highlight=False)
    return plain if plain.is_terminal else Console(highlight=False, width=PIPE_WIDTH)


def table(*columns: tuple[str, bool]) -> Table:
    """A table with a header; a column is its title and whether it is numeric."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title, numeric in columns:
        made.add_column(title, justify="right" if numeric else "left", no_wrap=True, overflow="ellipsis")
    return made


def models(rows: Sequence[Row]) -> None:
    """Models by name, size and age."""
    made = table(
        ("model", False),
        ("parameters", True),
        ("active", True),
        ("context", True),
        ("released", False),
        ("licence", False),
    )
    for row in rows:
        about = "~" if row["release_date_approximate"] else ""
        made.add_row(
            row["id"],
            amounts.count(row["parameters"]),
            amounts.count(row["active_parameters"]),
            amounts.tokens(row["context_max"]),
            f"{about}{row['release_date']}" if row["release_date"] else amounts.DASH,
            row["license"] or amounts.DASH,
        )
    print_table(made, len(rows), "models")


def quants(rows: Sequence[Row]) -> None:
    """Quantizations by bits."""
    made = table(
        ("name", False),
        ("format", False),
        ("bits", True),
        ("in a file", True),
        ("imatrix", False),
        ("what it is", False),
    )
    for row in rows:
        made.add_row(
            row["name"],
            row["format"],
            amounts.bits(row["bits_per_weight"]),
            amounts.bits(row["file_bits_per_weight"]),
            row["imatrix"],
            row["summary"],
        )
    print_table(made, len(rows), "quantizations")


def hardware(rows: Sequence[Row]) -> None:
    """Devices by memory and bandwidth."""
    made = table(
        ("hardware", False),
        ("kind", False),
        ("memory", True),
        ("usable", True),
        ("bandwidth", True),
        ("backends", False),
    )
    for row in rows:
        made.add_row(
            row["name"],
            row["kind"],
            amounts.gib(row["memory_bytes"]),
            amounts.gib(row["usable_bytes"] or row["memory_bytes"]),
            amounts.bandwidth(row["bandwidth_bytes_per_s"]),
            ", ".join(row["backends"]) or "none",
        )
    print_table(made, len(rows), "devices")


def profiles(rows: Sequence[Row]) -> None:
    """Profiles with what they are and where they come from."""
    made = table(
        ("profile", False), ("devices", False), ("memory", True), ("host memory", True), ("from", False)
    )
    made.columns[-1].no_wrap, made.columns[-1].overflow = False, "fold"  # a path cut short leads nowhere
    for row in rows:
        names = [device["name"] for device in row["devices"]]
        counted = [
            f"{names.count(name)}x {name}" if names.count(name) > 1 else name for name in dict.fromkeys(names)
        ]
        made.add_row(
            row["name"],
            row["problem"] or " + ".join(counted) or "CPU",
            amounts.gib(row.get("memory_bytes")),
            amounts.gib(row["ram_bytes"]),
            "you" if row["own"] else row["path"],
        )
    print_table(made, len(rows), "profiles")


def print_table(made: Table, rows: int, what: str) -> None:
    """The table, and how many rows it has."""
    if rows:
        console().print(made)
    console().print(f"{rows:,} {what}" if rows else f"No {what} match; fewer words find more.")

"""The notation the tensor tables are written in, and its reader.

A table is words separated by white space:

    file: block: ...            where the tensors that follow are: in the file once, or in which blocks
    attn_q[E,H*D]               a tensor and its shape in ggml's order, ne0 (the row) first
    attn_q.bias[H*D]?qkv_bias   only where the configuration has this trait
    ffn_gate_inp[E,NE]:F16      keeps this type whatever the file type is
    +gqa  +qkv_bias?qkv_bias    the tensors of a shared group

A dimension is a sum of products of symbols and numbers (`2*DI+2*NG*DS+DT`, `ROT/2`). A tensor with a
dimension of 0 does not exist, so a symbol that a model lacks needs no condition. Names are written without
`blk.N.` and without `.weight`; those that carry neither `.weight` nor `.bias` are listed in `BARE`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.shared import GROUPS

Value = int | tuple[int, ...]
"""A symbol's number: one for all blocks, or one for each."""

Factor = tuple[str | int, bool]
"""A symbol or a number, and whether it divides."""

Sum = tuple[tuple[Factor, ...], ...]

BARE = frozenset(["ssm_a", "ssm_d"])
"""Tensors of more than one dimension whose name has no `.weight`: converters keep them in F32."""

_WORD = re.compile(r"([\w.]+)\[([^\]]+)\](?::(\w+))?(?:\?(\w+))?")


@record
class Entry:
    """One line of a table."""

    name: str
    """Without `blk.N.` and `.weight`."""
    shape: tuple[Sum, ...]
    where: str
    """`file`, or the set of blocks that have the tensor."""
    trait: str
    """What the configuration must have; empty: nothing."""
    keeps: str | None
    """A type no file type changes, where the general rules do not say so already."""
    varies: frozenset[str]
    """Symbols of the shape."""


def read_table(text: str) -> tuple[Entry, ...]:
    """The entries of a table, shared groups put in. Raises ValueError at a word it cannot read."""
    where, entries = "file", list[Entry]()
    for word in text.split():
        if word.endswith(":"):
            where = word[:-1]
            continue
        if word.startswith("+"):
            group, _, trait = word[1:].partition("?")
            entries += [_entry(inner, where, trait) for inner in GROUPS[group].split()]
            continue
        entries.append(_entry(word, where, ""))
    return tuple(entries)


def _entry(word: str, where: str, trait: str) -> Entry:
    match = _WORD.fullmatch(word)
    if match is None:
        raise ValueError(f"no tensor: {word}")
    name, dims, keeps, own = match.groups()
    shape = tuple(_sum(dim) for dim in dims.split(","))
    names = {factor for dim in shape for product in dim for factor, _ in product if isinstance(factor, str)}
    return Entry(name, shape, where, own or trait, keeps, frozenset(names))


@lru_cache(maxsize=512)
def _sum(text: str) -> Sum:
    return tuple(_product(term) for term in text.split("+"))


def _product(text: str) -> tuple[Factor, ...]:
    factors: list[Factor] = []
    for part in re.findall(r"[*/]?\w+", text):
        symbol = part.lstrip("*/")
        factors.append((int(symbol) if symbol.isdecimal() else symbol, part[0] == "/"))
    return tuple(factors)


def evaluate(shape: tuple[Sum, ...], symbols: Mapping[str, int]) -> tuple[int, ...]:
    """The dimensions, given the numbers. Raises KeyError for a symbol nobody defined."""
    dims: list[int] = []
    for terms in shape:
        total = 0
        for product in terms:
            n = 1
            for factor, divides in product:
                by = factor if isinstance(factor, int) else symbols[factor]
                n = (n // by if by else 0) if divides else n * by
            total += n
        dims.append(total)
    return tuple(dims)

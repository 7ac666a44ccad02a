"""Bytes brought to a total that is known better than what they were worked out from."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

Value = TypeVar("Value")


def scaled(value: Value, ratio: float) -> Value:
    """Every number times `ratio`, inside tuples and dataclasses too; whole numbers stay whole."""
    found: Any = value
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        found = round(value * ratio)
    elif isinstance(value, float):
        found = value * ratio
    elif isinstance(value, tuple):
        found = tuple(scaled(one, ratio) for one in cast("tuple[Any, ...]", value))
    elif is_dataclass(value) and not isinstance(value, type):
        changes = {one.name: scaled(getattr(value, one.name), ratio) for one in fields(value)}
        found = replace(cast("Any", value), **changes)
    return found

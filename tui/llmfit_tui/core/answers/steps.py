"""Steps a key takes through values: the next of a list, the next context length."""

from collections.abc import Sequence
from typing import TypeVar

LEAST_CONTEXT = 512
MOST_CONTEXT = 1 << 20
Value = TypeVar("Value")


def step_through(values: Sequence[Value], present: Value, direction: int) -> Value:
    """The next value, around at the end; the first where the present one is not among them."""
    if present not in values:
        return values[0]
    return values[(values.index(present) + direction) % len(values)]


def context_step(present: int, own: int | None, direction: int) -> int:
    """Twice or half the context in powers of two, never past the model's own length."""
    most = own or MOST_CONTEXT
    if direction > 0:
        return min(_power_above(present), most)
    return max(_power_below(present), min(LEAST_CONTEXT, most))


def _power_above(number: int) -> int:
    return 1 << number.bit_length()


def _power_below(number: int) -> int:
    return 1 << max((number - 1).bit_length() - 1, 0)

"""Amounts as people type them: memory sizes, token counts and whole numbers."""

import math
import re

from llmfit_tui.core.errors import BadValue, quoted

_UNITS = {
    "": 1,
    "b": 1,
    "k": 1 << 10,
    "kb": 1 << 10,
    "kib": 1 << 10,
    "m": 1 << 20,
    "mb": 1 << 20,
    "mib": 1 << 20,
    "g": 1 << 30,
    "gb": 1 << 30,
    "gib": 1 << 30,
    "t": 1 << 40,
    "tb": 1 << 40,
    "tib": 1 << 40,
}
"""For memory GB and GiB are one: cards are sold that way."""
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)")
_RATE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([mgt])b?/s")
_TOKENS = re.compile(r"([0-9]+(?:\.[0-9]+)?)(k|m)?")
LARGEST = 1 << 60
FEWEST_BYTES = 1 << 20
"""A bare number below this was meant in another unit."""
MOST_TOKENS = 1 << 40


def memory_bytes(text: str, what: str) -> int:
    """Bytes of `24GiB`, `24G`, `24GB` (all the same), `24576MiB` or plain bytes, a MiB or more.

    Raises BadValue.
    """
    match = _SIZE.fullmatch(text.strip().lower())
    unit = _UNITS.get(match.group(2)) if match else None
    if match is None or unit is None:
        raise BadValue(f'{what}: a size such as "24GiB" was expected, not {quoted(text)}.')
    value = float(match.group(1)) * unit
    if not math.isfinite(value) or value > LARGEST:
        raise BadValue(f"{what}: {quoted(text)} is more memory than any machine has.")
    if not match.group(2) and 0 < value < FEWEST_BYTES:
        raise BadValue(f'{what}: {quoted(text)} alone means bytes; "{match.group(1)}GiB" says GiB.')
    return round(value)


def bytes_per_second(text: str, what: str) -> int:
    """Bytes per second of `1008GB/s`, `1.8TB/s` or `936 GB/s` (decimal, as makers print them)."""
    match = _RATE.fullmatch(text.strip().lower())
    value = float(match.group(1)) * {"m": 1e6, "g": 1e9, "t": 1e12}[match.group(2)] if match else 0.0
    if not 0 < value < LARGEST:
        raise BadValue(f'{what}: a bandwidth such as "1008GB/s" was expected, not {quoted(text)}.')
    return round(value)


def token_count(text: str, what: str) -> int:
    """Tokens of `8192`, `32k` (1,024 each) or `1m`; at least 1. Raises BadValue."""
    match = _TOKENS.fullmatch(text.strip().lower().replace(",", "").replace("_", ""))
    if match is None:
        raise BadValue(f"{what}: a number of tokens such as 8192 or 32k was expected, not {quoted(text)}.")
    value = float(match.group(1)) * {"k": 1 << 10, "m": 1 << 20}.get(match.group(2) or "", 1)
    if value != int(value) or value < 1:
        raise BadValue(f"{what}: at least 1 whole token was expected, not {quoted(text)}.")
    if value > MOST_TOKENS:
        raise BadValue(f"{what}: {quoted(text)} is more tokens than can be counted here.")
    return int(value)


def whole_number(text: str, what: str, least: int, most: int = 1 << 31) -> int:
    """A whole number within bounds. Raises BadValue."""
    stripped = text.strip()
    if not re.fullmatch(r"-?[0-9]{1,18}", stripped):
        raise BadValue(f"{what}: a whole number was expected, not {quoted(text)}.")
    value = int(stripped)
    if not least <= value <= most:
        bound = f"at least {least}" if value < least else f"at most {most:,}"
        raise BadValue(f"{what}: {bound} was expected, not {quoted(text)}.")
    return value

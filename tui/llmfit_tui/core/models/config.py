"""Reading a Hugging Face configuration: typed access to keys that may be missing or of another type."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

Config = Mapping[str, Any]


def whole(config: Config, *keys: str) -> int | None:
    """The first of `keys` that holds a whole number of at least 0, else None."""
    for key in keys:
        value = config.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None


def real(config: Config, *keys: str) -> float | None:
    """The first of `keys` that holds a number, else None."""
    for key in keys:
        value = config.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    return None


def flag(config: Config, key: str, default: bool = False) -> bool:
    """A boolean, or `default` where it is missing or null."""
    value = config.get(key)
    return value if isinstance(value, bool) else default


def word(config: Config, key: str) -> str | None:
    """A string, else None."""
    value = config.get(key)
    return value if isinstance(value, str) else None


def items(config: Config, *keys: str) -> list[Any] | None:
    """The first of `keys` that holds a non-empty list, else None."""
    for key in keys:
        value = config.get(key)
        if isinstance(value, Sequence) and not isinstance(value, str) and value:
            return list(cast("Sequence[Any]", value))
    return None


def table(config: Config, key: str) -> Config:
    """A nested table, empty where it is missing."""
    value = config.get(key)
    return cast("Config", value) if isinstance(value, Mapping) else {}


_NESTED = ("text_config", "llm_config", "lm_config", "language_config", "thinker_config")


def language_config(config: Config) -> Config:
    """The part of a configuration that describes the language model, as one flat table.

    Models that also see or hear keep it in a table of its own. Whether embeddings are tied is said by the
    outer one where both speak: it belongs to the class that holds the output matrix.
    """
    for key in _NESTED:
        inner = table(config, key)
        if inner:
            outer = {name: value for name, value in config.items() if name != key}
            tied = {} if outer.get("tie_word_embeddings") is None else outer
            flat = {**outer, **{name: value for name, value in inner.items() if value is not None}}
            if tied:
                flat["tie_word_embeddings"] = tied["tie_word_embeddings"]
            return language_config(flat)
    return config

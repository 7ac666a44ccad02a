"""Settings as a plain table, to be remembered or passed on, and back."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from typing import Any

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.scenario import MOST_SLOTS, Settings

MOST = 1 << 31
_ENGINES = {engine.value: engine for engine in Engine}
_KV_TYPES = {kind.value: kind for kind in KVType}


def table_of_settings(settings: Settings) -> dict[str, Any]:
    """What differs from the defaults, by the names of `Settings`; what no table can hold is left out."""
    plain = Settings()
    table: dict[str, Any] = {}
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if field.name in _READERS and value != getattr(plain, field.name):
            table[field.name] = value.value if isinstance(value, Enum) else value
    return table


def settings_of_table(table: Mapping[str, Any]) -> Settings:
    """Settings of a table; a value that is unknown or not legal is as in the defaults."""
    values = {key: read(table[key]) for key, read in _READERS.items() if key in table}
    settings = Settings(**{key: value for key, value in values.items() if value is not None})  # pyright: ignore[reportArgumentType]
    return settings if settings.parallel <= settings.context else Settings()


def _whole(least: int, most: int = MOST) -> Callable[[Any], int | None]:
    return lambda value: value if type(value) is int and least <= value <= most else None


def _engine(value: Any) -> Engine | None:
    return _ENGINES.get(value) if isinstance(value, str) else None


def _switch(value: Any) -> bool | None:
    return value if type(value) is bool else None


def _kv_type(value: Any) -> KVType | None:
    return _KV_TYPES.get(value) if isinstance(value, str) else None


_READERS: dict[str, Callable[[Any], Any]] = {
    "context": _whole(1),
    "parallel": _whole(1, MOST_SLOTS),
    "unified_kv": _switch,
    "batch": _whole(1),
    "ubatch": _whole(1),
    "swa_full": _switch,
    "kv_type_k": _kv_type,
    "kv_type_v": _kv_type,
    "flash_attention": _switch,
    "outputs_per_batch": _switch,
    "imatrix": _switch,
    "gpu_layers": _whole(0),
    "cpu_moe_layers": _whole(0),
    "kv_offload": _switch,
    "op_offload": _switch,
    "repack": _switch,
    "depth": _whole(0),
    "by_bits": _switch,
    "prompt": _whole(1),
    "engine": _engine,
}

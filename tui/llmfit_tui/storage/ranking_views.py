"""Named views of the ranking, kept in settings.toml as tables `[views.NAME]`.

[views.coding]
use = "coding"
min_tok_s = 20.0
license = "apache"
column = "speed"
"""

import tomllib
from collections.abc import Mapping
from typing import Any, cast

from llmfit_tui.core.ranking.choice import Wanted
from llmfit_tui.core.ranking.rank import USES
from llmfit_tui.core.ranking.view import SORTS, RankingView
from llmfit_tui.storage.places import Places
from llmfit_tui.storage.settings_file import SCHEMA, change_settings
from llmfit_tui.storage.toml_text import read_file

TABLE = "views"
MOST = 1e15
_WANTED = ("use", "min_tok_s", "min_context", "min_agree_percent", "license", "max_parameters")


def read_views(places: Places) -> dict[str, RankingView]:
    """Views by name, as they stand in the file; what cannot be read of one is left at what is usual."""
    try:
        document = tomllib.loads(read_file(places.settings).text)
    except (OSError, UnicodeDecodeError, RecursionError, ValueError):
        return {}
    views = document.get(TABLE)
    if document.get("schema", SCHEMA) != SCHEMA or not isinstance(views, dict):
        return {}
    tables = cast("dict[str, Any]", views)
    return {name: _view(cast("dict[str, Any]", one)) for name, one in tables.items() if isinstance(one, dict)}


def save_view(places: Places, name: str, view: RankingView) -> None:
    """Keep a view under a name, in place of one that has it. Raises SaveError."""
    wanted = view.wanted
    values = {
        **{key: getattr(wanted, key) for key in _WANTED},
        "column": view.column,
        "turned": view.turned or None,
        "filter": view.filter or None,
    }
    kept = {key: value for key, value in values.items() if value is not None}

    def put(document: Any) -> None:
        if not isinstance(document.get(TABLE), dict):
            document[TABLE] = {}
        document[TABLE][name] = kept

    change_settings(places, put)


def delete_view(places: Places, name: str) -> None:
    """Forget a view. Raises SaveError."""

    def drop(document: Any) -> None:
        if isinstance(document.get(TABLE), dict):
            document[TABLE].pop(name, None)

    change_settings(places, drop)


def _view(table: Mapping[str, Any]) -> RankingView:
    use, column, licence, text = (_text(table, key) for key in ("use", "column", "license", "filter"))
    wanted = Wanted(
        use if use in USES else USES[0],
        _number(table, "min_tok_s"),
        _whole(table, "min_context"),
        _number(table, "min_agree_percent"),
        licence or None,
        _whole(table, "max_parameters"),
    )
    return RankingView(wanted, column if column in SORTS else "rank", table.get("turned") is True, text)


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def _number(table: Mapping[str, Any], key: str) -> float | None:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < MOST else None


def _whole(table: Mapping[str, Any], key: str) -> int | None:
    value = _number(table, key)
    return None if value is None else round(value)

"""Keys of a person's own: `[keys]` of settings.toml gives an action of the table another key.

    [keys]
    kv.next = "v"
    tensors = ["w", "f6"]
    quit = ""              # none; Ctrl-C leaves

What cannot be done is told in a sentence, and the key of the table stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import cast

from llmfit_tui.core.errors import BadValue, UnknownName, quoted
from llmfit_tui.core.names import nearest
from llmfit_tui.core.record import record
from llmfit_tui.screens.keys import EXPLORER, VIEWS, Key, together
from llmfit_tui.screens.keys.names import EXPECTED, key_called, shown_key

WHERE = "settings.toml, [keys]"
RESERVED = frozenset({"ctrl+c", "escape"})
"""The way out, whatever else is changed."""
NO_KEY = "no-key"
"""What Textual is told of an action without a key: no terminal sends it."""
NONE_SHOWN = "–"
_PARTNERS: dict[str, tuple[Key, ...]] = {}


@record
class Keymap:
    """The table, with some actions on other keys."""

    changed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Keys as Textual names them, separated by commas, by the id of their row; empty: none."""

    @property
    def bound(self) -> dict[str, str]:
        """As Textual wants to be told."""
        return {id: keys or NO_KEY for id, keys in self.changed.items()}  # noqa: A001

    def keys(self, key: Key) -> str:
        """The keys of a row, separated by commas."""
        return self.changed.get(key.id, key.keys)

    def first(self, key: Key) -> str:
        """A row's first key, as it is shown; empty where it has none."""
        first = self.keys(key).split(",")[0]
        return shown_key(first) if first else ""

    def first_of(self, id: str) -> str:  # noqa: A002
        """The first key of a row by its id, as it is shown."""
        return self.first(_rows()[id])

    def shown(self, key: Key) -> str:
        """The keys of a row and of those told with it; empty for one that is told with another."""
        told = (key, *_partners()[key.id])
        if not key.shown or not any(one.id in self.changed for one in told):
            return key.shown
        return " ".join(filter(None, map(self.first, told))) or NONE_SHOWN


def keymap_of(table: Mapping[str, object]) -> tuple[Keymap, list[str]]:
    """The keys a person asked for, and what of it cannot be done, in a sentence each."""
    problems: list[str] = []
    changed: dict[str, str] = {}
    for id, asked in _flat(table):  # noqa: A001
        try:
            changed[_action(id)] = _keys(id, asked)
        except (BadValue, UnknownName) as problem:
            problems.append(f"{WHERE}: {problem}")
    while clash := _clash(changed):
        id, other, key = clash  # noqa: A001
        del changed[id]
        stays = shown_key(_rows()[id].keys.split(",")[0])
        problems.append(
            f"{WHERE}: {shown_key(key)} for {quoted(id)} is the key of {quoted(other)} "
            f"({_rows()[other].named}), so {stays} stays."
        )
    return Keymap(changed), problems


def _flat(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Names with their points: `kv.next` without quotation marks is a table in TOML."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(cast("dict[str, object]", value), f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _action(id: str) -> str:  # noqa: A002
    if id in _rows():
        return id
    raise UnknownName("action", id, nearest(id, _rows()))


def _keys(id: str, asked: object) -> str:  # noqa: A002
    if asked is False or asked in ("", []):
        return ""
    written = cast("list[object]", asked) if isinstance(asked, list) else [asked]
    if not all(isinstance(one, str) for one in written):
        raise BadValue(f'{quoted(id)}: {EXPECTED}, in quotation marks; "" for none.')
    try:
        keys = list(dict.fromkeys(key_called(one) for one in cast("list[str]", written)))
    except BadValue as problem:
        raise BadValue(f"{quoted(id)}: {problem}.") from None
    taken = next((key for key in keys if key in RESERVED), None)
    if taken:
        raise BadValue(f"{quoted(id)}: {shown_key(taken)} is the way out and cannot mean anything else.")
    return ",".join(keys)


def _clash(changed: Mapping[str, str]) -> tuple[str, str, str] | None:
    """An action that was given a key which another one has at the same place, that one, and the key."""
    keymap = Keymap(changed)
    for rows in together():
        owner: dict[str, str] = {}
        for row in rows:
            for key in filter(None, keymap.keys(row).split(",")):
                other = owner.setdefault(key, row.id)
                if other != row.id and changed.keys() & {other, row.id}:
                    given, kept = (row.id, other) if row.id in changed else (other, row.id)
                    return given, kept, key
    return None


def _rows() -> dict[str, Key]:
    return {key.id: key for table in (EXPLORER, VIEWS) for keys in table.values() for key in keys}


def _partners() -> dict[str, tuple[Key, ...]]:
    """Rows told with each."""
    if not _PARTNERS:
        for table in (EXPLORER, VIEWS):
            for keys in table.values():
                _PARTNERS.update(_told_with(keys))
    return _PARTNERS


def _told_with(keys: Sequence[Key]) -> dict[str, tuple[Key, ...]]:
    told: dict[str, tuple[Key, ...]] = {}
    lead = keys[0].id
    for key in keys:
        told[key.id] = ()
        if key.shown:
            lead = key.id
        else:
            told[lead] = (*told[lead], key)
    return told

"""Changing one profile's table in the text of a file, and nothing else.

A table with a header of its own is cut out, changed by tomlkit (which keeps comments and unknown keys) and
put back; one written in line, or with dotted keys, is changed by tomlkit in the whole document. After every
change the new text is read again and held against the old: what was not meant to change must not have.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from llmfit_tui.core.profiles.read import GPU_KEYS
from llmfit_tui.storage.toml_spans import Span, cut, renamed, runs, spans

PROFILES = "profiles"


class EditError(Exception):
    """The text is not TOML, or would lose something."""


class ProfileText:
    """The text of a file of profiles while it is changed. Raises EditError where it is not TOML."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.document = _loads(text)

    @property
    def tables(self) -> dict[str, Any]:
        """The tables of profiles by name."""
        tables = self.document.get(PROFILES, {})
        return cast("dict[str, Any]", tables) if isinstance(tables, dict) else {}

    def text_of(self, name: str) -> str | None:
        """A profile's tables as they stand, with the comment above them; None where there is none."""
        if name not in self.tables:
            return None
        own = self._spans(name)
        if own:
            return "\n".join(self.text[span.head : span.end] for span in own)
        return _dumps({PROFILES: {name: self.tables[name]}})

    def add(self, name: str, table: Mapping[str, Any]) -> None:
        """A new table below the last profile."""
        self.put(name, _dumps({PROFILES: {name: table}}))

    def put(self, name: str, text: str) -> None:
        """A table's text in place of the one there is, or below the last profile."""
        wanted = _loads(text).get(PROFILES, {}).get(name)
        self._swap(name, text, {**self.tables, name: wanted})

    def remove(self, name: str) -> None:
        """Remove a profile's tables with the comment above them."""
        if name in self.tables:
            self._swap(name, "", {key: table for key, table in self.tables.items() if key != name})

    def update(self, name: str, values: Mapping[str, Any]) -> None:
        """Set these keys of a table; None removes one."""
        table = {key: value for key, value in self.tables[name].items() if key not in values}
        table |= {key: _keep_unknown(self.tables[name].get(key), value) for key, value in values.items()}
        wanted = {**self.tables, name: {key: value for key, value in table.items() if value is not None}}

        def change(document: Any) -> None:
            _set_keys(document[PROFILES][name], wanted[name], values)

        if self._spans(name):
            self._swap(name, _with_tomlkit(cast("str", self.text_of(name)), change), wanted)
        else:
            self._take(_with_tomlkit(self.text, change), wanted)

    def rename(self, old: str, new: str) -> None:
        """Another name for a table, in its place."""
        if old == new:
            return
        text = cast("str", self.text_of(old))
        wanted = {new if key == old else key: table for key, table in self.tables.items()}
        if new in self.tables:
            raise EditError(f"{new} is taken")

        def change(document: Any) -> None:
            tables = document[PROFILES]
            tables[new] = tables.pop(old)

        if not self._spans(old):
            self._take(_with_tomlkit(self.text, change), wanted)
            return
        self._swap(old, renamed(text, old, new), wanted)

    def _spans(self, name: str) -> list[Span]:
        """Where a profile's tables stand; those that follow each other as one."""
        return runs(spans(self.text), (PROFILES, name))

    def _swap(self, name: str, new: str, wanted: Mapping[str, Any]) -> None:
        """A text where a profile's tables stand, or below the last profile; an empty one takes them away."""
        own = self._spans(name)
        new = f"{new.rstrip()}\n" if new else ""
        if not own and name in self.tables:
            text = _with_tomlkit(self.text, lambda document: document[PROFILES].pop(name))
            self._take(text, {key: table for key, table in self.tables.items() if key != name})
        if not own:
            try:
                self._take(self._with_new(new) if new else self.text, wanted)
            except EditError:
                # All profiles in one inline table: a header of its own cannot stand beside it.
                self._take(
                    _with_tomlkit(self.text, lambda document: _put_inline(document, name, wanted)), wanted
                )
            return
        text = self.text
        for span in reversed(own[1:]):
            text = cut(text, span)
        first = own[0]
        text = text[: first.head] + new + text[first.end :] if new else cut(text, first)
        self._take(text, wanted)

    def _with_new(self, new: str) -> str:
        """The text with a table below the last profile, or at the end."""
        found = spans(self.text)
        profiles = [number for number, span in enumerate(found) if span.path[:1] == (PROFILES,)]
        after = (profiles[-1] if profiles else len(found) - 1) + 1
        place = found[after].head if after < len(found) else len(self.text)
        above, below = self.text[:place].rstrip("\n"), self.text[place:]
        return (f"{above}\n\n" if above else "") + new + ("\n" if below else "") + below

    def _take(self, text: str, wanted: Mapping[str, Any]) -> None:
        """Take the new text, if it holds these profiles and everything else as it was."""
        document = _loads(text)
        others = {key: value for key, value in self.document.items() if key != PROFILES}
        if _same(document.get(PROFILES, {}), wanted) and _same(
            {key: value for key, value in document.items() if key != PROFILES}, others
        ):
            self.text, self.document = text, document
            return
        raise EditError("another table would change with it")


def _keep_unknown(old: Any, new: Any) -> Any:
    """A list of GPUs with the keys of its old entries that this program does not know."""
    if not isinstance(new, list) or not isinstance(old, list):
        return cast("Any", new)
    entries, before = cast("list[Any]", new), cast("list[Any]", old)
    found: list[Any] = []
    for number, entry in enumerate(entries):
        was = before[number] if len(before) == len(entries) else _called(before, entry)
        if isinstance(entry, dict) and isinstance(was, dict):
            kept = cast("dict[str, Any]", was).items()
            entry = {**cast("dict[str, Any]", entry), **{k: v for k, v in kept if k not in GPU_KEYS}}
        found.append(entry)
    return found


def _called(entries: Sequence[Any], like: Any) -> Any:
    """The only entry of the same name."""
    same = [entry for entry in entries if _name(entry) is not None and _name(entry) == _name(like)]
    return same[0] if len(same) == 1 else None


def _name(entry: Any) -> Any:
    return cast("dict[str, Any]", entry).get("name") if isinstance(entry, dict) else None


def _set_keys(table: Any, wanted: Mapping[str, Any], keys: Iterable[str]) -> None:
    """Set the wanted values of these keys, entry by entry where a list keeps its length."""
    for key in keys:
        if key not in wanted:
            del table[key]
            continue
        new, old = wanted[key], table.get(key)
        lists = isinstance(new, list) and isinstance(old, list)
        if lists and len(cast("list[Any]", old)) == len(cast("list[Any]", new)):
            _set_entries(old, cast("list[Any]", new))
        elif old != new:
            table[key] = new


def _set_entries(entries: Any, wanted: Sequence[Any]) -> None:
    for number, new in enumerate(wanted):
        old = entries[number]
        if old == new:
            continue
        if isinstance(new, dict) and isinstance(old, dict):
            fields = cast("dict[str, Any]", new)
            _set_keys(old, fields, {**cast("dict[str, Any]", old), **fields})
        else:
            entries[number] = new


def _put_inline(document: Any, name: str, wanted: Mapping[str, Any]) -> None:
    import tomlkit

    inline: Any = tomlkit.inline_table()
    inline.update(wanted[name])
    document[PROFILES][name] = inline


def _with_tomlkit(text: str, change: Callable[[Any], object]) -> str:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        change(document)
        return tomlkit.dumps(document)
    except (TOMLKitError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as problem:
        raise EditError(str(problem)) from problem


def _dumps(document: Mapping[str, Any]) -> str:
    import tomlkit

    return tomlkit.dumps(document)


def _loads(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as problem:
        raise EditError(str(problem)) from problem


def _same(one: object, other: object) -> bool:
    """Equal to the letter, whatever the order of keys: NaN equals itself, and 1 is neither 1.0 nor true."""
    try:
        return _letters(one) == _letters(other)
    except RecursionError as problem:
        raise EditError("its tables lie too deep in each other") from problem


def _letters(value: object) -> object:
    if isinstance(value, dict):
        table = cast("dict[str, object]", value)
        return "table", tuple((key, _letters(table[key])) for key in sorted(table))
    if isinstance(value, list):
        return "list", tuple(map(_letters, cast("list[object]", value)))
    return hex(value) if type(value) is int else repr(value)

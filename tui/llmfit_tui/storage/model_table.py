"""One entry of models.toml: from its table to a model, and back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, replace
from typing import Any, cast

import msgspec

from llmfit_tui.core.errors import BadValue, printable
from llmfit_tui.core.gguf.config import config_of_file
from llmfit_tui.core.gguf.file import GgufFile
from llmfit_tui.core.gguf.notation import read_run, run_words
from llmfit_tui.core.gguf.shape import architecture_of_file
from llmfit_tui.core.hf.keys import checked
from llmfit_tui.core.models.model import Checkpoint, Model
from llmfit_tui.core.models.proving import prove
from llmfit_tui.core.models.shapes import architecture_of
from llmfit_tui.core.tensors.plan import tensor_plan

KNOWN = frozenset(field.name for field in fields(Model))
"""Keys of an entry."""


def model_of_table(table: Mapping[str, Any]) -> Model:
    """A model from the table of one entry. Raises BadValue, naming the key."""
    given = {key: value for key, value in table.items() if key in KNOWN}
    name = given.get("id")
    if not isinstance(name, str) or not name.strip() or not name.isprintable() or len(name) > 200:
        raise BadValue("id: a name was expected")
    file = given.pop("file", None)
    made = None if file is None else _file(file)
    config = given.get("config", {})
    given["config"] = checked(cast("Mapping[str, Any]", config)) if isinstance(config, Mapping) else config
    given.setdefault("name", name.rsplit("/", 1)[-1])
    given.setdefault("publisher", name.split("/", 1)[0] if "/" in name else "")
    given.setdefault("family", str(given["config"].get("model_type", "")) if config else "")
    given.setdefault("checkpoints", [{"id": name, "context_max": given.get("context_max")}])
    try:
        model = msgspec.convert(given, Model)
    except msgspec.ValidationError as problem:
        raise BadValue(_in_words(str(problem))) from problem
    return _usable(model, made)


def _usable(model: Model, file: GgufFile | None) -> Model:
    """The model with its file, once its shape can be read. Raises BadValue."""
    if not model.checkpoints:
        model = replace(model, checkpoints=(Checkpoint(model.id, model.context_max),))
    shown = replace(model, name=printable(model.name)[:120], publisher=printable(model.publisher)[:80])
    if file is not None:
        return replace(shown, file=file, config=config_of_file(file, architecture_of_file(file)))
    if not model.config:
        raise BadValue("config: the keys of config.json that decide sizes were expected, or a file")
    try:
        architecture_of(model.config)
        tensor_plan(model.config)
        prove(model)
    except (KeyError, IndexError, ZeroDivisionError) as problem:
        raise BadValue("config: its layers contradict one another") from problem
    except BadValue as problem:
        raise BadValue(f"config: {str(problem).rstrip('.')}") from problem
    return shown


def _file(value: Any) -> GgufFile:
    """A file's header. Raises BadValue."""
    table = dict(_table(value))
    runs, metadata = table.pop("tensors", None), _table(table.pop("metadata", None))
    if not isinstance(runs, list) or not runs:
        raise BadValue("file.tensors: a list of tensors was expected")
    if not isinstance(metadata.get("general.architecture"), str):
        raise BadValue('file.metadata: a table with "general.architecture" was expected')
    kept = {
        key: tuple(cast("list[Any]", one)) if isinstance(one, list) else one for key, one in metadata.items()
    }
    try:
        read = tuple(read_run(str(run)) for run in cast("list[Any]", runs))
        return msgspec.convert({**table, "metadata": kept, "runs": read}, GgufFile)
    except BadValue as problem:
        raise BadValue(f"file.tensors: {problem}") from problem
    except msgspec.ValidationError as problem:
        raise BadValue(f"file.{_in_words(str(problem))}") from problem


def _table(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def model_toml(model: Model) -> str:
    """One entry of models.toml, to keep or to hand on."""
    import tomlkit

    table = {
        field.name: value
        for field in fields(Model)
        if field.name not in {"file", "stored", "local"} and (value := _plain(model, field.name)) is not None
    }
    if model.stored is not None:
        table["stored"] = {"name": model.stored.name, "tensor_bytes": model.stored.tensor_bytes}
    if model.file is not None:
        table["file"] = _file_table(model.file)
        table.pop("config", None)
    document: Any = tomlkit.document()
    tables: Any = tomlkit.aot()
    tables.append(tomlkit.item(table))
    document["models"] = tables
    return tomlkit.dumps(document)


def _one_a_line(words: Iterable[str]) -> Any:
    import tomlkit

    return tomlkit.item(list(words)).multiline(True)


def _plain(model: Model, name: str) -> Any:
    """A field as TOML has it; None for what is missing or as it is by default."""
    field = next(one for one in fields(Model) if one.name == name)
    value = getattr(model, name)
    if value is None or (field.default is not MISSING and value == field.default):
        return None
    plain = _without_nothing(msgspec.to_builtins(value))
    return None if plain in ({}, []) else plain


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {key: _without_nothing(one) for key, one in items if one not in (None, {}, [])}
    if isinstance(value, (list, tuple)):
        return [_without_nothing(one) for one in cast("Sequence[Any]", value) if one is not None]
    return value


def _file_table(file: GgufFile) -> dict[str, Any]:
    return {
        "mix": file.mix,
        "file_bytes": file.file_bytes,
        "header_bytes": file.header_bytes,
        "vocabulary": file.vocabulary,
        "imatrix": file.imatrix,
        "paths": list(file.paths),
        "metadata": {
            key: list(cast("Sequence[Any]", value)) if isinstance(value, (tuple, list)) else value
            for key, value in file.metadata.items()
        },
        "tensors": _one_a_line(run_words(run) for run in file.runs),
    }


def _in_words(problem: str) -> str:
    """msgspec's `Expected `int`, got `str` - at `$.parameters`` as `parameters: expected int, got str`."""
    said, _, where = problem.partition(" - at ")
    key = where.strip("`").removeprefix("$.").removeprefix("$")
    words = printable(said.replace("`", ""))
    return f"{key}: {words[:1].lower()}{words[1:]}" if key else words

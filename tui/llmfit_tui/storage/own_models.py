"""A person's own models: models.toml in the configuration folder.

    schema = 1

    [[models]]
    id = "me/my-finetune"                 # required, with config or file
    name = "My finetune"
    parameters = 7241732096
    context_max = 32768
    [models.config]                       # the keys of config.json that decide sizes
    model_type = "mistral"
    hidden_size = 4096
    ...

The fields are those of the shipped catalog (`core/models/model.py`). A model kept from a GGUF file has
`[models.file]` in place of a configuration: its hyperparameters, and its tensors in runs. Files are read
strictly: a table that cannot be used is told with file, line and key, and the others still work.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from llmfit_tui.core.errors import BadValue, LlmfitError, printable, quoted
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.names import nearest
from llmfit_tui.core.record import record
from llmfit_tui.storage.atomic import locked, reason, replace_text
from llmfit_tui.storage.places import Places

SCHEMA = 1
FILE_NAME = "models.toml"
LARGEST_FILE = 16 << 20


class OwnModelsError(LlmfitError):
    """The file of a person's own models cannot be read or changed."""

    unreadable = True


@record
class OwnModels:
    """The models that can be used, and what is wrong with the rest."""

    models: tuple[Model, ...] = ()
    problems: tuple[str, ...] = ()
    """Each a sentence with file, line and key."""


def own_models_path(places: Places) -> Path:
    """Where they are kept."""
    return places.own / FILE_NAME


def read_own_models(places: Places) -> OwnModels:
    """Everything that can be read; never raises for what a person wrote."""
    path = own_models_path(places)
    try:
        if not path.exists():
            return OwnModels()
        return _read(path)
    except OSError as problem:
        return OwnModels(problems=(f"{_shown(path)} cannot be read: {reason(problem)}.",))


def _read(path: Path) -> OwnModels:
    # Most people have no such file, and reading one takes a tenth of our modules.
    import tomllib

    from llmfit_tui.storage.model_table import KNOWN, model_of_table

    try:
        if path.stat().st_size > LARGEST_FILE:
            return OwnModels(problems=(f"{_shown(path)} is larger than {LARGEST_FILE >> 20} MiB.",))
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        return OwnModels(problems=(f"{_shown(path)} is not TOML: {printable(str(problem))[:200]}.",))
    entries = document.get("models", [])
    if not isinstance(entries, list):
        return OwnModels(problems=(f"{_shown(path)}: tables [[models]] were expected.",))
    models: dict[str, Model] = {}
    problems: list[str] = []
    for number, entry in enumerate(cast("list[Any]", entries)):
        table: Mapping[str, Any] = cast("Mapping[str, Any]", entry) if isinstance(entry, Mapping) else {}
        try:
            model = model_of_table(table)
        except BadValue as problem:
            said = str(problem).rstrip(".")
            problems.append(f"{_shown(path)}{_line(text, number, said.split(':')[0])}: {said}.")
            continue
        if models.setdefault(model.id.lower(), model) is not model:
            problems.append(f"{_shown(path)}{_line(text, number, 'id')}: {quoted(model.id)} is there twice.")
        for key in table:
            if key not in KNOWN:
                said = f"{printable(key)} is not a field; did you mean {nearest(key, KNOWN, 1)[0]}"
                problems.append(f"{_shown(path)}{_line(text, number, key)}: {said}.")
    return OwnModels(tuple(models.values()), tuple(problems))


def keep_model(places: Places, model: Model) -> Path:
    """Add a model to the file, below what is there. Raises OwnModelsError or what saving raises."""
    import tomllib

    from llmfit_tui.storage.model_table import model_toml

    path = own_models_path(places)
    with locked(path):
        try:
            text = path.read_text(encoding="utf-8") if path.exists() else f"schema = {SCHEMA}\n"
            there = tomllib.loads(text).get("models", [])
        except (OSError, ValueError, RecursionError) as problem:
            said = printable(str(problem))[:200]
            raise OwnModelsError(
                f"{_shown(path)} cannot be added to: {said}; nothing was saved."
            ) from problem
        if any(str(one.get("id", "")).lower() == model.id.lower() for one in _tables(there)):
            raise OwnModelsError(f"{_shown(path)} holds a model called {quoted(model.id)} already.")
        replace_text(path, f"{text.rstrip()}\n\n{model_toml(model)}")
    return path


def _tables(value: Any) -> list[Mapping[str, Any]]:
    entries = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("Mapping[str, Any]", one) for one in entries if isinstance(one, Mapping)]


def _line(text: str, number: int, key: str) -> str:
    """', line N' of a key of the entry of this number, or of the entry itself."""
    lines = text.split("\n")
    heads = [i for i, line in enumerate(lines) if re.match(r"\s*\[\[\s*models\s*\]\]", line)]
    if number >= len(heads):
        return ""
    end = heads[number + 1] if number + 1 < len(heads) else len(lines)
    wanted = re.compile(rf"^\s*[\"']?{re.escape(key.rsplit('.', 1)[-1].split('[')[0])}[\"']?\s*=")
    found = (i for i in range(heads[number], end) if wanted.match(lines[i]))
    return f", line {next(found, heads[number]) + 1}"


def _shown(path: Path) -> str:
    return printable(str(path))

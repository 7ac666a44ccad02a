"""Where a model is found, and the models beside it."""

from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.related import Relations
from llmfit_tui.format import amounts
from llmfit_tui.format.page.page import Row, Section, Shape


def related(relations: Relations) -> Section:
    """Models that the selection can be moved to."""
    rows: list[Row] = []
    if relations.base_model is not None:
        rows.append(_model("made from", relations.base_model))
    elif relations.base is not None:
        rows.append(Row(("made from", relations.base, "", "")))
    rows += [_model("made of it", model) for model in relations.derived]
    rows += [_model("family", model) for model in relations.family]
    heads = ("", "model", "size", "context")
    return Section("Related models", Shape.TABLE, tuple(rows), heads, 2)


def _model(word: str, model: Model) -> Row:
    cells = (word, model.name, amounts.count(model.parameters), amounts.tokens(model.context_max))
    return Row(cells, model)


def sources(model: Model, relations: Relations) -> Section:
    """Ids of the Hub and of stores; what is on this machine, or was opened, first."""
    rows: list[Row] = []
    if model.file is not None and model.file.paths:
        rows.append(Row(("file", model.file.paths[0])))
    if model.repository:
        rows.append(Row(("opened from", model.repository)))
    for number, checkpoint in enumerate(model.checkpoints):
        length = f", {amounts.tokens(checkpoint.context_max)} tokens" if checkpoint.context_max else ""
        rows.append(
            Row(
                ("Hugging Face" if not number else "same shape", f"{checkpoint.id}{length if number else ''}")
            )
        )
    by_format: dict[str, list[str]] = {}
    for one in relations.repositories:
        by_format.setdefault(one.format.partition("-")[0], []).append(one.id)
    rows += [Row((name, ", ".join(ids))) for name, ids in by_format.items()]
    aliases = [alias for checkpoint in model.checkpoints for alias in checkpoint.aliases]
    if aliases:
        rows.append(Row(("also called", ", ".join(aliases))))
    return Section("Where to get it", Shape.FACTS, tuple(rows))

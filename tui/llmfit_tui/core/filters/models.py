"""What a filter can ask of a model."""

from llmfit_tui.core.filters import figures
from llmfit_tui.core.filters.field import DATE, PARAMETERS, SCORE, TOKENS, Field, Value, years
from llmfit_tui.core.models.model import Model

WORDS = ("vision", "tools", "reasoning", "code", "audio")
"""Capabilities: words of the row that are worth offering."""
SCORES = ("general", "coding", "reasoning", "chat", "tools")


def words_of(model: Model) -> str:
    """What plain words find a model by."""
    where = "on this machine" if model.local else "opened file" if model.file is not None else ""
    names = (alias for checkpoint in model.checkpoints for alias in (checkpoint.id, *checkpoint.aliases))
    own = (model.name, model.id, model.publisher, model.family)
    return " ".join((*own, *model.capabilities, *names, where))


def _size(model: Model, _: object) -> Value:
    return model.parameters


def _active(model: Model, _: object) -> Value:
    return model.active_parameters or model.parameters


def _context(model: Model, _: object) -> Value:
    return model.context_max


def _license(model: Model, _: object) -> Value:
    return model.license


def _publisher(model: Model, _: object) -> Value:
    return model.publisher


def _family(model: Model, _: object) -> Value:
    return model.family


def _released(model: Model, _: object) -> Value:
    return years(model.release_date)


def _moe(model: Model, _: object) -> Value:
    return model.active_parameters is not None


def _dense(model: Model, _: object) -> Value:
    return model.active_parameters is None


def _score(use: str) -> Field:
    def of(model: Model, _: object) -> Value:
        found = model.capability.get(use)
        return found.value if found else None

    # Where a capability has the same name, the bare word means that.
    return Field((use,), f"score in {use}, 50 is the mean", of, SCORE)


FACTS = (
    Field(("size", "params", "parameters"), "parameters", _size, PARAMETERS, bare=("b", "m", "t")),
    Field(("ctx", "context"), "its own context, in tokens", _context, TOKENS, bare=("k",)),
    Field(("license", "licence"), "licence", _license, is_text=True),
    Field(("moe",), "mixture of experts", _moe),
    Field(("dense",), "no mixture of experts", _dense),
    Field(("active",), "parameters used for a token", _active, PARAMETERS),
    Field(("by", "publisher"), "publisher", _publisher, is_text=True),
    Field(("family",), "family", _family, is_text=True),
    Field(("released", "date", "year"), "when it was published", _released, DATE),
    *map(_score, SCORES),
)
FIELDS = (*FACTS[:3], *figures.RATINGS, figures.VRAM, figures.SPEED, *FACTS[3:], figures.FILE, figures.AGREE)

"""A language model as the catalog knows it: who published it, how large it is, and its configuration."""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from typing import Any

from llmfit_tui.core.gguf.file import GgufFile
from llmfit_tui.core.models.published import PublishedFile
from llmfit_tui.core.record import record


class Trust(Enum):
    """How far a model's shape can be relied on."""

    VERIFIED = "verified"
    """A published configuration whose parameter count equals the published one."""
    DERIVED = "derived"
    """A configuration put together from several sources; its parameter count equals the published one."""
    PARTIAL = "partial"
    """Something in the shape is unconfirmed: a layer pattern, a field, or the parameter count."""


@record
class Score:
    """A capability score: 50 is the mean of the models seen, 10 one standard deviation."""

    value: float
    standard_error: float


@record
class Checkpoint:
    """One published id of a model; ids that share a shape may differ in context length."""

    id: str
    context_max: int | None = None
    capability: Mapping[str, Score] = field(default_factory=dict[str, Score])
    """Scores by use: general, coding, reasoning, chat, tools. Empty: no independent score exists."""
    aliases: tuple[str, ...] = ()
    """Other names of this very checkpoint (short names, Ollama tags)."""


@record
class StoredWeights:
    """Weights as a folder or repository holds them, in a format other than GGUF."""

    name: str
    """The format, by the catalog's name: AWQ-INT4-g128, MLX-4bit."""
    tensor_bytes: int


@record
class Model:
    """A model of the catalog. Unknown is None; nothing is filled in."""

    id: str
    """Hugging Face id of the checkpoint people run."""
    name: str
    family: str
    publisher: str
    config: Mapping[str, Any]
    """The Hugging Face configuration of the language model, reduced to the keys that decide sizes."""
    checkpoints: tuple[Checkpoint, ...]
    """Every id that shares this shape; the first is `id`."""
    parameters: int | None = None
    """Parameters of the language model (no vision tower, no multi-token-prediction block)."""
    checkpoint_parameters: int | None = None
    """Parameters of everything the publisher ships under this id."""
    active_parameters: int | None = None
    """Parameters used for one token, as published; None for dense models and where nothing is published."""
    context_max: int | None = None
    license: str | None = None
    release_date: str | None = None
    """ISO date, or year and month."""
    release_date_approximate: bool = False
    capabilities: tuple[str, ...] = ()
    """Of: tools, vision, audio, reasoning, code."""
    languages: tuple[str, ...] = ()
    trust: Trust = Trust.PARTIAL
    notes: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    """Where each group of facts comes from, by field name."""
    file: GgufFile | None = None
    """The GGUF file the model was opened from: its shape and its tensors take the place of `config`."""
    stored: StoredWeights | None = None
    """The weights beside the configuration the model was opened from, where they are quantized."""
    local: bool = False
    """Its files are already on this machine."""
    beside: tuple[str, ...] = ()
    """Files its store keeps with it, such as a projector."""
    repository: str | None = None
    """The repository of the Hub its file was read in, where no copy of it is on this machine."""
    published: tuple[PublishedFile, ...] = ()
    """All GGUF files of that repository, with their sizes."""

    @property
    def capability(self) -> Mapping[str, Score]:
        """Scores of the checkpoint this model stands for."""
        return self.checkpoints[0].capability

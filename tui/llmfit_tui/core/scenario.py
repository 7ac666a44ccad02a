"""A scenario: everything an estimate depends on, and nothing else."""

from dataclasses import field
from functools import lru_cache

from llmfit_tui.core.build import NEWEST, Build
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.identity import ByIdentity, by_config
from llmfit_tui.core.memory.kvcache import CacheSettings, KVType
from llmfit_tui.core.memory.parts import Part
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.shapes import architecture_of
from llmfit_tui.core.quant import Imatrix, Quant
from llmfit_tui.core.record import changed, record

DEFAULT_CONTEXT = 8192
PUBLISHED_WITH_IMATRIX = frozenset({"Q4_0", "Q5_0"})
"""Beside the IQ types: publishers make these with an importance matrix, which changes their size."""
MOST_SLOTS = 256
"""llama.cpp's LLAMA_MAX_SEQ."""
ALL_LAYERS = 1 << 20
"""-ngl all: more layers than any model has."""


@record
class Settings:
    """How a model is run, by llama.cpp's flag names and defaults."""

    context: int = DEFAULT_CONTEXT
    parallel: int = 1
    unified_kv: bool = False
    batch: int = 2048
    ubatch: int = 512
    swa_full: bool = False
    kv_type_k: KVType = KVType.F16
    kv_type_v: KVType = KVType.F16
    flash_attention: bool | None = None
    """None: auto."""
    outputs_per_batch: bool = False
    """Rows of logits for a whole batch (library users) instead of one per slot (llama-server)."""
    imatrix: bool | None = None
    """None: as publishers do."""
    gpu_layers: int | None = None
    """-ngl; None: chosen."""
    cpu_moe_layers: int | None = None
    """--n-cpu-moe; None: chosen."""
    tensor_split: tuple[float, ...] = ()
    rollback: int = 0
    """Earlier states a recurrent layer keeps for speculative decoding, for each sequence."""
    kv_offload: bool = True
    op_offload: bool = True
    repack: bool = True
    """Weights on the host are laid out anew for the CPU; --no-repack leaves them as they are."""
    depth: int = 0
    """Tokens already in the cache when speed is judged."""
    by_bits: bool = False
    """Sizes by parameters x bits per weight even where the tensors are known."""
    variant: str | None = None
    """Which of the files that carry the type's name (`tensors.variants`); None: the usual one."""
    prompt: int = 512
    """Tokens of the prompt whose processing is timed."""
    parts: tuple[Part, ...] = ()
    """What is loaded beside the model: --mmproj, --lora, --model-draft."""
    build: Build = NEWEST
    """--build: the llama.cpp spoken of."""
    engine: Engine = Engine.LLAMA_CPP
    tensor_parallel: int | None = None
    """--tensor-parallel-size of vLLM; None: chosen."""
    pipeline_parallel: int | None = None
    gpu_memory_utilization: float | None = None
    """Of vLLM; None: its default."""
    planned: bool = False
    """Compute buffers as the allocator plans them on the graph, to the byte; else by the closed formula,
    which costs a hundredth of that and is within a few per cent. Lists of many rows take the formula."""

    @property
    def flash_attention_on(self) -> bool:
        """Auto means on: every backend described here supports it."""
        return self.flash_attention is not False

    def cache(self) -> CacheSettings:
        """The part the cache depends on."""
        return CacheSettings(
            context=self.context,
            parallel=self.parallel,
            unified=self.unified_kv,
            ubatch=self.ubatch,
            batch=self.batch,
            swa_full=self.swa_full,
            key_type=self.kv_type_k,
            value_type=self.kv_type_v,
            flash_attention=self.flash_attention_on,
            rollback=self.rollback,
        )


@record
class Scenario:
    """A model at a quantization on a machine under settings."""

    model: Model
    quant: Quant
    machine: Machine
    settings: Settings = field(default_factory=Settings)

    def with_settings(self, **changes: object) -> "Scenario":
        """The same scenario with some settings changed; itself where they were so already."""
        settings = self.settings
        if all(getattr(settings, name) == value for name, value in changes.items()):
            return self
        return Scenario(self.model, self.quant, self.machine, changed(settings, changes))


def default_context(model: Model) -> int:
    """8,192 tokens, or the model's own length where that is shorter."""
    return min(DEFAULT_CONTEXT, model.context_max or DEFAULT_CONTEXT)


def uses_imatrix(settings: Settings, quant: Quant) -> bool:
    """Whether an importance matrix went in: as asked, else as publishers do."""
    if settings.imatrix is not None:
        return settings.imatrix
    if quant.imatrix is Imatrix.REQUIRED or quant.name.startswith("IQ"):
        return True
    return quant.name in PUBLISHED_WITH_IMATRIX


@lru_cache(maxsize=4096)
def _architecture(key: ByIdentity[Model]) -> Architecture:
    file = key.value.file
    if file is None:
        return architecture_of(key.value.config)
    from llmfit_tui.core.gguf.shape import architecture_of_file  # not at the start

    return architecture_of_file(file)


def architecture(model: Model) -> Architecture:
    """The model's architecture, read once. Raises BadValue where the configuration lacks a size."""
    return _architecture(by_config(model))


def with_context(settings: Settings, context: int) -> Settings:
    """The settings at a context: one object for all that are equal, so that what is kept by it is found."""
    return _with_context(ByIdentity(settings), context)


@lru_cache(maxsize=4096)
def _with_context(key: ByIdentity[Settings], context: int) -> Settings:
    settings = key.value
    return _one_of(settings if settings.context == context else changed(settings, {"context": context}))


@lru_cache(maxsize=1024)
def _one_of(settings: Settings) -> Settings:
    """The first of those that are equal."""
    return settings


def within_own_context(asked: Scenario) -> Scenario:
    """The scenario with its context cut to the model's own length, its settings the one object for them."""
    context = asked.settings.context
    own = asked.model.context_max
    kept = with_context(asked.settings, context if own is None else min(own, context))
    return asked if kept is asked.settings else Scenario(asked.model, asked.quant, asked.machine, kept)

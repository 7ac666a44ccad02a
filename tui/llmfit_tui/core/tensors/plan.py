"""From a configuration to the tensors of its GGUF file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod

from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.config import Config, language_config, whole, word
from llmfit_tui.core.models.families import gguf_architecture
from llmfit_tui.core.models.shapes import architecture_of
from llmfit_tui.core.record import record
from llmfit_tui.core.tensors import tables_dense, tables_hybrid, tables_moe
from llmfit_tui.core.tensors.blocksets import Blocks, block_sets
from llmfit_tui.core.tensors.keeping import kept_type
from llmfit_tui.core.tensors.notation import Entry, Value, evaluate, read_table
from llmfit_tui.core.tensors.symbols import symbols_of, traits_of


@record
class TensorGroup:
    """Tensors of one name and one shape."""

    name: str
    """Without `blk.N.` and `.weight`: attn_q, ffn_down_exps, attn_q.bias."""
    shape: tuple[int, ...]
    """(ne0, ne1, ...) in ggml's order: ne0 is a row."""
    blocks: Blocks
    """The blocks that have one; empty: the file has one."""
    keeps: str | None
    """The type it keeps whatever the file type is; None where the file type decides."""

    @property
    def count(self) -> int:
        """Tensors of the group."""
        return len(self.blocks) or 1

    @property
    def values(self) -> int:
        """Values of one tensor."""
        return prod(self.shape)

    @property
    def routed(self) -> bool:
        """Holds the experts a token chooses among."""
        return "_exps" in self.name


@dataclass(frozen=True, slots=True, eq=False)
class TensorPlan:
    """The tensors of a model's GGUF file, and what llama-quantize asks about the model.

    Compared by identity: what is worked out once per plan is kept by the plan itself.
    """

    architecture: str
    """`general.architecture`."""
    groups: tuple[TensorGroup, ...]
    tied: bool
    """The file has no output matrix: the token embedding serves as one."""
    layers: int
    nextn_layers: int
    """Prediction blocks after the layers; in the file, never loaded."""
    heads: int
    kv_heads: int
    gqa: int
    """Heads over key/value heads of layer 0; 0 where llama.cpp finds no key/value heads there."""
    experts: int
    experts_used: int
    vocabulary: int

    @property
    def blocks(self) -> int:
        """Blocks of the file, prediction blocks included (`block_count`)."""
        return self.layers + self.nextn_layers

    @property
    def parameters(self) -> int:
        """Values of all tensors."""
        return sum(group.values * group.count for group in self.groups)

    @property
    def tensors(self) -> int:
        """Tensors of the file."""
        return sum(group.count for group in self.groups)

    def group(self, name: str) -> tuple[TensorGroup, ...]:
        """The groups of this name: more than one where the shape differs from block to block."""
        return tuple(group for group in self.groups if group.name == name)

    def with_stored_output(self) -> "TensorPlan":
        """The plan of a repository that stores the output matrix although the model ties it."""
        return _with_stored_output(self) if self.tied else self


@lru_cache(maxsize=1024)
def _with_stored_output(plan: TensorPlan) -> TensorPlan:
    output = replace(plan.group("token_embd")[0], name="output")
    return replace(plan, groups=(*plan.groups, output), tied=False)


NO_HEADS_IN_STATE = frozenset(
    (
        *("nemotron_h", "nemotron_h_moe", "kimi-linear", "kimi-k3", "bailingmoe3", "jamba"),
        *("lfm2", "lfm2moe", "granitehybrid", "mamba", "mamba2", "minimax-01"),
    )
)
"""Architectures whose converter writes 0 key/value heads for layers without attention."""

LATENT = frozenset(["deepseek2", "deepseek32", "glm-dsa", "mistral4", "deepseek4"])
"""Latent attention is converted as one key/value head for all."""

WITHOUT_PREDICTION = frozenset(["deepseek_v2", "deepseek_v3", "kimi_k2", "kimi_k25", "deepseek_v4", "mimo"])
"""model_types whose prediction blocks the converter leaves out."""


def tensor_plan(config: Config, nextn: bool = True, arch: Architecture | None = None) -> TensorPlan | None:
    """The tensors llama.cpp's converter writes for a Hugging Face configuration.

    None where the architecture has no table; BadValue, naming the key, where a size is missing. `nextn`
    False leaves the prediction blocks out, as files published before they were supported do. `arch` is the
    configuration's architecture, if at hand.
    """
    config = language_config(config)
    name = gguf_architecture(config)
    table = entries_of(name)
    if table is None:
        return None
    arch = arch or architecture_of(config)
    extra = prediction_blocks(config, name) if nextn else 0
    sets = block_sets(config, arch, name, extra)
    symbols = symbols_of(config, arch, name, extra)
    traits = traits_of(config, arch, name)
    groups: list[TensorGroup] = []
    for entry in table:
        if entry.trait and entry.trait not in traits:
            continue
        groups += _groups(entry, sets, symbols)
    return TensorPlan(
        architecture=name,
        groups=tuple(groups),
        tied=not any(group.name == "output" for group in groups),
        layers=arch.layers,
        nextn_layers=extra,
        heads=arch.heads,
        kv_heads=arch.kv_heads,
        gqa=_gqa(name, arch.kinds[0], _at(symbols["H"], 0), _at(symbols["KV"], 0)),
        experts=arch.experts,
        experts_used=arch.experts_used,
        vocabulary=arch.vocabulary,
    )


def prediction_blocks(config: Config, name: str) -> int:
    """Multi-token-prediction blocks the converter writes."""
    table = entries_of(name) or ()
    if word(config, "model_type") in WITHOUT_PREDICTION or not any(e.where == "nextn" for e in table):
        return 0
    return whole(config, "num_nextn_predict_layers", "mtp_num_hidden_layers") or 0


@lru_cache(maxsize=256)
def entries_of(name: str) -> tuple[Entry, ...] | None:
    """The table of a GGUF architecture, or None."""
    for tables in (tables_dense.TABLES, tables_moe.TABLES, tables_hybrid.TABLES):
        if name in tables:
            return read_table(tables[name])
    return None


def _groups(entry: Entry, sets: Mapping[str, Blocks], symbols: Mapping[str, Value]) -> list[TensorGroup]:
    """The groups of one entry: one, or one per shape where a symbol differs from block to block."""
    blocks = () if entry.where == "file" else sets[entry.where]
    if entry.where != "file" and not blocks:
        return []
    shapes: dict[tuple[int, ...], list[int]] = {}
    if entry.where == "file" or all(isinstance(symbols[s], int) for s in entry.varies):
        numbers = {s: _at(symbols[s], 0) for s in entry.varies}
        shapes[evaluate(entry.shape, numbers)] = list(blocks)
    else:
        for block in blocks:
            numbers = {s: _at(symbols[s], block) for s in entry.varies}
            shapes.setdefault(evaluate(entry.shape, numbers), []).append(block)
    return [
        TensorGroup(
            entry.name,
            shape,
            blocks if len(where) == len(blocks) else tuple(where),
            kept_type(entry.name, shape, entry.keeps),
        )
        for shape, where in shapes.items()
        if 0 not in shape
    ]


def _at(value: Value, block: int) -> int:
    return value if isinstance(value, int) else value[block]


def _gqa(name: str, first: Keeps, heads: int, kv_heads: int) -> int:
    if name in NO_HEADS_IN_STATE and first in {Keeps.STATE, Keeps.NOTHING}:
        return 0
    if name in LATENT:
        return heads
    return heads // kv_heads if kv_heads else 0

"""Which model a log speaks of: one of the catalog with the same numbers, or one made of the numbers alone."""

import re
from collections.abc import Iterable, Sequence

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.log.facts import BadLog, Logged
from llmfit_tui.core.log.read import options
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.families import GGUF_NAMES
from llmfit_tui.core.models.model import Checkpoint, Model
from llmfit_tui.core.names import words
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import architecture

VOCABULARY_SLACK = 1024
"""Converters pad vocabularies; the log counts tokens, a configuration rows."""


NAME_ALIKE = 0.7
"""Share of words in common from which a name alone is enough."""
FILE_WORD = re.compile(r"gguf|model|ud|i?q\d\w*|b?f(?:16|32)|mxfp4|[ksmlx]+|[01]")
"""What a file's name says of its types, as words."""


@record
class Identified:
    """The model a load is compared with."""

    model: Model
    in_catalog: bool
    by_name: bool = False
    """Only by its name: the log tells no numbers."""


def identified(logged: Logged, models: Sequence[Model]) -> Identified:
    """The catalog model whose every number agrees and whose name is nearest, else one by the numbers.

    Without numbers, the model of that name. Raises BadLog where the log tells neither.
    """
    agreeing = [model for model in models if _agrees(logged, model)]
    if agreeing:
        said = _said(logged)
        return Identified(max(agreeing, key=lambda model: _likeness(said, model)), True)
    made = _by_numbers(logged)
    if made is None and (named := _by_name(logged, models)) is not None:
        return Identified(named, True, by_name=True)
    if made is None:
        raise BadLog(
            "it does not tell the model's numbers: lines such as print_info: n_embd = 4096 were expected."
        )
    return Identified(made, False)


def arch_of(logged: Logged) -> str | None:
    """The GGUF architecture."""
    return logged.hyperparameters.get("arch") or logged.metadata.get("general.architecture")


def number(logged: Logged, *keys: str) -> int | None:
    """A hyperparameter; of a list the largest, as its layers without heads print 0."""
    for key in keys:
        text = logged.hyperparameters.get(key)
        if text is None and (arch := arch_of(logged)):
            text = logged.metadata.get(f"{arch}.{key}")
        found = [int(digits) for digits in re.findall(r"\d+", text)] if text else []
        if found:
            return max(found)
    return None


def _agrees(logged: Logged, model: Model) -> bool:
    """Whether no number of the log contradicts the model."""
    layers, hidden = number(logged, "n_layer", "block_count"), number(logged, "n_embd", "embedding_length")
    if layers is None or hidden is None:
        return False
    try:
        arch = architecture(model)
    except LlmfitError:
        return False
    if arch.name != arch_of(logged) or arch.hidden != hidden:
        return False
    if layers not in {arch.layers, arch.layers + arch.nextn_layers}:
        return False
    vocabulary = number(logged, "n_vocab", "vocab_size")
    if vocabulary is not None and abs(vocabulary - arch.vocabulary) > VOCABULARY_SLACK:
        return False
    return all(said is None or said == ours for said, ours in _pairs(logged, arch))


def _pairs(logged: Logged, arch: Architecture) -> Iterable[tuple[int | None, int]]:
    yield number(logged, "n_head", "attention.head_count") or None, arch.heads
    yield number(logged, "n_expert", "expert_count"), arch.experts if arch.is_moe else 0
    yield number(logged, "n_expert_used", "expert_used_count"), arch.experts_used if arch.is_moe else 0
    if arch.is_moe:
        yield number(logged, "n_ff_exp") or None, arch.expert_feed_forward
    elif not arch.uneven_values:
        yield number(logged, "n_ff", "feed_forward_length") or None, arch.feed_forward
    if not arch.latent:
        yield number(logged, "n_head_kv", "attention.head_count_kv"), arch.kv_heads


def _said(logged: Logged) -> set[str]:
    """Words by which the log calls its model."""
    names = (
        logged.hyperparameters.get("general.name", ""),
        logged.metadata.get("general.name", ""),
        logged.metadata.get("general.basename", ""),
        *(_file_name(file) for file in (logged.file, *options(logged.command, "-m", "--model")[-1:])),
    )
    return {word for name in names for word in words(name.replace("_", "-"))}


def _file_name(path: str) -> str:
    return re.split(r"[/\\]", path)[-1].removesuffix(".gguf")


def _likeness(said: set[str], model: Model) -> float:
    """Share of words in common with the checkpoint whose name is nearest."""
    own = [set(words(one.id.rsplit("/", 1)[-1])) for one in model.checkpoints] + [set(words(model.name))]
    return max(len(said & names) / len(said | names) for names in own) if said else 0.0


def _by_name(logged: Logged, models: Sequence[Model]) -> Model | None:
    said = {word for word in _said(logged) if not FILE_WORD.fullmatch(word)}
    best = max(models, key=lambda model: _likeness(said, model))
    return best if _likeness(said, best) >= NAME_ALIKE else None


def _by_numbers(logged: Logged) -> Model | None:
    """A model of nothing but the log's hyperparameters."""
    arch = arch_of(logged)
    layers, hidden = number(logged, "n_layer", "block_count"), number(logged, "n_embd", "embedding_length")
    heads = number(logged, "n_head", "attention.head_count")
    if arch is None or layers is None or hidden is None or heads is None:
        return None
    rank = number(logged, "n_lora_kv", "attention.kv_lora_rank")
    head_dim = number(logged, "n_embd_head_k", "attention.key_length")
    nextn = number(logged, "n_layer_nextn", "nextn_predict_layers") or 0
    config = {
        "model_type": next((name for name, gguf in GGUF_NAMES.items() if gguf == arch), arch),
        "num_hidden_layers": layers - nextn,
        "num_nextn_predict_layers": nextn,
        "hidden_size": hidden,
        "num_attention_heads": heads,
        "num_key_value_heads": number(logged, "n_head_kv", "attention.head_count_kv") or heads,
        "head_dim": None if rank else head_dim,
        "v_head_dim": number(logged, "n_embd_head_v", "attention.value_length"),
        "intermediate_size": number(logged, "n_ff", "feed_forward_length"),
        "vocab_size": number(logged, "n_vocab", "vocab_size"),
        "sliding_window": number(logged, "n_swa", "attention.sliding_window") or None,
        "num_experts": number(logged, "n_expert", "expert_count") or None,
        "num_experts_per_tok": number(logged, "n_expert_used", "expert_used_count") or None,
        "moe_intermediate_size": number(logged, "n_ff_exp", "expert_feed_forward_length") or None,
        "first_k_dense_replace": number(logged, "n_layer_dense_lead", "leading_dense_block_count"),
        "kv_lora_rank": rank or None,
        "q_lora_rank": number(logged, "n_lora_q", "attention.q_lora_rank") or None,
        "qk_rope_head_dim": number(logged, "n_rot", "rope.dimension_count") if rank else None,
        "full_attention_interval": number(logged, "full_attention_interval"),
    }
    name = logged.hyperparameters.get("general.name") or arch
    parameters = _parameters(logged.hyperparameters.get("model params", ""))
    kept = {key: value for key, value in config.items() if value is not None}
    return Model(name, name, arch, "", kept, (Checkpoint(name),), parameters=parameters)


def _parameters(text: str) -> int | None:
    """`8.03 B` or `751.63 M`."""
    found = re.match(r"([\d.]+) ([KMBT])", text)
    scale = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
    return round(float(found[1]) * scale[found[2]]) if found else None

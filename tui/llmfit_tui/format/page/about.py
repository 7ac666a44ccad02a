"""What a model is, in sentences: the description, and the architecture in words."""

from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.model import Model
from llmfit_tui.format import amounts
from llmfit_tui.format.description import attention, specifications
from llmfit_tui.format.page.page import Row, Section, Shape

CAN = {
    "tools": "call tools",
    "vision": "see images",
    "audio": "hear audio",
    "reasoning": "reason before it answers",
    "code": "write code",
}
F16_BYTES = 2


def description(model: Model, arch: Architecture) -> Section:
    """What anyone should know, in a few sentences."""
    return Section(model.name, Shape.TEXT, tuple(Row((said,)) for said in _sentences(model, arch)))


def _sentences(model: Model, arch: Architecture) -> list[str]:
    size = (
        "of unknown size" if model.parameters is None else f"of {amounts.count(model.parameters)} parameters"
    )
    if model.active_parameters and arch.is_moe:
        size += f", of which {amounts.count(model.active_parameters)} work on a token"
    kind = "a mixture of experts" if arch.is_moe else "a dense language model"
    when = "about " if model.release_date_approximate else ""
    released = f", released {when}{model.release_date}" if model.release_date else ""
    said = [f"{model.name} by {model.publisher} is {kind} {size}, of the family {model.family}{released}."]
    can = [CAN[use] for use in model.capabilities if use in CAN]
    reads = f"It reads up to {model.context_max:,} tokens" if model.context_max else ""
    able = f"can {_listed(can)}" if can else ""
    if reads or able:
        said.append(" and ".join(filter(None, (reads, able if reads else f"It {able}"))) + ".")
    if model.license:
        said.append(f"Licence: {model.license}.")
    return [" ".join(said), *(f"Note: {note}" for note in model.notes)]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def facts(model: Model, arch: Architecture) -> Section:
    """The specifications, one below the other."""
    rows = [Row(pair) for pair in specifications(model, arch)]
    if model.languages:
        rows.append(Row(("languages", ", ".join(model.languages))))
    scores = [
        f"{use} {score.value:.0f} ± {score.standard_error:.0f}" for use, score in model.capability.items()
    ]
    if scores:
        rows.append(Row(("scores", f"{', '.join(scores)} (50 is the mean of all models)")))
    return Section("Specifications", Shape.FACTS, tuple(rows))


def architecture_words(arch: Architecture) -> Section:
    """How it is built, from the numbers that decide its memory."""
    how = attention(arch)
    said = [f"{arch.layers} transformer blocks of width {arch.hidden:,}, known to llama.cpp as {arch.name}."]
    if arch.heads:
        shared = f"{arch.heads} heads" if arch.latent else f"{arch.heads} heads of {arch.head_dim}"
        if not arch.latent and arch.kv_heads != arch.heads:
            shared += f" share {arch.kv_heads} key/value head{'s' if arch.kv_heads != 1 else ''}"
        said.append(f"{how[0].upper()}{how[1:]}: {shared}.")
    else:
        said.append(f"{how[0].upper()}{how[1:]}.")
    said.append(_feed_forward(arch))
    said.append(_cache(arch))
    ends = "the output uses the same matrix" if arch.tied_embeddings else "the output has a matrix of its own"
    words, matrix = f"{arch.vocabulary:,}", amounts.count(arch.embedding_parameters)
    said.append(f"Its vocabulary of {words} tokens takes {matrix} parameters; {ends}.")
    return Section("Architecture in words", Shape.TEXT, (Row((" ".join(filter(None, said)),)),))


def _feed_forward(arch: Architecture) -> str:
    if not arch.is_moe:
        wide = arch.feed_forward if arch.heads else 0
        return f"Each block has a feed-forward layer of {wide:,}." if wide else ""
    chosen = f"{arch.experts_used} of {arch.experts} experts of {arch.expert_feed_forward:,}"
    where = f"In {arch.expert_layers} of the blocks" if arch.expert_layers < arch.layers else "In every block"
    return f"{where} a token is sent to {chosen}: all have to be in memory, few are read for a token."


def _cache(arch: Architecture) -> str:
    """What a token of context costs; windows and states cost the same however long the context is."""
    grows = sum(
        group.layers * (group.key_width + group.value_width) for group in arch.groups if not group.windowed
    )
    if not grows:
        return "Its memory does not grow with the context, or only up to a window."
    size = grows * F16_BYTES
    text = f"{size / 1024:.4g} KiB" if size < 1 << 20 else f"{size / (1 << 20):.3g} MiB"
    once = ", once its windows are full" if arch.caches_window else ""
    return f"Every token of context takes {text} of KV cache at f16{once}."

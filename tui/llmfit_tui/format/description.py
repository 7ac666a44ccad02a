"""A model in words: one line on what it is, and its specifications."""

from collections.abc import Sequence

from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.model import Model, Trust
from llmfit_tui.format import amounts

TRUST_WORDS = {
    Trust.VERIFIED: "shape verified",
    Trust.DERIVED: "shape derived, count agrees",
    Trust.PARTIAL: "shape partly unconfirmed",
}
PAIRS = (
    ("publisher", "family"),
    ("parameters", "context"),
    ("architecture", ""),
    ("vocabulary", "released"),
    ("licence", "trust"),
)
"""Specifications that go together where there are few lines."""
_USES = {
    "tools": "calls tools",
    "vision": "sees images",
    "audio": "hears audio",
    "reasoning": "reasons",
    "code": "writes code",
}


def one_line(model: Model, arch: Architecture) -> list[str]:
    """What it is, in parts: kind and size, attention, what it can do."""
    kind = "mixture of experts" if arch.is_moe else "dense model"
    size = amounts.count(model.parameters)
    if model.active_parameters and arch.is_moe:
        size += f", {amounts.count(model.active_parameters)} active"
    can = [_USES[use] for use in model.capabilities if use in _USES]
    return [f"{kind} of {size}", attention(arch), *([", ".join(can)] if can else [])]


def attention(arch: Architecture) -> str:
    """How it attends, in the field's words."""
    stateful = sum(kind in {Keeps.STATE, Keeps.BOTH} for kind in arch.kinds)
    attending = sum(1 for width in arch.key_widths if width)
    if not attending:
        return "recurrent state and no attention cache"
    if arch.latent:
        words = "latent attention (MLA)"
    elif arch.kv_heads == arch.heads:
        words = "multi-head attention"
    elif arch.kv_heads == 1:
        words = "multi-query attention"
    else:
        words = "grouped-query attention"
    if arch.sparse_index:
        words += " and a sparse index"
    if arch.caches_window and arch.window:
        words += f", a window of {arch.window:,} in {sum(k is Keeps.WINDOW for k in arch.kinds)} layers"
    if stateful:
        words += f" in {attending} of {arch.layers} layers"
    return words


def specifications(model: Model, arch: Architecture) -> list[tuple[str, str]]:
    """Name and value of each specification; unknown is a dash."""
    parameters = amounts.count(model.parameters)
    if model.active_parameters:
        parameters += f" ({amounts.count(model.active_parameters)} active)"
    released = model.release_date or amounts.DASH
    if model.release_date and model.release_date_approximate:
        released = f"about {released}"
    context = f"{model.context_max:,} tokens" if model.context_max else amounts.DASH
    heads = f"{arch.heads} heads, {arch.kv_heads} KV" if arch.heads else "no attention heads"
    return [
        ("publisher", model.publisher),
        ("family", model.family),
        ("parameters", parameters),
        ("architecture", f"{arch.name}, {arch.layers} layers, {heads}"),
        ("context", context),
        ("vocabulary", f"{arch.vocabulary:,} tokens"),
        ("released", released),
        ("licence", model.license or amounts.DASH),
        ("trust", TRUST_WORDS[model.trust]),
    ]


def paired(facts: Sequence[tuple[str, str]], width: int) -> list[tuple[str, str]]:
    """Specifications two to a line where both fit into its cells."""
    told = {name: value.removesuffix(" tokens") for name, value in facts}
    made: list[tuple[str, str]] = []
    for first, second in PAIRS:
        both = f"{told[first]} · {second} {told[second]}" if second else told[first]
        if len(both) <= width:
            made.append((first, both))
        else:
            made += [(name, told[name]) for name in (first, second) if name]
    return made

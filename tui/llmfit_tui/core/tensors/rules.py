"""llama-quantize's choice of a type, rule by rule (llama_tensor_get_type_impl of src/llama-quant.cpp)."""

from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.ggml import BLOCKS
from llmfit_tui.core.tensors.plan import TensorGroup, TensorPlan
from llmfit_tui.core.tensors.zones import Category, Zone

OUTPUT, EMBEDDING, OTHER = Category.OUTPUT, Category.EMBEDDING, Category.OTHER
VALUE, KEY, QUERY = Category.VALUE, Category.KEY, Category.QUERY
ATTENTION_OUTPUT, DOWN = Category.ATTENTION_OUTPUT, Category.DOWN
"""By short names: members looked up on their class take longer than all else that a choice does."""

LOWEST = frozenset(["IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ2_M"])
"""File types with rules of their own."""

_EMBEDDING = {
    **dict.fromkeys(["IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS"], "Q2_K"),
    **dict.fromkeys(["IQ2_S", "IQ2_M", "IQ3_XXS"], "IQ3_S"),
    **dict.fromkeys(["TQ1_0", "TQ2_0", "Q2_0"], "Q4_K"),
}
_EIGHT_EXPERTS_Q5_K = frozenset(
    [
        "Q2_K",
        "IQ3_XS",
        "IQ3_XXS",
        "IQ3_S",
        "IQ3_M",
        "Q3_K_S",
        "Q3_K_M",
        "IQ4_NL",
        "IQ4_XS",
        "Q4_K_S",
        "Q4_K_M",
    ]
)
_ATTENTION_OUTPUT = {"Q2_K": "Q3_K", "IQ3_XXS": "IQ3_S", "Q3_K_M": "Q4_K", "Q3_K_L": "Q5_K", "IQ3_M": "Q4_K"}
_KEY_AND_QUERY = {"IQ3_XS": "IQ3_XXS", "IQ3_XXS": "IQ2_S"}
_OLD_QKV = {"Q3_K_M": "Q4_K", "Q3_K_L": "Q4_K", "IQ3_M": "Q4_K", "Q4_K_M": "Q5_K", "Q5_K_M": "Q6_K"}


@record
class Mix:
    """A file type and what of the model its rules ask about."""

    name: str
    """llama-quantize's name of the file type."""
    default: str
    imatrix: bool
    of_2025: bool
    """The rules of releases up to 2025, where they differed."""
    tied: bool
    falcon: bool
    seventy: bool
    """llama.cpp calls the model a 70B: 80 layers of certain architectures."""
    gqa: int
    experts: int
    flat_attention: bool
    """MXFP4_MOE means experts alone, not every matrix of three dimensions."""

    @classmethod
    def of(cls, plan: TensorPlan, name: str, default: str, imatrix: bool, of_2025: bool) -> "Mix":
        """The mix for a plan."""
        return cls(
            name=name,
            default=default,
            imatrix=imatrix,
            of_2025=of_2025,
            tied=plan.tied,
            falcon=plan.architecture == "falcon",
            seventy=plan.layers == 80
            and (
                plan.architecture in {"qwen2", "deci", "olmo"}
                or (plan.architecture == "llama" and plan.heads != plan.kv_heads)
            ),
            gqa=plan.gqa,
            experts=plan.experts,
            flat_attention=plan.architecture == "bailingmoe3",
        )


def choose(mix: Mix, group: TensorGroup, kind: Category, zone: Zone) -> str:
    """The type of the group's tensors in this zone, before rows that do not divide are looked at."""
    name = mix.name
    if mix.of_2025 and group.name == "per_layer_token_embd":
        return mix.default
    if kind is OUTPUT or (kind is EMBEDDING and mix.tied):
        return _output(mix, group.shape[0])
    if name == "MXFP4_MOE":
        deep = len(group.shape) > 2 and group.shape[2] > 1
        return "MXFP4" if deep and (group.routed or not mix.flat_attention) else "Q8_0"
    if kind is EMBEDDING:
        return _EMBEDDING.get(name, mix.default)
    if kind is OTHER:
        return mix.default
    if name in LOWEST:
        return _lowest(mix, kind, zone)
    if kind is VALUE:
        if mix.of_2025 and group.name == "attn_qkv" and name in _OLD_QKV:
            return _OLD_QKV[name]
        return _value(mix, zone)
    if kind is KEY or kind is QUERY:
        if kind is KEY and mix.experts == 8:
            return "Q8_0"
        return _KEY_AND_QUERY.get(name, mix.default)
    if kind is DOWN:
        return _falcon_down(mix, zone) or _down(mix, zone)
    if kind is ATTENTION_OUTPUT:
        return _attention_output(mix)
    return "IQ3_XXS" if zone.middle and name == "IQ3_XS" else mix.default


def _output(mix: Mix, row: int) -> str:
    if mix.name == "MXFP4_MOE" or mix.falcon or row % BLOCKS[mix.default][0]:
        return "Q8_0"
    if mix.name in LOWEST or mix.name == "IQ3_XXS":
        return "Q5_K"
    return "Q8_0" if mix.default == "Q8_0" else "Q6_K"


def _lowest(mix: Mix, kind: Category, zone: Zone) -> str:
    better = "IQ3_S" if mix.name in {"IQ2_S", "IQ2_M"} else "Q2_K"
    if kind is VALUE:
        return "Q4_K" if mix.gqa >= 4 or mix.experts >= 4 else better
    if kind is KEY and mix.experts == 8:
        return "Q4_K"
    if kind is DOWN and zone.counted_eighth:
        return better
    if kind is ATTENTION_OUTPUT:
        if mix.experts == 8:
            return "Q5_K"
        if mix.name in {"IQ1_S", "IQ1_M"}:
            return "IQ2_XXS"
        if mix.name in {"IQ2_S", "IQ2_M"}:
            return "IQ3_S"
    return mix.default


def _value(mix: Mix, zone: Zone) -> str:
    if mix.experts == 8:
        return "Q8_0"
    chosen = _value_by_name(mix, zone) or mix.default
    return "Q5_K" if mix.seventy and chosen in {"Q3_K", "Q4_K"} else chosen


def _value_by_name(mix: Mix, zone: Zone) -> str | None:
    name, grouped = mix.name, mix.gqa >= 4
    if name == "Q2_K":
        return "Q4_K" if grouped else "Q3_K"
    if name == "IQ3_XXS":
        return "Q4_K" if grouped else "IQ3_XXS" if mix.imatrix else "IQ3_S"
    if grouped and name in {"Q2_K_S", "IQ3_XS", "IQ3_S"}:
        return "Q4_K"
    if grouped and name in {"IQ4_NL", "IQ4_XS"}:
        return "Q5_K"
    if name == "IQ3_M":
        return "Q4_K"
    if name == "Q3_K_M":
        return "Q5_K" if zone.first_two else "Q4_K"
    if name == "Q3_K_L" or (name == "Q4_K_S" and zone.first_four):
        return "Q5_K"
    return "Q6_K" if name in {"Q4_K_M", "Q5_K_M"} and zone.more else None


def _down(mix: Mix, zone: Zone) -> str:
    name, chosen = mix.name, None
    if name == "Q2_K":
        chosen = "Q3_K"
    elif name == "IQ3_XXS" and not mix.imatrix:
        chosen = "Q4_K" if zone.first_eighth else "Q3_K"
    elif name == "Q3_K_M":
        chosen = "Q5_K" if zone.first_sixteenth else "Q4_K"
    elif name == "Q3_K_L":
        chosen = "Q5_K"
    elif name in {"Q4_K_M", "Q5_K_M"}:
        chosen = "Q6_K" if zone.more else None
    elif name == "IQ3_M" and mix.experts == 8 and zone.more:
        chosen = "Q4_K"
    elif zone.first_eighth:
        chosen = (_EARLY_WITH_IMATRIX if mix.imatrix else _EARLY).get(name)
    return chosen or mix.default


_EARLY = {"Q2_K_S": "Q4_K", "IQ3_M": "Q4_K", "IQ4_NL": "Q5_K", "IQ4_XS": "Q5_K", "Q4_K_S": "Q5_K"}
"""What the first eighth of ffn_down gets."""
_EARLY_WITH_IMATRIX = {"Q2_K_S": "Q4_K", "IQ3_M": "Q4_K", "Q4_K_S": "Q5_K", "Q4_0": "Q4_1", "Q5_0": "Q5_1"}


def _falcon_down(mix: Mix, zone: Zone) -> str | None:
    """Falcon's own clauses; None where the general ones hold."""
    if not mix.falcon:
        return None
    if mix.name == "Q3_K_M":
        return "Q5_K" if zone.first_sixteenth else "Q4_K" if zone.more else "Q3_K"
    if mix.name == "Q3_K_L":
        return "Q4_K"
    if mix.name == "Q4_K_M":
        return "Q6_K" if zone.first_sixteenth else "Q5_K" if zone.more else "Q4_K"
    return mix.default if mix.name == "Q4_K_S" else None


def _attention_output(mix: Mix) -> str:
    if mix.falcon:
        return "Q4_K" if mix.name == "Q3_K_L" else mix.default
    if mix.experts == 8:
        return "Q5_K" if mix.name in _EIGHT_EXPERTS_Q5_K else mix.default
    return _ATTENTION_OUTPUT.get(mix.name, mix.default)

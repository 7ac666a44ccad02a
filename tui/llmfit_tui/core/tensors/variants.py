"""Files that carry one name and differ: what publishers do that llama-quantize by itself does not.

An estimate names the variant it assumes; the others can be asked for by name.
"""

from functools import lru_cache

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.formats import Format
from llmfit_tui.core.tensors.plan import TensorPlan
from llmfit_tui.core.tensors.quantize import NATIVE_EXPERTS, RULES_OF_2025, STORED_OUTPUT
from llmfit_tui.core.tensors.quantized import MAINLINE, Practice


@record
class Variant:
    """One way a file of a name is made."""

    name: str
    about: str
    """Who makes it and how, after "the file is made"."""
    practice: Practice = MAINLINE
    prediction: bool = True
    """The file holds the model's prediction (MTP) blocks."""


LLAMA_QUANTIZE = Variant("llama-quantize", "as llama-quantize chooses today")
KEPT_EXPERTS = Variant(
    "native-experts", "as publishers do: the experts stay in the MXFP4 they came in", NATIVE_EXPERTS
)
TIED_OUTPUT_STORED = Variant(
    "stored-output",
    "from a repository that stores the output matrix although the model ties it",
    STORED_OUTPUT,
)
OLDER_RULES = Variant(
    "rules-of-2025",
    "by the rules of releases up to 2025: other types for fused attention and per-layer embeddings",
    RULES_OF_2025,
)
WITHOUT_PREDICTION = Variant(
    "no-mtp", "without the prediction blocks, as converted before 2026 or with --no-mtp", prediction=False
)
SMALL_EMBEDDING = Variant(
    "q4_k-embedding",
    "as Unsloth makes Q2_K_L: Q2_K with a Q4_K embedding where the output is a matrix of its own",
    Practice(ends_of_large=False, embedding_type="Q4_K"),
)
PLAIN_Q2_K = Variant(
    "as-q2_k", "as Unsloth makes Q2_K_L of tied models: no different from Q2_K", Practice(ends_of_large=False)
)

DOUBLE_QUANTIZED = Variant("double-quantized", "with its scales quantized once more, as Unsloth does")
PLAIN_SCALES = Variant(
    "plain-scales",
    "with scales in 32 bits, as transformers does unless told otherwise",
    Practice(plain_scales=True),
)
ONE_MATRIX = Variant("tied-output", "with one matrix for both ends, as the model has it")

WITH_IMATRIX = Variant("imatrix", "with an importance matrix")
WITHOUT_IMATRIX = Variant("no-imatrix", "without an importance matrix")
"""The other setting of the importance matrix (`Settings.imatrix`), as a variant of the one assumed."""

PUBLISHED_IN_MXFP4 = frozenset(["gpt-oss"])
"""Architectures whose checkpoints hold experts in MXFP4, which every publisher's file keeps."""


@lru_cache(maxsize=8192)
def variants_of(plan: TensorPlan, file_type: str) -> tuple[Variant, ...]:
    """The variants a file of this type may be, the one assumed first."""
    names = {group.name for group in plan.groups}
    kept = plan.architecture in PUBLISHED_IN_MXFP4
    found = [KEPT_EXPERTS, LLAMA_QUANTIZE] if kept else [LLAMA_QUANTIZE]
    if file_type == "Q2_K_L":
        found.append(PLAIN_Q2_K if plan.tied else SMALL_EMBEDDING)
    if plan.tied:
        found.append(TIED_OUTPUT_STORED)
    if plan.nextn_layers:
        found.append(WITHOUT_PREDICTION)
    if names & {"attn_qkv", "per_layer_token_embd"}:
        found.append(OLDER_RULES)
    return tuple(found)


def variants_of_format(plan: TensorPlan, rule: Format) -> tuple[Variant, ...]:
    """Those of repositories in a format other than GGUF, the one assumed first; none where all are alike."""
    found = [] if rule.plain_per_group is None else [DOUBLE_QUANTIZED, PLAIN_SCALES]
    if plan.tied and rule.head_bits is None and not rule.embedding:
        found = [*(found or [ONE_MATRIX]), TIED_OUTPUT_STORED]
    return tuple(found)


def variant_named(name: str | None, known: tuple[Variant, ...], file_type: str) -> Variant:
    """The variant of this name, or the one assumed. Raises BadValue, naming those there are."""
    if name is None:
        return known[0]
    for variant in known:
        if variant.name == name:
            return variant
    offered = ", ".join(variant.name for variant in known)
    raise BadValue(f"This model has no variant {quoted(name)} at {file_type}; it has {offered}.")

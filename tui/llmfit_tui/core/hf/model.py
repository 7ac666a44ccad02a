"""A model from a configuration, and from the weights that lie beside it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from llmfit_tui.core.errors import BadValue, printable, quoted
from llmfit_tui.core.hf.config import Defaults, context_of, language_config
from llmfit_tui.core.hf.quantization import stored_format
from llmfit_tui.core.hf.safetensors import Counted
from llmfit_tui.core.models.config import Config
from llmfit_tui.core.models.model import Checkpoint, Model, StoredWeights, Trust
from llmfit_tui.core.models.proving import prove
from llmfit_tui.core.models.shapes import architecture_of
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.tensors.formats import format_named
from llmfit_tui.core.tensors.plan import TensorPlan, tensor_plan

HALF_BITS = {"BF16": 16, "F16": 16, "F32": 32}
LONGEST_SHOWN = 80
_BITS = re.compile(r"(\d+(?:\.\d+)?)")


def model_of_config(
    config: Config,
    id: str,  # noqa: A002 - a model's own word
    defaults: Defaults,
    counted: Counted | None = None,
    index_bytes: int | None = None,
) -> Model:
    """The model a configuration describes.

    `counted` is what the headers of its weights add up to, `index_bytes` what their index says they are.
    Raises BadValue, naming the key, where no size can be read.
    """
    language = language_config(config, defaults)
    arch = architecture_of(language)
    plan = _plan(language)
    form = stored_format(config)
    total = index_bytes or (counted.tensor_bytes if counted else None)
    parameters, trust, source = _parameters(plan, counted, form, total)
    if parameters is None:
        raise BadValue(
            f"no weights lie beside it and the tensors of {quoted(arch.name)} are not known here; what can be"
            f" told: {arch.layers:,} layers of width {arch.hidden:,}, {sum(arch.key_widths):,} keys and"
            f" {sum(arch.value_widths):,} values cached for each token."
        )
    context = context_of(language)
    stored = StoredWeights(form, total) if form is not None and total and form not in HALF_BITS else None
    name = printable(id)[-LONGEST_SHOWN:]
    notes: list[str] = []
    if plan is None:
        notes.append(f"the tensors of {arch.name} are not known here, only their sum")
    model = Model(
        id=name,
        name=name.rsplit("/", 1)[-1],
        family=arch.name,
        publisher=name.split("/", 1)[0] if "/" in name else "",
        config=language,
        checkpoints=(Checkpoint(name, context),),
        parameters=parameters,
        context_max=context,
        trust=trust,
        notes=tuple(notes),
        sources={"config": "the configuration opened", **({"parameters": source} if source else {})},
        stored=stored,
    )
    prove(model)
    return model


def _plan(language: Config) -> TensorPlan | None:
    try:
        return tensor_plan(language)
    except (KeyError, IndexError, ZeroDivisionError) as problem:
        raise BadValue("its layers contradict one another, so its tensors cannot be worked out.") from problem


def _parameters(
    plan: TensorPlan | None, counted: Counted | None, form: str | None, total: int | None
) -> tuple[int | None, Trust, str]:
    """(parameters, how far they can be relied on, where they come from)."""
    by_plan = _language_model(plan) if plan is not None else None
    if by_plan is not None:
        agrees = counted is not None and abs(counted.parameters - by_plan) <= by_plan // 100
        return by_plan, Trust.VERIFIED if agrees else Trust.DERIVED, "the tensors of its architecture"
    if counted is not None and counted.parameters:
        return counted.parameters, Trust.PARTIAL, "the shapes of its weights"
    bits = bits_of(form)
    if total and bits:
        return round(total * 8 / bits), Trust.PARTIAL, "the size of its weights"
    return None, Trust.PARTIAL, ""


def bits_of(form: str | None) -> float | None:
    """Bits of a value in a format, scales apart."""
    if form is None:
        return None
    if form in HALF_BITS:
        return HALF_BITS[form]
    rule = format_named(form)
    if rule is not None:
        return rule.bits
    match = _BITS.search(form)
    return float(match[1]) if match else None


def _language_model(plan: TensorPlan) -> int:
    """Values of the layers that are loaded, without the rotary tables the converter works out."""
    return sum(
        group.values * (sum(1 for block in group.blocks if block < plan.layers) if group.blocks else 1)
        for group in plan.groups
        if not group.name.startswith("rope_")
    )


def stored_quant(model: Model, quants: Sequence[Quant]) -> Quant | None:
    """The quantization a checkpoint is in: the catalog's entry of its name, or the nearest entry renamed."""
    stored = model.stored
    if stored is None:
        return None
    known = next((quant for quant in quants if stored.name in (quant.name, *quant.aliases)), None)
    if known is not None:
        return known
    kind = stored.name.split("-", 1)[0]
    like = next((quant for quant in quants if quant.name.split("-", 1)[0] == kind), None)
    bits = bits_of(stored.name)
    if like is None:
        return Quant(
            stored.name, kind, "file", bits, bits, "as the checkpoint says", engines=("transformers",)
        )
    return replace(like, name=stored.name, bits_per_weight=bits, file_bits_per_weight=bits, aliases=())

"""Sizes of all models in all quantizations: CPU time cold, and again from what is kept."""

import time
from collections.abc import Callable

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.memory.demand import kept_weights
from llmfit_tui.core.memory.modeltensors import tensors_of
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Settings, architecture, uses_imatrix
from llmfit_tui.core.tensors.header import file_bytes
from llmfit_tui.storage.catalogs import Catalog

PLAIN = Settings()


def size(model: Model, quant: Quant) -> None:
    """The tensors anew, though their plan is known."""
    made = tensors_of(model, quant, uses_imatrix(PLAIN, quant))
    if made is not None and made.in_gguf:
        file_bytes(made)


def weights(model: Model, quant: Quant) -> None:
    """The size of the file and of its tensors, as the explorer's lists ask for it."""
    kept_weights(model, architecture(model), quant, PLAIN)


def spread(model: Model, quant: Quant) -> None:
    """What becomes of them when they are loaded, as a placement asks for it."""
    found = kept_weights(model, architecture(model), quant, PLAIN)
    if found is not None:
        found.spread.work()


def milliseconds(work: Callable[[Model, Quant], None], model: Model, quants: list[Quant]) -> float:
    """CPU time of one model in all of them."""
    start = time.process_time()
    for quant in quants:
        try:
            work(model, quant)
        except LlmfitError:
            continue
    return (time.process_time() - start) * 1e3


def main() -> None:
    """Cold: plans are made too. Again: from what `kept_weights` keeps."""
    catalog = Catalog()
    every = [quant for quant in catalog.quants if quant.status != "removed"]
    types = [quant for quant in every if quant.ftype_id is not None]
    for name, work, quants in (
        ("sizes, all quantizations, cold", weights, every),
        ("the same again", weights, every),
        ("tensors of llama-quantize's types", size, types),
        ("where the bytes lie", spread, every),
    ):
        taken = sorted(milliseconds(work, model, quants) for model in catalog.models)
        print(
            f"{name:<35} {len(taken)} models x {len(quants)}: {sum(taken) / 1e3:5.2f} s in all, "
            f"a model {taken[len(taken) // 2]:5.2f} ms (median), {taken[-1]:5.2f} ms (most)"
        )


if __name__ == "__main__":
    main()

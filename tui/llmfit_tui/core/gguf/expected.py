"""Whether a file has the tensors its architecture is made of, in the shapes its metadata mean."""

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.models.config import Config
from llmfit_tui.core.tensors.plan import TensorPlan, tensor_plan


def as_its_architecture(plan: TensorPlan, config: Config) -> bool:
    """What is built on a file's tensors may rely on all of them being there.

    A file may have more (biases, factors), but none of another shape, and none missing that every model of
    the architecture has.
    """
    try:
        expected = tensor_plan(config)
    except (BadValue, KeyError, IndexError, ZeroDivisionError):
        return False
    if expected is None:
        return False
    there: dict[tuple[str, int], tuple[int, ...]] = {}
    for group in plan.groups:
        for block in group.blocks or (-1,):
            there[group.name, block] = group.shape
    for group in expected.groups:
        for block in group.blocks or (-1,):
            if block >= plan.layers:
                continue
            found = there.get((group.name, block))
            if found is None and _optional(group.name):
                continue
            if found is None or _trimmed(found) != _trimmed(group.shape):
                return False
    return True


def _optional(name: str) -> bool:
    return name.endswith((".bias", ".scale")) or name.startswith("rope_") or name == "output"


def _trimmed(shape: tuple[int, ...]) -> tuple[int, ...]:
    while len(shape) > 1 and shape[-1] == 1:
        shape = shape[:-1]
    return shape

"""Whether a model somebody handed in holds together: everything an estimate builds on it can be built.

The tensors and the graph of a catalog model are proved by the tests. A configuration or a header from outside
may name sizes that each are possible and together are not, such as heads without keys.
"""

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.graph.run import Layout
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.placement.planning import planner_of
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Settings, architecture

ANY = Quant("F16", "gguf", "float", 16.0, 16.0, "", engines=("llama.cpp",))
SETTINGS = (
    Settings(context=512, planned=True),
    Settings(context=512, planned=True, flash_attention=False),
)


def prove(model: Model) -> None:
    """Build what estimates rest on, once. Raises BadValue where the model's sizes contradict one another."""
    try:
        for settings in SETTINGS:
            planner = planner_of(model, ANY, settings)
            if planner is not None:
                planner.sizes(Layout())
                planner.sizes(Layout(((0, architecture(model).layers),), output=0))
    except (KeyError, IndexError, ValueError, ZeroDivisionError, AssertionError, StopIteration) as problem:
        part = f" (at {problem.args[0]})" if isinstance(problem, KeyError) else ""
        raise BadValue(f"its sizes contradict one another, so its graph cannot be built{part}.") from problem

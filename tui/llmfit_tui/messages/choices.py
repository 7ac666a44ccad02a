"""A person chose something in a pane."""

from textual.message import Message

from llmfit_tui.core.machine import Machine
from llmfit_tui.core.model import Model
from llmfit_tui.core.quant import Quant


class ModelChosen(Message):
    """The cursor came to rest on a model."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model


class QuantChosen(Message):
    """The cursor came to rest on a quantization."""

    def __init__(self, quant: Quant) -> None:
        super().__init__()
        self.quant = quant


class MachineChosen(Message):
    """The cursor came to rest on a machine."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self.machine = machine


class ProfileBroken(Message):
    """The cursor came to rest on a profile that makes no machine."""

    def __init__(self, problem: str) -> None:
        super().__init__()
        self.problem = problem

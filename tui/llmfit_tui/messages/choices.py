"""A person chose something in a pane."""

from textual.message import Message

from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant


class Chosen(Message):
    """The cursor came to rest on a row. Of several that wait only the last one matters."""

    def can_replace(self, message: Message) -> bool:
        """In place of an earlier choice in the same pane."""
        return isinstance(message, type(self))


class ModelChosen(Chosen):
    """The cursor came to rest on a model."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model


class QuantChosen(Chosen):
    """The cursor came to rest on a quantization."""

    def __init__(self, quant: Quant) -> None:
        super().__init__()
        self.quant = quant


class MachineChosen(Chosen):
    """The cursor came to rest on a machine."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self.machine = machine


class ProfileBroken(Chosen):
    """The cursor came to rest on a profile that makes no machine."""

    def __init__(self, problem: str) -> None:
        super().__init__()
        self.problem = problem


class FilterTold(Message):
    """What can be said next in the filter being typed, or what is wrong with it; empty: it is done."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def can_replace(self, message: Message) -> bool:
        """Only the newest matters."""
        return isinstance(message, FilterTold)


class Pasted(Message):
    """Several lines were pasted where one is typed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

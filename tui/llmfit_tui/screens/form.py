"""A form of one line: what is typed there, and buttons that do what Enter and Escape do."""

from textual import on
from textual.containers import Horizontal
from textual.screen import ScreenResultType
from textual.widgets import Button, Input

from llmfit_tui.screens.modal import Modal


def buttons(does: str, back: str = "Back", **others: str) -> Horizontal:
    """Those below a form: what Enter does, others by their id, and what Escape does.

    They are for the mouse. Each has its key, so Tab goes past them to what can be filled in.
    """
    made = {"do": does, **others, "back": back}
    shown = [Button(label, id=id, compact=True) for id, label in made.items()]  # noqa: A001
    for one in shown:
        one.can_focus = False
    return Horizontal(*shown, id="buttons")


class Form(Modal[ScreenResultType]):
    """Has one Input, `buttons`, and an action that leaves it."""

    @on(Button.Pressed, "#do")
    async def submit(self) -> None:
        """As Enter does."""
        await self.query_one(Input).action_submit()

    @on(Button.Pressed, "#back")
    async def go_back(self) -> None:
        """As Escape does."""
        await self.run_action("leave")

"""A person pointed at something in a view."""

from textual.message import Message


class Picked(Message):
    """A click on an entry, by its place."""

    def __init__(self, place: int, across: int = 0) -> None:
        super().__init__()
        self.place = place
        self.across = across
        """The column, where entries stand in a grid."""


class TabPicked(Message):
    """A click on the name of another of several views in one place."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place

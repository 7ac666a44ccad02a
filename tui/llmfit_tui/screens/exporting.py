"""Export of a view: its rows as JSON, CSV or Markdown, or a picture of the screen."""

from collections.abc import Callable

from llmfit_tui.screens.view import View


def export_view(view: View, name: str, text: Callable[[str], str]) -> None:
    """Ask for a file, named as `name` says; `text` gives the rows of a kind."""
    from llmfit_tui.screens.export_form import ExportForm

    picture = view.app.export_screenshot(title="llmfit-tui")  # pyright: ignore[reportUnknownMemberType]

    def made(kind: str) -> str:
        return picture if kind == "svg" else text(kind)

    def done(said: str | None) -> None:
        if said:
            view.say(said)

    view.app.push_screen(ExportForm(f"llmfit-{name}.csv", made), done)  # pyright: ignore[reportUnknownMemberType]

"""Reading files a person names."""

from pathlib import Path

from llmfit_tui.core.errors import LlmfitError, quoted


class UnreadableError(LlmfitError):
    """A file or source that could not be read."""

    unreadable = True


def read_text(name: str) -> str:
    """The text of a file. Raises UnreadableError."""
    try:
        return Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise UnreadableError(f"{quoted(name)} cannot be read: text in UTF-8 was expected.") from problem
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise UnreadableError(f"{quoted(name)} cannot be read: {reason.lower()}.") from problem

"""Kept views of the ranking: taken in turn, kept under a name, forgotten; each says what became of it."""

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.ranking.view import RankingView
from llmfit_tui.storage.places import Places
from llmfit_tui.storage.ranking_views import delete_view, read_views, save_view


class KeptViews:
    """Views by name; without a place to keep them there are none."""

    def __init__(self, where: Places | None) -> None:
        self.where = where
        self.views = read_views(where) if where else {}

    def after(self, name: str, steps: int) -> tuple[str, RankingView]:
        """The next view and its name; between the last and the first the usual one, which has none."""
        names = ["", *self.views]
        here = names.index(name) if name in names else 0
        following = names[(here + steps) % len(names)]
        return following, self.views.get(following, RankingView())

    def keep(self, name: str, view: RankingView) -> str:
        """Keep a view. Raises SaveError."""
        assert self.where is not None
        save_view(self.where, name, view)
        self.views[name] = view
        return f"kept as {name}; v takes the kept views in turn"

    def forget(self, name: str) -> tuple[bool, str]:
        """Whether a view is kept no longer, and what to say."""
        if not name or self.where is None:
            return False, "this view is not kept; v takes the kept ones in turn"
        try:
            delete_view(self.where, name)
        except LlmfitError as problem:
            return False, str(problem)
        self.views.pop(name, None)
        return True, f"{name} is kept no longer"

"""The key table as Textual's bindings, and as the words of the hint line."""

from textual.binding import Binding, BindingType

from llmfit_tui.screens.keys import KEYS, VIEWS, Key, passed_on
from llmfit_tui.screens.keys.explorer import FIRST_HINTS, ONE_KEY_HINTS
from llmfit_tui.screens.keys.keymap import Keymap

LEAVE = "app.leave"
STAYING = frozenset({"app.palette", "app.keys", LEAVE, "dismiss"})
"""What is told in every width: the way to all that can be done, and the way out."""
Hint = tuple[str, str, str]
"""Keys as shown, what they do, the action a click runs."""


def explorer_bindings() -> list[BindingType]:
    """Those the explorer's screen binds."""
    made: list[BindingType] = []
    for key in KEYS:
        # A key that leads is bound twice: before the panes see it, and again for one they let through.
        turns = () if not key.bound else (True, False) if key.leads else (False,)
        made += [_binding(key, key.action, first) for first in turns]
    return made


def view_bindings(view: str) -> list[BindingType]:
    """The view's own keys, those of the explorer that work there too, and the way back."""
    return [
        *(_binding(key, key.action) for key in VIEWS[view] if key.bound),
        *(_binding(key, passed_action(key)) for key in passed_on(view) if key.bound),
        Binding("escape,ctrl+c", "dismiss", "Back", show=False, id="back"),
    ]


def _binding(key: Key, action: str, first: bool = False) -> Binding:
    return Binding(key.keys, action, key.does, show=False, id=key.id, priority=first)


def passed_action(key: Key) -> str:
    """What a key of the explorer does in a view."""
    if key.action == LEAVE:
        return "dismiss"
    return key.action if key.action.startswith("app.") else f"pass_on({key.action!r})"


def explorer_hints(keymap: Keymap) -> list[Hint]:
    """What a newcomer needs first."""
    hinted = [key for key in KEYS if key.hint and keymap.first(key)]
    hinted.sort(key=lambda key: FIRST_HINTS.index(key.id) if key.id in FIRST_HINTS else len(FIRST_HINTS))
    return [
        (
            keymap.first(key) if key.id in ONE_KEY_HINTS else keymap.shown(key),
            key.hint,
            key.action if key.bound else "",
        )
        for key in hinted
    ]


def view_hints(view: str, keymap: Keymap) -> list[Hint]:
    """The view's own, the way to all that can be done, and last the way back."""
    own = [(keymap.shown(key), key.hint, key.action) for key in VIEWS[view] if key.hint and keymap.first(key)]
    find = next(key for key in KEYS if key.id == "find")
    found = [(keymap.first(find), find.hint, find.action)] if keymap.first(find) else []
    return [*own, *found, ("Esc", "back", "dismiss")]

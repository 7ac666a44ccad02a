"""Every key of the explorer in one table: bindings, the hint line and the help read from it."""

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Key:
    """A key (or two that belong together), its action and what it does."""

    id: str
    keys: str
    """For Textual, separated by commas."""
    shown: str
    """In the help; empty: told with its neighbour."""
    action: str
    does: str
    group: str
    hint: str = ""
    """A word for the hint line; empty: only in the help."""


KEYS = (
    Key("list.move", "", "↑ ↓", "", "choose; the cursor is the selection", "Lists", "choose"),
    Key("pane.next", "tab,right", "Tab", "pane(1)", "next pane; Shift-Tab the one before", "Lists", "pane"),
    Key("pane.previous", "shift+tab,left", "", "pane(-1)", "previous pane", "Lists"),
    Key("pane.models", "1", "1 2 3", "show_pane('models')", "models, quantizations, hardware", "Lists"),
    Key("pane.quants", "2", "", "show_pane('quants')", "quantizations", "Lists"),
    Key("pane.hardware", "3", "", "show_pane('hardware')", "hardware", "Lists"),
    Key("list.filter", "slash", "/", "filter", "filter the list; Escape clears it", "Lists", "filter"),
    Key("context.less", "left_square_bracket", "", "context(-1)", "half the context", "Scenario"),
    Key(
        "context.more",
        "right_square_bracket",
        "[ ]",
        "context(1)",
        "half or twice the context",
        "Scenario",
        "context",
    ),
    Key("context.most", "right_curly_bracket", "}", "most_context", "the most context that fits", "Scenario"),
    Key("kv.next", "k", "k K", "kv_type(1)", "next or previous type of the KV cache", "Scenario", "KV type"),
    Key("kv.previous", "K", "", "kv_type(-1)", "the other way round", "Scenario"),
    Key(
        "slots.more",
        "s",
        "s S",
        "slots(1)",
        "more or fewer slots, each with its share of the context",
        "Scenario",
        "slots",
    ),
    Key("slots.less", "S", "", "slots(-1)", "the other way round", "Scenario"),
    Key("flash", "f", "f", "flash", "flash attention on or off", "Scenario"),
    Key(
        "host.more",
        "m",
        "m M",
        "host_memory(1)",
        "more or less host memory beside a card",
        "Scenario",
        "host memory",
    ),
    Key("host.less", "M", "", "host_memory(-1)", "the other way round", "Scenario"),
    Key("star", "asterisk", "*", "star", "take the starred quantization", "Scenario"),
    Key("reset", "0", "0", "reset", "settings as at the start", "Scenario"),
    Key(
        "profile.new",
        "p",
        "p",
        "profile('new')",
        "keep the highlighted hardware as a profile",
        "Profiles",
        "profile",
    ),
    Key("profile.edit", "e", "e", "profile('edit')", "edit the profile under the cursor", "Profiles"),
    Key("profile.blank", "n", "n", "profile('blank')", "a profile from scratch", "Profiles"),
    Key("profile.copy", "d", "d", "profile('copy')", "copy it under another name", "Profiles"),
    Key("profile.delete", "x,delete", "x", "profile('delete')", "delete it", "Profiles"),
    Key("profile.undo", "u", "u", "profile('undo')", "bring it back", "Profiles"),
    Key("model", "i", "i", "model_facts", "estimate or model, in a narrow terminal", "View"),
    Key("theme", "t", "t", "app.theme", "dark or light", "View"),
    Key("help", "question_mark,f1", "?", "app.keys", "all keys", "View", "keys"),
    Key("quit", "q,ctrl+c", "q", "app.leave", "leave", "View", "quit"),
)


def bindings() -> list[Binding]:
    """The table as Textual's bindings."""
    return [Binding(key.keys, key.action, key.does, show=False, id=key.id) for key in KEYS if key.keys]


FIRST_HINTS = ("list.move", "pane.next", "list.filter", "context.more", "kv.next", "help", "quit")
"""In a narrow terminal these are what fits."""
FIRST_KEY_ONLY = frozenset({"kv.next", "slots.more", "host.more"})


def hints() -> list[tuple[str, str, str]]:
    """(keys, word, action) for the hint line, what a newcomer needs first."""
    hinted = [key for key in KEYS if key.hint]
    hinted.sort(key=lambda key: FIRST_HINTS.index(key.id) if key.id in FIRST_HINTS else len(FIRST_HINTS))
    return [
        (key.shown.split(" ")[0] if key.id in FIRST_KEY_ONLY else key.shown, key.hint, key.action)
        for key in hinted
    ]

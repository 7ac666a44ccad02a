"""Every key of the explorer in one table: bindings, the hint line and the help read from it.

A key's action is the method `action_NAME` of one of the groups the explorer derives from.
"""

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
    hint: str = ""
    """A word for the hint line; empty: only in the help."""
    leads: bool = False
    """It moves where keys go, so it acts before the keys typed right after it find their way."""


GROUPS = {
    "Lists": (
        Key("list.move", "", "↑ ↓", "", "choose; the cursor is the selection", "choose"),
        Key(
            "pane.next",
            "tab,right",
            "Tab",
            "pane(1)",
            "next pane; Shift-Tab the one before",
            "pane",
            leads=True,
        ),
        Key("pane.previous", "shift+tab,left", "", "pane(-1)", "previous pane", leads=True),
        Key(
            "pane.models", "1", "1 2 3", "show_pane('models')", "models, quantizations, hardware", leads=True
        ),
        Key("pane.quants", "2", "", "show_pane('quants')", "quantizations", leads=True),
        Key("pane.hardware", "3", "", "show_pane('hardware')", "hardware", leads=True),
        Key("list.filter", "slash", "/", "filter", "filter the list; Escape clears it", "filter", leads=True),
    ),
    "Scenario": (
        Key("context.less", "left_square_bracket", "", "context(-1)", "half the context"),
        Key(
            "context.more",
            "right_square_bracket",
            "[ ]",
            "context(1)",
            "half or twice the context",
            "context",
        ),
        Key("kv.next", "k", "k K", "kv_type(1)", "next or previous type of the KV cache", "KV type"),
        Key("kv.previous", "K", "", "kv_type(-1)", "the other way round"),
        Key(
            "slots.more",
            "s",
            "s S",
            "slots(1)",
            "more or fewer slots, each with its share of the context",
            "slots",
        ),
        Key("slots.less", "S", "", "slots(-1)", "the other way round"),
        Key("flash", "f", "f", "flash", "flash attention on or off"),
        Key(
            "host.more", "m", "m M", "host_memory(1)", "more or less host memory beside a card", "host memory"
        ),
        Key("host.less", "M", "", "host_memory(-1)", "the other way round"),
        Key("layers.more", "l", "l L", "gpu_layers(1)", "a layer more or fewer on the GPU, by hand"),
        Key("layers.less", "L", "", "gpu_layers(-1)", "the other way round"),
        Key("moe.more", "b", "b B", "cpu_moe(1)", "experts of a layer more or fewer on the host, by hand"),
        Key("moe.less", "B", "", "cpu_moe(-1)", "the other way round"),
        Key("placement.auto", "z", "z", "auto_placement", "place automatically again"),
        Key("free", "w", "w", "free_now", "reckon with the memory of this machine that is free now"),
        Key("star", "asterisk", "*", "star", "take the starred quantization"),
        Key("reset", "0", "0", "reset", "settings as at the start"),
    ),
    "Models": (
        Key("model.open", "o", "o", "open_model", "open a file, a folder or a repository"),
        Key("model.parts", "j", "j", "parts", "load a projector, an adapter or a draft model beside it"),
        Key("model.keep", "a", "a", "keep_model", "keep the model among your own, in models.toml"),
    ),
    "Answers": (
        Key("answer.help", "h", "h", "help_rating", "the cheapest change that lifts the rating"),
        Key(
            "context.most",
            "right_curly_bracket",
            "} {",
            "most_context",
            "the most context, or slots, that fit",
        ),
        Key("slots.most", "left_curly_bracket", "", "most_slots", "the most slots that fit"),
        Key("answer.back", "H", "H", "take_back", "take the last answer back"),
    ),
    "Profiles": (
        Key(
            "profile.new", "p", "p", "profile('new')", "keep the highlighted hardware as a profile", "profile"
        ),
        Key("profile.edit", "e", "e", "profile('edit')", "edit the profile under the cursor"),
        Key("profile.blank", "n", "n", "profile('blank')", "a profile from scratch"),
        Key("profile.copy", "d", "d", "profile('copy')", "copy it under another name"),
        Key("profile.delete", "x,delete", "x", "profile('delete')", "delete it"),
        Key(
            "profile.fleet",
            "y",
            "y",
            "own_machines",
            "only your own machines, all rated; again: all hardware",
        ),
        Key("profile.undo", "u", "u", "profile('undo')", "bring it back"),
    ),
    "Views": (
        Key("view.why", "enter", "Enter", "why", "where every figure comes from", "why?"),
        Key("view.map", "g", "g", "fit_map", "the fit map: quantization by context, by hardware", "map"),
        Key("view.pin", "plus", "+", "pin", "pin the scenario to compare it, or unpin it"),
        Key("view.take", "c", "c", "take_away", "copy a launch line, a summary, the scenario", "copy"),
        Key("view.export", "E", "E", "export", "the list as JSON, CSV or Markdown, the screen as SVG"),
        Key("view.compare", "equals_sign", "=", "compare", "pinned scenarios side by side", "compare"),
    ),
    "View": (
        Key("model", "i", "i", "model_facts", "estimate or model, in a narrow terminal"),
        Key(
            "tensors",
            "v",
            "v",
            "tensors",
            "what the weights are made of, and why",
            "weights",
        ),
        Key("theme", "t", "t", "app.theme", "dark or light"),
        Key("help", "question_mark,f1", "?", "app.keys", "all keys", "keys", leads=True),
        Key("quit", "q", "q", "app.leave", "leave", "quit"),
    ),
}
VIEWS = {
    "Why": (
        Key("why.down", "down,tab", "↑ ↓", "figure(1)", "another figure", "figure"),
        Key("why.up", "up,shift+tab", "", "figure(-1)", "the figure before"),
        Key("why.on", "pagedown,space", "PgDn", "scroll_by(8)", "further down a long derivation", "scroll"),
        Key("why.back", "pageup", "", "scroll_by(-8)", "back up"),
        Key("why.tensors", "v", "v", "tensors", "the tensors behind the weights", "tensors"),
        Key("why.deeper", "enter", "", "deeper", "what lies below a figure"),
    ),
    "Fit map": (
        Key("map.down", "down", "↑ ↓ ← →", "move(1, 0)", "another cell, and its scenario", "choose"),
        Key("map.up", "up", "", "move(-1, 0)", "a row up"),
        Key("map.right", "right", "", "move(0, 1)", "a column on"),
        Key("map.left", "left", "", "move(0, -1)", "a column back"),
        Key("map.page_down", "pagedown", "", "move(10, 0)", "ten rows down"),
        Key("map.page_up", "pageup", "", "move(-10, 0)", "ten rows up"),
        Key("map.home", "home", "", "move(0, -100000)", "the first column"),
        Key("map.end", "end", "", "move(0, 100000)", "the last column"),
        Key(
            "map.turn", "tab,g", "Tab", "turn", "turn it: by context, by hardware, models by hardware", "turn"
        ),
        Key("map.why", "enter", "Enter", "why", "where the figures come from", "why?"),
    ),
    "Compare": (
        Key("compare.right", "right,tab", "← →", "across(1)", "another scenario", "choose"),
        Key("compare.left", "left,shift+tab", "", "across(-1)", "the one before"),
        Key("compare.down", "down,pagedown", "", "scroll_by(5)", "further down"),
        Key("compare.up", "up,pageup", "", "scroll_by(-5)", "back up"),
        Key("compare.take", "enter", "Enter", "take", "go to this scenario", "take it"),
        Key("compare.unpin", "x,delete,minus", "x", "unpin", "take it away", "unpin"),
        Key("compare.machines", "h", "h", "machines", "its hardware over all models", "hardware"),
    ),
    "Take away": (
        Key("take.down", "down", "↑ ↓", "move(1)", "another text", "choose"),
        Key("take.up", "up", "", "move(-1)", "the one before"),
        Key("take.copy", "enter,c", "Enter", "copy", "copy the text to the clipboard", "copy"),
        Key("take.export", "E", "E", "export", "the list of the explorer to a file", "export"),
    ),
    "Two machines": (
        Key("machines.down", "down", "↑ ↓", "move(1)", "another model", "choose"),
        Key("machines.up", "up", "", "move(-1)", "the one before"),
        Key("machines.page_down", "pagedown", "", "move(15)", "further down"),
        Key("machines.page_up", "pageup", "", "move(-15)", "back up"),
        Key("machines.take", "enter", "Enter", "take", "go to this model on the second machine", "take it"),
    ),
}
"""Keys of the views; those of the scenario work there too."""
KEYS = tuple(key for keys in GROUPS.values() for key in keys)


def bindings() -> list[Binding]:
    """The table as Textual's bindings."""
    made: list[Binding] = []
    for key in KEYS:
        # A key that leads is bound twice: before the panes see it, and again for one they let through.
        turns = () if not key.keys else (True, False) if key.leads else (False,)
        made += [
            Binding(key.keys, key.action, key.does, show=False, id=key.id, priority=first) for first in turns
        ]
    return made


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

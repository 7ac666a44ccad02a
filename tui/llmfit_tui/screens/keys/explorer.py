"""Keys of the explorer. An action is the method `action_NAME` of one of the groups it derives from."""

from llmfit_tui.screens.keys.key import Key

LISTS = (
    Key("list.up", "up", "↑ ↓", "move(-1)", "choose; the cursor is the selection", "choose", bound=False),
    Key("list.down", "down", "", "move(1)", "the row below", bound=False),
    Key("list.page_up", "pageup", "PgUp PgDn", "page(-1)", "a screenful up or down", bound=False),
    Key("list.page_down", "pagedown", "", "page(1)", "a screenful down", bound=False),
    Key("list.first", "home", "Home End", "move(-1000000)", "the first or the last row", bound=False),
    Key("list.last", "end", "", "move(1000000)", "the last row", bound=False),
    Key(
        "pane.next",
        "tab,right",
        "Tab",
        "pane(1)",
        "next pane; Shift-Tab the one before",
        "pane",
        leads=True,
        alone="next pane",
    ),
    Key("pane.previous", "shift+tab,left", "", "pane(-1)", "previous pane", leads=True),
    Key(
        "pane.models",
        "1",
        "1 2 3",
        "show_pane('models')",
        "models, quantizations, hardware",
        leads=True,
        alone="models",
    ),
    Key("pane.quants", "2", "", "show_pane('quants')", "quantizations", leads=True),
    Key("pane.hardware", "3", "", "show_pane('hardware')", "hardware", leads=True),
    Key(
        "list.filter",
        "slash",
        "/",
        "filter",
        "filter the list; Escape clears it",
        "filter",
        leads=True,
        alone="filter the list",
    ),
)
SCENARIO = (
    Key(
        "context.less",
        "left_square_bracket",
        "[ ]",
        "context(-1)",
        "half or twice the context",
        "context",
        alone="half the context",
    ),
    Key("context.more", "right_square_bracket", "", "context(1)", "twice the context"),
    Key(
        "kv.next",
        "k",
        "k K",
        "kv_type(1)",
        "next or previous type of the KV cache",
        "KV type",
        alone="next type of the KV cache",
    ),
    Key("kv.previous", "K", "", "kv_type(-1)", "previous type of the KV cache"),
    Key(
        "slots.more",
        "s",
        "s S",
        "slots(1)",
        "more or fewer slots, each with its share of the context",
        "slots",
        alone="more slots",
    ),
    Key("slots.less", "S", "", "slots(-1)", "fewer slots"),
    Key("flash", "f", "f", "flash", "flash attention on or off"),
    Key(
        "host.more",
        "m",
        "m M",
        "host_memory(1)",
        "more or less host memory beside a card",
        "host memory",
        alone="more host memory beside a card",
    ),
    Key("host.less", "M", "", "host_memory(-1)", "less host memory beside a card"),
    Key(
        "layers.more",
        "l",
        "l L",
        "gpu_layers(1)",
        "a layer more or fewer on the GPU, by hand",
        alone="a layer more on the GPU",
    ),
    Key("layers.less", "L", "", "gpu_layers(-1)", "a layer fewer on the GPU"),
    Key(
        "moe.more",
        "b",
        "b B",
        "cpu_moe(1)",
        "experts of a layer more or fewer on the host, by hand",
        alone="experts of a layer more on the host",
    ),
    Key("moe.less", "B", "", "cpu_moe(-1)", "experts of a layer fewer on the host"),
    Key("placement.auto", "z", "z", "auto_placement", "place automatically again"),
    Key("engine", "X", "X", "engine", "another engine: llama.cpp, Ollama, vLLM, MLX"),
    Key("free", "w", "w", "free_now", "reckon with the memory of this machine that is free now"),
    Key("star", "asterisk", "*", "star", "take the starred quantization"),
    Key("reset", "0", "0", "reset", "settings as at the start"),
)
MODELS = (
    Key("model.open", "o", "o", "open_model", "open a file, a folder or a repository"),
    Key("model.parts", "j", "j", "parts", "load a projector, an adapter or a draft model beside it"),
    Key("model.keep", "a", "a", "keep_model", "keep the model among your own, in models.toml"),
)
ANSWERS = (
    Key("answer.help", "h", "h", "help_rating", "the cheapest change that lifts the rating"),
    Key(
        "context.most",
        "right_curly_bracket",
        "} {",
        "most_context",
        "the most context, or slots, that fit",
        alone="the most context that fits",
    ),
    Key("slots.most", "left_curly_bracket", "", "most_slots", "the most slots that fit"),
    Key("answer.back", "H", "H", "take_back", "take the last answer back"),
)
PROFILES = (
    Key("profile.new", "p", "p", "profile('new')", "keep the highlighted hardware as a profile", "profile"),
    Key("profile.edit", "e", "e", "profile('edit')", "edit the profile under the cursor"),
    Key("profile.blank", "n", "n", "profile('blank')", "a profile from scratch"),
    Key("profile.copy", "d", "d", "profile('copy')", "copy the profile under another name"),
    Key("profile.delete", "x,delete", "x", "profile('delete')", "delete the profile"),
    Key("profile.fleet", "y", "y", "own_machines", "only your own machines, all rated; again: all hardware"),
    Key(
        "profile.calibrate",
        "C",
        "C",
        "calibrate",
        "let its speeds follow runs of your own; list and remove them",
    ),
    Key("profile.undo", "u", "u", "profile('undo')", "take the last change of a profile back"),
)
OPENS = (
    Key("view.why", "enter", "Enter", "why", "where every figure comes from", "why?"),
    Key(
        "view.speed", "D", "D", "why('decode')", "where the speed comes from: measurements, own runs, the fit"
    ),
    Key("view.map", "g", "g", "fit_map", "the fit map: quantization by context, by hardware", "map"),
    Key("view.charts", "G", "G", "charts", "charts: memory, speed, quality, models", "charts"),
    Key(
        "view.page",
        "I",
        "I",
        "model_page",
        "the model's page: answers, what runs it, where to get it",
        "page",
    ),
    Key("view.ranking", "r", "r", "ranking", "all models on this hardware, best first", "ranking"),
    Key("view.pin", "plus", "+", "pin", "pin the scenario to compare it, or unpin it"),
    Key("view.take", "c", "c", "take_away", "copy a launch line, a summary, the scenario", "copy"),
    Key("view.export", "E", "E", "export", "the list as JSON, CSV or Markdown, the screen as SVG"),
    Key("view.compare", "equals_sign", "=", "compare", "pinned scenarios side by side", "compare"),
    Key("tensors", "v", "v", "tensors", "what the weights are made of, and why", "weights"),
)
SCREEN = (
    Key("model", "i", "i", "model_facts", "estimate or model, in a narrow terminal"),
    Key("theme", "t", "t", "app.theme", "dark or light"),
    Key(
        "find",
        "colon,ctrl+p",
        ":",
        "app.palette",
        "find a model, hardware, view or command",
        "find",
        leads=True,
    ),
    Key("help", "question_mark,f1", "?", "app.keys", "all keys", "keys", leads=True),
    Key("app.paint_anew", "ctrl+l", "Ctrl-L", "app.paint_anew", "paint the screen anew", bound=False),
    Key(
        "app.suspend",
        "ctrl+z",
        "Ctrl-Z",
        "app.suspend_process",
        "to the shell, and back with fg",
        bound=False,
    ),
    Key("quit", "q", "q", "app.leave", "leave; Ctrl-C too", "quit"),
)
EXPLORER = {
    "Lists": LISTS,
    "Scenario": SCENARIO,
    "Models": MODELS,
    "Answers": ANSWERS,
    "Profiles": PROFILES,
    "Views": OPENS,
    "Screen": SCREEN,
}
FIRST_HINTS = ("list.up", "pane.next", "list.filter", "context.less", "kv.next", "find", "help", "quit")
"""In a narrow terminal these are what fits."""
ONE_KEY_HINTS = frozenset({"kv.next", "slots.more", "host.more"})
"""Their second key is the first with Shift, which need not be told there."""

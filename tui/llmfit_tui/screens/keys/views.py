"""Keys of the views; those that change the scenario work there too."""

from llmfit_tui.screens.keys.key import Key

VIEWS = {
    "Why": (
        Key("why.down", "down,tab", "↑ ↓", "figure(1)", "another figure", "figure"),
        Key("why.up", "up,shift+tab", "", "figure(-1)", "the figure before"),
        Key("why.on", "pagedown,space", "PgDn", "scroll_by(8)", "further down a long derivation", "scroll"),
        Key("why.back", "pageup", "PgUp", "scroll_by(-8)", "back up"),
        Key("why.tensors", "v", "v", "tensors", "the tensors behind the weights", "tensors"),
        Key("why.deeper", "enter", "Enter", "deeper", "what lies below a figure"),
    ),
    "Fit map": (
        Key("map.down", "down", "↑ ↓ ← →", "move(1, 0)", "another cell, and its scenario", "choose"),
        Key("map.up", "up", "", "move(-1, 0)", "a row up"),
        Key("map.right", "right", "", "move(0, 1)", "a column on"),
        Key("map.left", "left", "", "move(0, -1)", "a column back"),
        Key("map.page_down", "pagedown", "PgDn PgUp", "move(10, 0)", "ten rows down or up"),
        Key("map.page_up", "pageup", "", "move(-10, 0)", "ten rows up"),
        Key("map.home", "home", "Home End", "move(0, -100000)", "the first or the last column"),
        Key("map.end", "end", "", "move(0, 100000)", "the last column"),
        Key(
            "map.turn", "tab,g", "Tab", "turn", "turn it: by context, by hardware, models by hardware", "turn"
        ),
        Key("map.why", "enter", "Enter", "why", "where the figures come from", "why?"),
    ),
    "Charts": (
        Key("charts.next", "tab,G", "Tab", "turn(1)", "the next chart", "chart"),
        Key("charts.previous", "shift+tab", "", "turn(-1)", "the chart before"),
        Key("charts.memory", "1", "1 2 3 4", "show_chart(0)", "memory, speed, quality, models"),
        Key("charts.speed", "2", "", "show_chart(1)", "speed by depth"),
        Key("charts.quality", "3", "", "show_chart(2)", "quality by size of the file"),
        Key("charts.models", "4", "", "show_chart(3)", "what models can do by their speed"),
        Key("charts.left", "left", "← →", "move(-1, 0)", "another point, and its scenario", "point"),
        Key("charts.right", "right", "", "move(1, 0)", "the next point"),
        Key("charts.up", "up", "↑ ↓", "move(0, 1)", "along the points that nothing beats", "best"),
        Key("charts.down", "down", "", "move(0, -1)", "back along the points that nothing beats"),
        Key("charts.first", "home", "Home End", "move(-100000, 0)", "the first or the last point"),
        Key("charts.last", "end", "", "move(100000, 0)", "the last point"),
        Key("charts.use", "u", "u", "use", "models for another use: general, coding, chat ..."),
        Key("charts.why", "enter", "Enter", "why", "where the figures come from", "why?"),
        Key("charts.export", "E", "E", "export", "the points as JSON, CSV or Markdown, or a picture"),
    ),
    "Model": (
        Key("page.down", "down", "↑ ↓", "move(1)", "a quantization, a device or a model to go to", "choose"),
        Key("page.up", "up", "", "move(-1)", "the one before"),
        Key(
            "page.take", "enter", "Enter", "take", "go to it, or see where the figures come from", "go to it"
        ),
        Key("page.on", "pagedown,space", "PgDn PgUp", "scroll_by(15)", "further down or up", "scroll"),
        Key("page.back", "pageup", "", "scroll_by(-15)", "further up"),
        Key("page.first", "home", "Home End", "scroll_by(-100000)", "the top or the end of the page"),
        Key("page.last", "end", "", "scroll_by(100000)", "the end of the page"),
        Key("page.undo", "backspace", "Backspace", "go_back", "the model before, where a link was followed"),
        Key("page.export", "E", "E", "export", "the page as JSON, CSV or Markdown, or a picture", "export"),
    ),
    "Ranking": (
        Key("ranking.up", "up", "↑ ↓", "move(-1)", "another model", "choose", bound=False),
        Key("ranking.down", "down", "", "move(1)", "the model below", bound=False),
        Key("ranking.take", "enter", "Enter", "take", "go to the model at this quantization", "take it"),
        Key("ranking.field", "tab", "Tab", "field(1)", "another field for left and right", "field"),
        Key("ranking.field_back", "shift+tab", "", "field(-1)", "the field before"),
        Key("ranking.right", "right", "← →", "change(1)", "another value of the field", "change"),
        Key("ranking.left", "left", "", "change(-1)", "the value before"),
        Key("ranking.use", "u", "u i e a c", "step(0)", "use, size, speed, agreement, licence"),
        Key("ranking.size", "i", "", "step(1)", "parameters at most"),
        Key("ranking.speed", "e", "", "step(2)", "tokens per second at least"),
        Key("ranking.agrees", "a", "", "step(3)", "agreement with 16 bit at least"),
        Key("ranking.licence", "c", "", "step(4)", "another licence"),
        Key("ranking.order", "o", "o O", "step(5)", "sort by another column; the other way round", "order"),
        Key("ranking.turn", "O", "", "turn", "sort the other way round"),
        Key(
            "ranking.filter", "slash", "/", "filter", "filter by text, as in the lists", "filter", leads=True
        ),
        Key(
            "ranking.views", "v", "v n d", "step(6)", "the next kept view; keep this one; forget it", "views"
        ),
        Key("ranking.keep", "n", "", "keep", "keep this view under a name"),
        Key("ranking.forget", "d", "", "forget", "keep this view no longer"),
        Key("ranking.export", "E", "E", "export", "the ranking as JSON, CSV or Markdown, or a picture"),
    ),
    "Compare": (
        Key("compare.right", "right,tab", "← →", "across(1)", "another scenario", "choose"),
        Key("compare.left", "left,shift+tab", "", "across(-1)", "the one before"),
        Key("compare.down", "down,pagedown", "↓ ↑", "scroll_by(5)", "further down, back up"),
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
        Key("machines.page_down", "pagedown", "PgDn PgUp", "move(15)", "further down, back up"),
        Key("machines.page_up", "pageup", "", "move(-15)", "back up"),
        Key("machines.take", "enter", "Enter", "take", "go to this model on the second machine", "take it"),
    ),
}

"""How a key is called: by Textual, by a person in settings.toml, and in the help."""

from llmfit_tui.core.errors import BadValue, quoted

PUNCTUATION = {
    "!": "exclamation_mark",
    '"': "quotation_mark",
    "#": "number_sign",
    "$": "dollar_sign",
    "%": "percent_sign",
    "&": "ampersand",
    "'": "apostrophe",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
    "*": "asterisk",
    "+": "plus",
    ",": "comma",
    "-": "minus",
    ".": "full_stop",
    "/": "slash",
    ":": "colon",
    ";": "semicolon",
    "<": "less_than_sign",
    "=": "equals_sign",
    ">": "greater_than_sign",
    "?": "question_mark",
    "@": "at",
    "[": "left_square_bracket",
    "\\": "backslash",
    "]": "right_square_bracket",
    "^": "circumflex_accent",
    "_": "underscore",
    "`": "grave_accent",
    "{": "left_curly_bracket",
    "|": "vertical_line",
    "}": "right_curly_bracket",
    "~": "tilde",
    " ": "space",
}
SHOWN = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "delete": "Del",
    "insert": "Ins",
    "escape": "Esc",
    "backspace": "Bksp",
    "space": "Space",
} | {name: sign for sign, name in PUNCTUATION.items() if sign != " "}
ALIASES = {"esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "pgup": "pageup"} | {
    "pgdn": "pagedown",
    "page_up": "pageup",
    "page_down": "pagedown",
}
NAMED = frozenset(
    (
        *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete"),
        *("backspace", "tab", "enter", "escape", *PUNCTUATION.values(), *(f"f{n}" for n in range(1, 25))),
    )
)
MODIFIERS = ("ctrl", "shift", "alt")
EXPECTED = 'a key such as "w", "W", "[", "f5" or "ctrl+n" was expected'


def key_called(text: str) -> str:
    """Textual's name of the key a person wrote. Raises BadValue."""
    *modifiers, last = _parts(text)
    name = _plain(last)
    if "shift" in modifiers and len(name) == 1:
        # A terminal sends the capital, and nothing of the Shift.
        modifiers, name = [one for one in modifiers if one != "shift"], name.upper()
    if "ctrl" in modifiers and len(name) == 1:
        name = name.lower()
    if not name or any(one not in MODIFIERS for one in modifiers):
        raise BadValue(f"{EXPECTED}, not {quoted(text)}")
    return "+".join((*sorted(modifiers), name))


def _parts(text: str) -> list[str]:
    """The modifiers and what they are pressed with, which may itself be a plus or a dash."""
    if len(text) == 1:
        return [text]
    *modifiers, last = text.strip().replace("-", "+").split("+")
    return [*(one.strip().lower() for one in modifiers), last.strip()] if last else [text]


def _plain(text: str) -> str:
    if len(text) == 1:
        return PUNCTUATION.get(text) or (text if text.isprintable() else "")
    name = text.lower()
    name = ALIASES.get(name, name)
    return name if name in NAMED else ""


def shown_key(name: str) -> str:
    """A key of Textual's name as help, hints and palette show it."""
    *modifiers, last = name.split("+")
    plain = SHOWN.get(last, last if len(last) == 1 else last.capitalize())
    if modifiers and len(plain) == 1:
        plain = plain.upper()
    return "-".join((*(one.capitalize() for one in modifiers), plain))

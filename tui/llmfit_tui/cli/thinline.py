"""Only cells that changed travel to the terminal, and only the part of a style that differs from the last.

Textual sends whole runs of a line, each with its colours in full. `ThinLine` reads what Textual writes, keeps
what every cell shows, and writes what a terminal needs to get from there to the new frame. It understands
cursor positions, styles and text; modes, questions and the clipboard pass through as they are. Where the
screen may be another than it remembers (a resize, coming back from the shell), `forget` makes it send
everything. At a sequence it does not know, after which anything may be on screen, it steps aside for good.

Frames that have to wait for the terminal are laid over each other, and only what became of them is sent.
"""

import re
from functools import lru_cache

from rich.cells import get_character_cell_size

from llmfit_tui.cli.overlay import Overlay

TOKEN = re.compile(
    r"\x1b\[(?P<sgr>[0-9;]*)m"
    r"|\x1b\[(?P<y>[0-9]+);(?P<x>[0-9]+)H"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?P<line>\r?\n)"
    r"|\x1b\[\?2026(?P<frame>[hl])"
    r"|(?P<other>\x1bP.*?\x1b\\|\x1b\[[^@-~]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[^\[\]]|.)",
    re.DOTALL,
)
HARMLESS = re.compile(
    r"\x1b\[[?>=<]?[0-9;]*(?:[hlnu]|\$p)|\x1b[P\]].*|\x1b\[[0-9]* q|\x1b[=>]|\x07", re.DOTALL
)
"""What leaves every cell as it is: modes, questions, cursor shapes, titles, the clipboard, the bell."""
BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"
MOST = 1 << 16
"""Columns and rows where nobody knows how many there are."""
SHORT_GAP = 5
"""Unchanged cells that cost no more than moving over them."""
Style = str
"""Parameters of an SGR sequence that follows a reset; empty: plain."""


class ThinLine:
    """What the terminal shows, and the shortest way to the next frame."""

    def __init__(self) -> None:
        self.aside = False
        """It met a sequence it does not know, and passes everything on as it is."""
        self.painted = False
        """Cells were sent; whoever asks for an answer to them clears it."""
        self._framed = False
        """The terminal shows what stands between two marks at once."""
        self._waiting = Overlay()
        self.forget()

    def forget(self, size: tuple[int, int] = (MOST, MOST)) -> None:
        """Nothing is known of the screen but its columns and rows: the next frame is sent whole."""
        self._width, self._height = size
        self._rows: dict[int, dict[int, tuple[str, Style]]] = {}
        self._wide: set[int] = set()
        """Rows with letters two cells wide, which are sent as they come."""
        self._style: Style | None = None
        """As the terminal has it; None: not known."""
        self._wanted: Style = ""
        self._at: tuple[int, int] | None = None
        """Column and row of the terminal's cursor."""
        self._x, self._y = 0, 0
        self._frame_waits = self._in_frame = False
        self._out: list[str] = []

    @property
    def within(self) -> bool:
        """Whether a frame was begun and not ended."""
        return self._in_frame or self._frame_waits

    def thin(self, data: str, hold: bool = False) -> str:
        """What to send in place of the data. With `hold` cells wait, unless their frame was sent in part."""
        if self.aside:
            return data
        self._out = []
        self._holding = hold and not self._in_frame
        if not self._holding:
            self._send_what_waited()
        for token in TOKEN.finditer(data):
            match token.lastgroup:
                case "text" if self._holding:
                    self._x = self._waiting.lay(self._x, self._y, token[0], self._wanted)
                case "text":
                    self._text(token[0])
                case "sgr":
                    self._wanted = _joined(self._wanted, token["sgr"])
                case "x":
                    self._x, self._y = int(token["x"]) - 1, int(token["y"]) - 1
                case "line":
                    self._x, self._y = 0, self._y + 1
                case "frame":
                    self._frame(token["frame"] == "h")
                case _ if HARMLESS.fullmatch(token[0]):
                    self._other(token[0])
                case _:
                    self._step_aside(data[token.start() :])
                    break
        return "".join(self._out)

    def release(self) -> str:
        """What waited, as one frame."""
        self._out = []
        self._send_what_waited()
        return "".join(self._out)

    def _send_what_waited(self) -> None:
        if not self._waiting:
            return
        x, y, wanted, begun = self._x, self._y, self._wanted, self._frame_waits
        self._frame_waits, self._at = self._framed, None
        for column, row, text, style in self._waiting.runs():
            self._x, self._y, self._wanted = column, row, style
            self._text(text)
        if self._in_frame:
            self._out.append(END)
        self._in_frame, self._frame_waits, self._at = False, begun, None
        self._x, self._y, self._wanted = x, y, wanted

    def _text(self, text: str) -> None:
        """Text at the cursor: the parts that differ."""
        x, y, style = self._x, self._y, self._wanted
        if x >= self._width or y >= self._height:
            # Of a frame made for a larger window; a terminal would write it over its last column or row.
            self._x = x + len(text)
            return
        row = self._rows.setdefault(y, {})
        if not text.isascii() and any(get_character_cell_size(letter) != 1 for letter in text):
            self._wide_text(text)
            return
        self._x = x + len(text)
        text = text[: self._width - x]
        if y in self._wide:
            self._send(x, y, text, style)
            return
        start = end = -1
        ground = _ground(style)
        for at, letter in enumerate(text, start=x):
            before = row.get(at)
            if (
                before is not None
                and before[0] == letter
                and (before[1] == style or (letter == " " and _ground(before[1]) == ground))
            ):
                continue
            row[at] = (letter, style)
            if start >= 0 and at - end > SHORT_GAP:
                self._send(start, y, text[start - x : end - x], style)
                start = at
            start, end = (at if start < 0 else start), at + 1
        if start >= 0:
            self._send(start, y, text[start - x : end - x], style)

    def _wide_text(self, text: str) -> None:
        """Letters of other widths than one cell: sent as they come, and so is their row from now on."""
        self._wide.add(self._y)
        self._send(self._x, self._y, text, self._wanted)
        self._at = None
        self._x += sum(map(get_character_cell_size, text))

    def _send(self, x: int, y: int, text: str, style: Style) -> None:
        if self._frame_waits:
            self._out.append(BEGIN)
            self._frame_waits, self._in_frame = False, True
        self.painted = True
        if self._at != (x, y):
            here = self._at
            ahead = x - here[0] if here is not None and here[1] == y else 0
            self._out.append(f"\x1b[{ahead if ahead > 1 else ''}C" if ahead > 0 else f"\x1b[{y + 1};{x + 1}H")
        if self._style != style:
            self._out.append(_change(self._style, style))
            self._style = style
        self._out.append(text)
        self._at = (x + len(text), y)

    def _frame(self, begins: bool) -> None:
        if begins:
            self._frame_waits = self._framed = True
            # A line that was full leaves the cursor on its last cell; what comes first says where it goes.
            self._at = None
            return
        if self._in_frame:
            self._out.append(END)
        self._frame_waits = self._in_frame = False

    def _other(self, sequence: str) -> None:
        """Something else, which is to find the terminal as Textual believes it to be."""
        self._send_what_waited()
        if self._style != self._wanted:
            self._out.append(_change(None, self._wanted))
            self._style = self._wanted
        self._out.append(sequence)
        self._at = None

    def _step_aside(self, data: str) -> None:
        """From here on the terminal gets what Textual writes."""
        self._other("")
        self._out.append(f"\x1b[{self._y + 1};{self._x + 1}H{data}")
        self.aside = True


@lru_cache(maxsize=4096)
def _joined(style: Style, parameters: str) -> Style:
    """A style and what an SGR sequence adds to it."""
    if parameters in {"", "0"}:
        return ""
    if parameters.startswith("0;"):
        return parameters[2:]
    return f"{style};{parameters}" if style else parameters


@lru_cache(maxsize=4096)
def _parts(style: Style) -> tuple[frozenset[str], str, str]:
    """Attributes, colour and background of a style, by their parameters."""
    codes = iter(style.split(";") if style else ())
    attributes: set[str] = set()
    colour = ground = ""
    for code in codes:
        if code in {"38", "48"}:
            kind = next(codes, "5")
            code = ";".join([code, kind, *(next(codes, "0") for _ in range(3 if kind == "2" else 1))])
        if len(code) == 1 or code == "21":
            attributes.add(code)
        elif code[0] in "39":
            colour = code
        else:
            ground = code
    return frozenset(attributes), colour, ground


@lru_cache(maxsize=4096)
def _ground(style: Style) -> tuple[frozenset[str], str, str] | tuple[bool, str]:
    """What a blank in this style looks like: its background, unless it is underlined or reversed."""
    attributes, colour, ground = _parts(style)
    return (attributes, colour, ground) if attributes & {"4", "7", "9", "21"} else (True, ground)


@lru_cache(maxsize=4096)
def _change(before: Style | None, after: Style) -> str:
    """The shortest sequence from one style to another."""
    whole = f"\x1b[0;{after}m" if after else "\x1b[0m"
    if before is None:
        return whole
    had, had_colour, had_ground = _parts(before)
    has, colour, ground = _parts(after)
    if had - has:
        return whole
    codes = sorted(has - had)
    if colour != had_colour:
        codes.append(colour or "39")
    if ground != had_ground:
        codes.append(ground or "49")
    sequence = f"\x1b[{';'.join(codes)}m"
    return min(sequence, whole, key=len) if codes else ""

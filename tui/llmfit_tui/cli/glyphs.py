"""Stand-ins for the glyphs of the screen where the locale is not UTF-8, cell by cell."""

from collections.abc import Mapping

STAND_INS = str.maketrans(
    {
        **dict(zip("○◌◔◑◕●", ".xocO@", strict=True)),
        **dict(zip("█▓▒░▞·", "#=+:%-", strict=True)),
        **dict(zip("▌▏▎▊▕▐▔▁▀▄", ">|||||-___", strict=True)),
        **dict(zip("─━═│┃║", "--=|||", strict=True)),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛╔╗╚╝", "+"),
        **dict(zip("±÷µ✓✗®™©", "~/uvxrtc", strict=True)),
        **dict(zip("★⌂…–—−×’‘“”≈≤≥↑↓←→⇥√●•▲▼▶◀╱", "*~~---x''\"\"~<>^v<>>v@*^v></", strict=True)),
        "\N{NO-BREAK SPACE}": " ",
    }
)
BRAILLE = 0x2800
DOTS = (0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80)
"""Bits of the left and of the right column, from the top."""
STEEP = 1
"""Rows that a line falls from one column of dots to the next, to be drawn as a stroke."""
COERCED = "C.UTF-8"
"""What Python itself puts into LC_CTYPE under the C locale."""


def ascii_only(environment: Mapping[str, str]) -> bool:
    """Whether the locale says that the terminal does not read UTF-8. Where nothing is said it does."""
    category = environment.get("LC_CTYPE", "")
    language = environment.get("LANG", "")
    if category == COERCED and language in {"C", "POSIX"}:
        category = ""
    said = environment.get("LC_ALL") or category or language
    return bool(said) and "utf" not in said.lower()


def in_ascii(text: str) -> str:
    """The text in ASCII, cell by cell."""
    plain = text.translate(STAND_INS)
    if plain.isascii():
        return plain
    return "".join(letter if letter.isascii() else _stand_in(letter) for letter in plain)


def _stand_in(letter: str) -> str:
    """What looks most like the dots of a braille letter; question marks for anything else."""
    bits = ord(letter) - BRAILLE
    if not 0 < bits < 256:
        from rich.cells import cell_len  # not at the start of every command

        return "?" * cell_len(letter)
    left, right = ([row for row, bit in enumerate(column) if bits & bit] for column in DOTS)
    if left and right and (fall := sum(right) / len(right) - sum(left) / len(left)):
        if abs(fall) >= STEEP:
            return "\\" if fall > 0 else "/"
    elif max(len(left), len(right)) > 2:
        return "|"
    rows = [*left, *right]
    return "'--."[round(sum(rows) / len(rows))]

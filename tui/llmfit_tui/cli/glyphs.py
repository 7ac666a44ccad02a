"""Stand-ins for the glyphs of the screen where the locale is not UTF-8, cell by cell."""

from collections.abc import Mapping

from rich.cells import cell_len

STAND_INS = str.maketrans(
    {
        **dict(zip("○◌◔◑◕●", ".xocO@", strict=True)),
        **dict(zip("█▓▒░▞·", "#=+:%-", strict=True)),
        **dict(zip("▌▏▎▊▕▐▔▁▀▄", ">|||||-___", strict=True)),
        **dict(zip("─━═│┃║", "--=|||", strict=True)),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛╔╗╚╝", "+"),
        **dict(zip("★⌂…–—−×’‘“”≈≤≥↑↓←→⇥√●•▲▼▶◀", "*~~---x''\"\"~<>^v<>>v@*^v><", strict=True)),
        "\N{NO-BREAK SPACE}": " ",
    }
)
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
    return "".join(letter if letter.isascii() else "?" * cell_len(letter) for letter in plain)

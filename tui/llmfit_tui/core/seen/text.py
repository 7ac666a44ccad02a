"""Amounts, ids and names as tools print them, with units that mean more or less than they say."""

import re

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
_SIZE = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*(?:([KMGT])i?)?(?:B|bytes?)?\b", re.IGNORECASE)
_POWERS = {"": 1, "k": KIB, "m": MIB, "g": GIB, "t": 1 << 40}
_BUS = re.compile(r"(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])", re.IGNORECASE)
_MARKS = re.compile(r"\((?:r|tm|c)\)|[®™©]", re.IGNORECASE)
NOTHING = frozenset(
    {"", "n/a", "[n/a]", "[not supported]", "not supported", "unknown", "none", "[unknown error]", "-"}
)
LARGEST = 1 << 60
VENDORS = {
    "10de": "NVIDIA",
    "1002": "AMD",
    "1022": "AMD",
    "8086": "Intel",
    "106b": "Apple",
    "5143": "Qualcomm",
    "19e5": "Huawei",
    "13b5": "Arm",
    "1ed5": "Moore Threads",
    "9999": "MetaX",
}
_NAMES = (
    (r"nvidia|geforce|quadro|tesla|\brtx\b|\bgtx\b|\btitan\b|jetson|tegra", "NVIDIA"),
    (r"\bamd\b|\bati\b|radeon|instinct|advanced micro devices|firepro", "AMD"),
    (r"intel|\barc\b|\biris\b|\buhd graphics", "Intel"),
    (r"apple", "Apple"),
    (r"qualcomm|adreno|snapdragon", "Qualcomm"),
    (r"huawei|ascend", "Huawei"),
    (r"metax", "MetaX"),
    (r"moore threads|\bmtt\b", "Moore Threads"),
    (r"\bmali\b|immortalis", "Arm"),
)


def size_bytes(text: str | None, unit: str = "", least: int = 1) -> int | None:
    """Bytes of `24564 MiB`, `11.84 GB`, `7,9 GiB`; tools mean powers of two whatever they write.

    `unit` is meant where the text has none. None for `[N/A]` and the like, and below `least`.
    """
    if text is None or text.strip().lower() in NOTHING:
        return None
    match = _SIZE.search(text)
    if match is None or len(match.group(1)) > 20:
        return None
    written = (match.group(2) or unit).lower()
    value = round(float(match.group(1).replace(",", ".")) * _POWERS[written[:1]])
    return value if least <= value <= LARGEST else None


def whole(text: str | None, base: int = 10) -> int | None:
    """A whole number, or None where the text is something else."""
    try:
        return int((text or "").strip()[:40], base)
    except ValueError:
        return None


def hex_id(text: str | None) -> str | None:
    """Four hex digits of `0x744c`, `744C` or `0x1`; None for anything else."""
    value = whole(text, 16)
    return f"{value:04x}" if value is not None and 0 < value <= 0xFFFF else None


def bus_address(text: str | None) -> str | None:
    """`0000:01:00.0` of `00000000:01:00.0` or `01:00.0`."""
    match = _BUS.search(text or "")
    if match is None:
        return None
    domain = int(match.group(1) or "0", 16)
    return f"{domain:04x}:{match.group(2)}:{match.group(3)}.{match.group(4)}".lower()


def plain(text: str | None) -> str | None:
    """A name without trade marks, control characters and doubled blanks; None where nothing is left."""
    if text is None or text.strip().lower() in NOTHING:
        return None
    shown = "".join(letter if letter.isprintable() else " " for letter in _MARKS.sub("", text[:200]))
    return " ".join(shown.split()) or None


def vendor_of(name: str | None, pci_id: str | None = None) -> str | None:
    """Who made a device, by its PCI vendor or the words of its name."""
    if pci_id is not None and pci_id[:4] in VENDORS:
        return VENDORS[pci_id[:4]]
    for pattern, vendor in _NAMES:
        if name and re.search(pattern, name, re.IGNORECASE):
            return vendor
    return None


def pairs(text: str, separator: str = ":") -> list[tuple[str, str]]:
    """`key: value` of every line that has one, blanks trimmed."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        key, mark, value = line.partition(separator)
        if mark:
            found.append((key.strip(), value.strip()))
    return found


_JSON_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,{}\[\]]+))')


def json_pairs(text: str) -> dict[str, str]:
    """Keys and plain values of one JSON object, whether or not it goes on to its end."""
    found: dict[str, str] = {}
    for key, quoted, bare in _JSON_PAIR.findall(text):
        found.setdefault(key, quoted or bare)
    return found

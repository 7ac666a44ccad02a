"""Made-up files of profiles: as people write them, then damaged or hostile, each from a number."""

import json
import random

GPUS = (
    '"RTX 4090"',
    '"2x RTX 3090"',
    '{ memory = "24GiB" }',
    '{ name = "Odd, [card] #1", memory = "16 GB", bandwidth = "936GB/s", tflops = 71.5, serial = 7 }',
    '{ memory = "24576MiB", count = 3, backend = "vulkan" }',
    "{ memory = 24 }",
    '{ memory = "-1GiB" }',
    '{ memory = "24GiB", tflops = nan }',
    "3",
    '""',
)
LINES = (
    'ram = "64GiB"',
    'ram = "128 GB" # as sold',
    'ram = "lots"',
    "ram = nan",
    "ram = -5",
    'ram_bandwidth = "80GB/s"',
    'margin = "0"',
    'margin = "512MiB"',
    'gpu_limit = "56GiB"',
    'backend = "cuda"',
    'backend = "cuba"',
    "power_limit_w = 250",
    "nodes = 2",
    "nodes = 0x" + "f" * 5000,
    'notes = """\n[profiles.not-one]\nram = "1GiB" """',
    "notes = '''a \"b\" # no comment'''",
    'notes = "\\u001b[31m\\u009b\\u007f\\u202e"',
    'tags = ["home", "quiet"] # two',
    'tags = [\n  "a", # one\n\n  "b",\n]',
    'colour = { of = "front", nested = [1, [2, { three = 3 }]] }',
    "when = 1979-05-27T07:32:00Z",
    "not-a-number = nan",
    "# nothing but a comment",
    "",
)
NAMES = ("box", "Box", "lab 2", "a.b", 'q"uote', "ünïcode", "\x1b[31m", "x" * 500, "", " pad ", "profiles")
OTHERS = (
    "[future]\nx = 1 # kept\n",
    "[[list]]\na = 1\n[[list]]\na = inf\n",
    "[future.deep.er]\nx = [\n]\n",
    "# a lonely comment\n",
)
DAMAGE = (
    "[",
    "]",
    '"',
    '"""',
    "'",
    "\n",
    "=",
    "\x00",
    "\\",
    "}",
    "# ",
    "[profiles.box]\n",
    "\udcff",
    "ram =",
)


class Maker:
    """Makes one file."""

    def __init__(self, number: int) -> None:
        self.chance = random.Random(number)
        self.used: set[str] = set()

    def file(self) -> str:
        """Its text; two of three are damaged or not."""
        chance = self.chance
        parts = [chance.choice(("schema = 1\n", "schema = 1\n", "", "# mine\nschema = 1\n", "schema = 7\n"))]
        parts += [self._table() for _ in range(chance.randrange(1, 5))]
        others = [one for one in OTHERS if chance.random() < 0.2]
        for other in others:
            parts.insert(chance.randrange(1, len(parts) + 1), other)
        text = "\n".join(parts)
        if chance.random() < 0.1:
            text = text.replace("\n", "\r\n")
        for _ in range(chance.choice((0, 0, 0, 1, 2, 5))):
            text = self._damaged(text)
        return text

    def _table(self) -> str:
        chance = self.chance
        name = chance.choice(NAMES) if chance.random() < 0.6 else f"p{chance.randrange(99)}"
        key = json.dumps(name, ensure_ascii=chance.random() < 0.5)
        keys: set[str] = set()
        lines: list[str] = []
        for line in chance.sample(LINES, chance.randrange(6)):
            own = line.split(" ")[0]
            if own not in keys or chance.random() < 0.02:
                keys.add(own)
                lines.append(line)
        gpus = [
            chance.choice(GPUS[:5] if chance.random() < 0.8 else GPUS) for _ in range(chance.randrange(4))
        ]
        tables = [gpu.strip("{} ").replace(", serial", "\nserial") for gpu in gpus if gpu.startswith("{")]
        head = (
            chance.choice(("", "", "# about it\n"))
            + f"[profiles.{key}]"
            + chance.choice(("", " # head"))
            + "\n"
        )
        if gpus and len(tables) == len(gpus) and chance.random() < 0.5:
            entries = "".join(f"\n[[profiles.{key}.gpus]]\n" + "\n".join(_split(t)) + "\n" for t in tables)
            return head + "\n".join(lines) + "\n" + entries
        lines.insert(chance.randrange(len(lines) + 1), f"gpus = [{', '.join(gpus)}]")
        return head + "\n".join(lines) + "\n"

    def _damaged(self, text: str) -> str:
        chance = self.chance
        at = chance.randrange(len(text) + 1)
        match chance.randrange(3):
            case 0:
                return text[:at] + chance.choice(DAMAGE) + text[at:]
            case 1:
                return text[:at] + text[at + chance.randrange(1, 20) :]
            case _:
                return text[:at]


def _split(table: str) -> list[str]:
    """Pairs of an inline table, one on a line."""
    pairs: list[str] = []
    for part in table.split(", "):
        if " = " in part and not part.split(" = ")[0].strip().startswith("["):
            pairs.append(part)
        else:
            pairs[-1] += f", {part}"
    return pairs

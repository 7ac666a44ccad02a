"""Text fit to be shown to others: without serial numbers, unique ids, and names of hosts and people."""

import re
from collections.abc import Iterable

LEFT_OUT = "(left out)"
_IDS = re.compile(
    r"\b(?:GPU|MIG)-[0-9a-f]{4,}[0-9a-f/-]*|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
    r"|\b(?:[0-9a-f]{2}[:-]){5,7}[0-9a-f]{2}\b|\b[0-9a-f]{24,}\b|\b[\w.-]+@[\w.-]+",
    re.IGNORECASE,
)
"""NVIDIA's ids, UUIDs, network addresses, ids of containers, and who built a kernel where."""
_GROUPS = re.compile(r"(/sys/fs/cgroup/(?:memory/)?)\S+(?=/memory\.)")
"""Names of control groups: of containers, virtual machines and people's sessions."""
_MONITORS = re.compile(r'("spdisplays_ndrvs"\s*:\s*\[)[^\]]*')
"""Monitors of a Mac, among them its owner's tablet by name."""
_KEYS = (
    r"serial|uuid|unique.?id|guid|asset.?tag|board.?id|board.?part|gpu.?part|part.?number|hostname"
    r"|node.?name|process.?name"
)
_LINE = re.compile(rf"^(\W*[^:=<>\n]*(?:{_KEYS})[^:=<>\n]*[:=]\s*)\S.*$", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(rf"(<(\w*(?:{_KEYS})\w*)>)[^<]*", re.IGNORECASE)
_PAIR = re.compile(rf'("[^"\n]*(?:{_KEYS})[^"\n]*"\s*:\s*)"[^"\n]*"', re.IGNORECASE)
_HOME = re.compile(r"((?:/home|/Users)/)[^/\s:]+|([A-Z]:[/\\]+Users[/\\]+)[^/\\\n\"]+", re.IGNORECASE)
_BARE = re.compile(r"(\bserial number[ \t]+)[0-9a-f]\S*", re.IGNORECASE)
"""As lspci writes it, without a colon."""
COMMON = frozenset(
    [
        *("root", "user", "admin", "localhost", "linux", "ubuntu", "debian", "fedora"),
        *("nvidia", "amd", "intel", "apple", "gpu"),
    ]
)
"""Names of hosts and users that tell nothing, and would blank half the text."""


def scrubbed(text: str, names: Iterable[str] = ()) -> str:
    """The text without what tells one machine from others; `names` are the host's and the user's."""
    shown = _PAIR.sub(rf'\1"{LEFT_OUT}"', text)
    shown = _TAG.sub(rf"\1{LEFT_OUT}", shown)
    for whole in (_LINE, _GROUPS, _MONITORS, _BARE):
        shown = whole.sub(rf"\1{LEFT_OUT}", shown)
    shown = _IDS.sub(LEFT_OUT, _HOME.sub(rf"\1\2{LEFT_OUT}", shown))
    for name in names:
        if len(name) > 2 and name.lower() not in COMMON:
            shown = re.sub(rf"(?<![\w]){re.escape(name)}(?![\w])", LEFT_OUT, shown, flags=re.IGNORECASE)
    return shown

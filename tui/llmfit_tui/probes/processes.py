"""Programs that hold much of the host's memory, by what the kernel tells everybody of them."""

import os
import re
from itertools import islice
from pathlib import Path

from llmfit_tui.core.seen.free import Holder
from llmfit_tui.core.seen.text import plain
from llmfit_tui.probes.files import read_file

MOST_PROCESSES = 5_000
MOST_SHOWN, LEAST_BYTES = 6, 1 << 30
"""The largest, and none that would free too little to matter for a model."""
_NAME = re.compile(r"^Name:\t(.+)$", re.MULTILINE)
_RESIDENT = re.compile(r"^Rss(?:Anon|Shmem):\s+(\d+) kB$", re.MULTILINE)
"""Without the pages of files, which the kernel gives up by itself."""


def host_holders(root: Path) -> list[Holder]:
    """The largest programs, this one not among them."""
    found: list[Holder] = []
    if not (root / "proc").is_dir():
        return found
    processes = (path for path in (root / "proc").iterdir() if path.name.isdigit())
    for process in islice(processes, MOST_PROCESSES):
        text = read_file(process / "status") or ""
        size = sum(int(part) for part in _RESIDENT.findall(text)) << 10
        name = plain(match.group(1)) if (match := _NAME.search(text)) else None
        if size >= LEAST_BYTES and name is not None and process.name != str(os.getpid()):
            found.append(Holder(name, int(process.name), None, size))
    return sorted(found, key=lambda holder: -holder.memory_bytes)[:MOST_SHOWN]

"""What a container leaves of its memory: the least of its control groups' limits without what is in use."""

import re
from pathlib import Path

from llmfit_tui.core.seen.sysfs import UNLIMITED
from llmfit_tui.core.seen.text import whole
from llmfit_tui.probes.files import limit_files, read_file

_CACHE = re.compile(r"^(?:total_)?inactive_file (\d+)$", re.MULTILINE)
"""Pages of files nobody looked at lately: counted as used, and given back when memory is short."""


def free_here(root: Path) -> int | None:
    """Free bytes within the limits around this process; None: there is no limit."""
    left: list[int] = []
    for path in limit_files(root):
        limit = whole(read_file(path))
        if limit is None or not 0 < limit < UNLIMITED:
            continue
        second = path.name == "memory.max"
        used = whole(read_file(path.with_name("memory.current" if second else "memory.usage_in_bytes"))) or 0
        found = _CACHE.search(read_file(path.with_name("memory.stat")) or "")
        cache = int(found.group(1)) if found else 0
        left.append(max(limit - max(used - cache, 0), 0))
    return min(left, default=None)

"""Memory in use now: a short question, asked again while somebody looks."""

import os
from itertools import islice
from pathlib import Path

from llmfit_tui.core.seen.answers import Asked, understood
from llmfit_tui.core.seen.fdinfo import held_by
from llmfit_tui.core.seen.free import Holder, Usage, read_holders
from llmfit_tui.core.seen.merge import together
from llmfit_tui.core.seen.text import plain
from llmfit_tui.core.seen.values import MOST_DEVICES, Host
from llmfit_tui.probes import files
from llmfit_tui.probes.asking import Surroundings
from llmfit_tui.probes.container import free_here
from llmfit_tui.probes.plan import memory_now
from llmfit_tui.probes.processes import host_holders

QUERY = "name,pci.bus_id,memory.total,memory.used,memory.free"
MOST_PROCESSES, MOST_FILES = 5_000, 1_000
"""Of a machine and of one process; more are not looked at."""
APPS = "pid,process_name,used_memory,gpu_bus_id"


def usage_here(where: Surroundings | None = None) -> Usage:
    """What is used and free, as far as it is told; each tool has the time limit of a probe."""
    where = where or Surroundings(environment=dict(os.environ))
    cards = where.run("nvidia-smi", f"--query-gpu={QUERY}", "--format=csv")
    apps = (
        Asked("")
        if cards.missing
        else where.run("nvidia-smi", f"--query-compute-apps={APPS}", "--format=csv")
    )
    device_files = files.lines_of(where.root, files.device_files(where.root, MOST_DEVICES))
    answers = [understood(one) for one in (cards, Asked("", device_files), *memory_now(where))]
    found = [one for answer in answers for _, one in answer.read]
    host = Host()
    for one in found:
        host = host.with_more(one.host)
    devices = tuple(
        device for device in together(found) if device.used_bytes is not None or device.free_bytes is not None
    )
    holders = (*read_holders(apps.text), *_holders_by_files(where.root), *host_holders(where.root))
    inside = free_here(where.root)
    known = [size for size in (host.available_bytes, inside) if size is not None]
    return Usage(devices, holders, min(known, default=None))


def _holders_by_files(root: Path) -> list[Holder]:
    """Programs with a card open, as amdgpu, xe and i915 tell; of others, only with their leave."""
    found: list[Holder] = []
    if not (root / "dev/dri").is_dir():
        return found
    processes = (path for path in (root / "proc").iterdir() if path.name.isdigit())
    for process in islice(processes, MOST_PROCESSES):
        held = held_by(
            files.read_file(process / "fdinfo" / number) or "" for number in _opened_on_cards(process / "fd")
        )
        name = plain(files.read_file(process / "comm")) if held else None
        found += [Holder(name or "a program", int(process.name), bus, size) for bus, size in held.items()]
    return found


def _opened_on_cards(folder: Path) -> list[str]:
    """Numbers of the files that a process has open on a card."""
    try:
        return [path.name for path in islice(folder.iterdir(), MOST_FILES) if "/dri/" in _target(path)]
    except OSError:  # another's, or gone
        return []


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""

"""Memory in use now: a short question, asked again while somebody looks."""

import os

from llmfit_tui.core.seen.answers import Asked, understood
from llmfit_tui.core.seen.free import Usage, read_holders
from llmfit_tui.core.seen.merge import together
from llmfit_tui.core.seen.values import MOST_DEVICES, Host
from llmfit_tui.probes import files
from llmfit_tui.probes.asking import Surroundings

QUERY = "name,pci.bus_id,memory.total,memory.used,memory.free"
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
    memory = files.read_file(where.root / "proc/meminfo") or ""
    answers = [
        understood(one) for one in (cards, Asked("", device_files), Asked("cat /proc/meminfo", memory))
    ]
    found = [one for answer in answers for _, one in answer.read]
    host = Host()
    for one in found:
        host = host.with_more(one.host)
    devices = tuple(
        device for device in together(found) if device.used_bytes is not None or device.free_bytes is not None
    )
    return Usage(devices, read_holders(apps.text), host.available_bytes)

"""No probe writes, opens a connection or takes a privilege; what tools do is their own."""

import json
import subprocess
import sys
from pathlib import Path

from pretend import csv

WATCHED = """
import os, sys

seen = []

def watch(event, values):
    if event.startswith(("socket.", "os.set", "ctypes.", "winreg.", "shutil.")):
        seen.append(f"{event} {values}")
    elif event in {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.chmod", "os.system"}:
        seen.append(f"{event} {values}")
    elif event == "open" and isinstance(values[2], int):
        changes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
        if values[2] & changes and values[0] != os.devnull:
            seen.append(f"open {values}")
    elif event == "subprocess.Popen":
        seen.append(f"run {values[0]}")

from llmfit_tui.probes.gather import detect_here
from llmfit_tui.probes.usage import usage_here
from llmfit_tui.storage.catalogs import Catalog

catalog = Catalog()
devices, pci = catalog.devices, catalog.pci
sys.addaudithook(watch)
found = detect_here(devices, pci)
usage_here()
import json
print(json.dumps({"seen": seen, "devices": len(found.detected.devices)}))
"""


def test_a_look_at_the_machine_writes_nothing_and_connects_to_nothing(tmp_path: Path) -> None:
    names = ("nvidia-smi", "rocm-smi", "xpu-smi", "npu-smi", "mx-smi", "mthreads-gmi", "dmidecode", "lscpu")
    for name in names:
        tool = tmp_path / name
        said = csv("NVIDIA L4, 23034 MiB") if name == "nvidia-smi" else f"nothing of {name}"
        tool.write_text(f"#!/bin/sh\necho '{said}'\n")
        tool.chmod(0o755)
    environment = {"PATH": f"{tmp_path}", "LLMFIT_TUI_PROBE_PATH_ONLY": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environment["PYTHONPATH"] = ":".join(path for path in sys.path if path)
    ended = subprocess.run(
        [sys.executable, "-c", WATCHED], env=environment, capture_output=True, text=True, check=True
    )
    told = json.loads(ended.stdout)
    assert told["devices"] >= 1
    run = {Path(said.removeprefix("run ")).name for said in told["seen"] if said.startswith("run ")}
    assert run == set(names)
    assert [said for said in told["seen"] if not said.startswith("run ")] == []

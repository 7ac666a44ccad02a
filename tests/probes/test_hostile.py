"""Probes that hang, print garbage, lie or list ten thousand devices: detection ends in time and says why."""

import os
import time
from pathlib import Path

import pytest
from pretend import GIB, csv, memory, pci_files

from llmfit_tui.core.hardware.machines import Wishes
from llmfit_tui.core.seen.answers import Detection
from llmfit_tui.core.seen.machine import machine_of_detected
from llmfit_tui.core.seen.readers import findings
from llmfit_tui.probes.asking import Surroundings
from llmfit_tui.probes.gather import detect_here
from llmfit_tui.probes.usage import usage_here
from scenes import shipped

LOADED_S = 5
"""A tool that hangs would take for ever; on a machine that runs other tests even a second may be three."""
ROW = "NVIDIA GeForce RTX 3090, 24576 MiB"


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """An empty machine: a root without files and a folder for its tools."""
    for folder in ("bin", "root/proc/self", "root/sys/bus/pci/devices"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def tool(box: Path, name: str, script: str) -> None:
    """A tool of that name, as a shell script."""
    path = box / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def printing(box: Path, name: str, text: str, code: int = 0) -> None:
    (box / f"{name}.txt").write_text(text)
    tool(box, name, f"/bin/cat '{box / name}.txt'; exit {code}")


def file(box: Path, path: str, text: str) -> None:
    target = box / "root" / path.lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def detected(box: Path, tool_limit_s: float = 0.8, limit_s: float = 1.5, **environment: str) -> Detection:
    """Detection on that machine alone: nothing of the one the tests run on is seen."""
    only = {"PATH": str(box / "bin"), "LLMFIT_TUI_PROBE_PATH_ONLY": "1", **environment}
    where = Surroundings(box / "root", only, tool_limit_s, "linux")
    return detect_here(shipped().devices, shipped().pci, where, limit_s)


def test_a_machine_with_nothing_on_it_is_no_failure(box: Path) -> None:
    found = detected(box).detected
    assert found.devices == ()
    assert not [said for said in found.failed if "not installed" in said]


def test_cards_memory_and_a_containers_limit_are_read_where_they_are(box: Path) -> None:
    printing(box, "nvidia-smi", csv(ROW, ROW))
    file(box, "/proc/meminfo", memory(64))
    file(box, "/proc/self/cgroup", "0::/\n")
    file(box, "/sys/fs/cgroup/memory.max", str(4 * GIB))
    found = detected(box).detected
    assert [match.device and match.device.name for match in found.devices] == ["NVIDIA GeForce RTX 3090"] * 2
    assert found.host.memory_bytes == 4 * GIB


V1, V2 = "/sys/fs/cgroup/memory", "/sys/fs/cgroup"
NO_LIMIT = "9223372036854771712"


@pytest.mark.parametrize(
    ("groups", "files"),
    [
        ("0::/\n", {f"{V2}/memory.max": 4 * GIB}),
        ("0::/docker/ab/init\n", {f"{V2}/docker/memory.max": "max", f"{V2}/docker/ab/memory.max": 4 * GIB}),
        ("0::/a/b\n", {f"{V2}/a/memory.max": 4 * GIB, f"{V2}/a/b/memory.max": 16 * GIB}),
        # The group's name is the host's, the files are the container's own.
        ("0::/system.slice/docker-ab.scope\n", {f"{V2}/memory.max": 4 * GIB}),
        ("0::/../../other\n", {f"{V2}/memory.max": 4 * GIB}),
        ("5:memory:/docker/ab\n0::/\n", {f"{V1}/docker/ab/memory.limit_in_bytes": 4 * GIB}),
        (
            "9:cpu,cpuacct:/x\n4:memory:/x\n",
            {f"{V1}/memory.limit_in_bytes": NO_LIMIT, f"{V1}/x/memory.limit_in_bytes": 4 * GIB},
        ),
        ("", {f"{V1}/memory.limit_in_bytes": 4 * GIB}),
    ],
    ids=["v2", "v2 inside", "outer smaller", "host's name", "beside", "v1", "v1 hybrid", "no list"],
)
def test_a_container_of_four_gib_has_four_gib(box: Path, groups: str, files: dict[str, int | str]) -> None:
    file(box, "/proc/meminfo", memory(64))
    file(box, "/proc/self/cgroup", groups)
    for path, value in files.items():
        file(box, path, f"{value}\n")
    found = detected(box).detected
    assert machine_of_detected(found, Wishes()).host_bytes == 4 * GIB


def test_what_a_container_uses_is_not_free_but_the_cache_of_files_is(box: Path) -> None:
    file(box, "/proc/meminfo", "MemTotal: 67108864 kB\nMemAvailable: 60000000 kB\n")
    file(box, "/proc/self/cgroup", "0::/\n")
    for name, value in {"max": 4 * GIB, "current": 3 * GIB, "stat": f"anon 1\ninactive_file {GIB}\n"}.items():
        file(box, f"{V2}/memory.{name}", f"{value}\n")
    surroundings = Surroundings(box / "root", {"PATH": "", "LLMFIT_TUI_PROBE_PATH_ONLY": "1"})
    assert usage_here(surroundings).available_bytes == 2 * GIB


@pytest.mark.parametrize(
    "script",
    [
        "while :; do :; done",
        "trap '' TERM; while :; do :; done",
        "(while :; do :; done) & exec /bin/cat /dev/null",
        "while :; do echo waiting; done",
    ],
    ids=["spins", "ignores signals", "leaves a child behind", "prints for ever"],
)
def test_a_tool_that_never_ends_costs_its_limit_and_no_more(box: Path, script: str) -> None:
    tool(box, "nvidia-smi", script)
    file(box, "/proc/meminfo", memory(16))
    started = time.monotonic()
    found = detected(box, tool_limit_s=0.2, limit_s=0.6).detected
    assert time.monotonic() - started < LOADED_S
    assert found.host.memory_bytes == 16 * GIB


def test_what_a_tool_leaves_behind_is_ended_with_it(box: Path) -> None:
    mark = box / "child"
    waits = f"/bin/sh -c 'echo $$ > {mark}; exec /bin/sleep 60'"
    tool(box, "nvidia-smi", f"{waits} & exec /bin/cat /dev/null")
    detected(box, tool_limit_s=0.3, limit_s=2.0)
    state = Path("/proc", mark.read_text().strip(), "stat")
    # Gone, or dead and not yet collected by whoever adopted it.
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_what_hangs_is_named_and_the_other_probes_count(box: Path) -> None:
    tool(box, "nvidia-smi", "while :; do :; done")
    printing(box, "rocm-smi", '{"card0": {"Card Series": "Radeon RX 7900 XTX"}}')
    found = detected(box, tool_limit_s=0.2).detected
    assert [match.name for match in found.devices] == ["AMD Radeon RX 7900 XTX"]
    assert any(said.startswith("nvidia-smi") and "no answer within 0.2 s" in said for said in found.failed)


def test_a_probe_that_gives_no_answer_is_left_behind_at_the_end(box: Path) -> None:
    os.mkfifo(box / "root/proc/meminfo")
    printing(box, "nvidia-smi", csv(ROW))
    found = detected(box, limit_s=0.4)
    assert found.took_s < LOADED_S
    assert len(found.detected.devices) == 1
    assert any("processor" in said and "no answer" in said for said in found.detected.failed)


def test_a_tool_that_fails_says_why(box: Path) -> None:
    words = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."
    printing(box, "nvidia-smi", words, code=9)
    found = detected(box).detected
    assert found.devices == ()
    assert any("couldn't communicate" in said and "exit code 9" in said for said in found.failed)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe\x1b[2J\x07" * 4000,
        b"name, memory.total [MiB]\n" + b",".join([b"\x1b[31m"] * 500),
        b"name, memory.total [MiB]\nNVIDIA \x1b[31mRTX\x07 4090, -24564 MiB\n",
        b"name, memory.total [MiB]\nNVIDIA RTX, 99999999999999999999999999999999 MiB\n",
        b'{"card0": {"card0": {"card0": {' * 400,
        b"<gpu id=" * 5000,
        "GPU 0: 显卡 (UUID: x)\nОшибка: не найдено\n".encode(),
    ],
    ids=["bytes", "commas", "escapes", "huge", "nested", "tags", "languages"],
)
def test_garbage_is_no_device_that_could_harm_and_no_traceback(box: Path, garbage: bytes) -> None:
    (box / "garbage").write_bytes(garbage)
    for name in ("nvidia-smi", "rocm-smi", "xpu-smi"):
        tool(box, name, f"/bin/cat '{box / 'garbage'}'")
    found = detected(box)
    assert found.took_s < LOADED_S
    for match in found.detected.devices:
        assert match.name.isprintable()
        assert match.memory_bytes is None or 0 < match.memory_bytes < 1 << 60


def test_ten_thousand_devices_are_not_believed(box: Path) -> None:
    printing(box, "nvidia-smi", csv(*[ROW] * 10_000))
    found = detected(box)
    assert found.took_s < LOADED_S
    assert len(found.detected.devices) == 64
    assert any("devices are listed; the first 64 are taken" in said for said in found.detected.notes)


def test_a_pci_bus_of_thousands_of_cards_neither() -> None:
    text = "\n".join(
        pci_files(f"{number:04x}:01:00.0", **{"class": "0x030000", "vendor": "0x10de", "device": "0x2684"})
        for number in range(3_000)
    )
    (found,) = findings([("", text)])
    assert len(found.devices) == 64


def test_tools_are_run_in_plain_english_and_without_a_shell(box: Path) -> None:
    tool(box, "nvidia-smi", 'echo "name, memory.total [MiB]"; echo "NVIDIA $LC_ALL $LANG, 8192 MiB"')
    found = detected(box, LC_ALL="de_DE.UTF-8", LANG="ru_RU.UTF-8").detected
    assert found.devices[0].name == "NVIDIA C C"


def test_detection_leaves_no_file_behind(box: Path) -> None:
    printing(box, "nvidia-smi", csv(ROW))
    before = sorted(path for path in box.rglob("*"))
    detected(box)
    assert sorted(path for path in box.rglob("*")) == before


def test_detection_can_be_switched_off(box: Path) -> None:
    printing(box, "nvidia-smi", csv(ROW))
    found = detected(box, LLMFIT_TUI_DETECT="off")
    assert found.answers == ()
    assert found.detected.devices == ()

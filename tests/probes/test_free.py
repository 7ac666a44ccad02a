"""Memory that is free now, who holds the rest, and whom to stop."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pretend import GIB, MIB, csv, machine, memory

from llmfit_tui.core.hardware.machines import Wishes
from llmfit_tui.core.seen.free import Holder, Usage, free_machine, in_use, read_holders, to_stop
from llmfit_tui.core.seen.machine import machine_of_detected
from llmfit_tui.core.seen.values import Sighting
from llmfit_tui.probes.asking import Surroundings
from llmfit_tui.probes.processes import host_holders
from llmfit_tui.probes.usage import usage_here

TWO = csv(
    "NVIDIA GeForce RTX 3090, 24576 MiB, 00000000:01:00.0",
    "NVIDIA GeForce RTX 3090, 24576 MiB, 00000000:02:00.0",
    header="name, memory.total [MiB], pci.bus_id",
)


def card(bus: str, free_gib: float) -> Sighting:
    return Sighting("nvidia-smi", bus=bus, memory_bytes=24 * GIB, free_bytes=round(free_gib * GIB))


def test_each_card_has_what_is_free_on_it_and_the_host_what_is_available() -> None:
    found = machine(TWO, memory(62))
    usage = Usage((card("0000:02:00.0", 1), card("0000:01:00.0", 20)), (), 40 * GIB)
    free = free_machine(machine_of_detected(found, Wishes()), found, usage)
    assert [free.capacity_bytes(gpu) for gpu in free.gpus] == [20 * GIB, 1 * GIB]
    assert free.host_bytes == 40 * GIB


def test_a_card_whose_use_is_not_told_keeps_its_memory() -> None:
    found = machine(TWO)
    whole = machine_of_detected(found, Wishes())
    assert free_machine(whole, found, Usage()).gpus == whole.gpus


def test_on_shared_memory_what_is_available_is_what_the_gpu_may_use() -> None:
    found = machine(f"machdep.cpu.brand_string: Apple M2 Max\nhw.memsize: {32 * GIB}\n")
    free = free_machine(machine_of_detected(found, Wishes()), found, Usage(available_bytes=8 * GIB))
    assert free.capacity_bytes(free.gpus[0]) == 8 * GIB


def test_programs_are_named_without_their_folders() -> None:
    text = (
        "pid, process_name, used_gpu_memory [MiB], gpu_bus_id\n"
        "4711, /home/somebody/bin/llama-server, 20480 MiB, 00000000:01:00.0\n"
        "12, C:\\tools\\game.exe, [N/A], 00000000:01:00.0\n"
    )
    assert read_holders(text) == (Holder("llama-server", 4711, "0000:01:00.0", 20480 * MIB),)


def test_the_fewest_and_smallest_programs_are_to_be_stopped() -> None:
    holders = [
        Holder(name, pid, None, gib * GIB) for pid, (name, gib) in enumerate([("a", 2), ("b", 5), ("c", 9)])
    ]

    def fits(need: int, stopped: Sequence[Holder]) -> bool:
        return sum(holder.memory_bytes for holder in stopped) >= need * GIB

    assert [one.name for one in to_stop(holders, lambda stopped: fits(4, stopped))] == ["b"]
    assert {one.name for one in to_stop(holders, lambda stopped: fits(11, stopped))} == {"a", "c"}
    assert to_stop(holders, lambda stopped: fits(99, stopped)) == ()


def test_a_change_nobody_would_see_is_none() -> None:
    before = Usage((card("0000:01:00.0", 1),), (), 8 * GIB)
    assert not replace(before, available_bytes=8 * GIB + MIB).differs(before)
    assert replace(before, available_bytes=9 * GIB).differs(before)
    assert before.differs(None)
    assert "free now: 1.0 GiB, host 8.0 GiB" in in_use(before)


def test_on_shared_memory_whoever_stops_gives_the_gpu_what_it_held() -> None:
    found = machine(f"machdep.cpu.brand_string: Apple M2 Max\nhw.memsize: {32 * GIB}\n")
    whole = machine_of_detected(found, Wishes())
    stopped = [Holder("Chrome", 5, None, 6 * GIB)]
    free = free_machine(whole, found, Usage(available_bytes=8 * GIB), stopped)
    assert free.capacity_bytes(free.gpus[0]) == 14 * GIB


def test_programs_that_hold_the_hosts_memory_are_the_largest_ones(tmp_path: Path) -> None:
    for pid, (name, anonymous, shared) in {
        11: ("postgres", 100, 3000),
        12: ("vim", 9, 0),
        13: ("ld", 9000, 0),
    }.items():
        process = tmp_path / f"proc/{pid}"
        process.mkdir(parents=True)
        sizes = f"RssAnon:\t {anonymous << 10} kB\nRssFile:\t 9000000 kB\nRssShmem:\t {shared << 10} kB\n"
        (process / "status").write_text(f"Name:\t{name}\nState:\tS (sleeping)\n{sizes}")
    assert [(one.name, one.bus) for one in host_holders(tmp_path)] == [("ld", None), ("postgres", None)]


def test_use_is_asked_of_the_tools_that_are_there(tmp_path: Path) -> None:
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    rows = csv(
        "NVIDIA L4, 00000000:01:00.0, 23034 MiB, 20000 MiB, 3034 MiB",
        header="name, pci.bus_id, memory.total [MiB], memory.used [MiB], memory.free [MiB]",
    )
    apps = "pid, process_name, used_gpu_memory [MiB], gpu_bus_id\n7, ollama, 19000 MiB, 00000000:01:00.0"
    tool.write_text(f'#!/bin/sh\ncase "$1" in *apps*) echo "{apps}";; *) echo "{rows}";; esac\n')
    tool.chmod(0o755)
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 1000 kB\nMemAvailable: 500 kB\n")
    environment = {"PATH": f"{tool.parent}", "LLMFIT_TUI_PROBE_PATH_ONLY": "1"}
    found = usage_here(Surroundings(tmp_path, environment, 2.0, "linux"))
    assert found.devices[0].free_bytes == 3034 * MIB
    assert [holder.name for holder in found.holders] == ["ollama"]
    assert found.available_bytes == 500 << 10


def test_what_a_mac_has_free_counts_what_it_would_give_up(tmp_path: Path) -> None:
    tool = tmp_path / "vm_stat"
    pages = {"free": 1000, "active": 9, "inactive": 3000, "speculative": 96, "wired down": 5, "purgeable": 0}
    rows = "".join(f"Pages {name}:                 {count}.\n" for name, count in pages.items())
    head = "Mach Virtual Memory Statistics: (page size of 16384 bytes)\n"
    tool.write_text(f"#!/bin/sh\nprintf '{head}{rows}'\n")
    tool.chmod(0o755)
    only = {"PATH": str(tmp_path), "LLMFIT_TUI_PROBE_PATH_ONLY": "1"}
    found = usage_here(Surroundings(tmp_path, only, 2.0, "darwin"))
    assert found.available_bytes == 4096 * 16384


def test_programs_on_amd_and_intel_cards_are_told_by_the_files_they_have_open(tmp_path: Path) -> None:
    (tmp_path / "dev/dri").mkdir(parents=True)
    amd = "drm-driver:\tamdgpu\ndrm-pdev:\t0000:03:00.0\ndrm-client-id:\t7\ndrm-memory-vram:\t2097152 KiB\n"
    intel = "drm-pdev:\t0000:04:00.0\ndrm-client-id:\t9\ndrm-resident-local0:\t512 MiB\n"
    intel += "drm-total-local0:\t9 GiB\n"
    for pid, name, opened in (
        (11, "ollama", {"5": amd, "6": amd}),
        (12, "plasma", {"3": intel}),
        (13, "sh", {}),
    ):
        process = tmp_path / f"proc/{pid}"
        for folder in ("fd", "fdinfo"):
            (process / folder).mkdir(parents=True)
        (process / "comm").write_text(f"{name}\n")
        for number, text in opened.items():
            (process / "fdinfo" / number).write_text(text)
            (process / "fd" / number).symlink_to("/dev/dri/renderD128")
        (process / "fdinfo/1").write_text(amd)
        (process / "fd/1").symlink_to("/dev/null")
    holders = usage_here(Surroundings(root=tmp_path)).holders
    assert sorted(holders, key=lambda holder: holder.pid) == [
        Holder("ollama", 11, "0000:03:00.0", 2 * GIB),
        Holder("plasma", 12, "0000:04:00.0", 512 * MIB),
    ]

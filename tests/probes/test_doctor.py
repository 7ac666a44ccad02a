"""The doctor: what it says, and what it must not say."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pretend import GIB, csv, index, memory

from llmfit_tui.cli import main
from llmfit_tui.core.seen.answers import Asked, Detection, concluded, understood
from llmfit_tui.format.doctor import doctor_document, doctor_text
from llmfit_tui.format.scrub import scrubbed
from scenes import shipped

Run = Callable[..., Any]


@pytest.fixture
def doctor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[Any], Any]:
    """The JSON report on outputs of another machine."""

    def run(document: Any) -> Any:
        path = tmp_path / "outputs.json"
        path.write_text(json.dumps(document))
        assert main(["doctor", "--json", "--from", str(path)]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def test_it_says_what_was_seen_how_it_was_matched_and_what_is_assumed(doctor: Run) -> None:
    report = doctor(
        {"nvidia-smi": csv("NVIDIA GeForce RTX 4090 D, 49140 MiB"), "cat /proc/meminfo": memory(62)}
    )
    (device,) = report["devices"]
    assert device["catalog"] == "NVIDIA GeForce RTX 4090 D 48 GB"
    assert "by name" in device["how"]
    assert "49,140 MiB" in device["assumed"][0]
    assert report["host"]["memory_bytes"] == 62 * GIB
    assert report["machine"]["backend"] == "cuda"
    assert report["probes"][0]["understood"][0]["reader"] == "nvidia-smi CSV"


def test_a_report_of_its_own_can_be_looked_at_again(doctor: Run) -> None:
    first = doctor({"nvidia-smi": csv("NVIDIA GeForce RTX 3090, 24576 MiB")})
    assert doctor(first)["devices"] == first["devices"]


def test_many_machines_come_one_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "machines.jsonl"
    rows = [{"id": name, "outputs": {"": csv(f"{name}, 24576 MiB")}} for name in ("RTX 3090", "RTX 4090")]
    path.write_text("\n".join(map(json.dumps, rows)))
    assert main(["doctor", "--json", "--from", str(path)]) == 0
    names = [json.loads(line)["devices"][0]["name"] for line in capsys.readouterr().out.splitlines()]
    assert names == ["NVIDIA RTX 3090", "NVIDIA RTX 4090"]


def test_for_people_it_is_plain_text_without_escapes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps({"nvidia-smi": csv("NVIDIA \x1b[31mRTX 3090\x07, 24576 MiB")}))
    assert main(["doctor", "--from", str(path)]) == 0
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "Reckoned with as --hardware this" in text


@pytest.mark.parametrize("text", ["[1, 2]", '{"a": 1}', "not json", '{"outputs": 3}'])
def test_a_file_of_another_kind_is_refused_in_one_sentence(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "outputs.json"
    path.write_text(text)
    assert main(["doctor", "--from", str(path)]) == 2
    assert "was expected" in capsys.readouterr().err


def test_with_detection_off_it_says_so_and_nothing_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["probes"] == []
    assert "switched off" in report["notes"][0]


@pytest.mark.parametrize(
    "secret",
    [
        "GPU 0: NVIDIA L4 (UUID: GPU-8932f937-d72c-4106-c12f-20bd9faed9f6)",
        "    Serial Number                   : 1320218049588",
        "<serial>1320218049588</serial><uuid>GPU-8932f937-d72c-4106</uuid>",
        '"Serial Number": "1320218049588", "Unique ID": "0x8932f937d72c4106"',
        "  Uuid:                    GPU-8932f937d72c4106",
        "/home/1320218049588/bin/llama-server",
        "C:\\Users\\1320218049588\\llama.exe",
        "running on 1320218049588.local",
        "\tSerial Number: 1320218049588\n\tAsset Tag: 8932f937\n\tPart Number: 8932f937-XX",
        "/sys/fs/cgroup/docker/8932f937d72c4106c12f20bd9faed9f68932f937d72c4106/memory.max: max",
        "eth0 89:32:f9:37:d7:2c",
    ],
)
def test_serial_numbers_unique_ids_and_names_are_left_out(secret: str) -> None:
    shown = scrubbed(secret, ("1320218049588.local", "1320218049588"))
    assert "1320218049588" not in shown
    assert "8932f937" not in shown
    assert "89:32" not in shown


JANE, HOST, SERIAL = "jane", "janes-pc", "1320218049588"
TOLD = {
    # Where each stands in the words of a tool.
    "nvidia-smi": csv(f"NVIDIA L4 {HOST}, 23034 MiB"),
    "nvidia-smi -q -x": f"<nvidia_smi_log><gpu id='1'><serial>{SERIAL}</serial>"
    f"<product_name>NVIDIA L4</product_name><process_name>run.py --token={SERIAL}</process_name></gpu>",
    "files of the kernel": f"/proc/version: Linux version 6.1 ({JANE}@{HOST}) (gcc)\n"
    f"/sys/class/dmi/id/product_name: PC of {JANE}\n"
    f"/sys/fs/cgroup/memory/lxc/{HOST}/memory.limit_in_bytes: 4294967296\n"
    f"/sys/fs/cgroup/machine.slice/machine-{JANE}.scope/memory.max: 4294967296\n",
    "system_profiler": '{"SPDisplaysDataType": [{"_name": "Apple M4", "sppci_model": "Apple M4",'
    f' "spdisplays_ndrvs": [{{"_name": "iPad of {JANE}", "display-serial-number": "{SERIAL}"}}]}}]}}',
    "lspci -vvv": f"01:00.0 VGA compatible controller: NVIDIA Corporation AD104GL [L4]\n"
    "\tCapabilities: [148 v1] Device Serial Number 48-b0-2d-13-20-21-80-49\n"
    f"\tKernel: C:\\Users\\{JANE} doe\\x\n",
    f"/home/{JANE}/bin/xpu-smi discovery": f"| 0 | Device Name: Intel(R) Arc(TM) A770 Graphics |\n"
    f"|   | SOC UUID: 00000000-0000-0003-0000-000856a08086 |\n|   | Serial Number: {SERIAL} |\n",
    "dmidecode -t memory": f"Memory Device\n\tSize: 16 GB\n\tSerial Number: {SERIAL}\n\tAsset Tag: {JANE}\n",
}


def test_no_report_tells_whose_machine_it_is_wherever_a_tool_says_so() -> None:
    answers = [understood(Asked(command, text)) for command, text in TOLD.items()]
    failed = (f"rocm-smi: exit code 1: cannot open /export/home/{JANE}/lib on {HOST}.local",)
    found = Detection(concluded(answers, index(), shipped().pci, {}, failed), tuple(answers))
    report = doctor_document(found, None, "x", (f"{HOST}.local", HOST, JANE), (f"/Users/{JANE}/x: odd",))
    whole = json.dumps(report) + doctor_text(report)
    for secret in (JANE, HOST, SERIAL, "48-b0-2d", "000856a08086"):
        assert secret not in whole, whole[max(whole.find(secret) - 60, 0) :][:120]
    assert "NVIDIA L4" in whole
    assert "Apple M4" in whole


def test_what_is_no_secret_stays() -> None:
    text = csv(
        "NVIDIA L4, 23034 MiB, 00000000:01:00.0, 0x27B810DE", header="name, memory.total [MiB], pci.bus_id, x"
    )
    assert scrubbed(text, ("root", "nvidia", "l")) == text


def test_what_is_wrong_with_the_settings_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLMFIT_TUI_DETECT", "off")
    (tmp_path / "settings.toml").write_text('[keys]\nkv.nxt = "f7"\n', encoding="utf-8")
    assert main(["doctor", "--json", "--config", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)["settings"]
    assert len(told) == 1
    assert told[0].startswith('settings.toml, [keys]: No action is called "kv.nxt". Did you mean kv.next')

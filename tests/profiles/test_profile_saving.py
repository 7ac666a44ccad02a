"""Files that are replaced in one step: whatever goes wrong, what was there before still is."""

import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from kept import BOX, Folder

from llmfit_tui.storage import atomic
from llmfit_tui.storage.atomic import SaveError
from llmfit_tui.storage.profile_edit import save_profile

OTHER = replace(BOX, name="other")
NOBODY = 65534
SAVER = str(Path(__file__).with_name("saver.py"))


def mode(path: Path) -> int:
    """Permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_new_files_are_private_and_old_ones_keep_their_mode(folder: Folder) -> None:
    save_profile(folder.places, BOX)
    assert (mode(folder.own), mode(folder.file)) == (0o700, 0o600)
    folder.file.chmod(0o644)
    save_profile(folder.places, OTHER)
    assert mode(folder.file) == 0o644


def test_the_version_before_stays_as_a_backup(folder: Folder) -> None:
    save_profile(folder.places, BOX)
    before = folder.text
    save_profile(folder.places, OTHER)
    assert folder.file.with_name("profiles.toml.bak").read_text(encoding="utf-8") == before


def test_a_link_is_followed_and_stays_a_link(folder: Folder) -> None:
    dotfiles = folder.root / "dotfiles"
    folder.holds("# kept in git\n", "dotfiles/machines.toml")
    folder.own.mkdir(parents=True)
    folder.file.symlink_to(Path("..") / "dotfiles" / "machines.toml")
    save_profile(folder.places, BOX)
    assert folder.file.is_symlink()
    assert "[profiles.box]" in (dotfiles / "machines.toml").read_text(encoding="utf-8")
    assert (dotfiles / "machines.toml.bak").exists()


def test_saving_what_is_there_already_touches_no_file(folder: Folder) -> None:
    save_profile(folder.places, BOX)
    before = folder.file.stat().st_ino
    save_profile(folder.places, BOX)
    assert folder.file.stat().st_ino == before
    assert not folder.file.with_name("profiles.toml.bak").exists()


@contextmanager
def unchanged(folder: Folder, said: str) -> Generator[None, None, None]:
    """Saving fails with this sentence, and the file and its folder are as before."""
    before = folder.text
    with pytest.raises(SaveError) as problem:
        yield
    assert said in str(problem.value)
    assert str(problem.value).isprintable()
    assert folder.text == before
    assert [path.name for path in folder.own.iterdir() if path.name.endswith(".new")] == []


def test_a_file_of_somebody_else_is_left_alone(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    save_profile(folder.places, BOX)
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY + 1)
    with unchanged(folder, "it belongs to somebody else; it is as it was"):
        save_profile(folder.places, OTHER)


def test_a_file_that_grows_past_what_the_system_allows_is_left_alone(folder: Folder) -> None:
    save_profile(folder.places, BOX)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with unchanged(folder, "file too large; it is as it was"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
        try:
            save_profile(folder.places, replace(OTHER, notes="x" * 4096))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_busy_file_is_said_to_be_busy(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    save_profile(folder.places, BOX)
    monkeypatch.setattr(atomic, "LOCK_TIMEOUT_S", 0)
    with FileLock(folder.own / ".profiles.toml.lock"), unchanged(folder, "is being saved by another program"):
        save_profile(folder.places, OTHER)


def test_a_folder_that_is_none_is_said_to_be_none(folder: Folder) -> None:
    folder.holds("", "own")
    with pytest.raises(SaveError, match=r"cannot be written to: (not a directory|file exists)"):
        save_profile(folder.places, BOX)


def test_what_a_killed_program_left_is_swept_away(folder: Folder) -> None:
    save_profile(folder.places, BOX)
    folder.holds("half", "own/.profiles.toml.x7.new").holds("mine", "own/.profiles.toml.swp")
    save_profile(folder.places, OTHER)
    names = sorted(path.name for path in folder.own.iterdir())
    assert names == [".profiles.toml.lock", ".profiles.toml.swp", "profiles.toml", "profiles.toml.bak"]


FULL_DISK = """
mount -t tmpfs -o size=12k none "$DISK" || exit 77
cd "$DISK"
"$PYTHON" "$SAVER" . 0 1 && cp profiles.toml ../copy
head -c 64k /dev/zero > filler 2>/dev/null
"$PYTHON" "$SAVER" . 1 1 2>&1
cmp profiles.toml ../copy && echo intact
mount -o remount,ro "$DISK"
"$PYTHON" "$SAVER" . 1 1 2>&1
cmp profiles.toml ../copy && echo intact
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs a file system of its own")
def test_a_full_disk_and_a_read_only_one_leave_the_old_file_intact(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    variables = {"DISK": str(disk), "PYTHON": sys.executable, "SAVER": SAVER}
    done = subprocess.run(
        ["unshare", "-Urm", "bash", "-c", FULL_DISK],
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
        check=False,
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("no file system of our own here")
    full, read_only, rest = done.stdout.split("intact\n")
    assert "profiles.toml cannot be saved: no space left on device; it is as it was." in full
    assert "cannot be written to: read-only file system." in read_only
    assert rest == ""


def test_a_folder_that_may_not_be_written_is_named() -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o555)
        user = NOBODY if os.geteuid() == 0 else None
        words = [sys.executable, SAVER, str(folder), "0", "1"]
        try:
            done = subprocess.run(words, capture_output=True, text=True, user=user, check=False)
        except PermissionError:
            pytest.skip("nobody may not run this Python")
        if "SaveError" not in done.stderr:
            pytest.skip("nobody may not read this program")
        assert f"{folder} cannot be written to: permission denied." in done.stderr
        assert list(folder.iterdir()) == []
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)

"""Replacing a file so that no moment exists at which it is half written.

The text goes to a temporary file beside the target, is synced, and takes its place by one rename; the
previous version stays as a backup. Symbolic links are followed, modes kept, new files private.
"""

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from llmfit_tui.core.errors import LlmfitError, printable

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
LOCK_TIMEOUT_S = 10.0
UNFINISHED = ".new"


class SaveError(LlmfitError):
    """Nothing was saved, and why; the old file is as it was."""

    unreadable = True


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the lock of a file while it is read, changed and replaced; makes its folder.

    The lock lies beside the file itself, so that two links to one file share it.
    """
    from filelock import FileLock, Timeout

    target = Path(os.path.realpath(path))
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        lock = FileLock(target.with_name(f".{target.name}.lock"), timeout=LOCK_TIMEOUT_S, mode=PRIVATE_FILE)
        lock.acquire()
    except Timeout as problem:
        raise SaveError(
            f"{_shown(path)} is being saved by another program; nothing was changed."
        ) from problem
    except OSError as problem:
        raise SaveError(f"{_shown(path.parent)} cannot be written to: {reason(problem)}.") from problem
    try:
        _sweep(target)
        yield
    finally:
        lock.release()


@contextmanager
def in_place_of(target: Path) -> Generator[tuple[IO[bytes], str]]:
    """An open file beside the target, and its path: it takes the target's place once it is written.

    Where writing fails nothing of it is left. Raises OSError.
    """
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", suffix=UNFINISHED, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, temporary
        os.replace(temporary, target)  # noqa: PTH105
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise


def replace_text(path: Path, text: str) -> None:
    """Put `text` in place of the file, keeping the previous version beside it. Raises SaveError."""
    target = Path(os.path.realpath(path))
    try:
        before = target.stat() if target.exists() else None
        _refuse_foreign(target, before)
        with in_place_of(target) as (file, temporary):
            file.write(text.encode("utf-8"))
            file.flush()
            _like_before(temporary, before)
            os.fsync(file.fileno())
            if before is not None:
                _keep_backup(target)
        _sync_folder(target.parent)
    except OSError as problem:
        raise SaveError(f"{_shown(path)} cannot be saved: {reason(problem)}; it is as it was.") from problem


def reason(problem: OSError) -> str:
    """What the system said, in lower case and without codes."""
    return (problem.strerror or type(problem).__name__).lower()


def _like_before(temporary: str, before: os.stat_result | None) -> None:
    """Mode and group of the file that is replaced; a new one is private."""
    if before is not None and hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(temporary, -1, before.st_gid)
    os.chmod(temporary, stat.S_IMODE(before.st_mode) if before else PRIVATE_FILE)  # noqa: PTH101


def _sweep(target: Path) -> None:
    """Remove what a killed program left half written; nobody else writes while we hold the lock."""
    with contextlib.suppress(OSError):
        for name in os.listdir(target.parent):  # noqa: PTH208
            if name.startswith(f".{target.name}.") and name.endswith(UNFINISHED):
                target.with_name(name).unlink()


def _refuse_foreign(target: Path, before: os.stat_result | None) -> None:
    if before is None or not hasattr(os, "geteuid"):
        return
    if before.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "it belongs to somebody else", str(target))


def _keep_backup(target: Path) -> None:
    """The file as it stands gets a second name; no copy is made, so a full disk does not matter."""
    backup = target.with_name(f"{target.name}.bak")
    waiting = target.with_name(f".{target.name}.bak{UNFINISHED}")
    with contextlib.suppress(FileNotFoundError):
        waiting.unlink()
    try:
        os.link(target, waiting)
    except OSError:
        waiting.write_bytes(target.read_bytes())
        waiting.chmod(target.stat().st_mode & 0o7777)
    os.replace(waiting, backup)  # noqa: PTH105


def _sync_folder(folder: Path) -> None:
    """Make the rename last through a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _shown(path: Path) -> str:
    return printable(str(path))

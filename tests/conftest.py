"""Every test gets its own home and configuration folder, and none sees the developer's."""

import gc
from pathlib import Path

import pytest

from llmfit_tui.storage.catalogs import Catalog
from scenes import shipped

# Catalogs, plans and sizes that are kept from test to test are no garbage: look through them less often.
gc.set_threshold(50_000, 20, 100)


@pytest.fixture(autouse=True, scope="session")
def _catalogs_read_once() -> None:  # pyright: ignore[reportUnusedFunction]
    """Catalogs do not change: what one command of the tests has read, the next one has."""
    read = shipped()
    _ = read.models, read.quants, read.devices, read.systems, read.evidence
    Catalog.__init__ = lambda self: self.__dict__.update(read.__dict__)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point everything a program may look at for settings into this test's folder."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "APPDATA", "LLMFIT_TUI_CONFIG"):
        monkeypatch.setenv(name, str(home / ".config"))
    # Nor the developer's machine: tests that are about detection bring a machine of their own.
    monkeypatch.setenv("LLMFIT_TUI_DETECT", "off")
    for name in ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The shipped catalog."""
    return shipped()

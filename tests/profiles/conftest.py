"""Every test of profiles has a folder to itself."""

from pathlib import Path

import pytest
from kept import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Empty; not even made."""
    return Folder(tmp_path / "config")

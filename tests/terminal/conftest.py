"""Servers that several tests of this folder talk to."""

from collections.abc import Iterator

import pytest

from sshd import Sshd, Unavailable


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """sshd on the loopback; without one the test is left out, and says why."""
    server = Sshd(tmp_path_factory.mktemp("sshd"))
    try:
        server.__enter__()
    except Unavailable as reason:
        pytest.skip(str(reason))
    yield server
    server.stop()

"""A real sshd on the loopback for one test run: throw-away keys, a free port, no service of the system."""

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

HERE = "127.0.0.1"
SBIN = ("/usr/sbin", "/usr/local/sbin", "/sbin")
PRIVILEGE_SEPARATION = Path("/run/sshd")
"""sshd wants this folder where root starts it."""
SETTINGS = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
"""


class Unavailable(Exception):
    """What is missing here, in a sentence."""


class Sshd:
    """sshd, as long as the context lasts. Entering raises Unavailable where there can be none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._server: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Sshd":
        server = shutil.which("sshd", path=os.pathsep.join((*SBIN, os.environ.get("PATH", ""))))
        if server is None or shutil.which("ssh") is None or shutil.which("ssh-keygen") is None:
            raise Unavailable("OpenSSH is not installed (Debian: apt-get install openssh-server)")
        if os.geteuid() == 0:
            PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
        for key in ("host", "user"):
            made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / key)]
            subprocess.run(made, check=True)
        settings = self.folder / "sshd_config"
        settings.write_text(SETTINGS.format(port=self.port, folder=self.folder))
        self._server = subprocess.Popen(
            [server, "-D", "-e", "-f", str(settings)], stderr=subprocess.PIPE, text=True
        )
        try:
            self._await_service()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, and wait until it has."""
        if self._server is not None:
            self._server.kill()
            self._server.communicate()

    def argv(
        self, words: Sequence[str], env: Mapping[str, str] | None = None, port: int | None = None
    ) -> tuple[str, ...]:
        """The ssh that runs a command here as if it were far away, in a terminal of its own."""
        told = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ} | dict(env or {})
        quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
        assigned = " ".join(f"{name}='{value}'" for name, value in told.items())
        return (*self._client(port), "-tt", HERE, f"exec env {assigned} {quoted}")

    def _client(self, port: int | None = None) -> tuple[str, ...]:
        options = {
            "BatchMode": "yes",
            "IdentitiesOnly": "yes",
            "LogLevel": "ERROR",
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": "/dev/null",
        }
        words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        key = str(self.folder / "user")
        return ("ssh", "-F", "none", "-i", key, "-l", getpass.getuser(), "-p", str(port or self.port), *words)

    def _await_service(self) -> None:
        assert self._server is not None
        assert self._server.stderr is not None
        said = ""
        for said in self._server.stderr:
            if "listening" in said:
                break
        else:
            raise Unavailable(f"sshd does not start: {said.strip()}")
        tried = subprocess.run([*self._client(), HERE, "true"], capture_output=True, text=True, check=False)
        if tried.returncode:
            raise Unavailable(f"sshd lets nobody in: {tried.stderr.strip()}")


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])

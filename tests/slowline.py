"""A slow line: a proxy on the loopback that lets so many bits through a second, each so much later."""

import selectors
import socket
import time
from collections import deque
from threading import Event, Thread
from types import TracebackType

from tests.sshd import HERE, free_port

PIECE = 256
"""Bytes that travel together."""
BUFFER = 8192
"""Bytes the line takes in before it has sent them, as a modem's or a router's queue does."""


class SlowLine:
    """Forwards one connection at a time to a port of this machine, as long as the context lasts."""

    def __init__(self, port: int, bits_per_s: float, round_trip_s: float) -> None:
        self.port = free_port()
        """Where to connect."""
        self._to = port
        self._bytes_per_s, self._delay = bits_per_s / 8, round_trip_s / 2
        self._over = Event()
        self._thread = Thread(target=self._serve, daemon=True)
        self._listener = socket.create_server((HERE, self.port))
        self._listener.settimeout(0.1)

    def __enter__(self) -> "SlowLine":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                near, _ = self._listener.accept()
            except TimeoutError:
                continue
            with near, socket.create_connection((HERE, self._to)) as far:
                for end in (near, far):
                    # What waits is to wait here, where it counts, and not in a buffer of the system.
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                ways = [Thread(target=self._carry, args=pair) for pair in ((near, far), (far, near))]
                for way in ways:
                    way.start()
                for way in ways:
                    way.join()

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        """One direction."""
        under_way: deque[tuple[float, bytes]] = deque()
        free_at = time.monotonic()
        open_here = True
        with selectors.DefaultSelector() as selector:
            selector.register(here, selectors.EVENT_READ)
            while (open_here or under_way) and not self._over.is_set():
                now = time.monotonic()
                while under_way and under_way[0][0] <= now:
                    there.sendall(under_way.popleft()[1])
                full = free_at - now > BUFFER / self._bytes_per_s
                soonest = under_way[0][0] - now if under_way else 0.1
                if full or not open_here:
                    self._over.wait(min(soonest, 0.02))
                    continue
                if not selector.select(max(0.0, min(soonest, 0.1))):
                    continue
                try:
                    piece = here.recv(PIECE)
                except OSError:
                    piece = b""
                if not piece:
                    open_here = False
                    continue
                now = time.monotonic()
                free_at = max(free_at, now) + len(piece) / self._bytes_per_s
                under_way.append((free_at + self._delay, piece))
        try:
            there.shutdown(socket.SHUT_WR)
        except OSError:
            return

"""A Hub on this machine: files, ranges, redirects, and everything that goes wrong."""

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Handler = BaseHTTPRequestHandler
Answer = Callable[[Handler], None]


@dataclass
class Hub:
    """What the server serves, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    sizes: dict[str, int] = field(default_factory=dict[str, int])
    """Sizes it claims where they are not those of the files."""
    instead: dict[str, Answer] = field(default_factory=dict[str, Answer])
    """Answers by path, in place of a file."""
    ranges: bool = True
    redirects: bool = False
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list[Any])
    """(path, Range, Authorization) of every request."""
    sent: int = 0
    address: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    def serve(self, request: Handler) -> None:
        """Answer one request."""
        path = urlsplit(request.path).path
        if path.startswith("/api/agent-"):
            status(404)(request)  # what huggingface_hub asks by itself in some environments
            return
        self.asked.append((path, request.headers.get("Range"), request.headers.get("Authorization")))
        if path in self.instead:
            self.instead[path](request)
        elif path.startswith("/api/models/"):
            siblings = [
                {"rfilename": name, "size": self.sizes.get(name, len(raw))}
                for name, raw in self.files.items()
            ]
            self.send(request, json.dumps({"id": "org/name", "siblings": siblings}).encode())
        elif self.redirects and "/resolve/" in path:
            request.send_response(302)
            request.send_header("Location", f"{self.address}/cdn/{path.split('/resolve/main/')[1]}")
            request.send_header("Content-Length", "0")
            request.end_headers()
        else:
            name = path.split("/resolve/main/")[-1].removeprefix("/cdn/")
            if name in self.files:
                self.send(request, self.files[name], self.ranges)
            else:
                status(404)(request)

    def send(self, request: Handler, raw: bytes, ranges: bool = False) -> None:
        """A body, or the part of it that was asked for."""
        asked = request.headers.get("Range")
        if ranges and asked:
            start, end = asked.removeprefix("bytes=").split("-")
            part = raw[int(start) : int(end) + 1]
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {start}-{int(start) + len(part) - 1}/{len(raw)}")
        else:
            part = raw
            request.send_response(200)
        request.send_header("Content-Length", str(len(part)))
        request.end_headers()
        try:
            request.wfile.write(part)
        except OSError:
            return
        self.sent += len(part)


def status(code: int, **headers: str) -> Answer:
    """An answer of this status."""

    def answer(request: Handler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def broken(request: Handler) -> None:
    """An answer that ends before it is whole."""
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    request.wfile.write(b"GGUF")
    request.close_connection = True


@contextmanager
def hub_running() -> Generator[Hub, None, None]:
    """The server, on a port of its own."""
    hub = Hub()

    class Served(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hub.serve(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Served)
    server.daemon_threads = True
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.released.set()
        server.shutdown()
        server.server_close()
        thread.join()

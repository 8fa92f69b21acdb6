"""nginx with the files of earnest before an upstream of our own, for tests of what its cache does."""

import http.client
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from deploy import nginx

NGINX = shutil.which("nginx") or ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came through nginx; ``cache`` is what it says of its cache, nothing where that was not asked."""

    status: int
    body: str
    cache: str


class Upstream(ThreadingHTTPServer):
    """Answers everything with the request line and all headers, and lets all the world keep it: the worst there is."""

    status = HTTPStatus.OK
    away = False
    """Whether a request's connection is closed without an answer."""
    kept = "public, max-age=60"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Echo)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Upstream

    def do_GET(self) -> None:
        if self.server.away:
            self.close_connection = True
            return
        sent = [f"{name}: {value}" for name, value in self.headers.items() if name != "X-Forwarded-For"]
        body = "\n".join([self.path, *sent]).encode()
        self.send_response(self.server.status)
        self.send_header("Cache-Control", self.server.kept if self.server.status == HTTPStatus.OK else "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Front:
    """A nginx that stands, and the upstream behind it."""

    port: int
    upstream: Upstream

    def ask(self, address: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask nginx for an address."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            connection.request("GET", address, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode(), answer.getheader("Cache-Status", ""))


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def standing(folder: Path) -> Iterator[Front]:
    """Start the upstream, and nginx before it."""
    upstream, port = Upstream(), free_port()
    config = nginx.scratch(folder, port=port, upstream=upstream.server_address[1])
    process = subprocess.Popen([NGINX, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)])
    front, deadline = Front(port, upstream), time.monotonic() + 10
    try:
        while True:
            try:
                front.ask("/health")
                break
            except OSError:
                assert time.monotonic() < deadline, (folder / "error.log").read_text()
                time.sleep(0.01)
        yield front
    finally:
        process.terminate()
        process.wait()
        upstream.shutdown()
        upstream.server_close()

"""The way in as it is deployed: nginx with the configuration that ships, before the real server with the application.

The application tells every request that reaches it into a file, so that it can be compared with what was sent and with
what nginx says that it passed on.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from deploy import nginx

TREE = Path(__file__).resolve().parent.parent.parent
SHIPPED = TREE / "deploy" / "cluster" / "templates" / "nginx.conf"
INCLUDED = ("kept.conf", "served.conf")
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
HOST = "127.0.0.1"


def serve(port: int, told: Path) -> None:
    """Serve the application with what ``janaseva web`` serves it, and tell each request; runs in its own process."""
    from granian.constants import Interfaces
    from granian.server import Server

    os.environ["EDGE_TOLD"] = str(told)
    Server(
        "tests.attacks.edge:application", address=HOST, port=port, interface=Interfaces.WSGI, workers=1,
        blocking_threads=4, backpressure=256, log_access=False,
    ).serve()  # fmt: skip


def application(environ: dict[str, object], start: Callable[..., object]) -> object:
    """Tell that a request came, and answer it as the platform does."""
    from janaseva.wsgi import application as platform

    with Path(os.environ["EDGE_TOLD"]).open("a", encoding="utf-8") as file:
        file.write(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}\n")
    return platform(environ, start)


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


def listens(port: int, seconds: float = 30) -> None:
    """Wait until somebody listens."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        assert time.monotonic() < end, f"nobody listens on {port}"
        time.sleep(0.05)


@contextlib.contextmanager
def platform(folder: Path) -> Iterator[tuple[int, Path]]:
    """Run the application's server; yield its port and the file of what reached it."""
    port, told = free_port(), folder / "told.txt"
    told.touch()
    (folder / "site").mkdir()
    own = {name: value for name, value in os.environ.items() if not name.startswith("JANASEVA_")}
    own |= {"JANASEVA_DATA_DIR": str(folder / "site"), "DJANGO_SETTINGS_MODULE": "janaseva.settings"}
    command = f"from tests.attacks.edge import serve; from pathlib import Path; serve({port}, Path({str(told)!r}))"
    with (folder / "web.log").open("w") as log, subprocess.Popen(
        [sys.executable, "-c", f"if __name__ == '__main__':\n    {command}"],
        cwd=TREE, env=own, stdout=log, stderr=log,
    ) as process:  # fmt: skip
        try:
            listens(port)
            ask(port, b"GET /help/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", seconds=30)
            yield port, told
        finally:
            process.terminate()


@dataclass
class Edge:
    """How nginx is configured: as it ships, but for where it listens and that it tells what came; tests loosen it."""

    loosened: dict[str, str] = field(default_factory=dict)
    absent: bool = False

    def written(self, folder: Path, port: int, behind: int) -> Path:
        """Write the configuration that ships, for this folder and these ports; return its file."""
        values = {"folder": folder, "files": folder, "address": HOST, "servers": f"        server {HOST}:{behind};"}
        texts = {name: nginx.text(name) for name in INCLUDED}
        texts["nginx.conf"] = Template(SHIPPED.read_text("utf-8")).substitute(values)
        for shipped, loose in self.loosened.items():
            assert any(shipped in text for text in texts.values()), f"nginx has no line {shipped!r} any more"
            texts = {name: text.replace(shipped, loose) for name, text in texts.items()}
        here = {"access_log off;": f"access_log {folder}/seen.log;", f"listen {HOST}:80;": f"listen {HOST}:{port};"}
        for shipped, own in here.items():
            assert shipped in texts["nginx.conf"]
            texts["nginx.conf"] = texts["nginx.conf"].replace(shipped, own)
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")
        return folder / "nginx.conf"

    @contextlib.contextmanager
    def before(self, behind: int, folder: Path) -> Iterator[int]:
        """Run nginx before the application and yield its port; where it is absent, the application's."""
        port = free_port()
        if self.absent:
            yield behind
            return
        folder.mkdir(parents=True, exist_ok=True)
        file = self.written(folder, port, behind)
        command = [str(NGINX), "-c", str(file), "-e", str(folder / "nginx.log")]
        command += ["-g", "user root;"] if os.geteuid() == 0 else []  # nobody else may write into a test's folder
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                listens(port, seconds=10)
                yield port
            finally:
                process.terminate()
                process.wait(10)


EDGE = Edge()
"""The configuration that attacks go through."""


def ask(port: int, request: bytes, seconds: float = 5) -> bytes:
    """Send bytes as they are and return what comes back until the other side closes or is silent."""
    told = b""
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=seconds) as one:
        one.sendall(request)
        while piece := one.recv(65_536):
            told += piece
    return told


GOOD = b"GET /help/?read=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def served(port: int, seconds: float, users: int = 3) -> list[float]:
    """Let some honest people read a page for a while; return how long each answer took, or what they waited in vain."""
    took: list[float] = []
    end = time.monotonic() + seconds

    def read() -> None:
        while (begun := time.monotonic()) < end:
            good = ask(port, GOOD, seconds=10).startswith(b"HTTP/1.1 200")
            took.append(time.monotonic() - begun if good else 10.0)
            time.sleep(0.02)

    threads = [threading.Thread(target=read) for _ in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def worst(took: list[float]) -> float:
    """Return what one in a hundred waited at least."""
    return sorted(took)[max(0, len(took) * 99 // 100 - 1)]


class Slow:
    """Many who begin a request and send it on drop by drop."""

    def __init__(self, port: int, *, headers: int, bodies: int) -> None:
        self.open: list[tuple[socket.socket, bytes]] = []
        head = b"GET /help/ HTTP/1.1\r\nHost: localhost\r\nX-a: "
        body = b"POST /help/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n"
        body += b"Cookie: csrftoken=" + b"x" * 32 + b"\r\n"  # without one it is refused before it is read
        body += b"Content-Type: application/x-www-form-urlencoded\r\n\r\nnumber="
        for text, number in ((head, headers), (body, bodies)):
            for _ in range(number):
                with contextlib.suppress(OSError):
                    one = socket.create_connection((HOST, port), timeout=2)
                    one.sendall(text)
                    self.open.append((one, text))

    def drip(self) -> None:
        """Send one more letter each."""
        for one, _ in self.open:
            with contextlib.suppress(OSError):
                one.sendall(b"x")

    def held(self, begins: bytes) -> int:
        """Return how many of one kind the other side still holds open."""
        count = 0
        for one, text in self.open:
            if not text.startswith(begins):
                continue
            one.setblocking(False)
            try:
                count += one.recv(65_536, socket.MSG_PEEK) == b"" and 0
            except BlockingIOError:
                count += 1
            except OSError:
                pass
        return count

    def close(self) -> None:
        """Let go of all."""
        for one, _ in self.open:
            one.close()

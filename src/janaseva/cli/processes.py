"""Start and stop the web and worker processes of one machine, and know which of them live."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from janaseva.settings import OPTIONS

NAMES: Final = ("web", "worker")
PATIENCE_SECONDS: Final = 40.0
PROCESSES: Final = Path("/proc")
LAST_LINES: Final = 12


def _folder(name: str) -> Path:
    path = OPTIONS.data_dir.resolve() / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def log_file(name: str) -> Path:
    """Return where the process of this name writes what it has to say."""
    return _folder("log_files") / f"{name}.log"


def last_words(name: str) -> str:
    """Return the last lines that the process of this name wrote; empty where it wrote none."""
    try:
        lines = log_file(name).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join(lines[-LAST_LINES:])


def _pid_file(name: str) -> Path:
    return _folder("run") / f"{name}.pid"


def _is_ours(pid: int, name: str) -> bool:
    """Return whether ``pid`` is a live process of this name: a number alone may have been given to another.

    For a moment after its start a process has no words yet, and after its end, until its parent has asked, none any
    more; the kernel's letter for its state tells these apart.
    """
    try:
        words = (PROCESSES / str(pid) / "cmdline").read_bytes().split(b"\0")
        state = (PROCESSES / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        if not PROCESSES.exists():  # not Linux
            return _lives(pid)
        return False
    if not any(words):
        return state not in {b"Z", b"X"}
    return b"janaseva" in b" ".join(words) and name.encode() in words


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def running(name: str) -> int | None:
    """Return the process number of ``web`` or ``worker``, or ``None`` where it does not run."""
    try:
        pid = int(_pid_file(name).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None
    return pid if _is_ours(pid, name) else None


def stop(name: str) -> bool:
    """Ask the process to end, wait for it, and return whether it ran."""
    pid = running(name)
    if pid is None:
        return False
    os.killpg(pid, signal.SIGTERM)
    limit = time.monotonic() + PATIENCE_SECONDS / 2
    while running(name) is not None and time.monotonic() < limit:
        time.sleep(0.05)
    if running(name) is not None:
        os.killpg(pid, signal.SIGKILL)
    _pid_file(name).unlink(missing_ok=True)
    return True


def start(name: str, environment: Mapping[str, str]) -> int:
    """Start the process in the background, its output in :func:`log_file`; return its number."""
    with log_file(name).open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "janaseva", name],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,
        )
    _pid_file(name).write_text(str(process.pid), encoding="ascii")
    return process.pid


def port_is_free(host: str, port: int) -> bool:
    """Return whether nothing listens on ``host:port``."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) != 0


def wait_until_healthy(address: str) -> bool:
    """Return whether ``address`` answered 200 within the patience of this module."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:  # noqa: PLR2004 - HTTP's own number
                    return True
        except (urllib.error.URLError, OSError):
            pass
        if running("web") is None:
            return False
        time.sleep(0.1)
    return False

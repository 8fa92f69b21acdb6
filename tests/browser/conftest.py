"""A browser for each worker, and one platform for all of them, running as `janaseva up` runs it."""

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import chromium

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--in-process-gpu",
]  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, and with what needs no platform while that comes up."""
    order = ("test_a_certificate_from_search_to_proof", "test_design", "test_workshop")
    items.sort(key=lambda item: next((at for at, name in enumerate(order) if name in item.nodeid), len(order)))


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def place():
    """The platform, up and running in a scratch folder; its address.

    Whoever asks first starts it, the last one ends it.
    """
    folder = Path(os.environ["JANASEVA_TEST_RUN"]) / "place"
    folder.mkdir(exist_ok=True)
    with locked(folder):
        if not (folder / "address").exists():
            (folder / "address").write_text(f"http://127.0.0.1:{free_port()}")
            up = command(folder, "up", limit=400)
            if up.returncode:
                command(folder, "down", limit=60)
                (folder / "address").unlink()  # who asks next begins anew
            assert up.returncode == 0, up.stdout + up.stderr
        (folder / f"guest-{os.getpid()}").touch()
    yield (folder / "address").read_text()
    with locked(folder):
        (folder / f"guest-{os.getpid()}").unlink()
        if not list(folder.glob("guest-*")):
            command(folder, "down", limit=60)
            (folder / "address").unlink()


def command(folder: Path, name: str, *, limit: int) -> subprocess.CompletedProcess:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("JANASEVA_", "DJANGO_"))},
        "JANASEVA_DATA_DIR": str(folder / "data"),
        "JANASEVA_PUBLIC_URL": (folder / "address").read_text(),
        "JANASEVA_DEMONSTRATION": "true",
    }
    called = [sys.executable, "-m", "janaseva", name]
    return subprocess.run(called, env=environment, capture_output=True, text=True, timeout=limit, check=False)


@contextlib.contextmanager
def locked(folder: Path):
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

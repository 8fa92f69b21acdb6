"""The tree as a stranger receives it: nothing of one machine, nothing left to do, licences that let it be used."""

import re
import subprocess
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.house.source import TREE, hold

SELF = "tests/house/test_tree.py"
GENERATED = ("uv.lock",)

OF_A_MACHINE = re.compile(
    r"/(?:root|work|home/\w+|Users/\w+)/|\.pyenv|/opt/\w+|https?://[^/\s:@]+:[^/\s@]+@", re.IGNORECASE
)
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|NotImplementedError|HACK)\b|pragma: *no cover|@pytest\.mark\.skip\(\)")
WHERE_WORK_IS_DONE = ("src/", "tests/", "bench/", "packs/", "Makefile", ".ci/", "pyproject.toml")

COPYLEFT = re.compile(r"\bA?GPL|(?:Affero )?General Public License", re.IGNORECASE)
LESSER = re.compile(r"\bLGPL|Lesser General Public", re.IGNORECASE)

EITHER: dict[str, str] = {}
"""Packages under several licences of which one allows what we do, with the one taken."""


def files() -> Iterator[tuple[str, str]]:
    """Yield every text file that is, or would be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=TREE, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in sorted(filter(None, listed.stdout.split("\0"))):
        path = TREE / name
        if name in (SELF, *GENERATED) or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            yield name, content.decode("utf-8", errors="replace")


def places(
    pattern: re.Pattern[str], found: Iterable[tuple[str, str]], within: tuple[str, ...] = ("",)
) -> Iterator[str]:
    """Yield every line that matches."""
    for name, text in found:
        if name.startswith(within) and pattern.search(text):
            for number, line in enumerate(text.splitlines(), 1):
                if match := pattern.search(line):
                    yield f"{name}:{number} says {match[0]}"


@pytest.fixture(scope="module")
def tree() -> list[tuple[str, str]]:
    if not (TREE / ".git").exists():
        pytest.skip("not a git clone: what belongs to the tree is not known")
    return list(files())


def test_nothing_of_one_machine(tree):
    hold(
        places(OF_A_MACHINE, tree),
        law="the tree holds no path, registry or password of one machine",
        do="take it from settings, the environment or the folder of the file",
    )


def test_nothing_is_unfinished(tree):
    hold(
        places(UNFINISHED, tree, WHERE_WORK_IS_DONE),
        law="nothing is left for later in the source",
        do="do it, or write it as an issue; an unknown fact of a pack is `unknown:`",
    )


# --- licences ------------------------------------------------------------------------------------------------------


def licence(package: Distribution) -> str:
    """Return all that a package says of its licence, in short."""
    metadata = package.metadata
    expression = metadata.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [line for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")]
    first_line = str(metadata.get("License") or "").strip().partition("\n")[0]
    return " ".join([*classifiers, first_line])


def runtime(name: str = "janaseva", extras: frozenset[str] = frozenset()) -> Iterator[Distribution]:
    """Yield every package that runs in the process: the project's dependencies and theirs."""
    waiting, seen = [(name, extras)], set()
    while waiting:
        current, wanted = waiting.pop()
        if (current, wanted) in seen:
            continue
        seen.add((current, wanted))
        try:
            package = distribution(current)
        except PackageNotFoundError:
            continue  # for another system
        if current != name:
            yield package
        for line in package.requires or []:
            requirement = Requirement(line)
            environments = [{"extra": extra} for extra in ("", *wanted)]
            if requirement.marker is None or any(requirement.marker.evaluate(one) for one in environments):
                waiting.append((requirement.name.lower(), frozenset(requirement.extras)))


def forbids(said: str) -> bool:
    """Return whether a licence would bind everything that runs beside it."""
    return bool(COPYLEFT.search(LESSER.sub("", said))) and " OR " not in said


def test_licences_in_process():
    packages = {package.metadata["Name"]: licence(package) for package in runtime()}
    assert len(packages) > 30, "the dependencies were not found: is janaseva installed in this environment?"
    hold(
        (f"{name} is under {said}" for name, said in packages.items() if forbids(said) and name not in EITHER),
        law="nothing under the GPL or AGPL runs in the process: states may build on Janaseva as they must",
        do="choose another package, run it as a process of its own, or use it as a test's oracle (a dev dependency)",
    )


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("GPL-3.0-or-later", True),
        ("License :: OSI Approved :: GNU Affero General Public License v3", True),
        ("AGPL-3.0", True),
        ("LGPL-3.0-only", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MIT OR GPL-2.0", False),
        ("Apache-2.0", False),
    ],
)
def test_licences_are_told_apart(said, answer):
    assert forbids(said) is answer


def fonts_without_licence(folder: Path) -> Iterator[str]:
    """Yield folders that hold typefaces and not the text of their licence."""
    for place in {path.parent for kind in ("*.ttf", "*.otf", "*.woff2") for path in folder.rglob(kind)}:
        near = [*place.glob("*OFL*"), *place.parent.glob("*OFL*")]
        if not any(
            "SIL OPEN FONT LICENSE" in path.read_text(encoding="utf-8", errors="replace").upper() for path in near
        ):
            yield f"{place} holds typefaces and no text of their licence"


def test_fonts_come_with_their_licence():
    hold(
        fonts_without_licence(TREE / "src"),
        law="typefaces ship with the text of the SIL Open Font License",
        do="put OFL.txt beside them",
    )


def test_the_scan_can_fail(tmp_path):
    bad = [
        ("src/a.py", "x = '/home/someone/data'\n# TODO later\nraise NotImplementedError"),
        ("docs/a.md", "TODO in prose"),
    ]
    assert len(list(places(OF_A_MACHINE, bad))) == 1
    assert len(list(places(UNFINISHED, bad, WHERE_WORK_IS_DONE))) == 2
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "A.ttf").touch()
    assert list(fonts_without_licence(tmp_path))
    (tmp_path / "fonts" / "OFL.txt").write_text("SIL Open Font License, Version 1.1")
    assert not list(fonts_without_licence(tmp_path))

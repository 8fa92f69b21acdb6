"""The anatomy of a room: the same eight files, each a file or a folder, and what else a room may hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import DOORS, KINDS, PACKAGE, ROOMS, hold

LAW = "a room holds the same eight files and nothing else (docs/house.md, section 2)"
DO = "put the line where it belongs; a file that outgrows 400 lines becomes a folder of the same name"

HOLDINGS: dict[str, dict[str, str]] = {
    "documents": {
        "fonts": "typefaces that certificates are set in, with their licence",
        "letters": "the letter templates that every state may use",
    },
    "people": {"lost": "what passwords others lost, as hashes, with their source"},
}
"""What a room may hold besides code, with the reason."""

DOOR_FILES = {
    "__init__.py": "one sentence",
    "urls.py": "the door's addresses",
    "home": "the first page, and what every public site owes its readers",
    "page.py": "the frame of every page: menu, who is signed in, the way to the sign-in",
    "apply": "an application being filled in: services, forms and documents, page by page",
    "applications": "one's own applications: services, payments, papers and the record on one page",
    "templates": "its pages",
    "static": "what its pages need besides the design",
    "design": "the living page of the design language",
    "health": "how the processes are, for the machines that watch them",
    "api": "what all operations of the API share: problems, reading, paging, the description",
}
"""What a door may hold besides one folder (or file) a room."""


def strangers(package: Path) -> Iterator[str]:
    """Yield whatever lies in a room that is none of its files."""
    for room in ROOMS:
        allowed = {"__init__.py", "migrations", *KINDS, *(f"{kind}.py" for kind in KINDS), *HOLDINGS.get(room, {})}
        there = _names(package / room)
        yield from (f"{room}/{name}" for name in there - allowed)
        yield from (f"{room} has both {kind}.py and {kind}/" for kind in KINDS if {kind, f"{kind}.py"} <= there)
    for door in DOORS:
        allowed = {*DOOR_FILES, *ROOMS, *(f"{room}.py" for room in ROOMS)}
        yield from (f"{door}/{name}" for name in _names(package / door) - allowed)


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != "__pycache__"} if folder.is_dir() else set()


def test_rooms_hold_their_files_alone():
    hold(strangers(PACKAGE), law=LAW, do=DO)


def test_every_room_has_its_folder():
    hold(
        (f"{room} has no folder" for room in (*ROOMS, *DOORS) if not (PACKAGE / room / "__init__.py").is_file()),
        law="the rooms of rooms.py are the folders of the tree",
        do="make the folder with its sentence, or take the room off its floor",
    )


@pytest.mark.parametrize(
    "name", ["people/signals.py", "people/utils/__init__.py", "portal/views.py", "documents/logos/a.svg"]
)
def test_a_stranger_is_seen(tmp_path, name):
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).touch()
    assert list(strangers(tmp_path))


def test_a_file_beside_its_folder_is_seen(tmp_path):
    (tmp_path / "people" / "rules").mkdir(parents=True)
    (tmp_path / "people" / "rules.py").touch()
    assert list(strangers(tmp_path)) == ["people has both rules.py and rules/"]


def test_an_ordinary_room_passes(tmp_path):
    (tmp_path / "people" / "rules").mkdir(parents=True)
    (tmp_path / "people" / "actions.py").touch()
    (tmp_path / "portal" / "people").mkdir(parents=True)
    assert not list(strangers(tmp_path))

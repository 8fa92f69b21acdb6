"""The table of attacks in docs/security.md, written from the tests: ``python -m tests.attacks.written``."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.attacks.register import ATTACKS, WITHOUT_SURFACE

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parent.parent / "docs" / "security.md"
HEADING = "| attack | tests | guards switched off in turn |\n|---|---|---|\n"


@dataclass(frozen=True, slots=True)
class Try:
    """One test of an attack: what it tries, where it stands, and what it switches off in turn."""

    number: str
    name: str
    what: str
    guards: tuple[str, ...]
    races: bool


def tries() -> Iterator[Try]:
    """Yield every test of every attack."""
    for file in sorted(HERE.glob("test_*.py")):
        module = importlib.import_module(f"tests.attacks.{file.stem}")
        marks = getattr(module, "pytestmark", [])
        races = any(mark.name == "postgres" for mark in (marks if isinstance(marks, list) else [marks]))
        for name, function in vars(module).items():
            own = getattr(function, "pytestmark", []) if name.startswith("test_") else []
            made = [
                one for mark in own if mark.name == "parametrize" and mark.args[0] == "case" for one in mark.args[1]
            ]
            guards = tuple(one.values[0].guard.name for one in made if one.values[0].guard)
            for mark in own:
                if mark.name == "attack":
                    yield Try(mark.args[0], f"{file.stem}::{name}", mark.args[1], guards, races)


def table() -> str:
    """Return the table: a row for each attack of the list."""
    found = list(tries())
    rows = []
    for number, what in ATTACKS.items():
        own = [one for one in found if one.number == number]
        tests = "; ".join(
            f"`{one.name}`{' (PostgreSQL)' if one.races else ''}: {one.what.replace('|', '/')}" for one in own
        )
        guards = ", ".join(f"`{name}`" for name in dict.fromkeys(name for one in own for name in one.guards))
        rows.append(f"| {number} {what} | {tests or WITHOUT_SURFACE.get(number, 'not tried')} | {guards or '–'} |")
    return HEADING + "\n".join(rows) + "\n"


def with_table(text: str) -> str:
    """Return the document with the table as it should be."""
    return re.sub(re.escape(HEADING) + r"(?:\| .*\n)*", lambda _: table(), text, count=1)


if __name__ == "__main__":
    import django

    django.setup()
    DOCUMENT.write_text(with_table(DOCUMENT.read_text("utf-8")), "utf-8")

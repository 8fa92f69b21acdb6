"""News: named ``room.past_tense`` after its class, ids and facts only."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from tests.house.source import Module, hold, real

LAW = 'news is told in the past tense by its room: class Submitted(News) has name = "services.submitted" (law of news)'
DO = "rename the event, or its class, so that both say the same; payloads are ids and facts, never personal data"

IRREGULAR = {
    *("begun", "bought", "bound", "broken", "built", "caught", "chosen", "drawn", "fallen", "found", "given", "gone"),
    *("grown", "heard", "held", "hidden", "kept", "known", "laid", "left", "lent", "lost", "made", "met", "overdue"),
    *("paid", "put", "read", "rebuilt", "resent", "risen", "run", "said", "sealed", "seen", "sent", "set", "shown"),
    *("shut", "sold", "spent", "split", "stood", "struck", "sworn", "taken", "thrown", "told", "undone", "withdrawn"),
    *("won", "written", "overtaken", "let", "cut", "come", "fell", "swept"),
}
PERSONAL = {
    "name",
    "phone",
    "email",
    "address",
    "birth_date",
    "date_of_birth",
    "photo",
    "aadhaar",
    "password",
    "code",
    "token",
}
HARMLESS = {"ledger.refused": {"code"}}
"""Fields that only sound personal: a refusal's code is a word of the catalogue."""


def _events(modules: Iterable[Module]) -> Iterator[tuple[Module, ast.ClassDef]]:
    for module in modules:
        for node in module.nodes:
            bases = {module.dotted(base) for base in node.bases} if isinstance(node, ast.ClassDef) else set()
            if "janaseva.core.news.News" in bases:
                yield module, node


def _value(node: ast.ClassDef, name: str) -> str | None:
    for part in node.body:
        target = part.target if isinstance(part, ast.AnnAssign) else None
        if isinstance(target, ast.Name) and target.id == name and isinstance(part.value, ast.Constant):
            return str(part.value.value)
    return None


def _is_past(word: str) -> bool:
    return any(part.endswith("ed") or part in IRREGULAR for part in word.split("_"))


def _camel(words: str) -> str:
    return "".join(word.capitalize() for word in words.split("_"))


def breaches(modules: Iterable[Module]) -> Iterator[str]:
    """Yield what is wrong with any event's name, place or payload."""
    names: Counter[str] = Counter()
    for module, node in _events(modules):
        place = f"{module.at(node.lineno)} {node.name}"
        if module.kind != "events":
            yield f"{place} is news outside events"
        name = _value(node, "name") or ""
        names[name] += 1
        match = re.fullmatch(r"([a-z]+)\.([a-z_]+)", name)
        if not match:
            yield f'{place} has no name "room.past_tense"'
            continue
        if match[1] != module.room:
            yield f"{place} is named {name}, and lives in {module.room}"
        if _camel(match[2]) != node.name:
            yield f"{place} is named {name}: the class would be {_camel(match[2])}"
        if not _is_past(match[2]):
            yield f"{place}: {name} is not in the past tense"
        fields = {
            part.target.id
            for part in node.body
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
        }
        yield from (
            f"{place} carries {field}" for field in sorted((fields - {"name"} - HARMLESS.get(name, set())) & PERSONAL)
        )
    yield from (f"{name} names {count} kinds of news" for name, count in names.items() if name and count > 1)


def test_events():
    hold(breaches(real()), law=LAW, do=DO)


GOOD = """
from typing import ClassVar
from janaseva.core.news import News

class CodeRequested(News):
    '''A code was asked for.'''
    name: ClassVar[str] = "people.code_requested"
    challenge_id: UUID
"""


def test_right_news_passes(house):
    assert not list(breaches(house({"people/events.py": GOOD})))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("people.code_requested", "contact.code_requested", "lives in people"),
        ("people.code_requested", "people.request_code", "past tense"),
        ("class CodeRequested", "class Requested", "the class would be"),
        ('name: ClassVar[str] = "people.code_requested"', "x: int", "has no name"),
        ("challenge_id: UUID", "phone: str", "carries phone"),
    ],
)
def test_wrong_news_is_seen(house, old, new, said):
    assert old in GOOD
    assert said in " ".join(breaches(house({"people/events.py": GOOD.replace(old, new)})))


def test_news_elsewhere_is_seen(house):
    assert "outside events" in " ".join(breaches(house({"people/actions.py": GOOD})))


def test_news_told_twice_is_seen(house):
    assert "names 2" in " ".join(breaches(house({"people/events/a.py": GOOD, "people/events/b.py": GOOD})))

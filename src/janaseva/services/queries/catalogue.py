"""The catalogue: every service in force, found by words in any of its languages. Public, so nobody's leave is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from rapidfuzz.distance import OSA

from janaseva.core import writing
from janaseva.core.text import Text
from janaseva.people import queries as people
from janaseva.services.queries.definitions import Published, compiled, in_force, rows_in_force
from janaseva.services.queries.packs import pack_of
from janaseva.services.queries.versions import Version
from janaseva.services.rules.charter import Charter
from janaseva.services.rules.charter import charter as charter_of
from janaseva.services.rules.deciding import bill

SHORTEST_MISSPELT = 5
"""Words of at least so many letters are also found with one letter wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueLine:
    """A service in the catalogue. ``fee_paise`` is what one pays online, ``None`` where it depends or is not known."""

    key: str
    name: Text
    summary: Text
    pack: str
    state: Text
    department: Text
    days: int | None
    counts: str
    fee_paise: int | None
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Services of one state."""

    pack: str
    state: Text
    lines: tuple[CatalogueLine, ...]


@lru_cache(maxsize=1024)
def _line(definition_id: UUID, pack: str) -> CatalogueLine:
    definition = compiled(definition_id)
    facts = pack_of(definition_id)
    costs = set()
    for variant in definition.variants:
        due = bill(definition, variant, {}, on=definition.from_, channel="online")
        costs.add(None if due.missing or due.faults or not due.known else due.total_paise)
    days = {definition.limit_for(variant).days for variant in definition.variants}
    return CatalogueLine(
        key=definition.key,
        name=definition.what.name,
        summary=definition.what.summary,
        pack=pack,
        state=facts.state,
        department=facts.departments.get(definition.what.department, {}),
        days=days.pop() if len(days) == 1 else None,
        counts=definition.limit_for(definition.variants[0]).counts,
        fee_paise=costs.pop() if len(costs) == 1 else None,
        country=facts.country,
    )


@lru_cache(maxsize=1024)
def _words(definition_id: UUID, pack: str) -> Mapping[str, int]:
    """Return the folded words by which a service is found, with their weight: name and keywords before the rest."""
    definition = compiled(definition_id)
    line = _line(definition_id, pack)
    found: dict[str, int] = {}

    def add(texts: Iterable[str], weight: int) -> None:
        for text in texts:
            for word in writing.fold(text).split():
                found[word] = max(found.get(word, 0), weight)

    add(definition.what.name.values(), 4)
    add((word for words in definition.what.keywords.values() for word in words), 3)
    add([*line.department.values(), *line.state.values(), definition.key.replace("-", " ")], 2)
    add(definition.what.summary.values(), 1)
    return found


def _score(sought: Iterable[str], words: Mapping[str, int]) -> int:
    """Return how well all sought words are found: whole, as a beginning, or one letter wrong; 0 where one is not."""
    total = 0
    for word in sought:
        best = 3 * words.get(word, 0)
        for known, weight in words.items():
            if known.startswith(word):
                best = max(best, 2 * weight)
            elif len(word) >= SHORTEST_MISSPELT and OSA.distance(word, known, score_cutoff=1) <= 1:
                best = max(best, weight)
        if best == 0:
            return 0
        total += best
    return total


def catalogue(today: date, *, search: str = "", pack: str = "") -> list[CatalogueLine]:
    """Return the services in force, of one pack or all; those that ``search`` finds, the best first.

    One query, however many services there are.
    """
    rows = [(key, *found) for key, found in rows_in_force(today).items() if not pack or found[1] == pack]
    sought = writing.fold(search[:200]).split()
    if not sought:
        lines = [_line(definition_id, of) for _, definition_id, of in rows]
        return sorted(lines, key=lambda line: (line.pack, line.name.get("en", "")))
    scored = [(_score(sought, _words(definition_id, of)), key, definition_id, of) for key, definition_id, of in rows]
    best = sorted((one for one in scored if one[0]), key=lambda one: (-one[0], one[1]))
    return [_line(definition_id, of) for _, _, definition_id, of in best]


def grouped(lines: Iterable[CatalogueLine]) -> list[Group]:
    """Return catalogue lines by state, in their order."""
    by_pack: dict[str, list[CatalogueLine]] = {}
    for line in lines:
        by_pack.setdefault(line.pack, []).append(line)
    return [Group(pack=pack, state=found[0].state, lines=tuple(found)) for pack, found in by_pack.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The charter of a service with who it is of: its state, its department, the offices that give it."""

    published: Published
    charter: Charter
    state: Text
    department: Text
    offices: Mapping[str, int]


@lru_cache(maxsize=1024)
def _charter(definition_id: UUID) -> Charter:
    return charter_of(compiled(definition_id))


def charter(service: str, today: date) -> Promise:
    """Return what the public is promised of a service; ``offices`` counts the offices of each kind that decide.

    Raises:
        Refusal: ``not_found``.

    """
    published = in_force(service, today)
    facts = pack_of(published.id)
    kinds = {variant.officer.office for variant in published.definition.variants}
    return Promise(
        published=published,
        charter=_charter(published.id),
        state=facts.state,
        department=facts.departments.get(published.definition.what.department, {}),
        offices=people.offices_by_kind(kinds),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterWords:
    """What people call the posts, the roles and the kinds of office that a charter names."""

    posts: Mapping[people.Seat, Text]
    roles: Mapping[str, Text]
    kinds: Mapping[str, Text]


def charter_words(charter: Charter, told: Iterable[Version] = ()) -> CharterWords:
    """Return the words for all that a charter, and the changes of its versions, name by key, in a few queries."""
    ways = [*charter.ways, *(way for line in charter.again for way in line.ways)]
    seats = {seat for way in ways for seat in ((way.role, way.office), *way.together)}
    for level in charter.appeals:
        seats |= {(one.role, one.office) for one in level.seats} if level else set()
    changes = [one for version in told for one in version.changes or ()]
    roles, kinds = (
        {text for one in changes if one.path.endswith(name) for text in (one.was, one.now) if text}
        for name in (".role", ".office")
    )
    return CharterWords(
        posts=people.seat_names(seats, state=charter.key.partition("-")[0]),
        roles=people.role_names({role for role, _ in seats} | roles),
        kinds=people.kind_names({kind for _, kind in seats} | kinds),
    )

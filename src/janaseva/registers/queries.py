"""What may be asked of registers: one entry, entries by exact facts, and what the state knows of a person already."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.registers import rules
from janaseva.registers.models import Entry, Register, Version
from janaseva.registers.rules import Held

MOST = 100
"""No more entries are answered at once; narrower facts find the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterView:
    """One register."""

    key: str
    title: Text
    pack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """An entry with the facts of the version that was asked for; ``version`` counts from 1."""

    id: UUID
    register: str
    number: str
    story: UUID
    office_id: UUID
    holder_person_id: UUID | None
    version: int
    facts: Mapping[str, Any]
    valid_from: date
    recorded_at: datetime
    why: str


def registers(by: Actor) -> list[RegisterView]:
    """Return all registers by key, for those who act for the state; nobody else has a list of them."""
    if not rules.may_find(by):
        return []
    rows = Register.objects.order_by("key")
    return [RegisterView(key=row.key, title=row.title, pack=row.pack) for row in rows]


def _view(entry: Entry, held: Held) -> EntryView:
    return EntryView(
        id=entry.id,
        register=entry.register.key,
        number=entry.number,
        story=entry.story,
        office_id=entry.office_id,
        holder_person_id=entry.holder_person_id,
        version=held.number,
        facts=held.facts,
        valid_from=held.valid_from,
        recorded_at=held.recorded_at,
        why=held.why,
    )


def _held(version: Version) -> Held:
    return Held(
        number=version.number,
        facts=version.facts,
        valid_from=version.valid_from,
        recorded_at=version.recorded_at,
        why=version.why,
    )


def _seen(by: Actor, entry_id: UUID) -> Entry:
    found = Entry.objects.select_related("register").filter(pk=entry_id).first()
    if found is None or not rules.may_see(by, holder_person_id=found.holder_person_id):
        raise not_found()
    return found


def entry(by: Actor, entry_id: UUID, *, on: date | None = None, known_at: datetime | None = None) -> EntryView:
    """Return an entry as it stands, or as it was ``on`` a day by what was known at ``known_at`` (both or neither).

    Raises:
        Refusal: ``not_found``, also where nothing was known or held then.

    """
    found = _seen(by, entry_id)
    versions = [_held(version) for version in Version.where(entry_id=entry_id)]
    if on is None or known_at is None:
        held = next((held for held in versions if held.number == found.current), None)
    else:
        held = rules.as_of(versions, on=on, known_at=known_at)
    if held is None:
        raise not_found()
    return _view(found, held)


def versions(by: Actor, entry_id: UUID) -> list[EntryView]:
    """Return every version of an entry, the first first, with the reason of each correction.

    Raises:
        Refusal: ``not_found``.

    """
    found = _seen(by, entry_id)
    rows = Version.objects.filter(entry_id=entry_id).order_by("number")
    return [_view(found, _held(version)) for version in rows]


def _current(rows: Iterable[Version]) -> list[EntryView]:
    return [_view(version.entry, _held(version)) for version in rows]


def by_number(by: Actor, register: str, number: str) -> EntryView | None:
    """Return the entry with this number as it stands, or ``None``; for those who act for the state.

    Raises:
        Refusal: ``not_found`` for everybody else.

    """
    if not rules.may_find(by):
        raise not_found()
    rows = Version.objects.select_related("entry__register").filter(
        number=F("entry__current"), entry__register__key=register, entry__number=number
    )
    return next(iter(_current(rows)), None)


def find(by: Actor, register: str, where: Mapping[str, str | int | bool]) -> list[EntryView]:
    """Return the entries whose current facts are ``where``, the latest first, at most a hundred.

    Text is compared as people read it (:func:`janaseva.core.writing.fold`): old and new chillu, Arabic and Urdu letters
    and capitals do not differ.

    Raises:
        Refusal: ``not_found`` for those who do not act for the state; ``register_key_unknown``.

    """
    if not rules.may_find(by):
        raise not_found()
    asked = rules.named(where)
    exact: dict[str, Any] = {f"facts__{name}": value for name, value in asked.items() if not isinstance(value, str)}
    exact |= {f"folded__{name}": value for name, value in rules.folded(asked).items()}
    rows = Version.objects.select_related("entry__register").filter(
        number=F("entry__current"), entry__register__key=register, **exact
    )
    return _current(rows.order_by("-entry_id")[:MOST])


def held_by(by: Actor, person_id: UUID) -> list[EntryView]:
    """Return what the registers hold about a person, the latest first, so that nobody is asked for it twice.

    Raises:
        Refusal: ``not_found`` for anyone but that person and those who act for the state.

    """
    if not rules.may_see(by, holder_person_id=person_id):
        raise not_found()
    rows = Version.objects.select_related("entry__register").filter(
        number=F("entry__current"), entry__holder_person_id=person_id
    )
    return _current(rows.order_by("-entry_id")[:MOST])


def entry_of(register: str, stories: Collection[UUID]) -> UUID | None:
    """Return the entry that one of these matters made in a register, or ``None``; for rooms above, in their actions."""
    rows = Entry.objects.filter(register__key=register, story__in=stories).order_by("id")
    return rows.values_list("id", flat=True).first()

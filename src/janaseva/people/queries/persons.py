"""Persons, as much of them as the asker may see."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from janaseva.core import writing
from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.text import Text, in_language
from janaseva.people import rules
from janaseva.people.models import Credential, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """A person; the phone number shows its last four digits only."""

    id: UUID
    names: Text
    phone_masked: str
    login: str
    language: str
    is_demonstration: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyView:
    """A passkey of one's own account."""

    id: UUID
    label: str
    made_at: datetime


def _view(row: Person) -> PersonView:
    return PersonView(
        id=row.id,
        names=row.names,
        phone_masked=rules.masked(row.phone) if row.phone else "",
        login=row.login or "",
        language=row.language,
        is_demonstration=row.is_demonstration,
    )


def person(by: Actor, person_id: UUID) -> PersonView:
    """Return a person to itself and to officials.

    Raises:
        Refusal: ``not_found``.

    """
    row = Person.get_or_none(person_id)
    if row is None or not rules.may_see_person(by, person_id):
        raise not_found()
    return _view(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How a person is reached: the number in E.164 (empty where there is none) and the language."""

    phone: str
    language: str


def reach_of(by: Actor, person_id: UUID) -> Reach:
    """Return how a person is reached; for contact alone, which acts as the system.

    Raises:
        Refusal: ``not_found``.

    """
    row = Person.get_or_none(person_id)
    if row is None or by.kind != "system":
        raise not_found()
    return Reach(phone=row.phone or "", language=row.language)


def phone_of(person_id: UUID) -> str | None:
    """Return a person's number in E.164; for contact alone, which must reach it."""
    row = Person.get_or_none(person_id)
    return row.phone if row else None


def colleagues(by: Actor, search: str = "", *, most: int = 50) -> list[PersonView]:
    """Return officers by name, those whose name in any language or login has ``search`` in it; for officials."""
    if not by.is_official:
        raise not_found()
    sought = writing.fold(search)
    rows = [
        row
        for row in Person.objects.filter(login__isnull=False)
        if sought in writing.fold(" ".join([*row.names.values(), row.login or ""]))
    ]
    return [_view(row) for row in sorted(rows, key=lambda row: in_language(row.names, "en").casefold())[:most]]


def officer_by_login(by: Actor, login: str) -> PersonView:
    """Return the officer of a login name, for the administrator's command.

    Raises:
        Refusal: ``not_found``.

    """
    row = Person.first_where(login=rules.tidy_login(login)) if rules.may_enrol(by) else None
    if row is None:
        raise not_found()
    return _view(row)


def has_to_choose_password(by: Actor) -> bool:
    """Return whether one still has the password that was made for one."""
    given = Credential.objects.filter(kind="password", label=rules.INITIAL, ended_at=None)
    return by.person_id is not None and given.filter(person_id=by.person_id).exists()


def passkeys(by: Actor) -> list[PasskeyView]:
    """Return the passkeys of one's own account, the oldest first."""
    if by.person_id is None or not rules.may_register_passkey(by):
        raise not_found()
    rows = Credential.objects.filter(person_id=by.person_id, kind="passkey", ended_at=None).order_by("made_at")
    return [PasskeyView(id=row.id, label=row.label, made_at=row.made_at) for row in rows]

"""What registers does inside the actions of higher rooms: open a register, record an entry, correct it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from janaseva.core.action import change, empty, put, step, tell
from janaseva.core.actor import Actor
from janaseva.core.canonical import plain
from janaseva.core.refusal import CONFLICT, Refusal, not_found
from janaseva.core.text import Text
from janaseva.registers import events, rules
from janaseva.registers.models import Entry, Register, Version


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


@step
def open_register(*, by: Actor, at: datetime, key: str, title: Text, pack: str) -> UUID:
    """Open a register, or change the title of an open one; a repeat changes nothing. Return its id.

    Raises:
        Refusal: ``register_taken`` where another pack keeps a register of this key.

    """
    known = Register.objects.select_for_update().filter(key=key).first()
    if known is not None and known.pack != pack:
        raise Refusal("register_taken", status=CONFLICT, register=key, pack=known.pack)
    if known is not None and known.title == dict(title):
        return known.id
    words = dict(title)
    row = put(Register(key=key, title=words, pack=pack)) if known is None else change(known, title=words)
    tell(events.Opened(register=key, pack=pack))
    return row.id


def _version(
    entry_id: UUID, number: int, facts: Mapping[str, Any], *, valid_from: date, at: datetime, why: str = ""
) -> None:
    stable = plain(facts)
    put(
        Version(
            entry_id=entry_id,
            number=number,
            facts=stable,
            folded=rules.folded(stable),
            valid_from=valid_from,
            recorded_at=at,
            why=why,
        )
    )


@step
def record(
    *,
    by: Actor,
    at: datetime,
    story: UUID,
    office_id: UUID,
    register: str,
    facts: Mapping[str, Any],
    number: str,
    holder_person_id: UUID | None = None,
    valid_from: date | None = None,
) -> UUID:
    """Enter facts in a register under a number and return the entry's id. They hold from today, unless said otherwise.

    Raises:
        Refusal: ``register_unknown``; ``register_number_taken`` where another matter has the number.

    """
    book = Register.first_where(key=register)
    if book is None:
        raise Refusal("register_unknown", status=CONFLICT, register=register)
    if Entry.objects.filter(register_id=book.id, number=number).exists():
        raise Refusal("register_number_taken", status=CONFLICT, register=register, number=number)
    entry = put(
        Entry(
            register_id=book.id,
            number=number,
            story=story,
            office_id=office_id,
            holder_person_id=holder_person_id,
            current=1,
        )
    )
    _version(entry.id, 1, facts, valid_from=valid_from or _day(at), at=at)
    tell(events.Recorded(register=register, entry_id=entry.id, number=number), story=story, office_id=office_id)
    return entry.id


@step
def correct(
    *,
    by: Actor,
    at: datetime,
    entry_id: UUID,
    facts: Mapping[str, Any],
    why: str,
    valid_from: date | None = None,
) -> int:
    """Add a version with all facts as they truly are, and the reason; return its number. Nothing known is lost.

    Without ``valid_from`` the new facts hold from the day from which the entry's current version does: the earlier
    ones were wrong all along. With it, something changed on that day.

    Raises:
        Refusal: ``not_found``; ``register_reason_missing``.

    """
    if not why.strip():
        raise Refusal("register_reason_missing")
    entry = Entry.locked(entry_id)
    if entry is None:
        raise not_found()
    before = Version.objects.get(entry_id=entry_id, number=entry.current)
    number = entry.current + 1
    _version(entry_id, number, facts, valid_from=valid_from or before.valid_from, at=at, why=why)
    change(entry, current=number)
    key = Register.objects.values_list("key", flat=True).get(pk=entry.register_id)
    tell(
        events.Corrected(register=key, entry_id=entry_id, entry_version=number),
        story=entry.story,
        office_id=entry.office_id,
    )
    return number


@step
def erase(*, by: Actor, at: datetime, story: UUID) -> None:
    """Erase what the registers say of a matter; the entry's number stays, and that there was one.

    For those registers alone of which a law says so: what a register says mostly stays longer than the application.
    """
    entries = Entry.where(story=story, lock=True)
    empty(entries)
    empty(Version.where(entry_id=tuple(one.id for one in entries), lock=True))

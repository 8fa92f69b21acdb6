"""Erasing and holding, as those concerned and the auditors see it; and what is due."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.documents import queries as documents
from janaseva.forms import queries as forms
from janaseva.payments import queries as payments
from janaseva.people import queries as people
from janaseva.services.models import Appeal, Application, DeemedRequest, Erasure, Hold, ShowCause
from janaseva.services.queries.appeals import may_file
from janaseva.services.queries.definitions import compiled, in_force, rows_in_force
from janaseva.services.queries.packs import today as day_of
from janaseva.services.queries.story import seats
from janaseva.services.rules import erasing, keeping, permissions, states
from janaseva.services.rules.keeping import Keeps

MOST: Final = 200
_NOBODY: Final[tuple[Text, Text]] = ({}, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureView:
    """One erasure: of what, on which ground, by whose proposal and word, how it stands, and what the reader may do."""

    id: UUID
    application_id: UUID
    number: str
    service_name: Text
    ground: str
    words: str
    state: str
    is_held: bool
    proposed_at: datetime
    proposed_by: tuple[Text, Text]
    decided_at: datetime | None
    decided_by: tuple[Text, Text]
    erases_at: datetime | None
    ended_at: datetime | None
    may_allow: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """One hold: on what, by whose order, why, by whom, and whether it still holds."""

    id: UUID
    number: str
    of_person: bool
    order: str
    words: str
    placed_at: datetime
    placed_by: tuple[Text, Text]
    lifted_at: datetime | None
    lifted_by: tuple[Text, Text]
    lifted_words: str
    may_lift: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DueView:
    """An application whose time of keeping is over; ``hindrance`` is why it is not erased yet, if anything is."""

    application_id: UUID
    service: str
    number: str
    kind: str
    last_day: date
    hindrance: str


def keeps_of(row: Application, today: date) -> Keeps | None:
    """Return how long the service's text in force today has its applications kept; for this room's own use.

    That of today counts, not that with which the application began: it binds what is held.
    """
    found = rows_in_force(today).get(row.service_key)
    return compiled(found[0] if found is not None else row.definition_id).keeps


def last_day(row: Application, keeps: Keeps | None) -> date | None:
    """Return the last day on which an application is kept; ``None`` while it is under way or nobody has said."""
    kind = keeping.kind_of(row.state, row.outcome)
    keep = keeps.known(kind) if keeps is not None and kind else None
    ended = row.ended_at or (max(row.started_at, forms.kept_at(row.id) or row.started_at) if kind == "draft" else None)
    return keep.last_day(day_of(ended)) if keep is not None and ended is not None else None


def stories_of(application_id: UUID) -> tuple[UUID, ...]:
    """Return under which ids the events of an application are told: its own, and those of its appeals."""
    return (application_id, *Appeal.objects.filter(application_id=application_id).values_list("id", flat=True))


def is_held(row: Application) -> bool:
    """Return whether a hold forbids to erase an application; for this room's own use."""
    named = Q(application_id=row.id) | Q(person_id=row.applicant_id, of_person=True)
    return Hold.objects.filter(named, lifted_at=None).exists()


def hindrance(row: Application, at: datetime) -> str:
    """Return why an application cannot be erased now, as the code of a refusal; for this room's own use."""
    stories = stories_of(row.id)
    standing = erasing.Standing(
        kind=keeping.kind_of(row.state, row.outcome),
        is_erased=row.erased_at is not None,
        is_held=is_held(row),
        is_open=_is_open(row, stories, at),
        is_unsealed=documents.is_unsealed(stories),
    )
    return erasing.hindrance(standing)


def _is_open(row: Application, stories: tuple[UUID, ...], at: datetime) -> bool:
    appeal = may_file(Actor.person(row.applicant_id), row.id, at)
    return (
        (appeal is not None and appeal.filing.last_day is not None and not appeal.filing.is_late)
        or Appeal.objects.filter(application_id=row.id, ended_at=None).exists()
        or DeemedRequest.objects.filter(application_id=row.id, answered_at=None, granted_at=None).exists()
        or ShowCause.objects.filter(decision__application_id=row.id, state="open").exists()
        or Application.objects.filter(earlier_id=row.id, state__in=sorted(states.OPEN)).exists()
        or payments.under_way(stories)
    )


def erasures(by: Actor) -> list[ErasureView]:
    """Return the latest erasures of the reader's reach, those that wait first; every one to who audits the record.

    Raises:
        Refusal: ``not_found`` for whoever has nothing to do with them.

    """
    offices = _overseen(by)
    rows = Erasure.objects.select_related("application").order_by("-proposed_at", "-id")
    if offices is not None:
        rows = rows.filter(office_id__in=offices)
    found = sorted(rows[:MOST], key=lambda row: row.state not in erasing.OPEN)
    posts = seats({key for row in found for key in (row.proposed_post_id, row.decided_post_id) if key is not None})
    held = _held({row.application for row in found if row.state in erasing.OPEN})
    reach = people.offices_in_reach(by)
    return [_erasure(by, row, posts, is_held=row.application_id in held, reach=reach) for row in found]


def _overseen(by: Actor) -> frozenset[UUID] | None:
    """Return the offices whose erasures and holds ``by`` may see; ``None`` for those of all."""
    if by.kind == "system" or (permissions.may_work(by) and by.may("ledger.audit")):
        return None
    if not erasing.may_oversee(by):
        raise not_found()
    return people.offices_in_reach(by)


def _held(rows: Iterable[Application]) -> set[UUID]:
    found = {row.id: row.applicant_id for row in rows}
    named = Q(application_id__in=found) | Q(person_id__in=set(found.values()), of_person=True)
    holds = list(Hold.objects.filter(named, lifted_at=None).values_list("application_id", "person_id", "of_person"))
    persons = {person_id for _, person_id, of_person in holds if of_person}
    return {key for key, whose in found.items() if whose in persons} | {key for key, _, _ in holds}


def facts_of(row: Erasure, applicant_id: UUID, *, reach: frozenset[UUID]) -> erasing.Facts:
    """Return what decides who may do what with an erasure; for this room's own use."""
    return erasing.Facts(proposed_by_id=row.proposed_by_id, applicant_id=applicant_id, in_reach=row.office_id in reach)


def _erasure(
    by: Actor, row: Erasure, posts: dict[UUID, tuple[Text, Text]], *, is_held: bool, reach: frozenset[UUID]
) -> ErasureView:
    facts = facts_of(row, row.application.applicant_id, reach=reach)
    return ErasureView(
        id=row.id,
        application_id=row.application_id,
        number=row.application.number or "",
        service_name=compiled(row.application.definition_id, row.application.purpose).what.name,
        ground=row.ground,
        words=row.words,
        state=row.state,
        is_held=is_held,
        proposed_at=row.proposed_at,
        proposed_by=posts.get(row.proposed_post_id, _NOBODY) if row.proposed_post_id else _NOBODY,
        decided_at=row.decided_at,
        decided_by=posts.get(row.decided_post_id, _NOBODY) if row.decided_post_id else _NOBODY,
        erases_at=row.erases_at,
        ended_at=row.ended_at,
        may_allow=row.state == "proposed" and not is_held and erasing.may_allow(by, facts),
        may_withdraw=row.state in erasing.OPEN and erasing.may_withdraw(by, facts),
    )


def holds(by: Actor) -> list[HoldView]:
    """Return the holds of the reader's reach, those that hold first; every one to who audits the record.

    Raises:
        Refusal: ``not_found`` for whoever has nothing to do with them.

    """
    offices = _overseen(by)
    rows = Hold.objects.select_related("application").order_by("-placed_at", "-id")
    if offices is not None:
        rows = rows.filter(office_id__in=offices)
    found = sorted(rows[:MOST], key=lambda row: row.lifted_at is not None)
    posts = seats({key for row in found for key in (row.placed_post_id, row.lifted_post_id) if key is not None})
    reach = people.offices_in_reach(by)
    return [
        HoldView(
            id=row.id,
            number=row.application.number or "",
            of_person=row.of_person,
            order=row.order,
            words=row.words,
            placed_at=row.placed_at,
            placed_by=posts.get(row.placed_post_id, _NOBODY),
            lifted_at=row.lifted_at,
            lifted_by=posts.get(row.lifted_post_id, _NOBODY) if row.lifted_post_id else _NOBODY,
            lifted_words=row.lifted_words,
            may_lift=row.lifted_at is None and erasing.may_lift(by, row.placed_by_id, in_reach=row.office_id in reach),
        )
        for row in found
    ]


def _over(service: str, keeps: Keeps, today: date) -> Iterator[Application]:
    """Yield the applications of a service that may be due, the oldest first."""
    rows = Application.objects.filter(service_key=service, erased_at=None)
    for kind in keeping.KINDS:
        keep = keeps.known(kind)
        if keep is None:
            continue
        before = datetime.combine(keep.ended_before(today), time.min, ZoneInfo(settings.TIME_ZONE))
        if kind == "draft":
            yield from rows.filter(state="draft", started_at__lt=before).order_by("started_at")[:MOST]
        ended = {
            "draft": Q(state="discarded"),
            "refused": Q(state__in=("withdrawn", "lapsed")) | Q(state="decided") & ~Q(outcome="approved"),
            "granted": Q(state="decided", outcome="approved"),
        }[kind]
        yield from rows.filter(ended, ended_at__lt=before).order_by("ended_at")[:MOST]


def due(by: Actor, at: datetime) -> list[DueView]:
    """Return the applications whose time of keeping is over, by service, with what stands in the way; for the platform.

    At most so many of each service and kind; the others follow when these are erased.
    """
    if not permissions.is_own_work(by):
        raise not_found()
    today, found = day_of(at), []
    for service, (definition_id, _) in sorted(rows_in_force(today).items()):
        keeps = compiled(definition_id).keeps
        for row in _over(service, keeps, today) if keeps is not None else ():
            last = last_day(row, keeps)
            if last is not None and last < today:
                found.append(
                    DueView(
                        application_id=row.id, service=service, number=row.number or "", last_day=last,
                        kind=keeping.kind_of(row.state, row.outcome), hindrance=hindrance(row, at),
                    )
                )  # fmt: skip
    return found


def is_due(row: Application, at: datetime) -> bool:
    """Return whether the time for which an application is kept is over; for this room's own use."""
    today = day_of(at)
    last = last_day(row, keeps_of(row, today))
    return last is not None and last < today


def to_announce(by: Actor, at: datetime) -> list[UUID]:
    """Return the applications that are due by schedule, can be erased, and are not announced yet; for the clock."""
    waiting = set(Erasure.objects.filter(state__in=erasing.OPEN).values_list("application_id", flat=True))
    return [one.application_id for one in due(by, at) if not one.hindrance and one.application_id not in waiting]


def to_erase(by: Actor, at: datetime) -> list[UUID]:
    """Return the announced erasures whose time has come and that nothing stands in the way of; for the clock."""
    if not permissions.is_own_work(by):
        return []
    rows = Erasure.objects.filter(state="announced", erases_at__lte=at).select_related("application")
    return [row.id for row in rows.order_by("erases_at", "id")[:MOST] if not hindrance(row.application, at)]


def without_schedule(by: Actor, today: date) -> list[str]:
    """Return the services in force of which nobody has said how long their applications are kept; for the platform."""
    if not permissions.is_own_work(by):
        return []
    return [key for key in sorted(rows_in_force(today)) if in_force(key, today).definition.keeps is None]


def not_erased(by: Actor, application_ids: Collection[UUID]) -> list[UUID]:
    """Return those of these applications that are here and not erased; for the platform."""
    if not permissions.is_own_work(by):
        return []
    found: list[UUID] = []
    wanted = sorted(application_ids)
    for start in range(0, len(wanted), MOST):
        rows = Application.objects.filter(pk__in=wanted[start : start + MOST], erased_at=None)
        found += rows.values_list("id", flat=True)
    return found

"""What people does inside the actions of rooms above."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from janaseva.core.action import change, put, step, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import FORBIDDEN, Refusal
from janaseva.core.waiting import waited
from janaseva.people import events, queries, rules
from janaseva.people.models import Arrangement, Challenge, Charge, Coverage, Office, Post, Session


@step
def forget_code(*, by: Actor, at: datetime, challenge_id: UUID) -> None:
    """Erase the readable form of a one-time code, once it was sent. Repeats do nothing."""
    del by, at
    row = Challenge.locked(challenge_id)
    if row is not None and row.kind == "code" and row.sealed:
        change(row, sealed="")


@step
def in_charge(*, by: Actor, at: datetime) -> None:
    """Refuse an officer whose charge has ended since the request began; the charge is held to the end of the act.

    Raises:
        Refusal: ``charge_ended`` (403). A hand-over that commits first wins, also over an act that
            came in before it and waited; one that comes later waits for this act.

    """
    if by.kind != "officer":
        return
    row = Charge.locked(by.charge_id) if by.charge_id else None
    here = at + waited(at)
    if row is None or row.person_id != by.person_id or not rules.in_force(row.from_at, row.to_at, here):
        raise Refusal("charge_ended", status=FORBIDDEN)


@step
def vacate(*, by: Actor, at: datetime, post_id: UUID) -> tuple[UUID, ...]:
    """End every charge of a post, also those yet to begin, with their sessions; return the sessions that ended."""
    del by
    Post.locked(post_id)
    ended: list[UUID] = []
    open_ = Q(to_at__isnull=True) | Q(to_at__gt=at)
    for row in Charge.objects.select_for_update().filter(open_, post_id=post_id):
        change(row, from_at=min(row.from_at, at), to_at=at)
        live = Session.objects.select_for_update().filter(charge=row, ended_at=None)
        ended += [change(session, ended_at=at).id for session in live]
    return tuple(ended)


@step
def end_posts(*, by: Actor, at: datetime, post_ids: Collection[UUID]) -> tuple[UUID, ...]:
    """End posts and all their charges; return the sessions that ended. What lies on them was looked at before."""
    ended: list[UUID] = []
    for row in Post.objects.select_for_update().filter(pk__in=post_ids, ended_at=None):
        ended += vacate(by=by, at=at, post_id=row.id)
        change(row, ended_at=at)
    return tuple(ended)


@step
def end_office(*, by: Actor, at: datetime, office_id: UUID) -> None:
    """End an office with its posts. Nothing lies there any more: who calls has seen to that. Repeats do nothing."""
    row = Office.locked(office_id)
    if row is None or row.ended_at is not None:
        return
    posts = list(Post.objects.filter(office_id=row.id, ended_at=None).values_list("id", flat=True))
    ended = end_posts(by=by, at=at, post_ids=posts)
    change(row, ended_at=at, arranged_at=at)
    tell(events.OfficeEnded(office_id=row.id, ended_session_ids=ended), office_id=row.id)


@step
def carry_out_ending(*, by: Actor, at: datetime, arrangement_id: UUID) -> None:
    """Put an order in force that ends a post or an office, after the room above saw that no case is orphaned.

    An office with a successor closes: it takes nothing new, its successor serves its areas too, and it ends once all
    that lies there has gone over.

    Raises:
        Refusal: those of :func:`janaseva.people.queries.arranging.to_confirm`.

    """
    row = queries.to_confirm(by, arrangement_id, at)
    posts: tuple[UUID, ...] = ()
    ended: tuple[UUID, ...] = ()
    if row.kind == "end_post":
        post = Post.first_where(key=row.facts["post"])
        posts = (post.id,) if post else ()
        ended = end_posts(by=by, at=at, post_ids=posts)
        _touch(row.office_id, at)
    elif row.office_id is not None and not row.facts.get("successor"):
        end_office(by=by, at=at, office_id=row.office_id)
    elif row.office_id is not None:
        _close(row.office_id, row.facts["successor"], at)
    in_force(by=by, at=at, row=row, posts=posts, sessions=ended)


def _touch(office_id: UUID | None, at: datetime) -> None:
    office = Office.locked(office_id) if office_id else None
    if office is not None:
        change(office, arranged_at=at)


def _close(office_id: UUID, successor: str, at: datetime) -> None:
    office, heir = Office.locked(office_id), Office.first_where(key=successor, lock=True)
    if office is None or heir is None:
        return
    change(office, successor=heir, arranged_at=at)
    change(heir, arranged_at=at)
    covered = {heir.area_id, *Coverage.objects.filter(office=heir).values_list("area_id", flat=True)}
    further = [office.area_id, *Coverage.objects.filter(office=office).values_list("area_id", flat=True)]
    for area_id in dict.fromkeys(further):
        if area_id not in covered:
            put(Coverage(office=heir, area_id=area_id))
    tell(events.OfficeSucceeded(office_id=office.id, successor_id=heir.id), office_id=office.id)


@step
def in_force(
    *, by: Actor, at: datetime, row: Arrangement, posts: Collection[UUID] = (), sessions: Collection[UUID] = ()
) -> None:
    """Write down that a second person put an order in force, and tell it."""
    change(row, state="in_force", decided_at=at, decided_by_id=by.person_id)
    tell(
        events.ArrangementMade(
            arrangement_id=row.id, kind=row.kind, post_ids=tuple(posts), ended_session_ids=tuple(sessions)
        ),
        story=row.id,
        office_id=row.office_id,
    )

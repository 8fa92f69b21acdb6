"""Who is signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from janaseva.core.actor import Actor
from janaseva.core.questions import Question
from janaseva.core.refusal import not_found
from janaseva.core.text import Text, in_language
from janaseva.people import rules
from janaseva.people.models import Budget, Challenge, Charge, Grant, Post, Session
from janaseva.people.queries._views import ChargeView, charge_view


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A live session. ``kind`` is ``citizen`` or ``officer``.

    ``needs_charge``: the officer has yet to choose (or holds no charge). ``keep_due``: the door should call
    ``actions.keep_session``. ``idle_at`` and ``ends_at`` are when it ends unused, and in any case.
    """

    actor: Actor
    language: str
    session_id: UUID
    display_name: str
    kind: str
    charge: ChargeView | None
    needs_charge: bool
    keep_due: bool
    idle_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """One's own live sessions, to be ended where they are not known."""

    id: UUID
    kind: str
    made_at: datetime
    seen_at: datetime
    post: Text


def _officer(session: Session, at: datetime) -> Actor:
    """Return the officer as the chosen charge makes it: all posts that it may act for, and what those permit."""
    if session.charge is None:
        return Actor(kind="officer", person_id=session.person_id)
    charges = Charge.where(person_id=session.person_id, kind="stand_in")
    stood_in = {row.post_id for row in charges if rules.in_force(row.from_at, row.to_at, at)} - {session.charge.post_id}
    posts = [session.charge.post, *(Post.where(id=tuple(stood_in)) if stood_in else ())]
    held = {post.id: post.role for post in posts}
    grants = {row.permission for row in Grant.where(role=tuple(sorted(set(held.values()))))}
    return Actor(
        kind="officer",
        person_id=session.person_id,
        charge_id=session.charge_id,
        post_id=session.charge.post_id,
        post_ids=frozenset(held),
        office_id=session.charge.post.office_id,
        role=session.charge.post.role,
        grants=frozenset(grants),
    )


@Question
def _session(*, token_hash: str) -> QuerySet[Session]:
    joined = Session.objects.select_related("person", "charge__post__office")
    return joined.filter(token_hash=token_hash, ended_at=None)


def signed_in(token: str, at: datetime) -> SignedIn | None:
    """Return who holds this token, or ``None`` where it is unknown, ended, idle too long, or its charge has passed on.

    One reading for a citizen, four at most for an officer, each by a key or an index; nothing is written.
    """
    session = _session.first(token_hash=rules.token_hash(token))
    if session is None or not rules.is_live(session.kind, session.seen_at, session.ends_at, at):
        return None
    charge, person = session.charge, session.person
    if charge is not None and not rules.in_force(charge.from_at, charge.to_at, at):
        return None
    if not rules.may_be_here(is_demonstration=person.is_demonstration, demonstration_on=settings.OPTIONS.demonstration):
        return None
    shown = in_language(person.names, session.language) or rules.masked(person.phone or "")
    return SignedIn(
        actor=_officer(session, at) if session.kind == "officer" else Actor.person(session.person_id),
        language=session.language,
        session_id=session.id,
        display_name=shown,
        kind=session.kind,
        charge=charge_view(charge) if charge is not None else None,
        needs_charge=session.kind == "officer" and charge is None,
        keep_due=rules.keep_due(session.seen_at, at),
        idle_at=rules.live_until(session.kind, session.seen_at, session.ends_at),
        ends_at=session.ends_at,
    )


def stale(at: datetime) -> list[QuerySet[Any]]:
    """Return what serves nothing any more, kind by kind, what ended first before the rest; for this room's actions."""
    over = at - rules.SWEPT_AFTER
    return [kind.objects.filter(ends_at__lt=over).order_by("ends_at") for kind in (Challenge, Budget, Session)]


def is_stale(by: Actor, at: datetime) -> bool:
    """Return whether there are sessions, codes or budgets that serve nothing any more, for the worker."""
    return rules.may_load(by) and any(rows.exists() for rows in stale(at))


def sessions_of(by: Actor, at: datetime) -> list[SessionView]:
    """Return one's own live sessions, the latest used first."""
    if by.person_id is None:
        raise not_found()
    rows = Session.objects.select_related("charge__post").filter(person_id=by.person_id, ended_at=None)
    return [
        SessionView(
            id=row.id,
            kind=row.kind,
            made_at=row.made_at,
            seen_at=row.seen_at,
            post=row.charge.post.names if row.charge else {},
        )
        for row in rows.order_by("-seen_at")
        if rules.is_live(row.kind, row.seen_at, row.ends_at, at)
    ]

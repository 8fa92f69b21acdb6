"""A post passes from one holder to the next, and a colleague stands in."""

from datetime import datetime
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import action, allow, change, flush, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Refusal
from janaseva.people import events, rules
from janaseva.people.actions.opening import end_sessions
from janaseva.people.models import Charge, Person, Post, Session
from janaseva.people.queries._views import facts_of


def _officer(person_id: UUID) -> Person:
    person = Person.objects.filter(pk=person_id, login__isnull=False).first()
    if person is None:
        raise Refusal("not_an_officer")
    return person


def _locked(charge_id: UUID) -> Charge | None:
    """Return the charge, after its post was locked: whoever changes a post's charges queues there."""
    post_id = Charge.objects.filter(pk=charge_id).values_list("post_id", flat=True).first()
    if post_id is None or Post.locked(post_id) is None:
        return None
    return Charge.locked(charge_id)


def _demand_in_force(charge: Charge | None, at: datetime, kind: str) -> Charge:
    if charge is None or charge.kind != kind or not rules.in_force(charge.from_at, charge.to_at, at):
        raise Refusal("charge_not_in_force", status=CONFLICT)
    return charge


def _live_sessions(charge: Charge) -> list[Session]:
    return list(Session.objects.select_for_update().filter(charge=charge, ended_at=None))


def _end(charge: Charge, at: datetime) -> tuple[UUID, ...]:
    """End a charge and every session in it; a stand-in that had yet to begin never begins."""
    change(charge, from_at=min(charge.from_at, at), to_at=at)
    return end_sessions(_live_sessions(charge), at)


@action
def hand_over_charge(*, by: Actor, at: datetime, key: str, charge_id: UUID, to_person_id: UUID, order: str) -> UUID:
    """Pass a post on: the old charge, its stand-ins and all their sessions end, the new charge begins, in one commit.

    ``order`` names the order or reason. Return the new charge's id.

    Raises:
        Refusal: ``charge_not_in_force``, ``not_an_officer``, ``same_holder``.

    """
    charge = _locked(charge_id)
    allow(charge is not None and rules.may_hand_over(by, facts_of(charge)))
    del key
    old = _demand_in_force(charge, at, "substantive")
    taker = _officer(to_person_id)
    if taker.id == old.person_id:
        raise Refusal("same_holder")
    ended = list(_end(old, at))
    for row in Charge.objects.select_for_update().filter(for_charge=old, to_at__gt=at):
        ended += _end(row, at)
    flush()  # the old charge must have ended in the database before the post's next one begins
    new = put(
        Charge(
            post_id=old.post_id,
            person=taker,
            kind="substantive",
            from_at=at,
            order=writing.tidy(order)[:200],
            office_id=old.office_id,
        )
    )
    tell(
        events.ChargeHandedOver(
            post_id=old.post_id,
            old_charge_id=old.id,
            new_charge_id=new.id,
            old_person_id=old.person_id,
            new_person_id=taker.id,
            ended_session_ids=tuple(ended),
        ),
        story=old.post_id,
        office_id=old.office_id,
    )
    return new.id


@action
def stand_in(
    *,
    by: Actor,
    at: datetime,
    key: str,
    charge_id: UUID,
    to_person_id: UUID,
    from_at: datetime,
    to_at: datetime,
    order: str,
) -> UUID:
    """Let a colleague act for a post from one moment to another, beside its holder. Return the stand-in charge's id.

    Raises:
        Refusal: ``charge_not_in_force``, ``not_an_officer``, ``same_holder``, ``stand_in_times``,
            ``already_stands_in``.

    """
    charge = _locked(charge_id)
    allow(charge is not None and rules.may_stand_in(by, facts_of(charge)))
    del key
    held = _demand_in_force(charge, at, "substantive")
    colleague = _officer(to_person_id)
    begins = max(from_at, at)
    if colleague.id == held.person_id:
        raise Refusal("same_holder")
    if to_at <= begins:
        raise Refusal("stand_in_times")
    if Charge.objects.filter(
        post_id=held.post_id, person=colleague, kind="stand_in", from_at__lt=to_at, to_at__gt=begins
    ).exists():
        raise Refusal("already_stands_in", status=CONFLICT)
    new = put(
        Charge(
            post_id=held.post_id,
            person=colleague,
            kind="stand_in",
            from_at=begins,
            to_at=to_at,
            for_charge=held,
            order=writing.tidy(order)[:200],
            office_id=held.office_id,
        )
    )
    news = events.StandInBegun(post_id=held.post_id, charge_id=new.id, person_id=colleague.id, for_charge_id=held.id)
    tell(news, story=held.post_id, office_id=held.office_id)
    return new.id


@action
def end_stand_in(*, by: Actor, at: datetime, key: str, charge_id: UUID) -> None:
    """End a stand-in before its time, by its giver, the one standing in, or one so permitted above.

    Raises:
        Refusal: ``charge_not_in_force`` where it is over already.

    """
    charge = _locked(charge_id)
    giver = Charge.first_where(id=charge.for_charge_id) if charge and charge.for_charge_id else None
    allow(
        charge is not None
        and giver is not None
        and (rules.may_stand_in(by, facts_of(giver)) or rules.may_choose(by, charge.person_id))
    )
    del key
    if charge is None or charge.to_at is None or charge.to_at <= at:
        raise Refusal("charge_not_in_force", status=CONFLICT)
    ended = _end(charge, at)
    news = events.StandInEnded(post_id=charge.post_id, charge_id=charge.id, ended_session_ids=ended)
    tell(news, story=charge.post_id, office_id=charge.office_id)

"""Who may do what with a case and its tasks. Grants hang on posts; a person never decides an own matter."""

from collections.abc import Collection
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.workflow.rules.limit import Limit
from janaseva.workflow.rules.process import Kind

OUT_OF_TURN_CHARACTERS = 10
"""The least length of a reason for taking a task before those that came earlier."""

_GRANTS: dict[str, frozenset[str]] = {
    "decision": frozenset({"services.decide"}),
    "review": frozenset({"services.recommend", "services.decide"}),
    "enquiry": frozenset({"services.report", "services.recommend", "services.decide"}),
    "hearing": frozenset({"services.recommend", "services.decide"}),
    "parallel": frozenset({"services.report", "services.recommend", "services.decide"}),
    "clearance": frozenset({"services.report", "services.recommend", "services.decide"}),
    "report": frozenset({"services.report", "services.recommend", "services.decide"}),
}
"""The permissions of which one is needed for each kind of work: who may decide may also recommend and report."""


def posts_of(by: Actor) -> frozenset[UUID]:
    """Return all posts in whose name this actor may act now."""
    return by.post_ids | ({by.post_id} if by.post_id else frozenset())


def may_use_desk(by: Actor) -> bool:
    """Return whether this actor has a desk at all."""
    return by.kind == "officer" and by.charge_id is not None and bool(posts_of(by))


def may_take(by: Actor, *, post_id: UUID | None) -> bool:
    """Return whether this officer may take a task that waits on ``post_id``."""
    return may_use_desk(by) and post_id in posts_of(by) and by.may("services.take")


def holds(by: Actor, *, post_id: UUID | None, held_by_charge_id: UUID | None) -> bool:
    """Return whether this officer holds the task now, in the name of a post that is (still) theirs."""
    return may_use_desk(by) and by.charge_id == held_by_charge_id and post_id in posts_of(by)


def may_work(by: Actor, *, kind: Kind | str) -> bool:
    """Return whether this officer's post permits this kind of work: a step's kind, or ``report``."""
    return any(by.may(grant) for grant in _GRANTS.get(kind, frozenset()))


def is_own_matter(by: Actor, *, applicant_person_id: UUID | None, made_by_person_id: UUID | None) -> bool:
    """Return whether this person applied, or made the application for another (maker and checker are two people)."""
    return by.person_id is not None and by.person_id in (applicant_person_id, made_by_person_id)


def is_own_move(by: Actor, *, other_person: bool, movers: Collection[UUID | None]) -> bool:
    """Return whether the step wants another person than those who moved the case before, and this is one of them."""
    return other_person and by.person_id is not None and by.person_id in movers


def may_answer(by: Actor, *, applicant_person_id: UUID | None, made_by_person_id: UUID | None) -> bool:
    """Return whether this actor may answer for the applicant, or withdraw: the applicant, their helper, the system."""
    return by.kind == "system" or is_own_matter(
        by, applicant_person_id=applicant_person_id, made_by_person_id=made_by_person_id
    )


def may_see(
    by: Actor,
    *,
    applicant_person_id: UUID | None,
    made_by_person_id: UUID | None,
    office_ids: Collection[UUID],
    post_ids: Collection[UUID | None],
) -> bool:
    """Return whether this actor may see a case.

    They are its parties, the officers of its posts, those who take cases at its offices, and the system.
    """
    if by.kind in ("system", "clock"):
        return True
    if by.kind == "officer":
        at_its_office = by.office_id in office_ids and by.may("services.take")
        return at_its_office or not posts_of(by).isdisjoint(post_ids)
    return is_own_matter(by, applicant_person_id=applicant_person_id, made_by_person_id=made_by_person_id)


def is_reason(text: str) -> bool:
    """Return whether a reason for taking a task out of turn says enough: ten characters besides spaces at the ends."""
    return len(text.strip()) >= OUT_OF_TURN_CHARACTERS


def may_load_calendars(by: Actor) -> bool:
    """Return whether this actor may load calendars: only the system, from packs."""
    return by.kind == "system"


def may_find_incomplete(limit: Limit | None, *, at_first_step: bool, made: bool) -> bool:
    """Return whether an application may still be found incomplete: its time runs from completeness, nothing was done.

    Once and at the first desk, so that nobody begins the time anew by one paper after another.
    """
    return limit is not None and limit.starts == "completeness" and at_first_step and not made


def may_close(by: Actor, *, office_id: UUID | None, area: bool) -> bool:
    """Return whether this officer may close this office (their own), or with ``area`` all offices of its area."""
    grant = "workflow.close_area" if area else "workflow.close_office"
    return may_use_desk(by) and office_id is not None and by.office_id == office_id and by.may(grant)


def may_record_outage(by: Actor) -> bool:
    """Return whether this actor may record an outage of the platform: an administrator, or the platform itself."""
    return by.kind == "system" or (by.kind == "officer" and by.may("workflow.record_outage"))

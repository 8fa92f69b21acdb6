"""The whole story of one application: what happened, when, by whose post, and who looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.core.writing import latin_digits
from janaseva.ledger import queries as ledger
from janaseva.ledger import rules as ledger_rules
from janaseva.people import queries as people
from janaseva.services.models import Application
from janaseva.services.queries.applications import visible

SHOWN = (
    "services.submitted",
    "payments.received",
    "services.begun",
    "workflow.report_asked",
    "workflow.reported",
    "services.fee_demanded",
    "services.fee_not_paid",
    "services.asked",
    "services.answered",
    "workflow.moved",
    "workflow.transferred",
    "workflow.notice_published",
    "workflow.objection_lodged",
    "workflow.objection_withdrawn",
    "services.decided",
    "documents.sealed",
    "documents.revoked",
    "services.limit_missed",
    "services.appeal_opened",
    "services.appeal_not_opened",
    "services.hearing_set",
    "services.appeal_ordered",
    "services.decision_set_aside",
    "services.order_complied",
    "services.order_missed",
    "services.deemed_requested",
    "services.deemed_granted",
    "documents.suspended",
    "documents.suspension_lifted",
    "services.cause_asked",
    "services.cause_answered",
    "services.cause_dropped",
    "services.withdrawn",
    "workflow.lapse_reminded",
    "services.lapsed",
    "payments.refunded",
)
"""The events that a person is shown as steps, in the words ``event.<name>``; the record holds many more."""

LOOKS = ("services.looked_at", "services.read_in_emergency")
"""The events by which somebody opened an application: in their charge, or in an emergency outside of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event of the story: its name (words: ``event.<name>``), when, by which post, and its place in the log."""

    name: str
    at: datetime
    facts: dict[str, Any]
    post: Text
    office: Text
    log_index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody opened the application: the post (officers act in office, not in private) and when."""

    at: datetime
    post: Text
    office: Text
    in_emergency: bool = False


def seats(post_ids: set[UUID]) -> dict[UUID, tuple[Text, Text]]:
    """Return the names of posts and of their offices, in two queries; for this room's own use."""
    posts = people.posts(post_ids)
    offices = {view.id: view.names for view in people.offices_by_id({post.office_id for post in posts.values()})}
    return {key: (post.names, offices.get(post.office_id, {})) for key, post in posts.items()}


def story(by: Actor, application_id: UUID) -> list[Happened]:
    """Return the steps of an application that ``by`` may see, the earliest first."""
    row = visible(by, application_id)
    events = [event for event in ledger.story(by, row.id, visible=True) if event.name in SHOWN]
    known = seats({event.post_id for event in events if event.post_id is not None})
    return [
        Happened(
            name=event.name,
            at=event.at,
            facts=dict(event.facts),
            post=known.get(event.post_id, ({}, {}))[0] if event.post_id else {},
            office=known.get(event.post_id, ({}, {}))[1] if event.post_id else {},
            log_index=event.leaf_index,
        )
        for event in events
    ]


def looks(by: Actor, application_id: UUID) -> list[Look]:
    """Return who looked at an application, the latest first; for its applicant and its officers alike."""
    row = visible(by, application_id)
    events = [event for event in ledger.story(by, row.id, visible=True) if event.name in LOOKS]
    known = seats({event.post_id for event in events if event.post_id is not None})
    return [
        Look(
            at=event.at,
            post=known.get(event.post_id, ({}, {}))[0],
            office=known.get(event.post_id, ({}, {}))[1],
            in_emergency=event.name == LOOKS[1],
        )
        for event in reversed(events)
        if event.post_id is not None
    ]


def recorded_as(by: Actor, number: str) -> UUID | None:
    """Return the id under which the record keeps the application of a number, for whoever may search the record.

    Raises:
        Refusal: ``not_found`` for who may not.

    """
    if not ledger_rules.may_search(by):
        raise not_found()
    written = latin_digits(number).strip().upper()[:60]
    row = Application.first_where(number=written) if written and written.isprintable() else None
    return row.id if row else None


def applicants(by: Actor, numbers: Sequence[str]) -> dict[str, UUID]:
    """Return who applied, by the number of each application that is known here, for whoever handles incidents.

    Raises:
        Refusal: ``not_found`` for who does not.

    """
    if not by.may("monitor.handle"):
        raise not_found()
    written = {latin_digits(number).strip().upper()[:60]: number for number in numbers if number.isprintable()}
    rows = Application.objects.filter(number__in=list(written)).values_list("number", "applicant_id")
    return {written[str(number)]: applicant_id for number, applicant_id in rows}

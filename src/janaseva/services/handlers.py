"""What services does on hearing news: a settled demand sends an application on; a revocation is told to whom it concerns."""

from janaseva.core.actor import Actor
from janaseva.core.news import Heard, hears
from janaseva.documents import events as documents
from janaseva.payments import events as payments
from janaseva.services import actions, queries


@hears(payments.Settled)
def begin_settled(heard: Heard[payments.Settled]) -> None:
    """Begin the application whose demand nothing more is owed on."""
    by = Actor.system("services.begin")
    application_id = queries.of_demand(by, heard.news.demand_id)
    if application_id is None:
        return
    actions.begin_case(
        by=by,
        at=heard.at,
        key=f"begin:{heard.event_id}",
        application_id=application_id,
        received_at=heard.news.settled_at,
    )


@hears(documents.Revoked)
def follow_revocation(heard: Heard[documents.Revoked]) -> None:
    """Mark the decision whose certificate was revoked, and tell its applicant."""
    actions.record_revocation(
        by=Actor.system("services.follow_revocation"),
        at=heard.at,
        key=f"revoked:{heard.event_id}",
        document_id=heard.news.document_id,
        reason=heard.news.reason,
    )

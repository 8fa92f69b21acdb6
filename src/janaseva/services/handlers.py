"""What services does on hearing news: settled demands send applications on; revocations are told to their holders."""

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


@hears(documents.Sealed)
def tell_ready(heard: Heard[documents.Sealed]) -> None:
    """Tell the applicant that the certificate is ready; once for each document, however often this is heard."""
    actions.tell_ready(
        by=Actor.system("services.tell_ready"),
        at=heard.at,
        key=f"ready:{heard.news.document_id}",
        document_id=heard.news.document_id,
    )

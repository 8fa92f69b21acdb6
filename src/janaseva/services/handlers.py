"""What services does on hearing news: settled demands send applications on; revocations are told to their holders."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.news import Heard, every, hears
from janaseva.core.refusal import Refusal
from janaseva.documents import events as documents
from janaseva.documents import rules as document_rules
from janaseva.payments import events as payments
from janaseva.registers import events as registers
from janaseva.registers import queries as register_queries
from janaseva.services import actions, events, queries
from janaseva.services.adapters import Remembered, remembered_erasures
from janaseva.workflow import events as workflow
from janaseva.workflow import queries as workflow_queries


@hears(payments.Settled, when=lambda settled: not settled.step)
def begin_settled(heard: Heard[payments.Settled]) -> None:
    """Begin the application whose demand nothing more is owed on, unless it began as it was handed in."""
    by = Actor.system("services.begin")
    application_id = queries.to_begin(by, heard.news.demand_id)
    if application_id is None:
        return
    actions.begin_case(
        by=by,
        at=heard.at,
        key=f"begin:{heard.event_id}",
        application_id=application_id,
        received_at=heard.news.settled_at,
    )


@hears(payments.Settled, when=lambda settled: settled.step != "")
def go_on_paid(heard: Heard[payments.Settled]) -> None:
    """Let the case go on that waited for a fee which fell due on its way."""
    actions.go_on_paid(
        by=Actor.system("services.go_on_paid"),
        at=heard.at,
        key=f"fee_paid:{heard.event_id}",
        demand_id=heard.news.demand_id,
    )


@hears(workflow.FeeAwaited)
def demand_fee(heard: Heard[workflow.FeeAwaited]) -> None:
    """Demand the fee of a step to which a case came by itself; an officer's move has demanded it already."""
    actions.demand_fee(
        by=Actor.system("services.demand_fee"),
        at=heard.at,
        key=f"demand:{heard.event_id}",
        case_id=heard.news.case_id,
        step=heard.news.step,
    )


@hears(workflow.Moved, when=lambda moved: moved.post_id is None)
def follow_case(heard: Heard[workflow.Moved]) -> None:
    """Keep the due date of an application whose case went on by itself: a wait may have held its clock."""
    actions.follow_case(
        by=Actor.system("services.follow_case"),
        at=heard.at,
        key=f"follow:{heard.event_id}",
        case_id=heard.news.case_id,
    )


@hears(workflow.EntryAwaited)
def look_at_once(heard: Heard[workflow.EntryAwaited]) -> None:
    """Look at once for the entry for which a case begins to wait: it may be there already."""
    _look_for_entry(heard.news.case_id, heard.event_id, heard.at)


@hears(registers.Recorded)
def look_again(heard: Heard[registers.Recorded]) -> None:
    """Let the cases go on that waited for the entry which was just made."""
    by = Actor.system("services.look_for_entry")
    for case_id in workflow_queries.awaiting(by, heard.news.register, heard.news.number):
        _look_for_entry(case_id, heard.event_id, heard.at)


@hears(registers.Corrected)
def look_at_the_corrected(heard: Heard[registers.Corrected]) -> None:
    """Let the cases go on that waited for an entry as it was just corrected."""
    by = Actor.system("services.look_for_entry")
    entry = register_queries.entry(by, heard.news.entry_id)
    for case_id in workflow_queries.awaiting(by, heard.news.register, entry.number):
        _look_for_entry(case_id, heard.event_id, heard.at)


def _look_for_entry(case_id: UUID, event_id: UUID, at: datetime) -> None:
    by = Actor.system("services.look_for_entry")
    actions.look_for_entry(by=by, at=at, key=f"entry:{event_id}:{case_id}", case_id=case_id)


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


@hears(documents.Sealed, when=lambda sealed: sealed.kind not in document_rules.ACKNOWLEDGING)
def tell_ready(heard: Heard[documents.Sealed]) -> None:
    """Tell the applicant that the certificate is ready; once for each document, however often this is heard."""
    actions.tell_ready(
        by=Actor.system("services.tell_ready"),
        at=heard.at,
        key=f"ready:{heard.news.document_id}",
        document_id=heard.news.document_id,
    )


@hears(events.LimitMissed)
def appeal_breach(heard: Heard[events.LimitMissed]) -> None:
    """Open the appeal where the law does so by itself on a missed limit."""
    _open_by_itself(heard.news.application_id, heard.event_id, heard.at)


@hears(events.Decided)
def appeal_refusal(heard: Heard[events.Decided]) -> None:
    """Record that orders in appeal were obeyed; open the appeal where the law does so by itself on a refusal."""
    by = Actor.system("services.record_compliance")
    if queries.is_decision_awaited(by, heard.news.application_id):
        actions.record_compliance(
            by=by,
            at=heard.at,
            key=f"complied:{heard.event_id}",
            application_id=heard.news.application_id,
            decided_at=heard.happened_at,
        )
    if heard.news.outcome != "approved":
        _open_by_itself(heard.news.application_id, heard.event_id, heard.at)


@hears(events.AppealOrdered, when=lambda ordered: ordered.order == "dismissed")
def appeal_dismissal(heard: Heard[events.AppealOrdered]) -> None:
    """Open the second appeal where the law does so by itself after the first was dismissed."""
    _open_by_itself(heard.news.application_id, heard.event_id, heard.at)


@hears(events.OrderMissed)
def appeal_disobedience(heard: Heard[events.OrderMissed]) -> None:
    """Open the second appeal where the law does so by itself after an order was not obeyed."""
    _open_by_itself(heard.news.application_id, heard.event_id, heard.at)


def _open_by_itself(application_id: UUID, event_id: UUID, at: datetime) -> None:
    actions.open_by_itself(
        by=Actor.system("services.open_by_itself"), at=at, key=f"appeal:{event_id}", application_id=application_id
    )


@every(seconds=60)
def notice_what_passed(at: datetime) -> None:
    """Notice limits, orders, last days to pay and further times that have passed, and appeals left undecided."""
    by = Actor.clock()
    for application_id in queries.missed(by, at):
        actions.notice_missed(by=by, at=at, key=f"missed:{application_id}:{at.date()}", application_id=application_id)
    for appeal_id in queries.orders_missed(by, at):
        actions.notice_order_missed(by=by, at=at, key=f"order_missed:{appeal_id}", appeal_id=appeal_id)
    for application_id in queries.undecided(by, at):
        key = f"undecided:{application_id}:{at.date()}"
        actions.open_by_itself(by=by, at=at, key=key, application_id=application_id)
    for case_id in workflow_queries.fees_over(by, at):
        key = f"not_paid:{case_id}:{at.isoformat()}"
        actions.give_up_unpaid(by=by, at=at, key=key, case_id=case_id)
    for request_id in queries.deemed_due(by, at):
        actions.grant_deemed(by=by, at=at, key=f"deemed:{request_id}", request_id=request_id)
    for emergency_id in queries.emergencies_passed(by, at):
        actions.end_emergency(by=by, at=at, key=f"emergency:{emergency_id}", emergency_id=emergency_id)


@every(seconds=3_600)
def announce_erasures(at: datetime) -> None:
    """Announce to their applicants what is due by the schedules of its services."""
    by = Actor.clock()
    for application_id in queries.to_announce(by, at):
        key = f"announce:{application_id}:{at.date()}"
        actions.announce_erasure(by=by, at=at, key=key, application_id=application_id)


@every(seconds=60)
def erase_announced(at: datetime) -> None:
    """Erase what was announced, once its applicants have had their time."""
    by = Actor.clock()
    for erasure_id in queries.to_erase(by, at):
        actions.erase(by=by, at=at, key=f"erase:{erasure_id}:{at.isoformat()}", erasure_id=erasure_id)


@hears(events.Erased)
def remember_erasure(heard: Heard[events.Erased]) -> None:
    """Remember outside of the database that an application was erased: a backup restored later is older."""
    remembered_erasures().add(Remembered(application_id=heard.news.application_id, erased_at=heard.happened_at))


_repeated: list[tuple[int, ...]] = []
"""How the list stood when nothing of it was left to be done."""


@every(seconds=600)
def repeat_erasures(at: datetime) -> None:
    """Erase again what a restored backup brought back; one of which a document is being signed waits for the next."""
    stamp = remembered_erasures().stamp()
    if stamp in _repeated:
        return
    by, known = Actor.system("services.repeat_erasures"), remembered_erasures()
    waiting = queries.not_erased(by, {one.application_id for one in known.all()})
    for application_id in waiting:
        with suppress(Refusal):
            actions.erase_again(
                by=by,
                at=at,
                key=f"erase_again:{application_id}:{at.isoformat()}",
                application_id=application_id,
            )
    if not waiting:
        _repeated[:] = [stamp]


@every(seconds=600)
def tell_renewals(at: datetime) -> None:
    """Tell the holders whose renewal may be asked for from today, each once."""
    by = Actor.clock()
    for decision_id in queries.renewals_to_tell(by, at):
        actions.tell_renewal(by=by, at=at, key=f"renewal:{decision_id}", decision_id=decision_id)


@every(seconds=60)
def let_lapse(at: datetime) -> None:
    """Remind applicants of the last day by which the law lets their application lapse, and end what has lapsed."""
    by = Actor.clock()
    for lapse_id in workflow_queries.to_remind(by, at):
        actions.remind_lapse(by=by, at=at, key=f"lapse_near:{lapse_id}:{at.isoformat()}", lapse_id=lapse_id)
    for lapse_id, case_id in workflow_queries.lapsing(by, at):
        key = f"lapse:{lapse_id}:{at.isoformat()}"
        actions.lapse(by=by, at=at, key=key, lapse_id=lapse_id, case_id=case_id)


@hears(workflow.Recounted)
def follow_recount(heard: Heard[workflow.Recounted]) -> None:
    """Tell the applicant's own date anew where the office's days changed."""
    due_at = heard.news.due_at
    actions.move_due_date(
        by=Actor.system("services.follow_recount"),
        at=heard.at,
        key=f"recounted:{heard.event_id}",
        case_id=heard.news.case_id,
        due_at=datetime.fromisoformat(due_at) if due_at else None,
    )

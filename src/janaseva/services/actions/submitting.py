"""From a draft to a case on an officer's desk: everything checked at once, numbered, paid, acknowledged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.core.promises import broken, receipt
from janaseva.core.refusal import CONFLICT, Fault, Invalid, Refusal, not_found
from janaseva.documents import steps as documents
from janaseva.forms import queries as forms_queries
from janaseva.forms.rules import ISSUED, Applied
from janaseva.forms.rules import checking as form_rules
from janaseva.ledger import steps as ledger
from janaseva.payments import steps as payments
from janaseva.payments.rules.lines import Line
from janaseva.people import queries as people
from janaseva.services import events, queries
from janaseva.services.actions.applying import own_draft
from janaseva.services.actions.demanding import let_go_of_demands
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Application, Attachment, Query
from janaseva.services.rules import notices, outcomes, permissions, running, states
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.parts import Variant
from janaseva.workflow import rules as workflow_rules
from janaseva.workflow import steps as workflow

BEGINNER: Final = Actor.system("services.begin")
"""Who lays an application on its desk, whoever handed it in."""
BEFORE_ANYTHING: Final = frozenset({"application_without_office", "no_post_for_role"})
"""How a beginning is refused, before any row of it is put, so that the same act may go on without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """An application that was handed in: its number, and what is to be paid (in paise) before the office begins.

    ``begun``: nothing was to be paid, and the office has begun; ``due_at`` is then by when it decides, if it is known.
    """

    application_id: UUID
    number: str
    demand_id: UUID
    total_paise: int
    begun: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A draft without a fault: its answers as they count, which variant it is, which area it belongs to, its bill."""

    applied: Applied
    variant: str
    area_id: UUID
    area: str
    office_id: UUID
    office_key: str
    lines: tuple[Line, ...]


def _checked(
    by: Actor, row: Application, definition: Definition, at: datetime, papers: Sequence[tuple[str, str, UUID]]
) -> Checked:
    """Return the draft as it goes to the office.

    Raises:
        Invalid: with every fault of form, papers and coverage at once.

    """
    today = queries.today(at)
    answers = forms_queries.answers_of(row.id)
    given = [f"{group}.{choice}" for group, choice, _ in papers]
    applied = form_rules.apply(definition.form, answers, today=today, directory=queries.PLACES)
    faults = form_rules.check(
        definition.form, answers, today, documents=given, directory=queries.PLACES, applied=applied
    )
    if definition.who.once:
        faults += [_under_way(one.number) for one in queries.alike(by, row.id)[:1]]
    faults += [*_certificate_faults(by, definition, papers, at), *_known_faults(by, row, definition, answers, at)]
    ready = running.ready(
        definition,
        applied,
        today=today,
        channel=running.channel(row.channel),
        pages=sum(choice != ISSUED for _, choice, _ in papers),
        places=queries.PLACES,
    )
    if isinstance(ready, Fault):
        faults.append(ready)
    if faults or isinstance(ready, Fault):
        raise Invalid(faults)
    area = people.area_by_reference(ready.area)
    office = None if area is None else people.office_for(ready.variant.officer.office, area.id)
    if area is None or office is None:
        raise Invalid([Fault(place=ready.variant.officer.place, code="no_office_here")])
    return Checked(
        applied=applied,
        variant=ready.variant.key,
        area_id=area.id,
        area=ready.area,
        office_id=office.id,
        office_key=office.key,
        lines=tuple(
            Line(key=due.key, title=due.title, amount_paise=due.amount_paise, order=due.order)
            for due in ready.bill.lines
        ),
    )


def _certificate_faults(
    by: Actor, definition: Definition, papers: Sequence[tuple[str, str, UUID]], at: datetime
) -> Iterator[Fault]:
    """Yield a fault for each certificate given by reference that has ceased to be good since it was given."""
    given = [(group, document_id) for group, choice, document_id in papers if choice == ISSUED]
    services = {service for group in definition.form.documents for service in group.issued}
    held = {one.document_id: one for one in queries.certificates_held(by, services, at)} if given else {}
    for group, document_id in given:
        one = held.get(document_id)
        if one is None or not one.is_good:
            code = "certificate_revoked" if one is None or one.is_revoked else "certificate_expired"
            yield Fault(place=f"documents.{group}", code=code, facts={"number": one.number if one else ""})


def _under_way(number: str) -> Fault:
    return Fault(place="", code="already_under_way", facts={"number": number})


def _known_faults(
    by: Actor, row: Application, definition: Definition, answers: Mapping[str, Any], at: datetime
) -> Iterator[Fault]:
    """Yield a fault for each answer that must be as a certificate or a register states it, and is not."""
    for key, one in queries.known(by, definition, answers, at, earlier_id=row.earlier_id).items():
        if one.fixed and key in answers and answers[key] != one.value:
            yield Fault(place=key, code="not_as_recorded", facts={"number": one.number})


@action
@receipt
def submit(*, by: Actor, at: datetime, key: str, application_id: UUID) -> Submitted:
    """Hand a draft in: check all of it, give it its number, and demand its fee. The office begins once that is settled.

    Where nothing is to be paid, the office begins with this very act, and the applicant has the acknowledgement's date
    at once. In safe mode it is received all the same where a row can be taken: the number and this moment hold, the
    office begins when it can, and the clock counts from here.

    Raises:
        Refusal: ``not_found``; ``application_already_submitted``; what ``begin_again`` refuses, for what rests on an
            earlier certificate.
        Invalid: with every fault at once; the draft stays as it is.

    """
    row = own_draft(by, application_id)
    definition = queries.compiled(row.definition_id, row.purpose)
    if row.earlier_id is not None:
        refusal = queries.refusal_again(queries.earlier_of(row.earlier_id), definition, at)
        if refusal is not None:
            raise refusal
    given = [(one.group, one.choice, one.document_id) for one in Attachment.where(application_id=row.id)]
    checked = _checked(by, row, definition, at, given)
    year = queries.today(at).year
    value = ledger.number(series=f"application/{checked.office_key}", year=year)
    number = running.application_number(checked.office_key, year, value)
    total_paise = sum(line.amount_paise for line in checked.lines)
    at_once = not total_paise and not broken()
    demand_id = payments.demand(
        by=by,
        at=at,
        story=row.id,
        payer_person_id=row.applicant_id,
        office_id=checked.office_id,
        lines=checked.lines,
        receipt_series=checked.office_key,
        is_awaited=not at_once,
    )
    change(
        row,
        state="submitted",
        number=number,
        office_id=checked.office_id,
        area=checked.area,
        variant=checked.variant,
        demand_id=demand_id,
        submitted_at=at,
    )
    if total_paise:
        send_message(row, "message.submitted", by=by, at=at)
    tell(
        events.Submitted(
            application_id=row.id,
            service=row.service_key,
            definition_version=definition.version,
            variant=checked.variant,
            number=number,
            demand_id=demand_id,
        ),
        story=row.id,
        office_id=checked.office_id,
    )
    begun = at_once and _began_at_once(row, checked.applied, demand_id, by=by, at=at)
    return Submitted(
        application_id=row.id,
        number=number,
        demand_id=demand_id,
        total_paise=total_paise,
        begun=begun,
        due_at=row.due_at,
    )


@action
def begin_case(*, by: Actor, at: datetime, key: str, application_id: UUID, received_at: datetime) -> None:
    """Lay a settled application on the desk that decides it, start the clock at its receipt, and acknowledge it.

    ``received_at`` is the bank's time of debit, or the submission where nothing was due. A repeat changes nothing.

    Raises:
        Refusal: ``application_without_office``; ``no_post_for_role``.

    """
    allow(permissions.is_own_work(by))
    row = Application.locked(application_id)
    if row is None:
        raise not_found()
    if row.state != "submitted":
        return
    definition, answers = queries.compiled(row.definition_id, row.purpose), forms_queries.answers_of(row.id)
    applied = form_rules.apply(definition.form, answers, today=queries.today(received_at), directory=queries.PLACES)
    _begun(row, _started(row, applied, at=at, received_at=received_at), at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """A case that was laid on its desk, and what it was laid there by."""

    case: workflow.StartedCase
    definition: Definition
    variant: Variant
    received_at: datetime
    missing: list[str]


def _began_at_once(row: Application, applied: Applied, demand_id: UUID, *, by: Actor, at: datetime) -> bool:
    """Begin an application on which nothing is owed as it is handed in; ``False`` where no office can have it now.

    Whoever hands in is not turned away for that: the worker begins it as soon as there is a post, and the gap is shown.
    """
    try:
        start = _started(row, applied, at=at, received_at=at)
    except Refusal as refusal:
        if refusal.code not in BEFORE_ANYTHING:
            raise
        payments.tell_settled(by=by, at=at, demand_id=demand_id)
        return False
    _begun(row, start, at=at)
    return True


def _started(row: Application, applied: Applied, *, at: datetime, received_at: datetime) -> _Start:
    """Start the case of an application; ``applied`` is its form worked out for the day of its receipt.

    Raises:
        Refusal: those of :data:`BEFORE_ANYTHING`.

    """
    definition = queries.compiled(row.definition_id, row.purpose)
    variant = definition.variant(row.variant)
    area = people.area_by_reference(row.area)
    if variant is None or area is None or row.office_id is None:
        raise Refusal("application_without_office", status=CONFLICT)
    process = definition.process_for(variant).published(
        notices.filling(definition, applied.answers, area_names=queries.area_names)
    )
    limit = running.plain_limit(definition.limit_for(variant))
    given = {one.group for one in Attachment.where(application_id=row.id)}
    missing = running.missing_papers(definition, limit, given)
    case = workflow.start(
        by=BEGINNER,
        at=at,
        story=row.id,
        process=process,
        definition_key=definition.key,
        definition_version=str(definition.version),
        area_id=area.id,
        received_at=received_at,
        complete_at=None if missing else received_at,
        applicant_person_id=row.applicant_id,
        calendar_key=workflow.calendar_for(
            by=BEGINNER,
            at=at,
            office_id=row.office_id,
            otherwise=queries.pack_of(row.definition_id).calendar,
        ),
        limit=limit,
        facts=workflow_rules.facts_for(process, definition.scope, applied.answers),
    )
    return _Start(case=case, definition=definition, variant=variant, received_at=received_at, missing=missing)


def _begun(row: Application, start: _Start, *, at: datetime) -> None:
    """Acknowledge an application whose case was started, and tell its applicant by when it is decided."""
    case, due_at = start.case, start.case.due_at
    change(
        row,
        state="begun",
        case_id=case.case_id,
        received_at=start.received_at,
        due_at=due_at,
        missing=start.missing,
    )
    _acknowledge(row, start.definition, start.variant, by=BEGINNER, at=at, due_at=due_at)
    template = "message.paid" if due_at else "message.paid_without_date"
    send_message(row, template, by=BEGINNER, at=at, due=queries.today(due_at) if due_at else None)
    tell(
        events.Begun(
            application_id=row.id,
            case_id=case.case_id,
            received_at=start.received_at.isoformat(),
            due_at=due_at.isoformat() if due_at else None,
        ),
        story=row.id,
        office_id=row.office_id,
    )


def _acknowledge(
    row: Application, definition: Definition, variant: Variant, *, by: Actor, at: datetime, due_at: datetime | None
) -> None:
    """Issue the receipt of an application that has begun: its number, and by when it is decided."""
    if row.office_id is None or row.received_at is None:
        raise Refusal("application_without_office", status=CONFLICT)
    issuer = queries.issuer_of(row.definition_id, row.office_id)
    acknowledgement = outcomes.acknowledgement(
        definition,
        variant,
        number=row.number or "",
        received_at=row.received_at,
        received_on=queries.today(row.received_at),
        due_on=queries.today(due_at) if due_at else None,
        answers=forms_queries.answers_of(row.id),
        issuer=issuer,
        missing=row.missing,
    )
    documents.issue(
        by=by,
        at=at,
        story=row.id,
        office_id=row.office_id,
        kind="acknowledgement",
        number=row.number or "",
        title=acknowledgement.title,
        facts=acknowledgement.facts,
        letter="acknowledgement",
        languages=queries.letter_languages(row.definition_id, row.language),
        valid_from=queries.today(at),
        holder_person_id=row.applicant_id,
    )


@action
def withdraw(*, by: Actor, at: datetime, key: str, application_id: UUID) -> None:
    """Take one's own application back before it is decided; a fee not yet paid is let go with it.

    Raises:
        Refusal: ``not_found``; ``application_not_open``.

    """
    row = Application.locked(application_id)
    allow(row is not None and permissions.is_applicant(by, row.applicant_id))
    if row is None:
        raise not_found()
    if not states.may_be_withdrawn(row.state):
        raise Refusal("application_not_open", status=CONFLICT)
    if row.case_id is not None:
        workflow.withdraw(by=by, at=at, case_id=row.case_id)
        let_go_of_demands(row, by=by, at=at)
    elif row.demand_id is not None:
        payments.cancel(by=by, at=at, demand_id=row.demand_id, why="withdrawn")
    for query in Query.where(application_id=row.id, answered_at=None):
        change(query, answered_at=at)
    change(row, state="withdrawn", outcome="withdrawn", ended_at=at)
    tell(events.Withdrawn(application_id=row.id), story=row.id, office_id=row.office_id)

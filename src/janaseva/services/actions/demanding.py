"""Fees that fall due on the way of an application: demanded, paid or not paid in time; then its case goes on."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Fault, Invalid, Refusal
from janaseva.forms import queries as forms_queries
from janaseva.forms.rules import ISSUED
from janaseva.forms.rules import checking as form_rules
from janaseva.payments import queries as paid
from janaseva.payments import steps as payments
from janaseva.payments.rules.fees import Bill
from janaseva.payments.rules.lines import Line
from janaseva.people import queries as people
from janaseva.services import events, queries
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Application, Attachment
from janaseva.services.rules import deciding, permissions, running
from janaseva.workflow import queries as workflow_queries
from janaseva.workflow import steps as workflow


def demand_at(row: Application, step: str, *, by: Actor, at: datetime) -> UUID | None:
    """Demand what falls due where the case of an application came to rest; ``None`` where nothing does, or it was.

    Raises:
        Refusal: ``fee_not_computable``, naming what is missing.

    """
    definition = queries.compiled(row.definition_id, row.purpose)
    here = definition.happens.step(step)
    if here is None or here.kind != "payment" or row.case_id is None or row.office_id is None:
        return None
    if not workflow.waits_for_fee(by=by, at=at, case_id=row.case_id, step=step):
        return None
    bill = _bill(row, step, by=by, at=at)
    before = Counter[str]()
    for one in paid.demands_of(by, row.id, story_visible=True):
        if one.step == step and one.state == "paid":
            before.update({line.key: line.amount_paise for line in one.lines})
    due = deciding.not_yet_paid(bill, before)
    demand_id = payments.demand(
        by=by,
        at=at,
        story=row.id,
        payer_person_id=row.applicant_id,
        office_id=row.office_id,
        lines=[Line(key=one.key, title=one.title, amount_paise=one.amount_paise, order=one.order) for one in due],
        receipt_series=_series(row.office_id),
        step=step,
    )
    pay_by = workflow.fee_demanded(by=by, at=at, case_id=row.case_id, step=step)
    amount_paise = sum(one.amount_paise for one in due)
    if amount_paise:
        template = "message.fee_demanded" if pay_by else "message.fee_demanded_without_date"
        send_message(row, template, by=by, at=at, due=queries.today(pay_by) if pay_by else None)
    tell(
        events.FeeDemanded(
            application_id=row.id,
            demand_id=demand_id,
            step=step,
            amount_paise=amount_paise,
            pay_by=pay_by.isoformat() if pay_by else None,
        ),
        story=row.id,
        office_id=row.office_id,
    )
    return demand_id


def _series(office_id: UUID) -> str:
    office = people.office(office_id)
    return office.key if office is not None else "state"


def _bill(row: Application, step: str, *, by: Actor, at: datetime) -> Bill:
    """Return what the step demands today, of the answers as they counted on receipt and of what was found since."""
    definition = queries.compiled(row.definition_id, row.purpose)
    answers = forms_queries.answers_of(row.id)
    received = queries.today(row.received_at or at)
    bill = deciding.demand(
        definition,
        step,
        form_rules.apply(definition.form, answers, today=received, directory=queries.PLACES),
        queries.found_of(by, row.id, definition, visible=True),
        on=queries.today(at),
        channel=running.channel(row.channel),
        pages=Attachment.objects.filter(application_id=row.id, given_at__lte=row.submitted_at or at)
        .exclude(choice=ISSUED)
        .count(),
    )
    if bill is not None and bill.outside:
        raise Invalid(Fault(place="", code="demand_outside", words=words) for words in ({}, *bill.outside))
    if bill is None or bill.missing or bill.faults:
        missing = () if bill is None else (*bill.missing, *bill.faults)
        raise Refusal("fee_not_computable", status=CONFLICT, missing=", ".join(missing))
    return bill


def let_go_of_demands(row: Application, *, by: Actor, at: datetime) -> None:
    """Let go of what an application that ends still owes; what was paid stays paid, and what comes later goes back."""
    for one in paid.demands_of(by, row.id, story_visible=True):
        if one.state == "open":
            payments.cancel_open(by=by, at=at, demand_id=one.id)


@action
def demand_fee(*, by: Actor, at: datetime, key: str, case_id: UUID, step: str) -> UUID | None:
    """Demand what falls due where a case went by itself; a repeat, and a case that has gone on, change nothing.

    Raises:
        Refusal: ``fee_not_computable``; ``invalid`` where no band of the fee takes what was found.

    """
    allow(permissions.is_own_work(by))
    row = Application.first_where(case_id=case_id)
    row = Application.locked(row.id) if row is not None else None
    return None if row is None or row.state != "begun" else demand_at(row, step, by=by, at=at)


@action
def go_on_paid(*, by: Actor, at: datetime, key: str, demand_id: UUID) -> bool:
    """Let the application go on whose demand nothing more is owed on; ``False`` where it does not wait (more)."""
    allow(permissions.is_own_work(by))
    demand = paid.demand(by, demand_id)
    row = Application.locked(demand.story) if demand.step else None
    if row is None or row.state != "begun" or row.case_id is None:
        return False
    if workflow.fee_paid(by=by, at=at, case_id=row.case_id, step=demand.step) is None:
        return False
    if demand.total_paise:
        send_message(row, "message.fee_paid", by=by, at=at)
    return True


@action
def give_up_unpaid(*, by: Actor, at: datetime, key: str, case_id: UUID) -> bool:
    """Let go of a demand that was not paid in time, and its case go on; ``False`` while a payment is on its way.

    A payment that began in time is waited for until the gateway says what became of it. Money that comes after that
    goes back.
    """
    allow(permissions.is_own_work(by))
    found = Application.first_where(case_id=case_id)
    row = Application.locked(found.id) if found is not None else None
    pay_by = workflow_queries.pay_until(by, case_id, visible=True)
    if row is None or row.state != "begun" or pay_by is None or pay_by > at:
        return False
    open_ = next((one for one in paid.demands_of(by, row.id, story_visible=True) if one.state == "open"), None)
    if open_ is None or not open_.step:
        return False
    state = payments.cancel_open(by=by, at=at, demand_id=open_.id, unless_begun_by=pay_by)
    if state != "cancelled":
        return False
    if workflow.fee_not_paid(by=by, at=at, case_id=case_id, step=open_.step) is None:
        raise Refusal("case_moved_on", status=CONFLICT)
    send_message(row, "message.fee_not_paid", by=by, at=at)
    tell(
        events.FeeNotPaid(application_id=row.id, demand_id=open_.id, step=open_.step),
        story=row.id,
        office_id=row.office_id,
    )
    return True

"""A fee that falls due on the way: demanded once, paid or not, never twice; then the case goes on by itself."""

from datetime import timedelta

import pytest
from django.conf import settings

from janaseva.cli.journey import GATEWAY
from janaseva.contact.models import Message
from janaseva.core.actor import Actor
from janaseva.core.refusal import Invalid, Refusal
from janaseva.design.page import fault_words
from janaseva.gateway.services import showing
from janaseva.payments import actions as payment_actions
from janaseva.payments import queries as payments
from janaseva.payments.models import Demand, Payment, Posting, Refund
from janaseva.payments.rules import signing
from janaseva.payments.rules.states import Report
from janaseva.services import actions, handlers, queries
from janaseva.services.rules.examples import read_examples
from janaseva.workflow import actions as workflow_actions
from janaseva.workflow import handlers as workflow_handlers
from janaseva.workflow import queries as workflow
from janaseva.workflow.models import Move
from tests.given import SYSTEM
from tests.services.later_fees import TEXT, WAY, service

pytestmark = pytest.mark.django_db
UNSURE = ("{of: found.rooms, rupees: 100}", "{of: storeys, rupees: 100}\n            when: area_sqm > 0")
BEYOND = (
    "            each: {of: found.rooms, rupees: 100}\n",
    """            slab: {of: found.rooms, steps: [{up_to: 5, rupees: 200}]}
            outside: Above five rooms the council fixes the fee.
""",
)
PAUSE = """    - key: pause
      title: Pause
      kind: wait
      limit: {days: 40}
      moves: [{key: over, title: Over, to: demand}]
    - key: demand
      title: Permit fee
"""
WAITS = (("          to: demand\n", "          to: pause\n"), ("    - key: demand\n      title: Permit fee\n", PAUSE))


def published(given, *changes):
    files = {**service(*changes).files, "examples.yaml": TEXT.files["examples.yaml"] + WAY}
    given.loaded("kl-edistrict", "kl-building-permit", {key: files[key] for key in ("service.yaml", "examples.yaml")})
    return given


def demanded(given, by, rooms=3, **finds):
    """Take a case to its demand, as an officer does."""
    application_id, officer = given.taken(by)
    move = {"application_id": application_id, "move": "demand", "found": {"rooms": rooms, **finds}}
    given.act(actions.move, officer, **move)
    return application_id, officer


def state(given, application_id):
    return workflow.case(SYSTEM, queries.application(SYSTEM, application_id).case_id, given.at, visible=True).state


def later(by, application_id):
    return [one for one in queries.fees_of(by, queries.application(by, application_id)) if one.is_later]


def report(given, payment, outcome="debited"):
    told = Report(
        reference=payment.reference,
        outcome=outcome,
        amount_paise=payment.amount_paise,
        debited_at=given.at if outcome == "debited" else None,
        gateway_number="DEMO1",
    )
    body = signing.written(told)
    signature = signing.sign(settings.PAYMENT_GATEWAY_KEY, "callback", body)
    return given.act(payment_actions.hear_gateway, GATEWAY, body=body, signature=signature)


def said(by):
    return list(Message.objects.filter(person_id=by.person_id).order_by("id").values_list("template", flat=True))


def balanced():
    return sum(Posting.objects.values_list("amount_paise", flat=True)) == 0


def test_it_is_demanded_fixed_told_paid_once_and_the_case_goes_on(given):
    by = published(given).citizen()
    application_id, officer = demanded(given, by)
    view = queries.application(by, application_id)
    fee = later(by, application_id)[0]
    lines = [(line.key, line.amount_paise, line.order.get("en", "")) for line in fee.demand.lines]
    assert lines == [("permit", 30_000, "G.O. 9/2026"), ("old", 500, "")]
    assert queries.today(fee.pay_by).isoformat() == "2026-03-17"
    why = workflow.why_due(by, view.case_id, visible=True)
    assert (view.due_at, why.due.said) == (None, "paused_payment")
    given.settle()
    again = {"case_id": view.case_id, "step": "demand"}
    assert given.act(actions.demand_fee, SYSTEM, **again) is None
    assert (Demand.objects.count(), said(by).count("message.fee_demanded")) == (2, 1)
    with pytest.raises(Refusal, match=r"not_permitted|not_found"):
        given.act(actions.demand_fee, officer, **again)
    assert showing.whole(by, view, "en").demands[0].pay_by == fee.pay_by
    payment = given.act(payment_actions.start, by, demand_id=fee.demand.id)
    for _ in range(2):
        assert report(given, payment).demand_state == "paid"
    given.settle()
    assert not given.act(actions.go_on_paid, SYSTEM, demand_id=fee.demand.id)
    assert (state(given, application_id), said(by)[-1]) == ("decision", "message.fee_paid")
    assert queries.application(by, application_id).due_at is not None
    for rooms in (3, 4):
        given.act(actions.take_next, officer)
        given.act(actions.move, officer, application_id=application_id, move="again", note="Look once more.")
        given.act(actions.take_next, officer)
        given.act(actions.move, officer, application_id=application_id, move="demand", found={"rooms": rooms})
        given.settle()
    nothing, more = (one.demand for one in later(by, application_id)[1:])
    assert (nothing.state, nothing.lines) == ("settled_zero", ()), "and the case went on by itself"
    assert [(line.key, line.amount_paise) for line in more.lines] == [("permit", 10_000)], "what is more, and no more"
    given.act(actions.withdraw, by, application_id=application_id)
    assert [one.demand.state for one in later(by, application_id)] == ["paid", "settled_zero", "cancelled"]
    assert balanced()
    assert not Refund.objects.exists()


def test_what_is_not_paid_is_let_go_and_what_comes_late_goes_back(given):
    by = published(given).citizen()
    application_id, _ = demanded(given, by)
    fee = later(by, application_id)[0]
    given.at = fee.pay_by - timedelta(minutes=9)
    first, second = (given.act(payment_actions.start, by, demand_id=fee.demand.id) for _ in range(2))
    for moment in (fee.pay_by - timedelta(seconds=1), fee.pay_by + timedelta(seconds=1)):
        handlers.notice_what_passed(moment)
        workflow_handlers.let_time_pass(moment)
        assert state(given, application_id) == "demand", "money may be on its way"
    given.at = fee.pay_by + timedelta(minutes=2)
    for payment in (first, second):
        report(given, payment, "failed")
    handlers.notice_what_passed(given.tick())
    given.settle()
    assert (state(given, application_id), said(by)[-1]) == ("decision", "message.fee_not_paid")
    assert Move.objects.filter(key="not_paid").count() == 1
    with pytest.raises(Refusal, match="demand_not_open"):
        given.act(payment_actions.start, by, demand_id=fee.demand.id)
    for _ in range(2):
        assert report(given, second).payment_state == "refund_due"
    handlers.notice_what_passed(given.tick())
    assert (Refund.objects.get().why, later(by, application_id)[0].demand.state) == ("demand_cancelled", "cancelled")
    assert balanced()


def test_paid_at_the_last_moment_and_told_after_it(given):
    by = published(given).citizen()
    application_id, _ = demanded(given, by)
    fee = later(by, application_id)[0]
    given.at = fee.pay_by - timedelta(minutes=5)
    payment = given.act(payment_actions.start, by, demand_id=fee.demand.id)
    given.at = fee.pay_by + timedelta(minutes=5)
    assert not given.act(actions.give_up_unpaid, Actor.clock(), case_id=later_case(by, application_id))
    report(given, payment)
    handlers.notice_what_passed(given.tick())
    assert state(given, application_id) == "demand", "it was paid, and goes on when that is heard"
    given.settle()
    assert Move.objects.filter(key="paid").count() == 1
    assert later(by, application_id)[0].demand.state == "paid"


def later_case(by, application_id):
    return queries.application(by, application_id).case_id


def test_what_cannot_be_worked_out_is_refused_and_nothing_changes(given):
    by = published(given, UNSURE).citizen()
    application_id, officer = given.taken(by)
    before = (Demand.objects.count(), Move.objects.count(), Payment.objects.count())
    with pytest.raises(Refusal) as told:
        given.act(actions.move, officer, application_id=application_id, move="demand", found={"rooms": 3})
    assert (told.value.code, told.value.facts["missing"]) == ("fee_not_computable", "storeys")
    assert (Demand.objects.count(), Move.objects.count(), Payment.objects.count()) == before
    assert state(given, application_id) == "scrutiny"


def test_a_finding_beyond_the_schedule_is_refused_to_the_officer_in_the_definitions_words(given):
    by = published(given, BEYOND).citizen()
    application_id, officer = given.taken(by)
    with pytest.raises(Invalid) as told:
        given.act(actions.move, officer, application_id=application_id, move="demand", found={"rooms": 6})
    assert [fault_words(fault, "en").partition(".")[0] for fault in told.value.faults] == [
        "The schedule of the fee that falls due here has no amount for what was found",
        "Above five rooms the council fixes the fee",
    ]
    assert state(given, application_id) == "scrutiny"
    given.act(actions.move, officer, application_id=application_id, move="demand", found={"rooms": 5})
    assert state(given, application_id) == "demand"


def test_it_is_demanded_where_a_case_comes_by_itself_and_an_outage_moves_its_last_day(given):
    by = published(given, *WAITS).citizen()
    application_id, _ = demanded(given, by)
    assert later(by, application_id) == []
    given.at += timedelta(days=43)
    workflow_handlers.let_time_pass(given.at)
    given.settle()
    fee = later(by, application_id)[0]
    assert [line.key for line in fee.demand.lines] == ["permit", "new"], "the lines of the day of the demand"
    lost = fee.pay_by - timedelta(days=1)
    whole = {"from_at": lost - timedelta(hours=9), "to_at": lost, "why": "Power failed"}
    given.at = fee.pay_by - timedelta(hours=1)
    given.act(workflow_actions.record_outage, SYSTEM, **whole)
    given.settle()
    assert later(by, application_id)[0].pay_by > fee.pay_by + timedelta(hours=12)
    handlers.notice_what_passed(fee.pay_by + timedelta(minutes=1))
    assert state(given, application_id) == "demand"


@pytest.mark.once
def test_a_journey_walks_it_by_its_example(given):
    published(given)
    words = WAY.replace("demand.paid", "demand.not_paid")
    example = read_examples(TEXT.files["examples.yaml"] + words, "examples.yaml")[0][-1]
    by = given.citizen()
    application_id = given.apply(by, given.definition, example, language="en")
    given.work(by, application_id, example)
    assert queries.application(by, application_id).outcome == "approved"
    assert list(Demand.objects.exclude(step="").values_list("state", flat=True)) == ["cancelled"]
    assert payments.owing(by) == frozenset()

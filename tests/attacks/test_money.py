"""Money, numbers and messages: said twice, out of order, of a wrong amount, forged, or lost on the way."""

import itertools
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError

from janaseva.core.actor import Actor
from janaseva.core.news import Heard
from janaseva.core.refusal import Refusal
from janaseva.ledger.models import Event
from janaseva.payments import actions, handlers, queries
from janaseva.payments.models import Payment
from janaseva.payments.rules import states
from tests.attacks.guards import all_of, answers, attack, replaced, size
from tests.ledger.acts import attempt
from tests.payments.conftest import SYSTEM, Given, gateway

__all__ = ["gateway"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer(at):
    return Given(at=at, payer=Actor.person(uuid4()), office_id=uuid4())


def book() -> dict[str, int]:
    return {account: paise for account, paise in queries.balances(SYSTEM).items() if paise}


PAID = {"gateway": 2500, "fees": -2500}


@attack(
    "B1", "one wish sent again and again under one key",
    answers("janaseva.ledger.steps.recording.LedgerRecorder.claim", value=None), quick=True,
)  # fmt: skip
def test_sent_again(at, tries):
    by, wishes = Actor.system("test"), size(10, 300)
    given = [attempt(by=by, at=at, key=f"wish {number % wishes}", series="s") for number in range(4 * wishes)]
    tries(len(given))
    first = given[:wishes]
    return [f"done {len(set(given))} times for {wishes} wishes"] if given != first * 4 else []


@attack(
    "B6", "another body under a key that was used",
    answers("janaseva.core.action.sha256_hex", value="the same"), quick=True,
)  # fmt: skip
def test_another_body(at, tries):
    by, loot = Actor.system("test"), []
    attempt(by=by, at=at, key="key", count=1)
    for count in (2, 3, 4):
        tries()
        try:
            loot.append(f"answered {attempt(by=by, at=at, key='key', count=count)} to {count}")
        except Refusal as refusal:
            loot += [] if (refusal.code, refusal.status) == ("key_reused", 422) else [refusal.code]
    return loot


@attack(
    "B4", "notices forged, with the signature of another notice, or signed by nobody",
    answers("janaseva.payments.rules.signing.genuine", value=True),
)  # fmt: skip
def test_forged_notices(payer, gateway, tries):
    one, other = payer.start(payer.demand(2500)), payer.start(payer.demand(100))
    body, signature = gateway.debit(one.reference, amount_paise=2500, at=payer.at)
    _, another = gateway.debit(other.reference, amount_paise=100, at=payer.at)
    before = book()
    for forged in ("", "0" * 64, signature[:-1], signature + "0", signature.upper(), another):
        tries()
        try:
            payer.callback(body, forged)
        except Refusal as refusal:
            assert refusal.status == 403  # noqa: PT017 - no other answer than this one
    return [str(book())] if book() != before else []


def _any_amount(real, report, **more):
    held = Payment.objects.filter(reference=report.reference).first()
    return real(replace(report, amount_paise=held.amount_paise) if held else report, **more)


@attack(
    "B4", "genuine notices of a paisa less or more, of nothing, of another payment",
    replaced("janaseva.payments.actions._take", _any_amount),
)  # fmt: skip
def test_wrong_amounts(payer, gateway, tries):
    reference = payer.start(payer.demand(2500)).reference
    amounts, before = (0, 1, 2499, 2501, 250_000, 10**12), book()
    for paise in amounts:
        tries()
        try:
            payer.callback(*gateway.debit(reference, amount_paise=paise, at=payer.at))
        except Refusal as refusal:
            assert refusal.status in (409, 422)  # noqa: PT017 - the same
    return [str(book())] if book() != before else []


def _always_credit(real, **given):
    return states.Course(payment="received", demand="paid", effect="credit")


@attack(
    "B4", "one notice sixteen times, and debit and failure in every order",
    replaced("janaseva.payments.rules.states.course", _always_credit), quick=True,
)  # fmt: skip
def test_replayed_notices(payer, gateway, tries):
    orders = list(itertools.permutations(("debited", "failed", "debited", "failed")))
    for order in orders[: size(6, len(orders))]:
        reference = payer.start(payer.demand(2500)).reference
        for outcome in (*order, *["debited"] * 16):
            tries()
            moment = payer.at if outcome == "debited" else None
            payer.callback(*gateway.say(reference, outcome=outcome, amount_paise=2500, at=moment))
    owed = {account: paise * size(6, len(orders)) for account, paise in PAID.items()}
    return [] if book() == owed else [str(book())]


@attack(
    "B5", "paid, and neither browser nor notice ever come back",
    replaced("janaseva.payments.handlers.poll", lambda real, at: None),
)  # fmt: skip
def test_lost_on_the_way(payer, gateway, tries):
    paid = [payer.start(payer.demand(2500)).reference for _ in range(size(3, 30))]
    for reference in paid:
        gateway.debit(reference, amount_paise=2500, at=payer.at)
    for minutes in (2, 4):
        handlers.poll(payer.at + timedelta(minutes=minutes))
    tries(len(paid))
    owed = {account: paise * len(paid) for account, paise in PAID.items()}
    return [] if book() == owed else [f"debited {len(paid)} times, booked {book()}"]


@attack(
    "B7", "demands of negative and enormous amounts, and of sums that hide them",
    replaced("janaseva.payments.rules.lines.total_paise", lambda real, lines: sum(line.amount_paise for line in lines)),
)  # fmt: skip
def test_amounts(payer, tries):
    loot = []
    for amounts in ((-1,), (-2500, 5000), (10**13 + 1,), (10**13, 10**13), (-(10**13),)):
        tries()
        try:
            payer.demand(*amounts)
        except (ValueError, OverflowError, Refusal, DatabaseError):
            continue
        loot.append(str(amounts))
    sums = queries.balances(SYSTEM)
    return loot + (["the book does not sum to nothing"] if sum(sums.values()) else [])


def _as_received(real, key):
    row = real(key)
    if row is not None:
        row.state = "received"
    return row


@attack(
    "B8", "a refund ordered sixteen times", replaced("janaseva.payments.models.Payment.locked", _as_received)
)  # fmt: skip
def test_refunded_twice(payer, gateway, tries):
    started = payer.start(payer.demand(2500))
    payer.callback(*gateway.debit(started.reference, amount_paise=2500, at=payer.at))
    order = {"at": payer.at, "payment_id": started.payment_id, "why": "collected_wrongly", "note": "by order"}
    for number in range(16):
        tries()
        try:
            actions.order_refund(by=SYSTEM, key=f"refund {number}", **order)
        except (Refusal, DatabaseError):  # a constraint of the table is a no as well
            break
    owed = {"gateway": 2500, "owed_back": -2500}
    ordered = Event.objects.filter(name="payments.refund_ordered").count()
    return [] if (book(), ordered) == (owed, 1) else [f"{book()} after {ordered} refunds"]


@pytest.fixture
def message(at, db):
    from janaseva.core.row import writing
    from janaseva.people.models import Person
    from tests.contact.acts import say_submitted

    with writing():
        (row,) = Person.objects.bulk_create([Person(phone="+919847012345", language="ml", made_at=at)])
    return say_submitted(by=Actor.system("test"), at=at, key=str(uuid4()), story=uuid4(), person_id=row.id)


@attack(
    "B10", "one message heard by eight workers, and again after each lease",
    all_of("contact: state and lease of a message",
         replaced("janaseva.contact.queries.parcel", lambda real, by, message_id:
                  replace(real(by, message_id), state="queued", leased_until=None)),
         answers("janaseva.contact.rules.sending.may_take", value=True)),
)  # fmt: skip
def test_message_twice(message, at, tries):
    from janaseva.contact import events, handlers
    from janaseva.contact.adapters.connected import using
    from janaseva.contact.adapters.fake import Fake

    news = events.Queued(message_id=message, template="message.submitted", channel="sms")
    fake = Fake()
    with using(fake):
        for minutes in itertools.chain(range(8), range(8, 64, 8)):
            tries()
            heard = Heard(event_id=uuid4(), story=None, happened_at=at, at=at + timedelta(minutes=minutes), news=news)
            handlers.deliver(heard)
    return [] if len(fake.sent) == 1 else [f"sent {len(fake.sent)} times"]

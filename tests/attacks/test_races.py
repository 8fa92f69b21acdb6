"""Many at once: one decision, and numbers without doubles or gaps, also where some acts fall."""

import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID, uuid4

import pytest

from janaseva.core import waiting
from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.people import actions as people_actions
from janaseva.services import actions
from janaseva.services.actions import handling
from janaseva.services.models import Decision
from tests.attacks.guards import Guard, answers, attack, replaced, size, switched_off
from tests.given import SYSTEM
from tests.ledger.acts import attempt
from tests.races.test_application_races import at_once, number_or_fall, told

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CALLERS, TAKERS = 16, 32
_NOTE = handling.workflow.note


def _nothing_held(monkeypatch):
    """Read without holding rows, write whatever revision they have by now, and look no second time at what was met."""
    from django.db import connection

    from janaseva.core import commit, statements
    from janaseva.core import row as rows

    where, quoted = statements.where, connection.ops.quote_name

    def update(row, names):
        row.revision += 1
        meta = type(row)._meta
        sets = ", ".join(f"{quoted(meta.get_field(name).column)} = %s" for name in names)
        values = [meta.get_field(name).get_db_prep_save(getattr(row, meta.get_field(name).attname), connection)
                  for name in names]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {quoted(meta.db_table)} SET {sets} WHERE id = %s", [*values, row.pk])
            return True

    monkeypatch.setattr(statements, "where", lambda *asked, lock=False, **more: where(*asked, lock=False, **more))
    monkeypatch.setattr(rows, "update", update)
    monkeypatch.setattr(commit, "_made_meanwhile", lambda _: False)
    import janaseva.core.action as core

    monkeypatch.setattr(core, "update", update)


HELD = Guard("rows held to the end of an act, and their revisions", _nothing_held)


@attack("B2", "sixteen approvals and refusals of one application at once", HELD)
def test_decided_by_sixteen(given, tries):
    loot = []
    for turn in range(size(1, 25)):
        application_id, officer = given.taken(given.citizen())
        at, before = given.tick(), Decision.objects.count()
        lines = tuple(item.key for item in given.definition.process.steps[-1].checklist)
        ways = ({"move": "approve", "checked": lines}, {"move": "refuse", "reason": "no-answer", "note": "No answer."})

        facts = {"by": officer, "at": at, "application_id": application_id}

        def decide(number, turn=turn, facts=facts, ways=ways):
            try:
                return actions.move(key=f"decide {turn}/{number}", **facts, **ways[number % 2])
            except Refusal as refusal:
                return refusal.code
            except Exception as fault:  # noqa: BLE001 - a table's constraint that had to catch it is loot as well
                return f"fell over: {type(fault).__name__}"

        answered = at_once(decide, CALLERS)
        tries(CALLERS)
        done = [one for one in answered if not isinstance(one, str)]
        loot += [one for one in answered if isinstance(one, str) and one.startswith("fell")]
        if (len(done), Decision.objects.count() - before) != (1, 1):
            loot.append(f"{len(done)} decisions of one application")
    return loot if loot or told("services.decided") == size(1, 25) else ["told otherwise"]


@attack("B3", "numbers of one series taken by thirty-two at once, three in ten of whom fall", HELD)
def test_numbers_of_one_series(given, tries):
    each, loot = size(20, 400), []

    def take(thread):
        got = []
        for number in range(each):
            fall = (thread * 7 + number * 3) % 10 < 3
            try:
                got.append(number_or_fall(by=SYSTEM, at=given.at, key=f"number {thread}/{number}", fall=fall))
            except Refusal as refusal:
                if not fall:
                    loot.append(refusal.code)
            except Exception as fault:  # noqa: BLE001 - as above
                loot.append(f"fell over: {type(fault).__name__}")
        return got

    values = sorted(value for got in at_once(take, TAKERS) for value in got)
    tries(TAKERS * each)
    double = len(values) - len(set(values))
    gaps = len(set(range(1, values[-1] + 1)) - set(values))
    return loot + ([f"{double} doubled, {gaps} missing"] if double or gaps else [])


@attack(
    "B1", "a thousand wishes, each sent by sixteen at once under its key",
    answers("janaseva.ledger.steps.recording.LedgerRecorder.claim", value=None),
)  # fmt: skip
def test_sent_at_once(given, tries):
    wishes, by = size(20, 1_000), Actor.system("test")
    order = [random.Random(thread).sample(range(wishes), wishes) for thread in range(CALLERS)]

    def send(thread):
        own = {}
        for number in order[thread] if thread % 2 else range(wishes):
            try:
                own[number] = attempt(by=by, at=given.at, key=f"wish {number}", series="WISH")
            except Refusal as refusal:
                own[number] = refusal.code
        return own

    answered = at_once(send, CALLERS)
    tries(CALLERS * wishes)
    done = told("ledger.tried")
    loot = [f"{done} done for {wishes} wishes"] if done != wishes else []
    return loot + [
        f"wish {one} was answered in two ways" for one in range(wishes) if len({own[one] for own in answered}) > 1
    ]


@attack("B8", "one refund ordered, and one closed, by sixteen at once", HELD)
def test_refunded_at_once(at, settings, tries):
    from janaseva.payments import actions as payments
    from janaseva.payments import queries as balances
    from janaseva.payments.adapters.fake import Fake
    from tests.payments.conftest import Given

    loot = []
    for turn in range(size(2, 20)):
        payer = Given(at=at, payer=Actor.person(uuid4()), office_id=uuid4())
        started = payer.start(payer.demand(2500))
        payer.callback(*Fake(key=settings.PAYMENT_GATEWAY_KEY).debit(started.reference, amount_paise=2500, at=at))
        order = {"at": at, "payment_id": started.payment_id, "why": "collected_wrongly", "note": "by order"}

        def refund(number, order=order, turn=turn):
            try:
                return payments.order_refund(by=SYSTEM, key=f"refund {turn}/{number}", **order)
            except Refusal as refusal:
                return refusal.code
            except Exception as fault:  # noqa: BLE001 - as above
                return f"fell over: {type(fault).__name__}"

        answered = at_once(refund, CALLERS)
        tries(CALLERS)
        loot += [one for one in answered if isinstance(one, str) and one.startswith("fell")]
        owed, ordered = balances.balances(SYSTEM)["owed_back"], told("payments.refund_ordered")
        if (owed, ordered) != (-2500 * (turn + 1), turn + 1):
            loot.append(f"{ordered} refunds of {turn + 1} payments, {owed} owed")
    return loot


def _nobody_asked(real, **facts):
    return None


@dataclass
class Turn:
    """One act of an officer's and the hand-over of the charge, at the same time."""

    number: int
    at: datetime
    former: Actor
    to: UUID
    application_id: UUID
    inside: Event = field(default_factory=Event)
    handed: Event = field(default_factory=Event)
    charge_id: UUID | None = None
    went_on: bool = False

    @property
    def comes_first(self) -> bool:
        """Whether the act is inside when the hand-over comes; otherwise it waits until all is handed over."""
        return self.number % 2 == 0

    def paused(self, **facts):
        self.inside.set()
        self.went_on = self.handed.wait(5 if switched_off() else 0.05)
        return _NOTE(**facts)

    def note(self):
        waiting.was_read(self.at)
        if not self.comes_first:
            self.handed.wait(20)
        facts = {"application_id": self.application_id, "text": "Seen and in order."}
        actions.note(by=self.former, at=self.at, key=f"note {self.number}", **facts)
        return "noted"

    def hand_over(self):
        at = self.at + timedelta(milliseconds=1)
        waiting.was_read(at)
        if self.comes_first:
            self.inside.wait(20)
        facts = {"charge_id": self.former.charge_id, "to_person_id": self.to, "order": f"Order {self.number}"}
        self.charge_id = people_actions.hand_over_charge(by=self.former, at=at, key=f"over {self.number}", **facts)
        self.handed.set()
        return "handed over"


@attack(
    "A5", "acts under way while the charge is handed over: those inside already, and those that wait",
    replaced("janaseva.people.steps.in_charge", lambda real, **facts: None),
    answers("janaseva.people.steps.waited", value=timedelta(0)),
)  # fmt: skip
def test_acts_under_way_while_the_charge_is_handed_over(given, monkeypatch, tries):
    application_id, former = given.taken(given.citizen())
    persons, loot = {former.person_id, given.seat("kl-village-adoor", "village_clerk").person_id}, []
    for number in range(size(4, 100)):
        (to,) = persons - {former.person_id}
        turn = Turn(number, given.tick(), former, to, application_id)
        monkeypatch.setattr(handling.workflow, "note", turn.paused if turn.comes_first else _NOTE)
        noted, over = at_once(lambda thread, ways=(turn.note, turn.hand_over): ways[thread](), 2)
        tries()
        assert over == "handed over", over
        if turn.comes_first and turn.went_on and noted == "noted":
            loot.append("an act went on after the charge was handed over")
        if not turn.comes_first and noted != "charge_ended":
            loot.append(f"an act that came in before, and waited: {noted}")
        former = replace(former, charge_id=turn.charge_id, person_id=to)
    return loot

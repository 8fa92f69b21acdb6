"""What may be asked of payments: demands with their lines, payments, refunds, and the book."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from janaseva.core.actor import Actor
from janaseva.core.questions import Question
from janaseva.core.refusal import Refusal, not_found
from janaseva.payments.models import Demand, Payment, Posting, Refund
from janaseva.payments.rules import lines as line_rules
from janaseva.payments.rules import signing, states
from janaseva.payments.rules.lines import Line
from janaseva.payments.rules.states import DemandState, PaymentState, RefundState

UNAVAILABLE = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandView:
    """What is owed for one matter, line by line; ``step`` is where in it this fell due, empty for the beginning."""

    id: UUID
    story: UUID
    payer_person_id: UUID
    office_id: UUID
    lines: tuple[Line, ...]
    total_paise: int
    state: DemandState
    demanded_at: datetime
    settled_at: datetime | None
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """One try to pay a demand. ``debited_at`` is the bank's time; ``receipt_number`` is empty until received."""

    id: UUID
    demand_id: UUID
    reference: str
    amount_paise: int
    state: PaymentState
    started_at: datetime
    debited_at: datetime | None
    gateway_number: str
    receipt_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundView:
    """Money on its way back, with the reference of the payment that it undoes."""

    id: UUID
    payment_id: UUID
    reference: str
    amount_paise: int
    why: str
    state: RefundState
    due_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A demand with all tries to pay it, and the money that went or goes back."""

    demand: DemandView
    tries: tuple[PaymentView, ...]
    refunds: tuple[RefundView, ...]

    @property
    def received(self) -> PaymentView | None:
        """Return the payment that was received, if there is one."""
        return next((one for one in self.tries if one.state == "received"), None)


def _visible(by: Actor, row: Demand | None, *, story_visible: bool) -> Demand:
    if row is None:
        raise not_found()
    if not (story_visible or line_rules.may_see(by, payer_person_id=row.payer_person_id, office_id=row.office_id)):
        raise not_found()
    return row


def _demand_view(row: Demand) -> DemandView:
    return DemandView(
        id=row.id,
        story=row.story,
        payer_person_id=row.payer_person_id,
        office_id=row.office_id,
        lines=line_rules.read(row.lines),
        total_paise=row.total_paise,
        state=cast("DemandState", row.state),
        demanded_at=row.demanded_at,
        settled_at=row.settled_at,
        step=row.step,
    )


def _payment_view(row: Payment) -> PaymentView:
    return PaymentView(
        id=row.id,
        demand_id=row.demand_id,
        reference=row.reference,
        amount_paise=row.amount_paise,
        state=cast("PaymentState", row.state),
        started_at=row.started_at,
        debited_at=row.debited_at,
        gateway_number=row.gateway_number,
        receipt_number=row.receipt_number,
    )


def demand(by: Actor, demand_id: UUID, *, story_visible: bool = False) -> DemandView:
    """Return a demand. ``story_visible`` is said by the room that knows that ``by`` may see the whole matter.

    Raises:
        Refusal: ``not_found``.

    """
    return _demand_view(_visible(by, Demand.get_or_none(demand_id), story_visible=story_visible))


def demands_of(by: Actor, story: UUID, *, story_visible: bool = False) -> list[DemandView]:
    """Return the demands of one matter that ``by`` may see, first made first."""
    rows = Demand.where(story=story, order=("id",))
    return [
        _demand_view(row)
        for row in rows
        if story_visible or line_rules.may_see(by, payer_person_id=row.payer_person_id, office_id=row.office_id)
    ]


def owing(by: Actor, stories: Collection[UUID] | None = None) -> frozenset[UUID]:
    """Return the matters, of these or of all, for which ``by`` has still to pay something."""
    if by.person_id is None or (stories is not None and not stories):
        return frozenset()
    rows = Demand.where(state="open", payer_person_id=by.person_id)
    return frozenset(row.story for row in rows if stories is None or row.story in stories)


def accounts_of(by: Actor, story: UUID, *, story_visible: bool = False) -> list[Account]:
    """Return the demands of one matter that ``by`` may see, each with what came of it, first made first."""
    demands = demands_of(by, story, story_visible=story_visible)
    ids = [one.id for one in demands]
    tries = [_payment_view(row) for row in Payment.where(demand_id=tuple(ids), order=("id",))]
    refunds = [(row.payment.demand_id, _refund_view(row)) for row in _given_back(demands=tuple(ids))]
    return [
        Account(
            demand=one,
            tries=tuple(each for each in tries if each.demand_id == one.id),
            refunds=tuple(refund for demand_id, refund in refunds if demand_id == one.id),
        )
        for one in demands
    ]


@Question
def _given_back(*, demands: tuple[UUID, ...]) -> QuerySet[Refund]:
    return Refund.objects.select_related("payment").filter(payment__demand_id__in=demands).order_by("id")


def payments_of(by: Actor, demand_id: UUID, *, story_visible: bool = False) -> list[PaymentView]:
    """Return all tries to pay a demand, first started first.

    Raises:
        Refusal: ``not_found``.

    """
    _visible(by, Demand.get_or_none(demand_id), story_visible=story_visible)
    return [_payment_view(row) for row in Payment.where(demand_id=demand_id, order=("id",))]


def payment(by: Actor, payment_id: UUID, *, story_visible: bool = False) -> PaymentView:
    """Return one payment, for the page to which the payer comes back.

    Raises:
        Refusal: ``not_found``.

    """
    row = Payment.objects.select_related("demand").filter(pk=payment_id).first()
    _visible(by, None if row is None else row.demand, story_visible=story_visible)
    return _payment_view(cast("Payment", row))


def redirect(by: Actor, payment_id: UUID, *, language: str, return_path: str) -> str:
    """Return the address of the gateway's page for a started payment; ``return_path`` is an own path, ``/...``.

    Raises:
        Refusal: ``not_found``; ``demand_not_open`` where the payment has ended; ``payment_not_possible`` (503) where
            no gateway is connected.

    """
    found = payment(by, payment_id)
    if found.state != "started":
        raise Refusal("demand_not_open", status=409, state=found.state)
    base = _gateway_url()
    if not base or not return_path.startswith("/") or return_path.startswith(("//", "/\\")):
        raise Refusal("payment_not_possible", status=UNAVAILABLE)
    return signing.redirect(
        base=base,
        key=settings.PAYMENT_GATEWAY_KEY,
        reference=found.reference,
        amount_paise=found.amount_paise,
        return_url=urljoin(str(settings.OPTIONS.public_url), return_path),
        language=language,
    )


def _gateway_url() -> str:
    options = settings.OPTIONS
    return signing.base_url(
        options.payment_gateway_url, demonstration=options.demonstration, public_url=str(options.public_url)
    )


def gateway_connected(by: Actor) -> bool:
    """Return whether ``by`` can pay online now: a gateway is connected, and machines do not pay."""
    return by.kind != "machine" and bool(_gateway_url())


def waiting(by: Actor, at: datetime) -> list[PaymentView]:
    """Return the started payments of which nothing was heard for a minute, for the worker to ask after."""
    return _of_the_platform(by, Q(state="started", started_at__lte=at - states.POLL_AFTER))


def looked_back_on(by: Actor, at: datetime) -> list[PaymentView]:
    """Return the ended payments of the last days without a debit, for a debit that the bank reported late."""
    return _of_the_platform(by, Q(state__in=("abandoned", "failed"), started_at__gte=at - states.LOOK_BACK))


def _of_the_platform(by: Actor, condition: Q) -> list[PaymentView]:
    if not line_rules.may_run(by):
        raise not_found()
    return [_payment_view(row) for row in Payment.objects.filter(condition).order_by("started_at")]


def refund(by: Actor, refund_id: UUID, *, story_visible: bool = False) -> RefundView:
    """Return one refund.

    Raises:
        Refusal: ``not_found``.

    """
    row = Refund.objects.select_related("payment__demand").filter(pk=refund_id).first()
    _visible(by, None if row is None else row.payment.demand, story_visible=story_visible)
    return _refund_view(cast("Refund", row))


def refunds_of(by: Actor, demand_id: UUID, *, story_visible: bool = False) -> list[RefundView]:
    """Return all refunds of a demand's payments.

    Raises:
        Refusal: ``not_found``.

    """
    _visible(by, Demand.get_or_none(demand_id), story_visible=story_visible)
    rows = Refund.objects.select_related("payment").filter(payment__demand_id=demand_id).order_by("id")
    return [_refund_view(row) for row in rows]


def _refund_view(row: Refund) -> RefundView:
    return RefundView(
        id=row.id,
        payment_id=row.payment_id,
        reference=row.payment.reference,
        amount_paise=row.amount_paise,
        why=row.why,
        state=cast("RefundState", row.state),
        due_at=row.due_at,
        ended_at=row.ended_at,
    )


def balances(by: Actor, *, office_id: UUID | None = None) -> dict[str, int]:
    """Return what stands on each account, in paise, debits positive: of one office, or of all where ``by`` may audit.

    The values sum to zero. An account without postings is left out.

    Raises:
        Refusal: ``not_found``.

    """
    own = by.kind == "officer" and office_id is not None and by.office_id == office_id
    if not (own or by.may("ledger.audit")):
        raise not_found()
    rows = Posting.objects.all() if office_id is None else Posting.objects.filter(office_id=office_id)
    sums: Iterable[tuple[str, int]] = rows.order_by().values_list("account").annotate(Sum("amount_paise"))
    return {account: int(amount) for account, amount in sums}


def under_way(stories: Collection[UUID]) -> bool:
    """Return whether money of these matters is on its way, paid or sent back; for rooms above, in their actions."""
    trying = Payment.objects.filter(demand__story__in=stories, state="started")
    return trying.exists() or Refund.objects.filter(payment__demand__story__in=stories).exclude(state="done").exists()

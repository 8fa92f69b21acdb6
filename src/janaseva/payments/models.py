"""Tables of payments. Amounts are integer paise; people and offices are named by their ids."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from janaseva.core.row import Row
from janaseva.payments.rules import states
from janaseva.payments.rules.entries import ACCOUNTS


class Demand(Row):
    """What one person owes for one matter, line by line; it never changes but in state.

    ``step`` names the step of the matter at which it fell due; empty for what is due when the matter begins.
    """

    story = models.UUIDField(db_index=True)
    step = models.CharField(max_length=63, default="", db_default="")
    payer_person_id = models.UUIDField(db_index=True)
    office_id = models.UUIDField(db_index=True)
    lines = models.JSONField()
    total_paise = models.BigIntegerField()
    receipt_series = models.CharField(max_length=40)
    state = models.CharField(max_length=16)
    demanded_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=states.DEMAND_STATES), name="demand_state_known"),
            models.CheckConstraint(condition=Q(total_paise__gte=0), name="demand_not_negative"),
            models.UniqueConstraint(
                fields=["story", "step"], condition=Q(state="open"), name="demand_open_once_a_step"
            ),
        )


class Payment(Row):
    """One try to pay a demand in full, recorded before the payer leaves for the gateway."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="+")
    office_id = models.UUIDField()
    reference = models.CharField(max_length=32, unique=True)
    amount_paise = models.BigIntegerField()
    state = models.CharField(max_length=16)
    started_at = models.DateTimeField()
    debited_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    gateway_number = models.CharField(max_length=64, default="")
    receipt_number = models.CharField(max_length=64, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=states.PAYMENT_STATES), name="payment_state_known"),
            models.CheckConstraint(condition=Q(amount_paise__gt=0), name="payment_positive"),
            models.UniqueConstraint(
                fields=["demand"], condition=Q(state="received"), name="payment_received_once_a_demand"
            ),
            models.UniqueConstraint(
                fields=["receipt_number"], condition=~Q(receipt_number=""), name="payment_receipt_number_once"
            ),
        )
        indexes = (
            models.Index(fields=["started_at"], condition=Q(state="started"), name="payment_waiting"),
            models.Index(
                fields=["started_at"], condition=Q(state__in=("abandoned", "failed")), name="payment_without_debit"
            ),
        )


class Refund(Row):
    """Money to be sent back, at most once a payment."""

    personal: ClassVar[tuple[str, ...]] = ("note",)

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="+")
    office_id = models.UUIDField()
    amount_paise = models.BigIntegerField()
    why = models.CharField(max_length=40)
    note = models.TextField(default="")
    state = models.CharField(max_length=16)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    gateway_number = models.CharField(max_length=64, default="")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(state__in=states.REFUND_STATES), name="refund_state_known"),)


class Posting(Row):
    """One side of an entry; the sides of one ``entry`` sum to zero. Postings are added and never changed."""

    fixed_but: ClassVar[tuple[str, ...] | None] = ()

    entry = models.UUIDField(db_index=True)
    account = models.CharField(max_length=16)
    line = models.CharField(max_length=64, default="")
    amount_paise = models.BigIntegerField()
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+", null=True)
    office_id = models.UUIDField()
    posted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(account__in=tuple(ACCOUNTS)), name="posting_account_known"),
            models.CheckConstraint(condition=~Q(amount_paise=0), name="posting_not_zero"),
        )
        indexes = (models.Index(fields=["account", "office_id"], name="posting_by_account"),)

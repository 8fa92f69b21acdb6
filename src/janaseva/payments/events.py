"""The news of payments. Amounts are in paise; no payload names a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class Demanded(News):
    """A demand was made; zero where nothing is owed."""

    name: ClassVar[str] = "payments.demanded"
    demand_id: UUID
    amount_paise: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(News):
    """A payer set out for the gateway."""

    name: ClassVar[str] = "payments.started"
    demand_id: UUID
    payment_id: UUID
    amount_paise: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Received(News):
    """Money arrived for an open demand; ``debited_at`` is the bank's time of debit, from which deadlines count."""

    name: ClassVar[str] = "payments.received"
    demand_id: UUID
    payment_id: UUID
    amount_paise: int
    debited_at: datetime
    receipt_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(News):
    """The gateway said that nothing was debited and nothing will be."""

    name: ClassVar[str] = "payments.failed"
    demand_id: UUID
    payment_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandoned(News):
    """Half an hour passed without a debit."""

    name: ClassVar[str] = "payments.abandoned"
    demand_id: UUID
    payment_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(News):
    """Nothing more is owed on a demand. ``settled_at`` is the bank's time of debit, or the demand's time if zero.

    ``step`` is where in its matter the demand fell due, empty for the beginning; older news do not say it.
    """

    name: ClassVar[str] = "payments.settled"
    demand_id: UUID
    amount_paise: int
    settled_at: datetime
    step: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(News):
    """A demand is no longer owed."""

    name: ClassVar[str] = "payments.cancelled"
    demand_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrdered(News):
    """Money must go back; ``why`` is ``paid_twice``, ``demand_cancelled`` or the code that an officer chose."""

    name: ClassVar[str] = "payments.refund_ordered"
    demand_id: UUID
    payment_id: UUID
    refund_id: UUID
    amount_paise: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded(News):
    """The gateway confirmed that money went back."""

    name: ClassVar[str] = "payments.refunded"
    demand_id: UUID
    payment_id: UUID
    refund_id: UUID
    amount_paise: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(News):
    """The gateway refused to send money back; an officer must look."""

    name: ClassVar[str] = "payments.refund_failed"
    demand_id: UUID
    payment_id: UUID
    refund_id: UUID

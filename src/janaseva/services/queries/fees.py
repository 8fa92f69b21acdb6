"""What an application cost until now: the fee with which it began, and those that fell due on its way."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.text import Text
from janaseva.payments import queries as payments
from janaseva.services.queries.applications import ApplicationView, visible
from janaseva.workflow import queries as workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeView:
    """A demand with what came of it. ``title`` is that of the step at which it fell due; the first has none.

    ``pay_by`` is until when it may be paid, where it is open and that is known.
    """

    title: Text
    account: payments.Account
    pay_by: datetime | None

    @property
    def demand(self) -> payments.DemandView:
        """Return what is demanded."""
        return self.account.demand

    @property
    def is_later(self) -> bool:
        """Return whether it fell due on the way."""
        return bool(self.demand.step)

    @property
    def is_open(self) -> bool:
        """Return whether it is still to be paid."""
        return self.demand.state == "open"


def fees_of(by: Actor, view: ApplicationView) -> tuple[FeeView, ...]:
    """Return every demand of an application that was found visible to ``by``, the first first."""
    accounts = payments.accounts_of(by, view.id, story_visible=True)
    waits = view.case_id is not None and any(one.demand.step and one.demand.state == "open" for one in accounts)
    pay_by = workflow.pay_until(by, view.case_id, visible=True) if waits and view.case_id else None
    return tuple(
        FeeView(
            title=_title(view, account.demand.step),
            account=account,
            pay_by=pay_by if account.demand.step and account.demand.state == "open" else None,
        )
        for account in accounts
    )


def _title(view: ApplicationView, step: str) -> Text:
    here = view.definition.happens.step(step) if step else None
    return here.title if here is not None else {}


def to_pay(by: Actor, application_id: UUID) -> payments.DemandView | None:
    """Return what is to be paid for an application now: the open demand, else the last one; ``None`` before any.

    Raises:
        Refusal: ``not_found``.

    """
    row = visible(by, application_id)
    demands = payments.demands_of(by, row.id)
    return next((one for one in demands if one.state == "open"), demands[-1] if demands else None)

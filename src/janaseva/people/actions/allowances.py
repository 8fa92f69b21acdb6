"""How much of an allowance is left, and spending it, under a lock."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError

from janaseva.core.action import change, flush, put
from janaseva.core.refusal import CONFLICT, Refusal
from janaseva.core.row import Row
from janaseva.core.secret import keyed_hashes
from janaseva.people import rules
from janaseva.people.models import Budget


def put_first(row: Row) -> None:
    """Put a row of which there may be one only; who comes second at the same moment is asked to try again."""
    put(row)
    try:
        flush()
    except IntegrityError as error:
        raise Refusal("changed_meanwhile", status=CONFLICT) from error


@dataclass(slots=True, kw_only=True)
class Purse:
    """One allowance of one number, login or person, held to the end of the act."""

    allowance: rules.Allowance
    subject: str
    row: Budget | None
    at: datetime

    @property
    def spending(self) -> rules.Spending | None:
        """Return what was spent so far."""
        return rules.Spending(since_at=self.row.since_at, spent=self.row.spent) if self.row else None

    def wait_seconds(self) -> int:
        """Return how long to wait before the next, 0 where there is no need to."""
        return rules.wait_seconds(self.allowance, self.spending, self.at)

    def spend(self) -> None:
        """Count one more."""
        after = rules.spend(self.allowance, self.spending, self.at)
        ends_at = after.since_at + self.allowance.window
        if self.row is None:
            self.row = Budget(subject=self.subject, since_at=after.since_at, spent=after.spent, ends_at=ends_at)
            put_first(self.row)
        else:
            change(self.row, subject=self.subject, since_at=after.since_at, spent=after.spent, ends_at=ends_at)


def purse(allowance: rules.Allowance, whose: str, at: datetime) -> Purse:
    """Return the purse of an allowance; ``whose`` is kept as a keyed hash only."""
    subjects = keyed_hashes("budget", allowance.name, whose)
    found = {row.subject: row for row in Budget.objects.select_for_update().filter(subject__in=subjects)}
    row = next((found[subject] for subject in subjects if subject in found), None)
    return Purse(allowance=allowance, subject=subjects[0], row=row, at=at)

"""What may become of a certificate after it was issued: notice and answer before revocation, suspension, surrender."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from janaseva.core.actor import Actor

ANSWER_DAYS: Final = 15
"""Days that a holder has to answer before a certificate is revoked, where the service's law names none (assumed)."""
WITHOUT_NOTICE: Final = frozenset({"court_order"})
"""Reasons that leave the office no choice, so that nobody is heard again: the court has heard both sides."""
STATES: Final[tuple[str, ...]] = ("open", "revoked", "dropped")
FEWEST_LETTERS: Final = 10


def may_end(by: Actor, office_id: UUID) -> bool:
    """Return whether ``by`` may begin to revoke, suspend or lift: a post of the office that decided, with the grant."""
    return by.kind == "officer" and by.may("documents.revoke") and by.office_id == office_id


def answer_until(given_on: date, days: int = ANSWER_DAYS) -> date:
    """Return the last day on which the holder may answer a notice; the day of the notice is not counted."""
    return given_on + timedelta(days=days)


def may_revoke_now(*, reason: str, until: date | None, answered: bool, today: date) -> bool:
    """Return whether the holder was heard: the notice is answered, or its days are over, or a court has decided.

    ``until`` is the last day of the open notice; ``None`` where none was given.
    """
    if reason in WITHOUT_NOTICE:
        return True
    return until is not None and (answered or today > until)

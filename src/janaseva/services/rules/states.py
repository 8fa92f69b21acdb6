"""The states of an application, and what may be done in each."""

from typing import Final, Literal

State = Literal["draft", "submitted", "begun", "decided", "withdrawn", "lapsed", "discarded"]

STATES: Final[tuple[str, ...]] = ("draft", "submitted", "begun", "decided", "withdrawn", "lapsed", "discarded")
"""``submitted`` has a number and waits for its fee; ``begun`` is with the office; ``discarded`` is a draft let go.
``lapsed`` ended by the passing of a time that the law gives: nobody decided it, and it is no refusal."""

OPEN: Final[frozenset[str]] = frozenset({"submitted", "begun"})
"""States in which the state owes the applicant something."""


def may_still_change(state: str) -> bool:
    """Return whether answers and papers may be given freely: only before submission."""
    return state == "draft"


def may_be_withdrawn(state: str) -> bool:
    """Return whether the applicant may take the application back."""
    return state in OPEN

"""The right-to-service act of a state as text (``rights.yaml``), and what of it holds for one service.

A service's own ``appeal:`` comes first; what it leaves out is its state's act. What nobody has found stays unknown: an
unknown number of days bars nobody, an unknown authority means that nothing can be laid before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from janaseva.core.text import Text
from janaseva.forms.rules import Key, Sourced, Unknown, Words

Trigger = Literal["breach", "refusal", "undecided", "dismissed", "not_complied"]
"""What opens an appeal: the limit has passed, the service was refused; before that, for the second level, the first
appeal was not decided in time, was dismissed, or its order was not obeyed."""

LEVELS: Final = (1, 2)
Days = Annotated[int, Field(ge=1, le=3660)]
Rupees = Annotated[int, Field(ge=1, le=10_000_000)]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Seat(Sourced):
    """Before whom an appeal is laid: a role in a kind of office."""

    role: Key
    office: Key


class Level(Sourced):
    """One level of appeal as the act gives it.

    ``seats`` names the authority by the role of the officer appealed against; ``any`` stands for every other role.
    ``by_itself`` are the events on which the act opens this level without an act of the citizen, for the services to
    which it applies (``everywhere``, or those whose own ``appeal:`` says ``by_itself: true``). ``own_motion``: the
    authority may take a late case up by itself.
    """

    seats: dict[Key, Seat] = Field(default_factory=dict)
    file_days: Days | Unknown
    decide_days: Days | Unknown
    by_itself: Annotated[tuple[Trigger, ...], BeforeValidator(_as_list)] = ()
    everywhere: bool = False
    own_motion: bool = False


class Penalty(Sourced):
    """What the officer may have to pay: so much a day of delay up to a maximum, or a sum between two bounds.

    ``paid_to_applicant``: the penalty is the applicant's compensation.
    """

    per_day_rupees: Rupees | None = None
    min_rupees: Rupees | None = None
    max_rupees: Rupees
    paid_to_applicant: bool | Unknown = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.per_day_rupees is None) == (self.min_rupees is None):
            message = "a penalty is either per_day_rupees: or min_rupees:, up to max_rupees:"
            raise ValueError(message)
        if max(self.per_day_rupees or 0, self.min_rupees or 0) > self.max_rupees:
            message = "the maximum is less than the minimum"
            raise ValueError(message)
        return self


class Compliance(Sourced):
    """In how many days an order in appeal is to be obeyed, and the penalty where it is not."""

    days: Days | Unknown
    penalty: Penalty | Unknown | None = None


class Rights(Sourced):
    """A state's right-to-service act. ``late_filing``: an appeal after its days is taken where there was cause."""

    act: Words
    first: Level
    second: Level
    late_filing: bool | Unknown
    powers: tuple[Words, ...] | Unknown = ()
    appeal_fee_rupees: Annotated[int, Field(ge=0)] | Unknown
    penalty: Penalty | Unknown
    comply: Compliance | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelLaw:
    """What holds for one service at one level; ``None`` is what nobody has found."""

    level: int
    authority: Text
    seats: Mapping[str, Seat]
    file_days: int | None
    decide_days: int | None
    triggers: frozenset[str]
    own_motion: bool
    law: str

    def seat(self, role: str) -> Seat | None:
        """Return before whom an appeal against an officer of this role is laid, or ``None`` where nobody is named."""
        return self.seats.get(role) or self.seats.get("any")


def known(value: int | Unknown | None) -> int | None:
    """Return a number, or ``None`` where it is unknown."""
    return value if isinstance(value, int) else None


def paise(rupees: int) -> int:
    """Return whole rupees in paise."""
    return rupees * 100


__all__ = ["LEVELS", "Compliance", "Level", "LevelLaw", "Penalty", "Rights", "Seat", "Trigger", "known", "paise"]

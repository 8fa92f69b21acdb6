"""The parts that stand both in a service and in what comes after its decision: officer, limit, validity, variant."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from janaseva.core.formula_functions import add_months
from janaseva.forms.rules import Formula, Key, Part, Sourced, Unknown, Words
from janaseva.payments.rules.fees import Fee
from janaseva.workflow.rules import Desk, Limit

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
"""A name of the directory or of a file: small letters, digits, ``-`` and ``_``."""


class Officer(Sourced):
    """Who decides: a role in a kind of office. ``place`` is the area field whose answer finds the office."""

    role: Code
    office: Code
    place: Key


class Promise(Limit):
    """A time limit with the law behind it."""

    law: str | None = None
    confidence: Literal["official", "reported", "conflicting", "assumed"] | None = None
    note: str | None = None


class Validity(Sourced):
    """How long what is issued stays good: for life, so many months, years or days from its issue, or until a day.

    ``ends`` is the day of the year (``12-31``) on which each of its years ends, the one in which it is issued too.
    ``until`` is a formula that comes to the last good day, over the answers and what officers found; ``says`` tells
    people in words which day that is.
    """

    lifetime: bool = False
    months: Annotated[int, Field(ge=1, le=1200)] | None = None
    years: Annotated[int, Field(ge=1, le=100)] | None = None
    days: Annotated[int, Field(ge=1, le=36500)] | None = None
    ends: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}-[0-9]{2}$")] | None = None
    until: Formula | None = None
    says: Words | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(bool(way) for way in (self.lifetime, self.months, self.years, self.days, self.until)) != 1:
            message = "a validity is exactly one of lifetime, years, months, days, until"
            raise ValueError(message)
        if (self.until is None) != (self.says is None):
            message = "'until' goes with 'says': which day that is, in words for people"
            raise ValueError(message)
        if self.ends is not None:
            if self.years is None:
                message = "'ends' goes with years: alone"
                raise ValueError(message)
            try:
                date.fromisoformat(f"2026-{self.ends}")
            except ValueError as error:
                message = f"'{self.ends}' is no day of every year; write month and day, as 12-31"
                raise ValueError(message) from error
        return self

    def last_day(self, first: date) -> date | None:
        """Return the last day on which what is good from ``first`` is good; ``None`` for life.

        Raises:
            ValueError: where a formula names the day, which only what was answered and found can tell.

        """
        if self.lifetime:
            return None
        if self.until is not None:
            message = "a formula names this day"
            raise ValueError(message)
        if self.days:
            return first + timedelta(days=self.days - 1)
        if self.ends is None:
            return add_months(first, self.months or 12 * (self.years or 0)) - timedelta(days=1)
        month, day = map(int, self.ends.split("-"))
        ends = date(first.year, month, day)
        passed = 1 if ends < first else 0
        return ends.replace(year=first.year + passed + (self.years or 1) - 1)


class Variant(Part):
    """A way in which the service runs, chosen by its rule: who decides, and what differs from the service's own.

    ``desks`` names who else acts where the process says ``@name``; ``@officer`` is always the officer.
    """

    key: Key
    title: Words
    when: Formula = "true"
    officer: Officer
    desks: dict[Code, Desk] = Field(default_factory=dict)
    limit: Promise | None = None
    fee: Fee | Unknown | None = None
    validity: Validity | Unknown | None = None

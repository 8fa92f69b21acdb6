"""The parts that stand both in a service and in what comes after its decision: officer, limit, validity, variant."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

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
    """How long what is issued stays good: for life, or so many months, years or days from the day of issue."""

    lifetime: bool = False
    months: Annotated[int, Field(ge=1, le=1200)] | None = None
    years: Annotated[int, Field(ge=1, le=100)] | None = None
    days: Annotated[int, Field(ge=1, le=36500)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(bool(way) for way in (self.lifetime, self.months, self.years, self.days)) != 1:
            message = "a validity is exactly one of lifetime, years, months, days"
            raise ValueError(message)
        return self


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

"""How long what was told is kept after its matter has ended, as a definition says it with the law behind it."""

from datetime import date, timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from janaseva.core.formula_functions import add_months
from janaseva.forms.rules import Part, Sourced, Unknown

KINDS: Final = ("draft", "refused", "granted")


class Keep(Sourced):
    """A time for which something is kept: so many days, months or years from its end on."""

    days: Annotated[int, Field(ge=1, le=36500)] | None = None
    months: Annotated[int, Field(ge=1, le=1200)] | None = None
    years: Annotated[int, Field(ge=1, le=100)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(one is not None for one in (self.days, self.months, self.years)) != 1:
            message = "a time for keeping is exactly one of days, months, years"
            raise ValueError(message)
        return self

    def last_day(self, ended: date) -> date:
        """Return the last day on which what ended on a day is kept."""
        if self.days is not None:
            return ended + timedelta(days=self.days)
        return add_months(ended, self.months or 12 * (self.years or 0))

    def ended_before(self, today: date) -> date:
        """Return the day before which all that is due for erasing today has ended, and maybe a little that is not."""
        if self.days is not None:
            return today - timedelta(days=self.days)
        return add_months(today, -(self.months or 12 * (self.years or 0))) + timedelta(days=3)


class Keeps(Part):
    """How long an application is kept: a draft since it was last saved, any other since its end.

    ``refused`` is whatever ended without a grant: refused, withdrawn, lapsed. ``register`` says whether what a register
    says of it goes too, which has mostly a law of its own and stays.
    """

    draft: Keep | Unknown
    refused: Keep | Unknown
    granted: Keep | Unknown
    register_: Literal["stays", "goes"] = Field(default="stays", alias="register")

    def known(self, kind: str) -> Keep | None:
        """Return the time for which a kind is kept, or ``None`` where nobody has found it: then it is kept."""
        found = {"draft": self.draft, "refused": self.refused, "granted": self.granted}[kind]
        return found if isinstance(found, Keep) else None


def kind_of(state: str, outcome: str) -> str:
    """Return what an application is for its keeping; empty while it is under way."""
    if state in ("draft", "discarded"):
        return "draft"
    if state in ("withdrawn", "lapsed"):
        return "refused"
    if state != "decided":
        return ""
    return "granted" if outcome == "approved" else "refused"

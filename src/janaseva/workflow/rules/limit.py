"""How much time the law gives for something, or that nobody has found out yet."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Strings = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
"""One string or a list of strings, in YAML."""


class Limit(BaseModel):
    """A time limit: so many ``days``, or ``unknown`` with what is to be found out.

    ``counts`` says whether every day of the calendar counts or only working days; ``starts`` whether the time runs from
    the receipt of the application or from the day on which it was complete. ``rolls``: where the last day is one on
    which the office is closed, the next open day is still in time (General Clauses Act 1897, section 10).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int | None = Field(default=None, ge=1, le=3_660)
    counts: Literal["calendar", "working"] = "calendar"
    starts: Literal["receipt", "completeness"] = "receipt"
    rolls: bool = True
    unknown: str | None = Field(default=None, min_length=1, max_length=1_000)
    source: Strings = ()

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.days is None) == (self.unknown is None):
            message = "give either days: or unknown: (what is still to be found out)"
            raise ValueError(message)
        return self

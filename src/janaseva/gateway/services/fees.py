"""The shapes of fees in the API: what a service costs, first and on the way, and what one application owes."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

Words = Annotated[
    dict[str, str],
    Field(description="Words by language code.", examples=[{"en": "Income certificate", "ml": "വരുമാന സർട്ടിഫിക്കറ്റ്"}]),
]
Paise = Annotated[int, Field(ge=0, description="An amount in paise: 100 paise are one rupee.", examples=[1500])]


class Basis(BaseModel):
    """Why something is so."""

    law: str
    sources: dict[str, str] = Field(description="Addresses of the sources, by key.")
    confidence: str = Field(description="`official`, `reported`, `conflicting` or `assumed`; empty where not said.")
    note: str


class Band(BaseModel):
    """One band of sizes, as the definition writes it; without a beginning it begins where the one before it ends."""

    from_: str | None = Field(alias="from", description="From this size, and with it.")
    above: str | None
    up_to: str | None = Field(description="Up to this size, and with it.")
    below: str | None


class Axis(BaseModel):
    """One of the two sizes of a schedule."""

    title: Words
    bands: list[Band]


class Schedule(BaseModel):
    """Amounts by two sizes: one runs down the rows, one across the columns."""

    down: Axis
    across: Axis
    amounts_paise: list[list[int]] = Field(description="A list for each row, an amount for each column.")


class Rounding(BaseModel):
    """To how many paise an amount is rounded, and which way."""

    to_paise: int
    way: Literal["up", "down", "nearest"]


class FeeLine(BaseModel):
    """One line of the fee, with the order behind it."""

    key: str
    title: Words
    kind: Literal["fixed", "slab", "matrix", "each", "percentage"]
    amount_paise: Paise | None
    steps: list[tuple[int | str | None, int]] = Field(
        description="For `slab`: up to which value (with a point, as text), and the amount in paise."
    )
    bands: list[Band] = Field(description="For `slab`: the band of each of the steps, with both of its ends.")
    schedule: Schedule | None = Field(description="For `matrix`.")
    parts: Literal["", "up", "down", "nearest", "exact"] = Field(
        description="For `each` of what is measured with a point: what a part of one counts."
    )
    rounding: Rounding | None
    outside: Words = Field(description="What is said where no band takes the size; empty where nothing is written.")
    difference: bool = Field(description="Whether only what is more than for the size paid for before is due.")
    rate: str = Field(description="For `percentage`: hundredths of the whole, as text.")
    channel: Literal["online", "counter", "both"]
    waived: list[Words] = Field(description="For whom it is waived.")
    basis: Basis


class LaterFee(BaseModel):
    """A fee that falls due at a step of the service."""

    step: str
    title: Words
    fee: list[FeeLine] | None = Field(description="null where nobody has found it.")
    days: int | None = Field(description="Within how many days it is to be paid; null where nobody has found it.")
    days_counted: str
    clock: Literal["runs", "stands"] = Field(description="Whether the service's own limit stands still meanwhile.")
    basis: Basis


class OwedLine(BaseModel):
    """One line of what is to be paid."""

    key: str
    title: Words
    amount_paise: Paise
    order: Words = Field(description="The order that sets it.")


class Owed(BaseModel):
    """What is to be paid, line by line."""

    state: str = Field(description="`open` while it is owed.")
    total_paise: Paise
    lines: list[OwedLine]


class Demanded(Owed):
    """What fell due on the way."""

    id: str
    step: str = Field(description="The key of the step at which it fell due.")
    title: Words
    demanded_at: datetime
    pay_by: datetime | None = Field(description="Until when it may be paid; null where it is not open, or not known.")
    receipt_number: str = Field(description="Empty until it is paid.")

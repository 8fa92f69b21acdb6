"""From where to where: the bands of sizes by which a fee is laid down, and whether they take every size once.

A band says where it ends (``up_to`` and with it, or ``below``), and may say where it begins (``from`` and with it, or
``above``); without that it begins where the one before it ends, the first at nought. Sizes that are counted in whole
numbers have no size between 20 and 21, so that ``up_to: 20`` and ``from: 21`` meet; others meet at one number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from janaseva.core.decimals import said, shortest, whole
from janaseva.forms.rules import Part

_FURTHEST: Final = 10**12
Name = Literal["up_to", "below", "only", "to", "above_to", "from_below", "above_below", "from", "above", "all"]


def _bound(value: Any) -> Decimal:
    try:
        bound = Decimal(str(value).strip())
    except InvalidOperation:
        message = "write a bound as 20 or 7.5"
        raise ValueError(message) from None
    if isinstance(value, bool) or not 0 <= bound <= _FURTHEST:
        message = "write a bound as 20 or 7.5, not below nought"
        raise ValueError(message)
    return bound


def _plain(bound: Decimal | None) -> int | str | None:
    if bound is None:
        return None
    return int(bound) if bound == bound.to_integral_value() else str(bound)


Bound = Annotated[
    Decimal, BeforeValidator(_bound), PlainSerializer(_plain, return_type=int | str | None, when_used="unless-none")
]
"""Written ``20`` or ``7.5``."""


class Band(Part):
    """One band of sizes. The last may have no end: then it takes all above."""

    from_: Bound | None = Field(default=None, alias="from")
    above: Bound | None = None
    up_to: Bound | None = None
    below: Bound | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.from_ is not None and self.above is not None:
            message = "a band begins 'from' a size or 'above' one, not both"
            raise ValueError(message)
        if self.up_to is not None and self.below is not None:
            message = "a band ends 'up_to' a size or 'below' one, not both"
            raise ValueError(message)
        return self

    @property
    def ends(self) -> bool:
        """Return whether the band has an end."""
        return self.up_to is not None or self.below is not None


@dataclass(frozen=True, slots=True, order=True)
class Cut:
    """A place between sizes: just before a number, or just after it."""

    at: Fraction
    after: bool = False


NOUGHT: Final = Cut(Fraction(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A band worked out: all sizes between two cuts; ``high`` is ``None`` where it has no end."""

    low: Cut
    high: Cut | None
    counted: bool

    def takes(self, size: Fraction) -> bool:
        """Return whether this size lies in it."""
        here = Cut(size)
        return not here < self.low and (self.high is None or here < self.high)

    def words(self) -> tuple[Name, str, str]:
        """Return how the band is said: the name of the sentence, and its two numbers."""
        low, high = self.low, self.high
        if self.counted and high is not None:
            last = Cut(high.at - 1, after=True)
            if low == NOUGHT and last.at > 0:
                return "up_to", "", _said(last)
            return ("only" if last.at == low.at else "to"), _said(low), _said(last)
        if high is None:
            return ("all" if low == NOUGHT else "above" if low.after else "from"), _said(low), ""
        if low == NOUGHT:
            return ("up_to" if high.after else "below"), "", _said(high)
        if high.after:
            return ("above_to" if low.after else "only" if low.at == high.at else "to"), _said(low), _said(high)
        return ("above_below" if low.after else "from_below"), _said(low), _said(high)


def _said(cut: Cut) -> str:
    return said(shortest(cut.at) or "")


def _cut(bound: Decimal, *, after: bool, counted: bool) -> Cut:
    at = Fraction(bound)
    if not counted:
        return Cut(at, after)
    if after:
        return Cut(Fraction(whole(at, "down") + 1))
    return Cut(Fraction(whole(at, "up")))


def spans(bands: Sequence[Band], *, counted: bool) -> tuple[Span, ...]:
    """Return the bands worked out; ``counted`` says that sizes are whole numbers."""
    found: list[Span] = []
    begins: Cut | None = NOUGHT
    for band in bands:
        low = begins or NOUGHT
        if band.from_ is not None:
            low = _cut(band.from_, after=False, counted=counted)
        elif band.above is not None:
            low = _cut(band.above, after=True, counted=counted)
        high: Cut | None = None
        if band.up_to is not None:
            high = _cut(band.up_to, after=True, counted=counted)
        elif band.below is not None:
            high = _cut(band.below, after=False, counted=counted)
        found.append(Span(low=low, high=high, counted=counted))
        begins = high
    return tuple(found)


def place_of(bands: Sequence[Band], size: Fraction, *, counted: bool) -> int | None:
    """Return which band takes a size, from 0; ``None`` where none does."""
    return next((number for number, span in enumerate(spans(bands, counted=counted)) if span.takes(size)), None)


def faults(bands: Sequence[Band], *, counted: bool, open_ended: bool) -> Iterator[tuple[int, str]]:
    """Yield every gap and every overlap, with the band at which it stands.

    ``open_ended`` says that sizes outside all bands are refused with words; else they are gaps too.
    """
    found = spans(bands, counted=counted)
    reached: Cut | None = NOUGHT
    by_size = sorted(enumerate(found), key=lambda one: one[1].low)
    for place, (number, span) in enumerate(by_size):
        if span.high is not None and not span.low < span.high:
            yield number, "this band ends before it begins"
            continue
        if number and span.low < found[number - 1].low:
            yield number, "bands are written from small to large, and the one before this one begins later"
        if reached is None:
            yield number, "the band before this one has no end, so it takes all that this one takes"
        elif span.low < reached:
            both = Span(low=span.low, high=reached if span.high is None else min(reached, span.high), counted=counted)
            yield number, f"two bands take {_told(both)}"
        elif reached < span.low and (place or not open_ended):
            yield number, f"no band takes {_told(Span(low=reached, high=span.low, counted=counted))}"
        reached = None if reached is None or span.high is None else max(reached, span.high)
    if reached is not None and not open_ended:
        yield by_size[-1][0], f"no band takes {_told(Span(low=reached, high=None, counted=counted))}"


_TOLD: Final[dict[Name, str]] = {
    "up_to": "what is up to {high}", "below": "what is below {high}", "only": "{low}", "to": "{low} to {high}",
    "above_to": "what is above {low}, up to {high}", "from_below": "what is {low} or more, below {high}",
    "above_below": "what is above {low}, below {high}", "from": "{low} and more", "above": "what is above {low}",
    "all": "anything",
}  # fmt: skip


def _told(span: Span) -> str:
    name, low, high = span.words()
    return _TOLD[name].format(low=low, high=high)

"""Where an inspection took place: words, or degrees within the country, typed or taken from the browser."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from janaseva.core.refusal import Fault

BOUNDS: Final[Mapping[str, tuple[tuple[int, int], tuple[int, int]]]] = {
    "IN": ((6, 38), (68, 98)),
    "PK": ((23, 38), (60, 78)),
}
"""Whole degrees of latitude and of longitude between which each country lies, islands included."""
_SIX: Final = Decimal("0.000001")
MOST_CHARACTERS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place as it was given; degrees are decimal, north and east, as text."""

    words: str = ""
    latitude: str = ""
    longitude: str = ""

    @property
    def is_given(self) -> bool:
        """Return whether anything was given."""
        return bool(self.words.strip() or self.latitude.strip() or self.longitude.strip())


def faults(place: Place, *, country: str, needed: bool) -> list[Fault]:
    """Return everything that is wrong with a place, all at once."""
    return list(_faults(place, country, needed=needed))


def _faults(place: Place, country: str, *, needed: bool) -> Iterator[Fault]:
    if not place.is_given:
        if needed:
            yield Fault(place="place_words", code="place_missing")
        return
    if len(place.words) > MOST_CHARACTERS:
        yield Fault(place="place_words", code="too_long", facts={"most": MOST_CHARACTERS})
    if not (place.latitude.strip() or place.longitude.strip()):
        return
    for name, value, (least, most) in zip(
        ("latitude", "longitude"), (place.latitude, place.longitude), BOUNDS[country], strict=True
    ):
        degrees = _degrees(value)
        if degrees is None:
            yield Fault(place=name, code="place_not_degrees")
        elif not least <= degrees <= most:
            yield Fault(place=name, code="place_outside_country", facts={"least": least, "most": most})


def _degrees(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip()) if text.isascii() else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def kept(place: Place) -> dict[str, str] | None:
    """Return a place without fault as a case keeps it: degrees to six places, some ten centimetres."""
    if not place.is_given:
        return None
    degrees = {
        name: str(found.quantize(_SIX))
        for name, found in (("latitude", _degrees(place.latitude)), ("longitude", _degrees(place.longitude)))
        if found is not None
    }
    return {"words": place.words.strip(), **degrees}

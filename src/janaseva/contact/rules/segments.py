"""How many parts a text message is sent in, which is what it costs (3GPP TS 23.038 and 23.040).

Text in the GSM 7-bit default alphabet holds 160 characters in one part and 153 in each of several; a character of the
extension table counts twice. Any other character makes the whole text UCS-2: 70 in one part and 67 in each of several,
counted in UTF-16 units. A character that would straddle two parts moves to the next.
"""

from dataclasses import dataclass
from typing import Final, Literal

GSM_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
_GSM: Final = GSM_BASIC | GSM_EXTENSION

BASIC_PLANE_END: Final = 0xFFFF
"""Characters beyond it take two UTF-16 units."""

SINGLE: Final = {"gsm7": 160, "ucs2": 70}
CONCATENATED: Final = {"gsm7": 153, "ucs2": 67}


@dataclass(frozen=True, slots=True)
class Segments:
    """A text's alphabet, its length in that alphabet's units, and the number of parts it is sent in."""

    alphabet: Literal["gsm7", "ucs2"]
    units: int
    parts: int


def segments(text: str) -> Segments:
    """Return how a text is sent; an empty text has no part."""
    used = frozenset(text)
    gsm = used <= _GSM
    alphabet: Literal["gsm7", "ucs2"] = "gsm7" if gsm else "ucs2"
    twice = sum(text.count(character) for character in used if _width(character, gsm=gsm) > 1)
    units = len(text) + twice
    if units <= SINGLE[alphabet]:
        return Segments(alphabet, units, 1 if units else 0)
    widths = [_width(character, gsm=gsm) for character in text]
    room, parts, left = CONCATENATED[alphabet], 1, CONCATENATED[alphabet]
    for width in widths:
        if width > left:
            parts, left = parts + 1, room
        left -= width
    return Segments(alphabet, units, parts)


def _width(character: str, *, gsm: bool) -> int:
    if gsm:
        return 2 if character in GSM_EXTENSION else 1
    return 2 if ord(character) > BASIC_PLANE_END else 1

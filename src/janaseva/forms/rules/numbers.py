"""Identity numbers and their check digits, and digits of any script."""

import re
from typing import Final

from janaseva.core.writing import latin_digits

# Verhoeff's scheme (J. Verhoeff, Error Detecting Decimal Codes, 1969), which UIDAI uses for Aadhaar: multiplication in
# the dihedral group D5, and the permutation that each place applies.
_D5: Final = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 4, 0, 6, 7, 8, 9, 5), (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7), (4, 0, 1, 2, 3, 9, 5, 6, 7, 8), (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2), (7, 6, 5, 9, 8, 2, 1, 0, 4, 3), (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)  # fmt: skip
_TURNS: Final = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 5, 7, 6, 2, 8, 3, 0, 9, 4), (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7), (9, 4, 5, 3, 1, 2, 6, 8, 7, 0), (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5), (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)  # fmt: skip

AADHAAR_WRONG: Final = "XXXX-XXXX-????"
"""What is kept of an Aadhaar number that is mistyped: nothing, so that not even a wrong one lies in clear."""

_AADHAAR: Final = re.compile(r"[2-9][0-9]{11}\Z")
_AADHAAR_MASKED: Final = re.compile(r"XXXX-XXXX-[0-9]{4}\Z")
_CNIC: Final = re.compile(r"[1-9][0-9]{12}\Z")
_CNIC_WRITTEN: Final = re.compile(r"[1-9][0-9]{4}-[0-9]{7}-[0-9]\Z")
_SAMAGRA: Final = re.compile(r"[1-9][0-9]{8}\Z")
_BETWEEN: Final = re.compile("[\\s\u00a0\u2010-\u2015\u200b-\u200f_.-]+")


_SURVEY: Final = re.compile(
    r"[1-9][0-9]{0,5}[A-Z]?(?:/[0-9]{0,4}(?:[A-Z]{1,2}[0-9]{0,2})?(?<!/)){0,3}(?:-[0-9]{1,4}[A-Z]?){0,2}\Z"
)
"""A parcel's number with its sub-divisions: 213, 213/4, 213/4A, 213/4/2, 213/4-2, 77A/3."""


def compact(text: str) -> str:
    """Return a number as typed without the spaces and dashes between its digits."""
    return _BETWEEN.sub("", latin_digits(text))


def passes_verhoeff(digits: str) -> bool:
    """Return whether the last digit is right for the others."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _D5[check][_TURNS[place % 8][int(digit)]]
    return check == 0


def masked_aadhaar(text: str) -> str:
    """Return ``XXXX-XXXX-1234`` of a right number (or of one already masked), else :data:`AADHAAR_WRONG`."""
    text = text.strip()
    if _AADHAAR_MASKED.match(text):
        return text
    digits = compact(text)
    if _AADHAAR.match(digits) and passes_verhoeff(digits):
        return f"XXXX-XXXX-{digits[-4:]}"
    return AADHAAR_WRONG


def is_masked_aadhaar(text: str) -> bool:
    """Return whether this is a masked number as it is kept."""
    return _AADHAAR_MASKED.match(text) is not None


def written_cnic(text: str) -> str | None:
    """Return a Pakistani identity number as it is written, ``12345-1234567-1``; ``None`` where it is not one."""
    digits = compact(text)
    return f"{digits[:5]}-{digits[5:12]}-{digits[12]}" if _CNIC.match(digits) else None


def is_cnic(text: str) -> bool:
    """Return whether this is an identity number as it is kept."""
    return _CNIC_WRITTEN.match(text) is not None


def survey_number(text: str) -> str | None:
    """Return a survey number as land records write it, ``213/4A``; ``None`` where it is not one.

    The block of a village that was surveyed again is no part of it: blocks number their parcels anew.
    """
    written = re.sub("[\u2010-\u2015]", "-", "".join(latin_digits(text).split()).upper())
    return written if _SURVEY.match(written) else None


def samagra(text: str) -> str | None:
    """Return a Samagra member number (nine digits, Madhya Pradesh); ``None`` where it is not one."""
    digits = compact(text)
    return digits if _SAMAGRA.match(digits) else None

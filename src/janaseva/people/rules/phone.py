"""Phone numbers of the countries that the packs serve, kept in E.164."""

from typing import Final

import phonenumbers

REGIONS: Final = ("IN", "PK")
_MOBILE: Final = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
_SHOWN_DIGITS: Final = 4


def normal_phone(given: str, *, region: str = "IN") -> str | None:
    """Return a mobile number of India or Pakistan in E.164, or ``None``.

    ``region`` is meant where no +country is typed. A number that is none of the region's is tried as one of the other.
    Digits of any script are read.
    """
    for tried in dict.fromkeys((region, *REGIONS)):
        try:
            number = phonenumbers.parse(given[:40], tried)
        except phonenumbers.NumberParseException:
            continue
        if (
            phonenumbers.region_code_for_number(number) in REGIONS
            and phonenumbers.is_valid_number(number)
            and phonenumbers.number_type(number) in _MOBILE
            and number.extension is None
        ):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None


def masked(phone: str) -> str:
    """Return the number with all but its last four digits hidden."""
    return "•" * max(0, len(phone) - 1 - _SHOWN_DIGITS) + phone[-_SHOWN_DIGITS:]

"""Money as people read it: integer paise in, rupees with lakh grouping out, alike in every language.

The pattern is ``¤#,##,##0.00`` in all five languages. CLDR groups Malayalam, Urdu and Sindhi currency by thousands,
which nobody in an office of these states writes; and no float is ever touched on the way.
"""

from typing import Final, Literal

Currency = Literal["INR", "PKR"]

SIGNS: Final[dict[str, str]] = {"INR": "₹", "PKR": "Rs"}
_NO_BREAK = "\u00a0"
_HUNDRED = 100
_LAST_GROUP = 3
_GROUP = 2


def grouped(number: int) -> str:
    """Return an integer with lakh grouping, such as ``12,34,567``."""
    sign, digits = ("-" if number < 0 else ""), str(abs(number))
    head, tail = digits[:-_LAST_GROUP], digits[-_LAST_GROUP:]
    groups = [tail]
    while head:
        groups.insert(0, head[-_GROUP:])
        head = head[:-_GROUP]
    return sign + ",".join(groups)


def rupees(paise: int) -> str:
    """Return paise as rupees without a sign of the currency, such as ``12,34,567.00``."""
    whole, part = divmod(abs(paise), _HUNDRED)
    return f"{'-' if paise < 0 else ''}{grouped(whole)}.{part:02d}"


def money(paise: int, *, currency: Currency = "INR") -> str:
    """Return an amount as it is printed and shown, such as ``₹ 12,34,567.00`` (the space does not break)."""
    sign = "-" if paise < 0 else ""
    return f"{sign}{SIGNS[currency]}{_NO_BREAK}{rupees(abs(paise))}"

"""Days and moments as people read them, in every language, and the one place where a day begins in a zone.

Digits are European in every language, as on the states' own papers. Month and weekday names are CLDR's (babel);
the order of the parts and the comma of each script are ours, since CLDR puts a Latin comma into Urdu and Sindhi.
"""

import functools
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale

from janaseva.core.text import interface_of
from janaseva.core.words import say

DEFAULT_ZONE: Final = "Asia/Kolkata"

_LONG: Final[dict[str, str]] = {"ml": "{year} {month} {day}"}
_WITH_WEEKDAY: Final[dict[str, str]] = {
    "ml": "{year} {month} {day}, {weekday}",
    "ur": "{weekday}، {day} {month} {year}",
    "sd": "{weekday}، {day} {month} {year}",
}
_NOON = 12
_SOON_DAYS = 45


@functools.lru_cache(maxsize=64)
def _names(language: str) -> tuple[Any, Any, Any]:
    """Return the names of months and weekdays, and the short names of weekdays."""
    interface = interface_of(language)
    locale = Locale.parse("en_IN" if interface == "en" else interface)
    days = locale.days["format"]
    return locale.months["format"]["wide"], days["wide"], days["abbreviated"]


def _parts(day: date, language: str) -> dict[str, str]:
    months, weekdays, _ = _names(language)
    return {
        "day": str(day.day),
        "month": months[day.month],
        "year": str(day.year),
        "weekday": weekdays[day.weekday()],
    }


def day_in(at: datetime, zone: str = DEFAULT_ZONE) -> date:
    """Return the calendar day that the aware moment ``at`` falls on in ``zone`` (an IANA name)."""
    return at.astimezone(ZoneInfo(zone)).date()


def numeric(day: date) -> str:
    """Return a day as ``dd-mm-yyyy``, the way the offices of these states write it."""
    return f"{day.day:02d}-{day.month:02d}-{day.year:04d}"


def weekday_short(day: date, language: str) -> str:
    """Return the short name of a day's weekday, such as ``Thu``."""
    return str(_names(language)[2][day.weekday()])


def long(day: date, language: str) -> str:
    """Return a day in words without its weekday, such as ``5 March 2026``."""
    return _LONG.get(language, "{day} {month} {year}").format(**_parts(day, language))


def with_weekday(day: date, language: str) -> str:
    """Return a day in words with its weekday, such as ``Thursday, 5 March 2026``."""
    return _WITH_WEEKDAY.get(language, "{weekday}, {day} {month} {year}").format(**_parts(day, language))


def clock_time(at: datetime, language: str, zone: str = DEFAULT_ZONE) -> str:
    """Return the time of day of an aware moment in ``zone`` on the twelve-hour clock, such as ``4:05 pm``."""
    local = at.astimezone(ZoneInfo(zone))
    half = "date.am" if local.hour < _NOON else "date.pm"
    return say(half, language, time=f"{local.hour % _NOON or _NOON}:{local.minute:02d}")


def moment(at: datetime, language: str, zone: str = DEFAULT_ZONE) -> str:
    """Return an aware moment in words, such as ``Thursday, 5 March 2026, 4:05 pm``."""
    comma = "،" if language in ("ur", "sd") else ","
    return f"{with_weekday(day_in(at, zone), language)}{comma} {clock_time(at, language, zone)}"


def relative(day: date, today: date, language: str) -> str:
    """Return a day as seen from ``today``: today, tomorrow, in 3 days, 3 days ago; far days as their date."""
    days = (day - today).days
    near = {0: "date.today", 1: "date.tomorrow", -1: "date.yesterday"}.get(days)
    if near:
        return say(near, language)
    if abs(days) > _SOON_DAYS:
        return with_weekday(day, language)
    return say("date.in_days" if days > 0 else "date.days_ago", language, count=abs(days))

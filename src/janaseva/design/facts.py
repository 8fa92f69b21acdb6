"""Facts inside sentences: dates and amounts as people read them, each kept from disturbing the direction around it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from markupsafe import Markup, escape

from janaseva.core import dates, money
from janaseva.core.text import direction_of

ISOLATE: Final = "\u2068"
END_ISOLATE: Final = "\u2069"
_RIGHT_TO_LEFT: Final = ((0x0590, 0x08FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFF))


def _runs_right_to_left(value: str) -> bool:
    return not value.isascii() and any(low <= ord(letter) <= high for letter in value for low, high in _RIGHT_TO_LEFT)


def isolated(value: object, language: str) -> object:
    """Return a fact of a sentence, between isolates (Unicode FSI and PDI) where the two directions could meet."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return value
    said = str(value)
    if said and (direction_of(language) == "rtl" or _runs_right_to_left(said)):
        kind = Markup if isinstance(value, Markup) else str
        return kind(f"{ISOLATE}{said}{END_ISOLATE}")
    return value


def shown(name: str, value: object, language: str) -> object:
    """Return a fact as it is read: a day with its weekday, ``*_paise`` and ``rupees`` as money, the rest as it is."""
    if isinstance(value, datetime):
        return dates.moment(value, language, settings.OPTIONS.time_zone)
    if isinstance(value, date):
        return dates.with_weekday(value, language)
    if isinstance(value, int) and not isinstance(value, bool):
        if name.endswith("_paise"):
            return money.money(value)
        if name == "rupees":
            return money.grouped(value)
    return value


class Facts(dict[str, Any]):
    """Facts by name for ``str.format_map``: shown and isolated at the moment when the words ask for them.

    For words that are ``html``, each as HTML.
    """

    def __init__(self, facts: Mapping[str, Any], language: str, *, html: bool = False) -> None:
        super().__init__(facts)
        self._language, self._html = language, html

    def __getitem__(self, name: str) -> Any:
        fact = isolated(shown(name, super().__getitem__(name), self._language), self._language)
        return str(escape(fact)) if self._html else fact

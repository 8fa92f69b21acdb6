"""What templates may say: words, dates, money, addresses and text in another language, all bound to the current page.

Every function here answers a plain ``str`` (escaped by the template) or ``Markup`` built from escaped parts; there is
no way from a template to unescaped text.
"""

import functools
import hashlib
from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import QueryDict
from django.middleware.csrf import get_token
from django.urls import reverse
from markupsafe import Markup, escape

from janaseva.core import dates, words
from janaseva.core import money as amounts
from janaseva.core.text import LANGUAGES, Language, Text, direction_of, in_language, interface_of, language_of
from janaseva.design.headers import FORM_KEY
from janaseva.design.page import current, fault_words, offered, sentence

_DAYS_KEPT: Final = 8_192
"""So many days and moments are kept as they were last said: the lists of a day say the same ones again and again."""
_FORGERY: Final = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">')
_FRAMES_KEPT: Final = 512
"""So many parts of frames are kept, of two or three kilobytes each: those of the addresses opened last."""


def lang_of() -> str:
    """Return the code of the page's language."""
    return current().language


def languages_offered() -> tuple[Language, ...]:
    """Return the languages that the switch of the page offers."""
    return offered(current().language)


def dir_of() -> str:
    """Return the direction of the page's language: ``ltr`` or ``rtl``."""
    return direction_of(current().language)


def say(key: str, **facts: Any) -> str:
    """Return the words of ``key`` in the page's language; facts are shown as people read them.

    Raises:
        KeyError: where the catalogue lacks the key, or the words name a fact that was not given.

    """
    language = current().language
    return sentence(key, language, facts) if facts else _plain_words(key, language)


def _plain_words(key: str, language: str) -> str:
    found = words.find(key, language)
    return found if found is not None and "{" not in found else sentence(key, language, {})


def worded(key: str) -> bool:
    """Return whether the catalogue has words for ``key``."""
    return words.find(key, current().language) is not None


def plain(value: Text | str | None) -> str:
    """Return text in many languages, or a plain string, as one string: for attributes and titles."""
    if value is None or isinstance(value, str):
        return value or ""
    return in_language(value, current().language)


def text(value: Text | str | None) -> Markup | str:
    """Return text for the body of a page; where it fell back, inside a ``span`` with its own ``lang`` and ``dir``."""
    if value is None or isinstance(value, str):
        return value or ""
    reading = current().language
    language = language_of(value, reading)
    said = value.get(language, "")
    if language == interface_of(reading) or not said:
        return said
    return _within(f'<span lang="{escape(language)}" dir="{direction_of(language)}">', said, "</span>")


def _within(before: str, value: object, after: str) -> Markup:
    """Return a value, escaped, between two pieces of HTML of our own; ``Markup.format`` takes five times as long."""
    return Markup("".join((before, escape(value), after)))  # noqa: S704 - as it says


def bdi(value: object) -> Markup:
    """Return a name, number or code that keeps its own direction inside any sentence."""
    return _within("<bdi>", value, "</bdi>")


def money(paise: int, currency: amounts.Currency = "INR") -> Markup:
    """Return an amount, isolated and kept on one line."""
    return _within('<bdi class="money" dir="ltr">', amounts.money(paise, currency=currency), "</bdi>")


def number(value: int) -> str:
    """Return an integer with lakh grouping."""
    return amounts.grouped(value)


def _day(value: date | datetime) -> date:
    return dates.day_in(value, settings.OPTIONS.time_zone) if isinstance(value, datetime) else value


@functools.lru_cache(maxsize=_DAYS_KEPT)
def _said(value: date | datetime, moment: str, way: Callable[[date, str], str], language: str) -> Markup:
    return _time(moment, way(_day(value), language))


def _time(moment: str, said: str) -> Markup:
    return _within(f'<time datetime="{escape(moment)}">', said, "</time>")


def date_long(value: date | datetime) -> Markup:
    """Return a day in words, such as ``5 March 2026``."""
    return _said(value, value.isoformat(), dates.long, current().language)


def date_weekday(value: date | datetime) -> Markup:
    """Return a day in words with its weekday."""
    return _said(value, value.isoformat(), dates.with_weekday, current().language)


def date_numeric(value: date | datetime) -> Markup:
    """Return a day as its short weekday and ``dd-mm-yyyy``, for dense tables."""
    return _numeric(value, value.isoformat(), current().language)


@functools.lru_cache(maxsize=_DAYS_KEPT)
def _numeric(value: date | datetime, moment: str, language: str) -> Markup:
    day = _day(value)
    weekday = dates.weekday_short(day, language)
    return Markup('<time datetime="{}" class="numeric">{} <span dir="ltr">{}</span></time>').format(
        moment, weekday, dates.numeric(day)
    )


def date_time(value: datetime) -> Markup:
    """Return a moment in words in the installation's zone, such as ``Thursday, 5 March 2026, 4:05 pm``."""
    return _at(value, value.isoformat(), current().language, settings.OPTIONS.time_zone)


@functools.lru_cache(maxsize=_DAYS_KEPT)
def _at(value: datetime, moment: str, language: str, zone: str) -> Markup:
    return _time(moment, dates.moment(value, language, zone))


def date_relative(value: date | datetime) -> Markup:
    """Return a day as seen from the request's own: ``tomorrow``, ``in 3 days``; far days as their date."""
    at = current().at
    if at is None:
        return date_weekday(value)
    today = dates.day_in(at, settings.OPTIONS.time_zone)
    return _time(value.isoformat(), dates.relative(_day(value), today, current().language))


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a named route."""
    if args or not all(isinstance(value, UUID) for value in kwargs.values()):
        return reverse(name, args=args or None, kwargs=kwargs or None)
    return _address(name, tuple(kwargs), settings.ROOT_URLCONF).format(**kwargs)


@functools.lru_cache(maxsize=1024)
def _address(name: str, keys: tuple[str, ...], urlconf: str) -> str:
    """Return the address of a route with a place for each of its keys; lists have many addresses of one route."""
    marks = {key: UUID(int=number) for number, key in enumerate(keys)}
    address = reverse(name, urlconf=urlconf, kwargs=marks or None)
    for key, mark in marks.items():
        address = address.replace(str(mark), f"{{{key}}}")
    return address


@functools.cache
def static(path: str) -> str:
    """Return the address of a shipped file; it changes with the file's content, so browsers may keep it for long."""
    found = finders.find(path)
    if not isinstance(found, str):
        raise FileNotFoundError(path)
    fingerprint = hashlib.sha256(Path(found).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={fingerprint}"


def here(**changes: object) -> str:
    """Return the address of the present page with parameters of its query set, or taken out where ``None``."""
    request = current().request
    if request is None:
        return "?"
    if not request.GET:
        set_ = {name: str(value) for name, value in changes.items() if value is not None}
        return f"{request.path}?{urlencode(set_)}" if set_ else request.path
    query: QueryDict = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def framed(component: Callable[..., Markup], **given: Any) -> Markup:
    """Return a part of a page's frame; the same for all who open an address, it is made once for them.

    The frame (name, languages, menu, foot) was half of what a small page costs. Nothing is kept that belongs to one
    reader: of a page with a person's name or a form on it, or with anything after the ``?`` of its address.

    Args:
        component: a component of the frame, which asks the page for its language, theme and address alone.
        **given: what it is called with.

    """
    page = current()
    request = page.request
    own = request is None or request.META.get("QUERY_STRING") or given.get("person") or given.get("out")
    if own or request is None:
        return component(**given)
    words = tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in given.items())
    offered_codes = tuple(settings.OPTIONS.languages)
    return _framed(component, words, (page.language, page.theme, request.path, offered_codes))


@functools.lru_cache(maxsize=_FRAMES_KEPT)
def _framed(component: Callable[..., Markup], given: tuple[tuple[str, Any], ...], of: tuple[object, ...]) -> Markup:
    """Return what ``component`` makes of the page that is being made; ``of`` is all that it asks of that page."""
    del of
    return component(**dict(given))


def kept(component: Callable[..., Markup], *given: Hashable) -> Markup:
    """Return what a component makes, and keep it: the rows of a list show the same few again and again.

    Args:
        component: a component that asks the page for nothing but its language, and knows of no person.
        *given: what it is called with, in its order.

    """
    return _kept(component, given, current().language)


@functools.lru_cache(maxsize=_DAYS_KEPT)
def _kept(component: Callable[..., Markup], given: tuple[Hashable, ...], language: str) -> Markup:
    del language
    return component(*given)


def csrf() -> Markup:
    """Return the hidden field against forged requests; all forms of one page carry the same."""
    request = current().request
    if request is None:
        return _FORGERY.format("")
    field: Markup | None = getattr(request, "_csrf_field", None)
    if field is None:
        field = _FORGERY.format(get_token(request))
        request._csrf_field = field  # type: ignore[attr-defined]  # noqa: SLF001 - masked anew for each request
    return field


def form_key() -> str:
    """Return the idempotency key that every form of this page carries as ``key``; no cache may keep such a page."""
    page = current()
    if page.request is not None:
        setattr(page.request, FORM_KEY, True)
    return page.key


def field_id(place: str) -> str:
    """Return the HTML id of the field whose ``name`` is ``place``; faults link to it."""
    return "f-" + "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in place)


def fault_at(place: str) -> str | None:
    """Return what is wrong at ``place``, in words, or ``None``."""
    page = current()
    return next((fault_words(fault, page.language) for fault in page.faults if fault.place == place), None)


def fault_list() -> list[tuple[str, str]]:
    """Return every fault of the page as its place and its words, in the order in which they were found."""
    page = current()
    return [(fault.place, fault_words(fault, page.language)) for fault in page.faults]


def pick(value: object, name: str) -> object:
    """Return a part of a compound answer (a mapping or ``None``), or an empty string: for fields of several inputs."""
    return value.get(name, "") if isinstance(value, Mapping) else ""


def day_parts(value: object) -> dict[str, str]:
    """Return the day, month and year to show in a date's three inputs, from a date, ISO text or what was typed."""
    if isinstance(value, date):
        return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}
    if isinstance(value, Mapping):
        return {name: str(value.get(name, "")) for name in ("day", "month", "year")}
    year, _, rest = str(value or "").partition("-")
    month, _, day = rest.partition("-")
    return {"day": day.lstrip("0"), "month": month.lstrip("0"), "year": year}


GLOBALS: Final[dict[str, Any]] = {
    "LANGUAGES": LANGUAGES,
    "bdi": bdi,
    "csrf": csrf,
    "date": date_weekday,
    "date_numeric": date_numeric,
    "date_relative": date_relative,
    "date_time": date_time,
    "day_parts": day_parts,
    "dir_of": dir_of,
    "direction_of": direction_of,
    "fault_at": fault_at,
    "fault_list": fault_list,
    "field_id": field_id,
    "form_key": form_key,
    "framed": framed,
    "kept": kept,
    "here": here,
    "lang_of": lang_of,
    "languages_offered": languages_offered,
    "money": money,
    "number": number,
    "pick": pick,
    "plain": plain,
    "say": say,
    "static": static,
    "text": text,
    "url": url,
    "worded": worded,
    "escape": escape,
}

"""One page being made: who asked, in which language, with which faults; and the function that renders it."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from jinja2 import Environment
from markupsafe import Markup, escape

from janaseva.core.ids import secret_token
from janaseva.core.promises import broken, receives
from janaseva.core.refusal import Fault
from janaseva.core.text import FURTHER, LANGUAGES, Language, direction_of, interface_of
from janaseva.core.words import find
from janaseva.design.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every component of a page may ask of the page that it stands on."""

    request: HttpRequest | None
    language: str = "en"
    theme: str = "auto"
    at: datetime | None = None
    """The moment at which the request came in, where a door says so (``request.at``)."""
    faults: tuple[Fault, ...] = ()
    key: str = field(default_factory=secret_token)


_page: ContextVar[Page] = ContextVar("janaseva_page")
_NOBODY = Page(request=None, key="")


def current() -> Page:
    """Return the page being made; outside of one, an English page that nobody asked for."""
    return _page.get(_NOBODY)


@contextmanager
def making(page: Page) -> Iterator[Page]:
    """Make ``page`` the current one while its templates run."""
    token = _page.set(page)
    try:
        yield page
    finally:
        _page.reset(token)


@functools.cache
def jinja() -> Environment:
    """Return the one template environment, as Django's settings describe it."""
    environment: Environment = cast("Jinja2", engines["jinja2"]).env
    return environment


def sentence(key: str, language: str, facts: Mapping[str, Any]) -> str:
    """Return the words of ``key`` in ``language`` with their facts shown and isolated.

    Where a fact is markup, the words are escaped and the whole is markup: a component stands in a sentence as itself.

    Raises:
        KeyError: where the catalogue lacks the key, or the words name a fact that was not given.

    """
    count = facts.get("count")
    found = find(key, language, count=count if isinstance(count, int) else None)
    if found is None:
        raise KeyError(key)
    if not facts or "{" not in found:
        return found
    if any(isinstance(fact, Markup) for fact in facts.values()):  # ``Markup.format_map`` takes five times as long
        words = str(escape(found)).format_map(Facts(facts, language, html=True))
        return Markup(words)  # noqa: S704 - words and facts are escaped
    return found.format_map(Facts(facts, language))


def fault_words(fault: Fault, language: str) -> str:
    """Return what is wrong, in words: the definition's own, else the catalogue's under ``fault.`` or ``refusal.``."""
    own = fault.words.get(language) or fault.words.get("en")
    if own:
        return own
    count = fault.facts.get("count")
    for group in ("fault", "refusal"):
        if find(f"{group}.{fault.code}", language, count=count if isinstance(count, int) else None) is not None:
            return sentence(f"{group}.{fault.code}", language, fault.facts)
    return sentence("refusal.invalid", language, {})


def page_for(request: HttpRequest, faults: Iterable[Fault] = (), key: str = "") -> Page:
    """Return the page that ``request`` asks for; a ``key`` given keeps the idempotency key of a form shown again."""
    return Page(
        request=request,
        language=getattr(request, "language", "en"),
        theme=getattr(request, "theme", "auto"),
        at=getattr(request, "at", None),
        faults=tuple(faults),
        key=key or secret_token(),
    )


def offered(reading: str) -> tuple[Language, ...]:
    """Return what the switch of languages offers: those that the installation names, and always the one being read.

    A further language is offered with the interface in the language beside it, and with the interface in English.
    """
    codes = [code for code in (*LANGUAGES, *FURTHER) if code in settings.OPTIONS.languages]
    every = [one for code in codes for one in ((code,) if code in LANGUAGES else (code, f"{code}-en"))]
    return tuple(_named(code) for code in dict.fromkeys([*every, reading]))


def _named(code: str) -> Language:
    own, _, interface = code.partition("-")
    found = LANGUAGES.get(own) or FURTHER[own]
    return replace(found, code=code, name=f"{found.name} · {LANGUAGES[interface].name}") if interface else found


def context_of(page: Page) -> dict[str, Any]:
    """Return what every template is given besides its own context."""
    request = page.request
    return {
        "request": request,
        "lang": interface_of(page.language),
        "dir": direction_of(page.language),
        "theme": page.theme,
        "languages": tuple(LANGUAGES.values()),
        "signed_in": getattr(request, "signed_in", None),
        "faults": page.faults,
        "state_name": settings.OPTIONS.state_name,
        "demonstration": settings.OPTIONS.demonstration,
        "paused": bool(broken()),
        "receives": receives(),
        "save_data": request is not None and request.headers.get("Save-Data", "").lower() == "on",
        "request_id": getattr(request, "request_id", ""),
    }


def words_of(page: Page, template: str, context: Mapping[str, Any] | None = None) -> str:
    """Return the text of ``template`` made on ``page``."""
    with making(page):
        return jinja().get_template(template).render({**context_of(page), **(context or {})})


def render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    faults: Iterable[Fault] = (),
    key: str = "",
) -> HttpResponse:
    """Return the response that shows ``template``.

    Args:
        request: the request being answered; its language and theme were chosen by the middleware.
        template: a path below a templates folder, such as ``portal/apply/question.html``.
        context: what the template needs of its own.
        status: the HTTP status.
        faults: what is wrong with the answers given (``Invalid.faults``): the layout lists them first, and each field
            component whose ``name`` is a fault's ``place`` shows it.
        key: the idempotency key of the forms on the page; empty makes a new one.

    """
    return HttpResponse(words_of(page_for(request, faults, key), template, context), status=status)

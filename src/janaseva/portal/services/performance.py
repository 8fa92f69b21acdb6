"""How services and offices go, for everyone to read, keep and count with: pages, and the same as CSV."""

from collections.abc import Iterator
from typing import Final, cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from janaseva.core.audience import audience
from janaseva.core.text import in_language
from janaseva.design import table_file
from janaseva.design.headers import kept_by_nobody, public
from janaseva.doorway.visitor import at
from janaseva.portal.page import language, show
from janaseva.services import queries
from janaseva.services.queries import Line, Performance
from janaseva.services.rules.disclosure import Count
from janaseva.services.rules.performance import PERIODS, Period

USUAL: Final[Period] = 90
PAGE: Final = 100
"""So many offices stand on one page; the CSV has them all."""

COUNTED: Final = ("waiting", "waiting_late", "decided", "dated", "late", "refused", "lapsed", "taken", "out_of_turn")
SHARES: Final = (("late", "dated"), ("refused", "decided"), ("out_of_turn", "taken"))


def period_of(request: HttpRequest) -> Period:
    """Return the period that is asked for; the usual one where none of ours is."""
    asked = request.GET.get("days", "")
    return cast("Period", int(asked)) if asked in {str(one) for one in PERIODS} else USUAL


@require_safe
@audience("anyone")
@public(300, "days", "as")
def everything(request: HttpRequest) -> HttpResponse:
    """Show how all services go, service by service."""
    return _answer(request, queries.performance(at(request), period_of(request)), "all")


@require_safe
@audience("anyone")
@public(300, "days", "as")
def service(request: HttpRequest, service: str) -> HttpResponse:
    """Show how one service goes: against its promise, why it was refused, and office by office."""
    return _answer(request, queries.service_performance(at(request), period_of(request), service), "service")


@require_safe
@audience("anyone")
@public(300, "days", "as")
def office(request: HttpRequest, office: str) -> HttpResponse:
    """Show how one office goes, service by service."""
    return _answer(request, queries.office_performance(at(request), period_of(request), office), "office")


def _answer(request: HttpRequest, found: Performance, kind: str) -> HttpResponse:
    if request.GET.get("as") == "csv":
        return _once_known(request, _as_csv(request, found))
    pages = max(1, -(-len(found.lines) // PAGE))
    asked = request.GET.get("page", "")
    page = min(pages, int(asked)) if asked.isascii() and asked.isdigit() and 0 < len(asked) < len("1000000") else 1
    page = max(1, page)
    context = {
        "kind": kind,
        "found": found,
        "lines": found.lines[(page - 1) * PAGE : page * PAGE],
        "page": page,
        "pages": pages,
        "periods": PERIODS,
        "shares": SHARES,
        "told_bands": [(name, told.value) for name, told in found.bands if told.value is not None],
        "is_waiting_told": any(told.value is None for _, told in found.bands),
    }
    return _once_known(request, show(request, "portal/performance/performance.html", context, here="services"))


def _once_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let what is asked for in no way that we know be kept by nobody."""
    known = {"days": {str(one) for one in PERIODS}, "as": {"csv"}}
    if any(value not in known.get(name, {value}) for name, value in request.GET.items()):
        kept_by_nobody(response)
    return response


def _as_csv(request: HttpRequest, found: Performance) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = found.service.key if found.service else found.office.key if found.office else "all"
    response["Content-Disposition"] = f'attachment; filename="performance-{name}-{found.period}-days.csv"'
    header = [
        *("key", "name", *COUNTED, "median_days", "ninetieth_percentile_days", "promised_days", "promised_counts"),
        *(f"{part}_percent_of_{whole}" for part, whole in SHARES),
    ]
    table_file.write(response, [header, *(_row(line, language(request)) for line in _all_lines(found))])
    return response


def _all_lines(found: Performance) -> Iterator[Line]:
    if found.total is not None:
        yield found.total
    yield from found.lines


def _row(line: Line, spoken: str) -> list[str]:
    numbers = (line.median_days, line.ninetieth_days, line.promised_days)
    shares = (line.share(part, whole) for part, whole in SHARES)
    return [
        line.key or "all",
        in_language(line.names, spoken) if line.names else "",
        *(_told(line.counts[name]) for name in COUNTED),
        *("" if number is None else str(number) for number in numbers),
        line.promised_counts,
        *("" if share is None else str(share) for share in shares),
    ]


def _told(count: Count) -> str:
    """Return a count as a machine reads it: a number, ``under_5`` or ``withheld``."""
    return str(count.value) if count.is_exact else count.shown

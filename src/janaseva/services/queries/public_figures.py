"""How services and offices go, for everyone: what waits, how long it took, what was late, refused, out of turn.

Counted by the database in a number of statements that does not depend on how much there is, once in some minutes for
all readers of all pages, and told only as ``rules.disclosure`` lets it be told. To count a year of a large state takes
minutes: so that is done beside the readers, of whom none waits for long, and no page counts anything of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, Func, IntegerField, Q
from django.db.models.functions import TruncDate

from janaseva.core.lately import Lately
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.people import queries as people
from janaseva.people.queries import OfficeView
from janaseva.services.models import Application, Decision
from janaseva.services.queries.catalogue import CatalogueLine, catalogue
from janaseva.services.queries.definitions import in_force
from janaseva.services.queries.packs import today
from janaseva.services.rules import disclosure
from janaseva.services.rules import performance as rules
from janaseva.services.rules.disclosure import WITHHELD, Tree
from janaseva.services.rules.disclosure import Count as Told
from janaseva.workflow import queries as workflow

KEPT_SECONDS: Final = 300
PATIENCE_SECONDS: Final = 2.0
_CHUNK: Final = 10_000
MEASURES: Final = ("waiting", "waiting_late", "decided", "dated", "late", "refused", "lapsed", "taken", "out_of_turn")
"""What is counted. ``dated``: of those decided, the ones to which a day was promised; ``late`` are part of these.
``lapsed`` came to nothing by the passing of a time: they are none of those decided, neither refused nor late."""

PART_OF: Final = {
    "waiting_late": "waiting",
    "dated": "decided",
    "late": "dated",
    "refused": "decided",
    "out_of_turn": "taken",
}
_Group = dict[str, dict[str, dict[str, int]]]


class DaysBetween(Func):
    """The whole days from the first date to the second."""

    arity = 2
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return the difference of two days as SQLite counts it."""
        return self.as_sql(
            compiler,
            connection,
            template="CAST(-(%(expressions)s) AS INTEGER)",
            arg_joiner=" - ",
            **context,
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return the difference of two days as PostgreSQL counts it."""
        return self.as_sql(compiler, connection, template="(-(%(expressions)s))", arg_joiner=" - ", **context)


class JulianDay(Func):
    """A date as a number of days, where dates are no numbers."""

    function = "julianday"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return the date itself: here dates can be subtracted."""
        return self.as_sql(compiler, connection, template="%(expressions)s", **context)


class Days(NamedTuple):
    """How many days decisions took: at most so many the quicker half, and nine in ten of them."""

    median: int | None
    ninetieth: int | None


Place = tuple[str, str]
"""A service and an office; the office empty for all of its offices, both for everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One service, one office, or all: each measure as it may be shown; days only where enough were decided."""

    key: str
    names: Text
    counts: Mapping[str, Told]
    median_days: int | None = None
    ninetieth_days: int | None = None
    promised_days: int | None = None
    promised_counts: str = ""

    def share(self, part: str, whole: str) -> int | None:
        """Return a share in whole percent, where it may be said."""
        return disclosure.share(self.counts[part], self.counts[whole])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything that may be told of one period, by measure, and the offices that it is told of."""

    at: datetime
    trees: Mapping[str, Tree]
    bands: Mapping[str, Mapping[str, int]]
    reasons: Mapping[str, Mapping[str, int]]
    days: Mapping[Place, Days]
    offices: Mapping[str, OfficeView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What one page shows: all together (of an office only its lines), and line by line."""

    period: int
    at: datetime
    total: Line | None
    lines: Sequence[Line]
    bands: Sequence[tuple[str, Told]] = ()
    reasons: Sequence[tuple[Text, Told]] = ()
    service: CatalogueLine | None = None
    office: OfficeView | None = None


_kept: Final = Lately[Sheet](KEPT_SECONDS, patience=PATIENCE_SECONDS)


def performance(at: datetime, period: rules.Period) -> Performance:
    """Return how all services go, service by service. For everyone.

    Raises:
        Refusal: ``still_counting`` (503).

    """
    sheet = _sheet(at, period)
    counts = {name: tree.total for name, tree in sheet.trees.items()}
    named = {line.key: line for line in catalogue(today(at))}
    lines = [
        _line(key, named[key].name, _of_service(sheet, key), sheet.days.get((key, "")), promise=named[key])
        for key in sorted(_services(sheet) & set(named))
    ]
    return Performance(period=period, at=sheet.at, total=_line("", {}, counts, sheet.days.get(("", ""))), lines=lines)


def service_performance(at: datetime, period: rules.Period, service: str) -> Performance:
    """Return how one service goes, office by office, with what waits against its promise and why it was refused.

    Raises:
        Refusal: ``not_found``; ``still_counting`` (503).

    """
    definition = in_force(service, today(at)).definition
    sheet = _sheet(at, period)
    promise = next(line for line in catalogue(today(at)) if line.key == service)
    counts = _of_service(sheet, service)
    offices = {office for tree in sheet.trees.values() for office in tree.offices.get(service, ())}
    named = sheet.offices
    lines = [
        _line(
            named[office].key,
            named[office].names,
            _of_office(sheet, service, office),
            sheet.days.get((service, office)),
        )
        for office in sorted(offices & named.keys(), key=lambda one: named[one].key)
    ]
    titles = {reason.key: reason.title for reason in definition.out.reasons}
    return Performance(
        period=period,
        at=sheet.at,
        total=_line(service, promise.name, counts, sheet.days.get((service, "")), promise=promise),
        lines=lines,
        bands=_bands(sheet, service, counts),
        reasons=[(titles.get(key, {}), told) for key, told in _reasons(sheet, service, counts)],
        service=promise,
    )


def office_performance(at: datetime, period: rules.Period, office: str) -> Performance:
    """Return how one office goes, service by service; without sums, from which hidden numbers could be worked out.

    Raises:
        Refusal: ``not_found``; ``still_counting`` (503).

    """
    view = people.office_by_key(office)
    if view is None:
        raise not_found()
    sheet, place = _sheet(at, period), str(view.id)
    named = {line.key: line for line in catalogue(today(at))}
    served = {key for tree in sheet.trees.values() for key, offices in tree.offices.items() if place in offices}
    lines = [
        _line(key, named[key].name, _of_office(sheet, key, place), sheet.days.get((key, place)), promise=named[key])
        for key in sorted(served & set(named))
    ]
    return Performance(period=period, at=sheet.at, total=None, lines=lines, office=view)


def _sheet(at: datetime, period: int) -> Sheet:
    """Return the sheet of a period, counted once in five minutes, or more seldom where that takes long."""
    return _kept.get(period, at, lambda: _counted(at, at - timedelta(days=period)))


def _counted(at: datetime, since: datetime) -> Sheet:
    groups: _Group = {name: defaultdict(dict) for name in MEASURES}
    bands: dict[str, Counter[str]] = defaultdict(Counter)
    for service, office, *numbers in _waiting(at):
        found = dict(zip(rules.BANDS, numbers, strict=True))
        bands[service].update(found)
        groups["waiting"][service][office] = sum(numbers)
        groups["waiting_late"][service][office] = sum(found[name] for name in rules.LATE)
    days = _decided(at, since, groups)
    for service, office, number in _lapsed(at, since):
        groups["lapsed"][service][office] = number
    for turn in workflow.turns(since=since, at=at):
        groups["taken"][turn.definition_key][str(turn.office_id)] = turn.taken
        groups["out_of_turn"][turn.definition_key][str(turn.office_id)] = turn.out_of_turn
    reasons: dict[str, dict[str, int]] = defaultdict(dict)
    for service, reason, number in _refused(at, since):
        reasons[service][reason] = number
    trees = {
        name: disclosure.tree(found, of=groups[PART_OF[name]] if name in PART_OF else None)
        for name, found in groups.items()
    }
    places = {office for tree in trees.values() for offices in tree.offices.values() for office in offices}
    offices = {str(office.id): office for office in people.offices_by_id(places)}
    return Sheet(at=at, trees=trees, bands=bands, reasons=reasons, days=days, offices=offices)


def _waiting(at: datetime) -> Iterable[tuple[Any, ...]]:
    """Yield service, office and how many wait in each band."""
    inside = {
        name: Q(**({"due_at__gte": after} if after else {}), **({"due_at__lt": until} if until else {}))
        for name, (after, until) in rules.edges(at).items()
    } | {"undated": Q(due_at__isnull=True)}
    rows = Application.objects.filter(state="begun", office_id__isnull=False)
    counted = rows.values_list("service_key", "office_id").annotate(
        **{name: Count("pk", filter=inside[name]) for name in rules.BANDS}
    )
    return ((service, str(office), *numbers) for service, office, *numbers in counted.order_by())


def _ended(at: datetime, since: datetime) -> Any:
    return Application.objects.filter(
        state="decided", ended_at__gt=since, ended_at__lte=at, office_id__isnull=False, received_at__isnull=False
    )


def _decided(at: datetime, since: datetime, groups: _Group) -> dict[Place, Days]:
    """Count into ``groups`` what was decided, of that dated and late, and refused; return how many days it took."""
    took: dict[Place, Days] = {}
    every, of_service = Counter[int](), defaultdict[str, Counter[int]](Counter)
    for (service, office), rows in groupby(_decided_by_days(at, since), key=lambda row: (row[0], str(row[1]))):
        days, sums = Counter[int](), Counter[str]()
        for _, _, number_of_days, *numbers in rows:
            days[number_of_days] += numbers[0]
            sums.update(dict(zip(("decided", "dated", "late", "refused"), numbers, strict=True)))
        for name, number in sums.items():
            groups[name][service][office] = number
        took[service, office] = _tenths(days)
        of_service[service].update(days)
        every.update(days)
    return took | {(service, ""): _tenths(days) for service, days in of_service.items()} | {("", ""): _tenths(every)}


def _decided_by_days(at: datetime, since: datetime) -> Iterator[tuple[Any, ...]]:
    """Yield service, office, in how many days since the day of receipt, and how many decisions; office after office.

    They come in parts: a large state has a million of them.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    received, ended = (JulianDay(TruncDate(name, tzinfo=zone)) for name in ("received_at", "ended_at"))
    counted = _ended(at, since).values_list("service_key", "office_id").annotate(days=DaysBetween(received, ended))
    counted = counted.values_list("service_key", "office_id", "days").annotate(
        decided=Count("pk"),
        dated=Count("pk", filter=Q(due_at__isnull=False)),
        late=Count("pk", filter=Q(ended_at__gt=F("due_at"))),
        refused=Count("pk", filter=Q(outcome="refused")),
    )
    found: Iterator[tuple[Any, ...]] = counted.order_by("service_key", "office_id").iterator(chunk_size=_CHUNK)
    return found


def _tenths(days: Counter[int]) -> Days:
    return Days(rules.tenth(days, rules.MEDIAN), rules.tenth(days, rules.NINETIETH))


def _lapsed(at: datetime, since: datetime) -> Iterable[tuple[str, str, int]]:
    """Yield service, office and how many came to nothing by the passing of a time, decided by nobody."""
    rows = Application.objects.filter(state="lapsed", ended_at__gt=since, ended_at__lte=at, office_id__isnull=False)
    counted = rows.values_list("service_key", "office_id").annotate(number=Count("pk"))
    return ((service, str(office), number) for service, office, number in counted.order_by())


def _refused(at: datetime, since: datetime) -> Iterable[tuple[str, str, int]]:
    """Yield service, coded reason and how many were refused for it."""
    ended = {"application__state": "decided", "application__ended_at__gt": since, "application__ended_at__lte": at}
    rows = Decision.objects.filter(outcome="refused", application__outcome="refused", **ended)
    counted = rows.values_list("application__service_key", "reason").annotate(
        number=Count("application", distinct=True)
    )
    return ((service, reason, number) for service, reason, number in counted.order_by())


def _services(sheet: Sheet) -> set[str]:
    return {service for tree in sheet.trees.values() for service in tree.services}


def _of_service(sheet: Sheet, service: str) -> dict[str, Told]:
    return {name: tree.services.get(service, Told(0)) for name, tree in sheet.trees.items()}


def _of_office(sheet: Sheet, service: str, office: str) -> dict[str, Told]:
    return {name: tree.offices.get(service, {}).get(office, Told(0)) for name, tree in sheet.trees.items()}


def _line(
    key: str,
    names: Text,
    counts: Mapping[str, Told],
    days: Days | None,
    *,
    promise: CatalogueLine | None = None,
) -> Line:
    enough = (counts["decided"].value or 0) >= disclosure.SMALL
    return Line(
        key=key,
        names=names,
        counts=counts,
        median_days=days.median if enough and days else None,
        ninetieth_days=days.ninetieth if enough and days else None,
        promised_days=promise.days if promise else None,
        promised_counts=promise.counts if promise else "",
    )


def _bands(sheet: Sheet, service: str, counts: Mapping[str, Told]) -> list[tuple[str, Told]]:
    """Return what waits by band: the late ones and the others each sum up to a number that may itself be hidden."""
    found = {name: sheet.bands.get(service, {}).get(name, 0) for name in rules.BANDS}
    late = disclosure.branch({name: found[name] for name in rules.LATE}, hidden=not counts["waiting_late"].is_exact)
    both = counts["waiting"].is_exact and counts["waiting_late"].is_exact
    rest = disclosure.branch({name: found[name] for name in found if name not in rules.LATE}, hidden=not both)
    told = {**late.parts, **rest.parts}
    return [(name, told[name]) for name in rules.BANDS]


def _reasons(sheet: Sheet, service: str, counts: Mapping[str, Told]) -> list[tuple[str, Told]]:
    """Return the coded reasons of refusals, the most frequent first; unless their sum may not be said."""
    found = sheet.reasons.get(service, {})
    told = disclosure.branch(found, hidden=not counts["refused"].is_exact).parts
    if counts["refused"].value != sum(found.values()):
        told = dict.fromkeys(found, WITHHELD)
    return sorted(told.items(), key=lambda one: (-(one[1].value or 0), one[0]))

"""A pack: its own facts (name, jurisdiction, languages, departments), its calendars, and its files by name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError, model_validator

from janaseva.core.source import Source, SourceError, SourceFault, read
from janaseva.forms.rules import Sourced, Words
from janaseva.services.rules.definition import AreaCode, PublishedText
from janaseva.services.rules.parts import Code
from janaseva.workflow.rules import Calendar, HalfDay, Layer, layered

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_PARENT = re.compile(r"^parent:", re.MULTILINE)
"""A calendar file that names its parent is a layer."""
_WEEK: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Pack(Sourced):
    """The facts of one pack (``pack.yaml``). A ``model`` state does not exist: its services are there to copy from."""

    key: Code
    model: bool = False
    name: Words
    country: Literal["IN", "PK"]
    jurisdiction: AreaCode
    languages: tuple[Literal["en", "ml", "hi", "ur", "sd", "mr", "kok", "ne", "mai", "doi"], ...] = Field(min_length=1)
    time_zone: str
    calendar: Code
    departments: dict[Code, Words] = Field(min_length=1)
    depends: tuple[Code, ...] = ()


class CalendarDay(Sourced):
    """One holiday, or one day declared open, or one closure."""

    day: date
    title: Words


Hour = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class HalfDayText(CalendarDay):
    """A day on which the office is open only until ``closes``."""

    closes: Hour


class LayerText(Sourced):
    """What a district (``area``) or one ``office`` has otherwise than its ``parent``; what is left out is as there."""

    key: Code
    name: Words
    parent: Code
    area: AreaCode | None = None
    office: Code | None = None
    weekly_off: tuple[Weekday, ...] | None = None
    saturdays_off: tuple[Annotated[int, Field(ge=1, le=5)], ...] | None = None
    opens: Hour | None = None
    closes: Hour | None = None
    known_until: date | None = None
    holidays: tuple[CalendarDay, ...] = ()
    closures: tuple[CalendarDay, ...] = ()
    workdays: tuple[CalendarDay, ...] = ()
    half_days: tuple[HalfDayText, ...] = ()
    unknown: str | None = None

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.area is None) == (self.office is None):
            message = "give either area: or office:, whose days these are"
            raise ValueError(message)
        return self

    def layer(self) -> Layer:
        """Return the layer as workflow lays it over its parent."""
        return Layer(
            weekly_off=None if self.weekly_off is None else frozenset(_WEEK.index(day) for day in self.weekly_off),
            saturdays_off=None if self.saturdays_off is None else frozenset(self.saturdays_off),
            opens=None if self.opens is None else time.fromisoformat(self.opens),
            closes=None if self.closes is None else time.fromisoformat(self.closes),
            known_until=self.known_until,
            **_days(self),
        )


class CalendarText(Sourced):
    """The days of one state (``calendars/<key>.yaml``).

    ``saturdays_off`` are places in the month: 2 is the second Saturday. ``known_until`` is the last day for which the
    notified holidays are written here (without it, the end of the last year that has any); ``unknown`` says what must
    still be found.
    """

    key: Code
    name: Words
    time_zone: str
    weekly_off: tuple[Weekday, ...] = ("sunday",)
    saturdays_off: tuple[Annotated[int, Field(ge=1, le=5)], ...] = ()
    opens: Hour = "10:00"
    closes: Hour = "17:00"
    known_until: date | None = None
    holidays: tuple[CalendarDay, ...] = ()
    closures: tuple[CalendarDay, ...] = ()
    workdays: tuple[CalendarDay, ...] = ()
    half_days: tuple[HalfDayText, ...] = ()
    unknown: str | None = None

    def calendar(self) -> Calendar:
        """Return the calendar as workflow counts by it."""
        return Calendar(
            key=self.key,
            time_zone=self.time_zone,
            weekly_off=frozenset(_WEEK.index(day) for day in self.weekly_off),
            saturdays_off=frozenset(self.saturdays_off),
            **_days(self),
            opens=time.fromisoformat(self.opens),
            closes=time.fromisoformat(self.closes),
            known_until=self.known_until or date(max((one.day.year for one in self.holidays), default=1), 12, 31),
        )


def _days(text: CalendarText | LayerText) -> dict[str, Any]:
    """Return the days that a file names, as calendars and layers take them."""
    return {
        "holidays": {one.day: one.title["en"] for one in text.holidays},
        "closures": {one.day: one.title["en"] for one in text.closures},
        "workdays": frozenset(one.day for one in text.workdays),
        "half_days": {
            one.day: HalfDay(closes=time.fromisoformat(one.closes), title=one.title["en"]) for one in text.half_days
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class PackText:
    """The files of one pack as they were read: ``files`` of the pack itself by path, ``services`` by key."""

    key: str
    folder: str
    files: Mapping[str, str]
    services: Mapping[str, Mapping[str, str]]

    def published(self, service: str) -> PublishedText:
        """Return what makes one service: its own files, and those that it shares with the others of the pack."""
        return PublishedText(files={**self.shared(), **self.services[service]})

    def shared(self) -> dict[str, str]:
        """Return the pack's facts, its act, sources and glossaries."""
        return {
            name: text
            for name, text in self.files.items()
            if name in ("pack.yaml", "sources.yaml", "rights.yaml")
            or (name.startswith("glossary.") and "/" not in name)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminedPack:
    """What a pack's own files came to."""

    pack: Pack | None
    calendars: Mapping[str, CalendarText]
    layers: tuple[LayerText, ...]
    faults: tuple[SourceFault, ...]


def examine_pack(text: PackText) -> ExaminedPack:
    """Return the facts and calendars of a pack, and every fault in their files."""
    faults: list[SourceFault] = []
    pack = _model(Pack, text, "pack.yaml", faults)
    calendars, layers = _calendars(text, faults)
    if pack is not None and pack.calendar not in calendars:
        message = f"there is no calendar '{pack.calendar}'"
        mend = f"write calendars/{pack.calendar}.yaml"
        faults.append(SourceFault(file=f"{text.folder}/pack.yaml", line=1, column=1, message=message, mend=mend))
    for number, name in enumerate(sorted(text.files)):
        del number
        if name == "sources.yaml" or name.startswith("glossary."):
            _strings(text, name, faults)
    return ExaminedPack(pack=pack, calendars=calendars, layers=layers, faults=tuple(faults))


def _calendars(text: PackText, faults: list[SourceFault]) -> tuple[dict[str, CalendarText], tuple[LayerText, ...]]:
    """Return the calendars by key, and the layers over them, each after the one on which it stands."""
    calendars: dict[str, CalendarText] = {}
    waiting: list[tuple[str, LayerText]] = []
    for name in sorted(text.files):
        if not name.startswith("calendars/"):
            continue
        kind = LayerText if _PARENT.search(text.files[name]) else CalendarText
        made = _model(kind, text, name, faults)
        if isinstance(made, CalendarText):
            calendars[made.key] = made
        elif made is not None:
            waiting.append((name, made))
    found: dict[str, Calendar] = {key: one.calendar() for key, one in calendars.items()}
    layers: list[LayerText] = []
    while ready := [one for one in waiting if one[1].parent in found]:
        for name, one in ready:
            waiting.remove((name, one))
            layers.append(one)
            try:
                found[one.key] = layered(found[one.parent], one.layer())
            except ValueError as error:
                faults.append(_at_top(text, name, str(error), "see docs/definers/calendars.md"))
                found[one.key] = found[one.parent]
    for name, one in waiting:
        mend = "name the key of a calendar of this pack; layers do not stand on each other in a ring"
        faults.append(_at_top(text, name, f"there is no calendar '{one.parent}' to stand on", mend))
    return calendars, tuple(layers)


def _at_top(text: PackText, name: str, message: str, mend: str) -> SourceFault:
    return SourceFault(file=f"{text.folder}/{name}", line=1, column=1, message=message, mend=mend)


def _read(text: PackText, name: str, faults: list[SourceFault]) -> Source | None:
    content = text.files.get(name)
    if content is None:
        message = "the file is missing"
        faults.append(SourceFault(file=f"{text.folder}/{name}", line=1, column=1, message=message, mend="write it"))
        return None
    try:
        return read(content, f"{text.folder}/{name}")
    except SourceError as error:
        faults.append(error.fault)
        return None


def _model(kind: type[Any], text: PackText, name: str, faults: list[SourceFault]) -> Any:
    source = _read(text, name, faults)
    if source is None:
        return None
    try:
        made = TypeAdapter(kind).validate_python(source.tree)
        if isinstance(made, CalendarText):
            made.calendar()
    except ValidationError as error:
        for one in error.errors(include_url=False):
            path = tuple(one["loc"])
            faults.append(source.fault(path, f"{'.'.join(map(str, path))}: {one['msg']}", "see docs/definers"))
        return None
    except ValueError as error:
        faults.append(source.fault((), str(error), "see docs/definers"))
        return None
    return made


def _strings(text: PackText, name: str, faults: list[SourceFault]) -> None:
    source = _read(text, name, faults)
    if source is None:
        return
    if not isinstance(source.tree, Mapping):
        faults.append(source.fault((), "the file holds no 'key: value' lines", "write one on each line"))
        return
    for key, value in source.tree.items():
        if not isinstance(value, str):
            faults.append(source.fault((key,), f"'{key}' is not text", "put the value in quotes"))

"""The pack that a definition came with: whose service it is, in which languages and on whose calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from janaseva.core.refusal import not_found
from janaseva.core.source import read
from janaseva.core.text import Text, own_of
from janaseva.people import queries as people
from janaseva.services.models import Definition as DefinitionRow
from janaseva.services.queries.definitions import compiled
from janaseva.services.rules.deciding import letter_languages as able_languages
from janaseva.services.rules.outcomes import Issuer
from janaseva.services.rules.pack import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFacts:
    """What a pack says of itself, and the names of the state that its jurisdiction is."""

    key: str
    state: Text
    languages: tuple[str, ...]
    time_zone: str
    calendar: str
    departments: Mapping[str, Text]
    country: str
    has_letter: bool


@lru_cache(maxsize=1024)
def pack_of(definition_id: UUID) -> PackFacts:
    """Return the facts of the pack with which a definition was published; like the definition, they never change.

    Raises:
        Refusal: ``not_found``.

    """
    files = DefinitionRow.objects.filter(pk=definition_id).values_list("files", flat=True).first()
    if files is None:
        raise not_found()
    pack = Pack.model_validate(read(files["pack.yaml"], "pack.yaml").tree)
    area = people.area_by_reference(pack.jurisdiction)
    return PackFacts(
        key=pack.key,
        state=area.names if area else pack.name,
        languages=tuple(pack.languages),
        time_zone=pack.time_zone,
        calendar=pack.calendar,
        departments=pack.departments,
        country=pack.country,
        has_letter="letter.typ" in files,
    )


def today(at: datetime, time_zone: str = "") -> date:
    """Return the day that a moment falls on where the state is."""
    return at.astimezone(ZoneInfo(time_zone or settings.TIME_ZONE)).date()


def letter_of(definition_id: UUID) -> str:
    """Return the letter in which a definition's certificate is set: its own where it has one, else the platform's."""
    facts = pack_of(definition_id)
    return f"{facts.key}/services/{compiled(definition_id).key}/letter.typ" if facts.has_letter else "certificate"


def letter_languages(definition_id: UUID, chosen: str) -> list[str]:
    """Return the languages of a letter: English, and that of the application or of its pack that has the words."""
    facts, own = pack_of(definition_id), own_of(chosen)
    wanted = [own if own in facts.languages and own != "en" else "", *facts.languages]
    local = [language for language in wanted if language and language != "en"]
    able = able_languages(compiled(definition_id), ["en", *local])
    first = next((language for language in local if language in able), None)
    return ["en"] if first is None else ["en", first]


def issuer_of(
    definition_id: UUID, office_id: UUID, *, post_id: UUID | None = None, at: datetime | None = None
) -> Issuer:
    """Return in whose name letters of this definition are written by an office, and by a post in it.

    Raises:
        Refusal: ``not_found`` where there is no such office.

    """
    facts = pack_of(definition_id)
    office = people.office(office_id)
    if office is None:
        raise not_found()
    post = people.post(post_id) if post_id else None
    holder = people.holder_of(post_id, at) if post_id and at else None
    return Issuer(
        state=facts.state,
        department=facts.departments.get(compiled(definition_id).what.department, {}),
        office=office.names,
        post=post.names if post else {},
        officer=holder.names if holder else {},
        demonstration=office.is_demonstration,
    )


def area_names(reference: str) -> Text:
    """Return the names of an area by ``scheme:code``; the reference itself where the directory does not know it."""
    area = people.area_by_reference(reference)
    return area.names if area else {"en": reference}

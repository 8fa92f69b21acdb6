"""Definitions as compiled objects. They never change, so each is compiled once a process and kept."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final
from uuid import UUID

from janaseva.core.refusal import not_found
from janaseva.people import queries as people
from janaseva.services.models import Definition as DefinitionRow
from janaseva.services.models import Service
from janaseva.services.rules import compiling
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.purposed import for_purpose

KEPT = 512
FRESH_SECONDS: Final = 30
"""For so long at most the way from an area outwards is known without reading it again."""
_compiled: dict[tuple[UUID, str], Definition] = {}
_lock = threading.Lock()


class Places:
    """The directory of areas as formulas and forms ask it: whether an area is known, and whether it lies in another."""

    def knows(self, area: str, /) -> bool:
        """Return whether there is such an area (``scheme:code``)."""
        return _path(area) != ()

    def within(self, area: str, outer: str, /) -> bool:
        """Return whether ``area`` is ``outer`` or lies in it."""
        return outer in _path(area)


PLACES = Places()


@lru_cache(maxsize=8192)
def _known_path(area: str, _turn: int) -> tuple[str, ...]:
    """Return the references from the area outwards, as they were read in this turn of :data:`FRESH_SECONDS`.

    Areas do not go, but a directory that is loaded anew may lay one into another district; formulas ask many times.
    """
    found = people.area_by_reference(area)
    if found is None:
        raise LookupError(area)
    return tuple(view.reference for view in people.area_path(found.id))


def _path(area: str) -> tuple[str, ...]:
    try:
        return _known_path(area, int(time.monotonic() // FRESH_SECONDS))
    except (LookupError, ValueError):
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A definition in force, with the row's id that an application points to."""

    id: UUID
    pack: str
    definition: Definition


def compiled(definition_id: UUID, purpose: str = "") -> Definition:
    """Return the definition of this row, compiled, as it holds for a purpose.

    Raises:
        Refusal: ``not_found``, also where it does not know the purpose.

    """
    known = _compiled.get((definition_id, purpose))
    if known is not None:
        return known
    packed = DefinitionRow.objects.filter(pk=definition_id).values_list("packed", flat=True).first()
    if packed is None:
        raise not_found()
    try:
        definition = for_purpose(compiling.unpacked(packed), purpose)
    except LookupError:
        raise not_found() from None
    with _lock:
        if len(_compiled) >= KEPT:
            _compiled.clear()
        _compiled[definition_id, purpose] = definition
    return definition


def rows_in_force(today: date) -> Mapping[str, tuple[UUID, str]]:
    """Return the definition id and the pack of each service by its key: the latest version whose day has come."""
    found: dict[str, tuple[UUID, str]] = {}
    rows = DefinitionRow.objects.filter(effective_from__lte=today).order_by("service_id", "version")
    for key, pack, definition_id in rows.values_list("service__key", "service__pack", "id"):
        found[key] = (definition_id, pack)
    return found


def in_force(service: str, today: date) -> Published:
    """Return the version of a service in force on a day.

    Raises:
        Refusal: ``not_found``.

    """
    if not (service.isascii() and service.isprintable()):  # no such key, and no database could look for it
        raise not_found()
    row = (
        DefinitionRow.objects.filter(service__key=service, effective_from__lte=today)
        .order_by("-version")
        .values_list("id", "service__pack")
        .first()
    )
    if row is None:
        raise not_found()
    return Published(id=row[0], pack=row[1], definition=compiled(row[0]))


def published_hash(service: str, version: int) -> str | None:
    """Return the hash of the files of a published version, or ``None`` where there is no such version."""
    return (
        DefinitionRow.objects.filter(service__key=service, version=version)
        .values_list("files_sha256", flat=True)
        .first()
    )


def service_row(service: str) -> Service | None:
    """Return the row of a service; for this room's own actions."""
    return Service.first_where(key=service)

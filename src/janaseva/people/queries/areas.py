"""Areas: public knowledge, so nobody's permission is asked."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from janaseva.core import statements
from janaseva.core.cursors import asked, here
from janaseva.core.glance import once
from janaseva.core.text import Text
from janaseva.people import rules
from janaseva.people.models import Area

MOST_NAMES = 200
"""As many names as one form may ask for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    """An area with its code, its names by language, and what is doubtful about it (``note``)."""

    id: UUID
    scheme: str
    code: str
    level: str
    parent_id: UUID | None
    names: Text
    time_zone: str
    note: str

    @property
    def reference(self) -> str:
        """Return ``scheme:code``, as answers of forms refer to it."""
        return rules.area_reference(self.scheme, self.code)


def _view(row: Area) -> AreaView:
    return AreaView(
        id=row.id,
        scheme=row.scheme,
        code=row.code,
        level=row.level,
        parent_id=row.parent_id,
        names=row.names,
        time_zone=row.time_zone,
        note=row.note,
    )


_PATH = """
WITH RECURSIVE path AS (
    SELECT own.*, 0 AS depth FROM people_area own WHERE own.id = %s
    UNION ALL SELECT outer_one.*, path.depth + 1 FROM people_area outer_one JOIN path ON outer_one.id = path.parent_id
    WHERE path.depth < 16
) SELECT {} FROM path ORDER BY depth
"""


_WITHIN = """
WITH RECURSIVE inner_one AS (
    SELECT own.id, own.scheme, own.code, 0 AS depth FROM people_area own
    WHERE own.id IN (
        SELECT area_id FROM people_office WHERE id = %s
        UNION SELECT area_id FROM people_coverage WHERE office_id = %s
    )
    UNION ALL SELECT part.id, part.scheme, part.code, inner_one.depth + 1
    FROM people_area part JOIN inner_one ON part.parent_id = inner_one.id WHERE inner_one.depth < 16
) SELECT DISTINCT scheme, code FROM inner_one
"""


def references_within(office_id: UUID) -> frozenset[str]:
    """Return every area that lies within those that an office serves, as answers of forms refer to it."""
    key = Area._meta.pk.get_db_prep_value(office_id, connection)
    return frozenset(rules.area_reference(scheme, code) for scheme, code in asked(here(), _WITHIN, [key, key]))


def areas(parent_id: UUID | None) -> list[AreaView]:
    """Return the areas directly within another, or the topmost ones, by English name."""
    found = [_view(row) for row in Area.where(parent_id=parent_id)]
    return sorted(found, key=lambda view: view.names.get("en", "").casefold())


def area(area_id: UUID) -> AreaView | None:
    """Return one area."""
    row = Area.get_or_none(area_id)
    return _view(row) if row else None


def areas_by_id(area_ids: Collection[UUID]) -> dict[UUID, AreaView]:
    """Return several areas by id, in one query."""
    return {row.id: _view(row) for row in Area.objects.filter(pk__in=set(area_ids))}


def area_by_code(scheme: str, code: str) -> AreaView | None:
    """Return the area with this code of this scheme."""
    row = Area.first_where(scheme=scheme, code=code)
    return _view(row) if row else None


def area_by_reference(reference: str) -> AreaView | None:
    """Return the area that ``scheme:code`` refers to."""
    return area_by_code(*rules.split_reference(reference))


def areas_named(names: Collection[str]) -> dict[str, Text]:
    """Return the names of areas in every language by their English ones, as the directory spells them, in one query."""
    rows = Area.objects.filter(names__en__in=sorted(set(names))[:MOST_NAMES]).order_by("-parent_id", "id")
    return {row.names["en"]: row.names for row in rows}


def area_path(area_id: UUID) -> list[AreaView]:
    """Return the area and those it lies within, the nearest first; empty where there is no such area."""
    return [_view(row) for row in once(("area_path", area_id), lambda: _path(area_id), (Area,))]


def _path(area_id: UUID) -> list[Area]:
    key = Area._meta.pk.get_db_prep_value(area_id, connection)
    return list(statements.raw(Area, _PATH.format(statements.columns(Area)), [key]))


def time_zone_of(area_id: UUID) -> str | None:
    """Return the time zone of the area, or of the nearest one around it that says."""
    return next((view.time_zone for view in area_path(area_id) if view.time_zone), None)

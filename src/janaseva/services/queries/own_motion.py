"""Late cases that the act lets a second authority take up on its own motion: which they are, and who may."""

from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.people import queries as people
from janaseva.services.models import Appeal, Application
from janaseva.services.models import Definition as DefinitionRow
from janaseva.services.queries.appeals import Laid, seat_of
from janaseva.services.queries.definitions import compiled
from janaseva.services.rules import appealing, permissions

_MOST_AREAS: Final = 30_000
"""As many as one question can name; no district has so many."""
_LOOKED_AT: Final = 2_000
"""So many of those that are late longest are looked at for what the reader may take up."""


@lru_cache(maxsize=4096)
def _authorities(definition_id: UUID) -> frozenset[str]:
    """Return the roles that may take up a late case under one version of a service, which never changes."""
    law = appealing.level_law(compiled(definition_id), 2)
    return frozenset(seat.role for seat in law.seats.values()) if law is not None and law.own_motion else frozenset()


def _under(by: Actor) -> list[UUID]:
    """Return the versions of services under which a post of ``by`` may take up what is late."""
    if not (permissions.may_work(by) and by.may("services.decide")):
        return []
    roles = {by.role} if len(by.post_ids) == 1 else {post.role for post in people.posts(by.post_ids).values()}
    versions = DefinitionRow.objects.values_list("id", flat=True)
    return [version for version in versions if not roles.isdisjoint(_authorities(version))]


def may_take_up_any(by: Actor) -> bool:
    """Return whether the act of any service lets ``by`` take up late cases."""
    return _under(by) != []


def late_elsewhere(by: Actor, at: datetime, *, most: int = 50) -> list[tuple[UUID, str, Text, datetime]]:
    """Return late cases that ``by`` may take up on an own motion: id, number, service, due; the longest late first.

    Raises:
        Refusal: ``not_found`` for who has no desk.

    """
    if not permissions.may_work(by) or by.office_id is None:
        raise not_found()
    versions = _under(by)
    if not versions:
        return []
    opened = Exists(Appeal.objects.filter(level=2, application_id=OuterRef("pk")))
    here = sorted(people.references_within(by.office_id))[:_MOST_AREAS]
    late = Application.objects.filter(~opened, state="begun", missed_at__isnull=False)
    within = late.filter(definition_id__in=versions, area__in=here).order_by("due_at", "id")
    told = within.values_list("definition_id", "purpose", "variant", "area", "id", "number", "due_at")
    known: dict[Laid, bool] = {}
    found: list[tuple[UUID, str, Text, datetime]] = []
    for definition_id, purpose, variant, area, application_id, number, due_at in told[:_LOOKED_AT]:
        laid = Laid(definition_id, purpose, variant, area)
        if laid not in known:
            known[laid] = may_take_up(by, laid)
        if known[laid]:
            name = compiled(laid.definition_id, laid.purpose).what.name
            found.append((application_id, number or "", name, due_at or at))
        if len(found) == most:
            break
    return found


def may_take_up(by: Actor, laid: Laid | Application) -> bool:
    """Return whether the act lets ``by``, as the second authority, take such a case up on an own motion."""
    law = appealing.level_law(compiled(laid.definition_id, laid.purpose), 2)
    seat = seat_of(laid, law) if law is not None and law.own_motion else None
    return seat is not None and seat[1] in by.post_ids and by.may("services.decide")

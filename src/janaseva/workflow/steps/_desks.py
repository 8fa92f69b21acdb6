"""From a role in a kind of office, for an area, to the one post on whose desk the work is laid."""

from collections.abc import Collection
from uuid import UUID

from janaseva.core.refusal import CONFLICT, Refusal
from janaseva.people import queries as people
from janaseva.workflow import rules


def resolve(desk: rules.Desk, area_id: UUID) -> dict[str, str]:
    """Return ``{post_id, office_id}`` of the post that serves the area.

    Raises:
        Refusal: ``no_post_for_role`` where there is no such office or no such post in it.

    """
    return _resolved([desk], area_id)[desk.role, desk.office]


def _resolved(desks: Collection[rules.Desk], area_id: UUID) -> dict[tuple[str, str], dict[str, str]]:
    """Return the same for several desks, by role and kind of office, in as many queries as for one."""
    offices = people.offices_for({desk.office for desk in desks}, area_id)
    posts = people.posts_in({office.id for office in offices.values()}, {desk.role for desk in desks})
    found: dict[tuple[str, str], dict[str, str]] = {}
    for desk in desks:
        office = offices.get(desk.office)
        post = None if office is None else posts.get((office.id, desk.role))
        if office is None or post is None:
            raise Refusal("no_post_for_role", status=CONFLICT, role=desk.role, office=desk.office)
        found[desk.role, desk.office] = {"post_id": str(post.id), "office_id": str(office.id)}
    return found


def resolve_all(process: rules.Process, area_id: UUID) -> dict[str, dict[str, str]]:
    """Return the post of every step and report of the process."""
    desks = process.desks()
    found = _resolved(desks.values(), area_id)
    return {key: found[desk.role, desk.office] for key, desk in desks.items()}

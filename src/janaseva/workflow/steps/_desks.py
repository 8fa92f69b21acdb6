"""From a role in a kind of office, for an area, to the one post on whose desk the work is laid."""

from uuid import UUID

from janaseva.core.refusal import CONFLICT, Refusal
from janaseva.people import queries as people
from janaseva.workflow import rules


def resolve(desk: rules.Desk, area_id: UUID) -> dict[str, str]:
    """Return ``{post_id, office_id}`` of the post that serves the area.

    Raises:
        Refusal: ``no_post_for_role`` where there is no such office or no such post in it.

    """
    office = people.office_for(desk.office, area_id)
    post = None if office is None else people.post_in(office.id, desk.role)
    if office is None or post is None:
        raise Refusal("no_post_for_role", status=CONFLICT, role=desk.role, office=desk.office)
    return {"post_id": str(post.id), "office_id": str(office.id)}


def resolve_all(process: rules.Process, area_id: UUID) -> dict[str, dict[str, str]]:
    """Return the post of every step and report of the process; each role is looked up once."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    desks = process.desks()
    for desk in desks.values():
        if (desk.role, desk.office) not in found:
            found[desk.role, desk.office] = resolve(desk, area_id)
    return {key: found[desk.role, desk.office] for key, desk in desks.items()}

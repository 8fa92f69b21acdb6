"""The offices of one's state: a list, each with its posts and holders, and the places that lead to nobody."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from janaseva.core import writing
from janaseva.core.refusal import not_found
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.visitor import actor, at
from janaseva.people import queries
from janaseva.services import queries as services

HERE: Final = "desk-offices"
PAGE: Final = 50
MOST_NAMED: Final = 12
"""So many places of a gap are named; the others are counted."""


@require_safe
@officers
def offices(request: HttpRequest) -> HttpResponse:
    """Show the offices that one may arrange, found by name, with what is vacant."""
    by, moment = actor(request), at(request)
    sought = request.GET.get("q", "").strip()[:200]
    found = [one for one in queries.arranged_offices(by) if writing.fold(sought) in _spoken(one)]
    asked = request.GET.get("page", "")
    pages = max(1, -(-len(found) // PAGE))
    page = min(pages, max(1, int(asked))) if asked.isascii() and asked.isdigit() and len(asked) < PAGE else 1
    shown = found[(page - 1) * PAGE : page * PAGE]
    posts = queries.posts_at({one.id for one in shown})
    held = queries.holders_of({one.id for one in posts}, moment)
    areas = queries.areas_by_id({one.area_id for one in shown})
    kinds = queries.kind_names({one.kind for one in shown})
    rows = [
        {
            "office": one,
            "area": areas[one.area_id].names,
            "kind": kinds[one.kind],
            "posts": sum(post.office_id == one.id for post in posts),
            "vacant": sum(post.office_id == one.id and post.id not in held for post in posts),
        }
        for one in shown
    ]
    waiting = sum(one.state == "proposed" for one in queries.arrangements(by))
    context = {"rows": rows, "sought": sought, "page": page, "pages": pages, "count": len(found), "waiting": waiting}
    return show(request, "desk/people/offices.html", context, here=HERE)


def _spoken(one: queries.OfficeView) -> str:
    return writing.fold(" ".join([*one.names.values(), one.key]))


@require_safe
@officers
def office(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """Show one office: what it serves, its posts with their holders, and what may be ordered about them."""
    by = actor(request)
    view = next((one for one in queries.arranged_offices(by) if one.id == office_id), None)
    if view is None:
        raise not_found()
    return show(request, "desk/people/office.html", _office(request, view), here=HERE)


def _office(request: HttpRequest, view: queries.OfficeView) -> dict[str, Any]:
    by, moment = actor(request), at(request)
    posts = queries.posts_of(view.id)
    held = queries.holders_of({one.id for one in posts}, moment)
    area, heir = queries.area(view.area_id), queries.office(view.successor_id) if view.successor_id else None
    above = queries.office(view.superior_id) if view.superior_id else None
    return {
        "view": view,
        "kind": queries.kind_names([view.kind])[view.kind],
        "areas": [*([area.names] if area else []), *(names for _, names in queries.served(by, view.id))],
        "above": above.names if above else None,
        "heir": heir.names if heir else None,
        "seats": [(one, held.get(one.id)) for one in posts],
        "orders": [one for one in queries.arrangements(by) if one.office_id == view.id and one.state == "proposed"],
    }


@require_safe
@officers
def gaps(request: HttpRequest) -> HttpResponse:
    """Show each service of the state that some place does not lead to an officer."""
    by = actor(request)
    found = services.gaps(by, services.today(at(request)))
    told = [gap for one in found for gap in one.gaps]
    named = {area for gap in told for area in gap.areas[:MOST_NAMED]}
    directory = queries.directory(by)
    areas = {row.reference: row.names for row in directory.areas if row.reference in named} if directory else {}
    names = {row.key: row.names for row in directory.offices} if directory else {}
    context = {
        "found": found,
        "areas": areas,
        "offices": names,
        "most": MOST_NAMED,
        "roles": queries.role_names({gap.role for gap in told}),
        "kinds": queries.kind_names({gap.kind for gap in told}),
    }
    return show(request, "desk/people/gaps.html", context, here=HERE)

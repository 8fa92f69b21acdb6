"""The office's own figures: how many open cases, how old, how many late; for the office and those under it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from janaseva.desk.people.entry import officers, show
from janaseva.doorway.visitor import actor, at
from janaseva.people import queries as people
from janaseva.workflow import queries as workflow
from janaseva.workflow.queries import Pendency


@require_safe
@officers
def figures(request: HttpRequest) -> HttpResponse:
    """Show the pendency of one's office by age, and beside it that of the offices directly under it."""
    by = actor(request)
    own = people.office(by.office_id) if by.office_id else None
    offices = [own, *people.offices(superior_id=own.id)] if own is not None else []
    found = {one.office_id: one for one in workflow.pendency(by, at(request), office_ids=[one.id for one in offices])}
    mine = found.get(own.id) if own else None
    context = {
        "own": own,
        "mine": mine,
        "ages": mine.by_age if mine else (),
        "offices": [(office.names, _line(found.get(office.id))) for office in offices],
    }
    return show(request, "desk/workflow/figures.html", context, here="desk-figures")


def _line(found: Pendency | None) -> tuple[int, ...]:
    """Return the cells of one office: open, by age, median and oldest days, overdue."""
    if found is None:
        return (0,) * 9
    return (found.open, *found.by_age, found.median_days, found.oldest_days, found.overdue)

"""The desk: what is due first, what came first, what is in hand, what waits for others; and the next case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from janaseva.core.text import Text
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.acts import perform, perform_once
from janaseva.doorway.visitor import actor, at
from janaseva.people import actions as people
from janaseva.services import actions
from janaseva.services import queries as services
from janaseva.workflow import queries as workflow
from janaseva.workflow.queries import LISTS, MOST_COUNTED, DeskView, TaskView

PAGE: Final = 50
MOST_PAGES: Final = MOST_COUNTED // PAGE
DONE: Final = ("put_back", "reported", "transferred", "moved", "decided", "agreed")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRow:
    """One task as a list shows it: the workflow's view of it, with its application's number and service."""

    task: TaskView
    number: str
    service_name: Text
    appeal_id: UUID | None = None


def rows(tasks: tuple[TaskView, ...], lines: Mapping[UUID, services.DeskLine]) -> list[DeskRow]:
    """Return tasks with what their applications are called."""
    return [_row(task, lines.get(task.story)) for task in tasks]


def _row(task: TaskView, line: services.DeskLine | None) -> DeskRow:
    if line is None:
        return DeskRow(task=task, number="", service_name={"en": task.definition_key})
    return DeskRow(task=task, number=line.number, service_name=line.service_name, appeal_id=line.appeal_id)


def _page(request: HttpRequest) -> int:
    said = request.GET.get("page", "1")
    return min(max(int(said), 1), MOST_PAGES) if said.isascii() and said.isdigit() and len(said) <= len("2000") else 1


def _stories(view: DeskView) -> set[UUID]:
    lists = (view.due_first, view.waiting, view.held, view.paused, view.reports)
    return {task.story for tasks in lists for task in tasks}


@require_safe
@officers
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk: counts, the next case, what is in hand, and one of its lists."""
    by, page = actor(request), _page(request)
    chosen, done = request.GET.get("show", LISTS[0]), request.GET.get("done", "")
    chosen = chosen if chosen in LISTS else LISTS[0]
    view = workflow.desk(by, at(request), after=(page - 1) * PAGE, lists=(chosen,))
    lines = services.lines_of(by, _stories(view))
    counts = {
        "due_first": view.counts.waiting + view.counts.held,
        "waiting": view.counts.waiting,
        "paused": view.counts.paused,
        "reports": view.counts.reports,
    }
    context = {
        "counts": view.counts,
        "most_counted": MOST_COUNTED,
        "next": rows((view.next,), lines)[0] if view.next else None,
        "held": rows(view.held, lines),
        "deemed": services.deemed_before(by),
        "chosen": chosen,
        "lists": [(name, counts[name]) for name in LISTS],
        "rows": rows(getattr(view, chosen), lines),
        "page": page,
        "pages": max(1, -(-view.counts.waiting // PAGE)) if chosen == "waiting" else 1,
        "found": request.GET.get("found", "") != "no",
        "may_take_up": services.may_take_up_any(by),
        "nothing": request.GET.get("next", "") == "none",
        "done": done if done in DONE else "",
    }
    return show(request, "desk/services/desk.html", context, here="desk")


def opened(request: HttpRequest, story: UUID) -> str:
    """Return the address of the application or the appeal that the officer was handed."""
    line = services.lines_of(actor(request), [story]).get(story)
    name = "desk-appeal" if line is not None and line.appeal_id is not None else "desk-case"
    return reverse(name, args=[story])


@require_POST
@officers
def take_next(request: HttpRequest) -> HttpResponse:
    """Hand the officer the case that came first, and open it."""
    taken = perform(request, actions.take_next)
    if taken is None:
        return HttpResponseRedirect(f"{reverse('desk')}?next=none")
    return HttpResponseRedirect(opened(request, taken))


@require_safe
@officers
def find(request: HttpRequest) -> HttpResponse:
    """Open the application with this number, where it is the reader's to see; so many an hour, each on record."""
    perform_once(request, people.spend_search)
    found = services.numbered(actor(request), request.GET.get("q", ""))
    appeal = services.numbered_appeal(actor(request), request.GET.get("q", "")) if found is None else None
    if appeal is not None:
        return HttpResponseRedirect(reverse("desk-appeal", args=[appeal]))
    if found is None:
        return HttpResponseRedirect(f"{reverse('desk')}?found=no")
    return HttpResponseRedirect(reverse("desk-case", args=[found]))

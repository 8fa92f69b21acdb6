"""Begin an application, see what is left to do in it, or let it go."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.portal.apply.tasks import KINDS, Draft, Task, draft, parts
from janaseva.portal.page import APPLICATIONS, for_person, language, show
from janaseva.services import actions, queries
from janaseva.services.rules.charter import charter


def where_it_stands(view: queries.ApplicationView) -> str:
    """Return the address of an application: its tasks while it is a draft, else its own page."""
    if view.state == "draft":
        return reverse("apply", args=[view.id])
    if view.state == "submitted" and view.demand_id is not None:
        return reverse("pay", args=[view.id])
    return f"{APPLICATIONS}{view.id}/"


def elsewhere(found: Draft) -> HttpResponseRedirect | None:
    """Return the way to an application that is no draft any more, or ``None``."""
    return None if found.view.state == "draft" else HttpResponseRedirect(where_it_stands(found.view))


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def begin(request: HttpRequest, service: str) -> HttpResponseBase:
    """Show what is needed before one begins, and begin."""
    if request.method == "POST":
        begun = perform(request, actions.begin, service=service, language=language(request))
        return HttpResponseRedirect(reverse("apply", args=[begun]))
    published = queries.in_force(service, queries.today(at(request)))
    mine = queries.mine(actor(request))
    drafts = [one for one in mine if one.service == service and one.state == "draft"]
    context = {
        "charter": charter(published.definition),
        "pages": len(published.definition.form.pages),
        "drafts": [(reverse("apply", args=[one.id]), one.started_at) for one in drafts],
    }
    return show(request, "portal/apply/begin.html", context, here="services")


@require_http_methods(["GET", "HEAD"])
@for_person
def tasks(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Show every page and paper with its state, and the way to the next one that is not done."""
    found = draft(actor(request), application_id, at(request))
    if (gone := elsewhere(found)) is not None:
        return gone
    context = {
        "draft": found,
        "id": application_id,
        "parts": [
            (heading, [_item(application_id, title, task) for title, task in within])
            for heading, within in parts(found.tasks)
        ],
        "next": _next(found),
        "kinds": KINDS,
    }
    return show(request, "portal/apply/tasks.html", context, here="applications")


def _item(application_id: UUID, title: object, task: Task) -> dict[str, object]:
    href = reverse("apply-page", args=[application_id, task.page.key])
    return {"title": title, "href": href, "state": task.state, "kind": KINDS[task.state]}


def _next(found: Draft) -> str:
    """Return the address of the first thing that is not done."""
    waiting = next((task for task in found.tasks if task.state in ("to_do", "going")), None)
    if waiting is not None:
        return reverse("apply-page", args=[found.view.id, waiting.page.key])
    if found.papers_state in ("to_do", "going"):
        return reverse("apply-papers", args=[found.view.id])
    return reverse("apply-check", args=[found.view.id])


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def let_go(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Ask once more, then let a draft go."""
    found = draft(actor(request), application_id, at(request))
    if (gone := elsewhere(found)) is not None:
        return gone
    if request.method == "POST":
        perform(request, actions.discard, application_id=application_id)
        return HttpResponseRedirect(APPLICATIONS)
    return show(request, "portal/apply/let_go.html", {"draft": found, "id": application_id}, here="applications")

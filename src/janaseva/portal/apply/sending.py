"""Check all answers, see the fee line by line, declare, and send; every fault leads to its page and field."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from janaseva.core.refusal import UNPROCESSABLE, Fault, Invalid, Refusal
from janaseva.core.text import in_language
from janaseva.core.words import say
from janaseva.design import posted
from janaseva.design.page import fault_words
from janaseva.design.vocabulary import field_id
from janaseva.doorway.acts import perform
from janaseva.doorway.forms import asking, mending, suggesting
from janaseva.doorway.forms.mending import ToMend
from janaseva.doorway.visitor import actor, at
from janaseva.forms.rules import summary
from janaseva.portal.apply.beginning import elsewhere, where_it_stands
from janaseva.portal.apply.tasks import Draft, draft
from janaseva.portal.page import APPLICATIONS, for_person, language, show
from janaseva.services import actions, queries
from janaseva.services.queries import Known
from janaseva.services.rules import running
from janaseva.services.rules.running import Ready

DECLARED: Final = "declared_true"
READ: Final = "spellings_read"
"""That the person has looked at the spellings which were suggested."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def check(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Show everything once more, and send it."""
    found = draft(actor(request), application_id, at(request))
    if (gone := elsewhere(found)) is not None:
        return gone
    if request.method != "POST":
        return _shown(request, found)
    missing = [
        Fault(place=name, code="must_be_declared")
        for name, asked in ((READ, bool(_unread(found))), (DECLARED, not _declares(found)))
        if asked and not posted.ticked(request.POST, name)
    ]
    if missing:
        return _shown(request, found, missing, status=UNPROCESSABLE)
    try:
        submitted = perform(request, actions.submit, application_id=application_id)
    except Invalid as invalid:
        return _shown(request, found, mending.told(found.definition.form, invalid.faults), status=UNPROCESSABLE)
    except Refusal as refusal:
        if refusal.code != "application_already_submitted":
            raise
        return HttpResponseRedirect(where_it_stands(queries.application(actor(request), application_id)))
    if submitted.total_paise:
        return HttpResponseRedirect(reverse("pay", args=[application_id]))
    return HttpResponseRedirect(f"{APPLICATIONS}{application_id}/")


def _unread(found: Draft) -> set[str]:
    """Return the places of answers in a second script that read as they were suggested."""
    return suggesting.unread(found.definition.form, found.applied)


def _declares(found: Draft) -> bool:
    """Return whether the form has a declaration of its own."""
    asked = found.applied.asked
    return any(one.kind == "declaration" and one.key in asked for one in found.definition.form.questions())


def _shown(request: HttpRequest, found: Draft, faults: Iterable[Fault] = (), *, status: int = 200) -> HttpResponseBase:
    definition, spoken = found.definition, language(request)
    ready = running.ready(
        definition,
        found.applied,
        today=queries.today(at(request)),
        channel=running.channel(found.view.channel),
        pages=sum(not paper.number for paper in found.view.papers),
        places=queries.PLACES,
    )
    groups = {group.key: group for group in found.groups}
    wrong, unread, unchanged = list(faults), _unread(found), _unchanged(request, found)
    context = {
        "draft": found,
        "id": found.view.id,
        "pages": [
            (page, list(asking.lines(page)), reverse("apply-page", args=[found.view.id, page.key]) + "?back=check")
            for page in summary(definition.form, found.applied, spoken, area_names=queries.area_names)
            if page.lines
        ],
        "papers": [
            (groups[paper.group].title, groups[paper.group].any_of.get(paper.choice, paper.title), paper)
            for paper in found.view.papers
            if paper.group in groups
        ],
        "missing": [group for group in found.groups if group.key in found.needed - _given(found)],
        "bill": ready.bill if isinstance(ready, Ready) else None,
        "variant": ready.variant if isinstance(ready, Ready) and len(definition.variants) > 1 else None,
        "currency": "PKR" if definition.pack_country == "PK" else "INR",
        "declares": _declares(found),
        "alike": queries.alike(actor(request), found.view.id),
        "known": {
            **asking.sources(unchanged, spoken),
            **dict.fromkeys(unread, say("portal.apply.suggested", spoken)),
        },
        "fixed": {key for key, one in unchanged.items() if one.fixed},
        "unread": bool(unread),
        "mend": [_to_mend(found, fault, spoken) for fault in wrong],
        "papers_href": reverse("apply-papers", args=[found.view.id]),
    }
    return show(request, "portal/apply/check.html", context, here="applications", status=status, faults=wrong)


def _unchanged(request: HttpRequest, found: Draft) -> dict[str, Known]:
    """Return the answers that stand as a certificate or a register states them."""
    answers = found.view.answers
    known = queries.known(actor(request), found.definition, answers, at(request), earlier_id=found.view.earlier_id)
    return {key: one for key, one in known.items() if answers.get(key) == one.value}


def _given(found: Draft) -> set[str]:
    return {paper.group for paper in found.view.papers}


def _to_mend(found: Draft, fault: Fault, spoken: str) -> ToMend:
    """Return a fault with the way to its field."""
    form, key = found.definition.form, fault.place.partition(".")[0]
    if fault.place in (DECLARED, READ):
        return ToMend(words=fault_words(fault, spoken), href=f"#{field_id(fault.place)}")
    if key == "documents":
        title = next((one.title for one in found.groups if f"documents.{one.key}" == fault.place), {})
        words = f"{in_language(title, spoken)}: {fault_words(fault, spoken)}"
        return ToMend(words=words, href=f"{reverse('apply-papers', args=[found.view.id])}#{field_id(fault.place)}")
    words = mending.named(form, fault, spoken)
    page = next((one for one in found.pages if form.by_key.get(key) in one.fields), None)
    if page is None:
        return ToMend(words=words, href="")
    address = reverse("apply-page", args=[found.view.id, page.key])
    return ToMend(words=words, href=f"{address}?back=check&mend=1#{field_id(fault.place)}")

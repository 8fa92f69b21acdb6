"""See whether one may apply: a few questions without a sign-in, the answer in words, nothing kept."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_http_methods

from janaseva.core.audience import audience
from janaseva.core.refusal import UNPROCESSABLE, Fault
from janaseva.design import posted
from janaseva.doorway.forms import asking, mending
from janaseva.doorway.forms import typed as inputs
from janaseva.doorway.forms.typed import Typed
from janaseva.doorway.limits import at_most
from janaseva.doorway.visitor import at
from janaseva.forms.rules import Applied, Page, Question, apply, with_computed
from janaseva.forms.rules import check as check_form
from janaseva.portal.page import language, show
from janaseva.services import queries
from janaseva.services.queries import Published
from janaseva.services.rules import deciding, explaining, rooted

MISSING = frozenset({"needed", "too_few_rows", "must_be_declared", "rule"})


@require_http_methods(["GET", "HEAD", "POST"])
@audience("anyone")
@at_most(120, seconds=600, name="portal-check")
def check(request: HttpRequest, service: str) -> HttpResponseBase:
    """Ask what the conditions look at, and say what the answers mean."""
    published = queries.in_force(service, queries.today(at(request)))
    page = _questions(published)
    if request.method != "POST":
        return _shown(request, published, page, {})
    typed = inputs.typed_of(request.POST)
    wish = posted.row_wish(request.POST)
    if wish is not None:
        return _shown(request, published, page, inputs.with_rows(typed, wish, page.fields))
    if inputs.SHOW in request.POST:
        return _shown(request, published, page, typed)
    return _judged(request, published, page, inputs.compacted(typed, page.fields))


def _questions(published: Published) -> Page:
    """Return the questions of the check as one page, every one of them asked."""
    definition = published.definition
    fields = tuple(
        definition.form.by_key[key].model_copy(update={"when": None})
        for key in definition.who.questions
        if key in definition.form.by_key
    )
    return Page(key="check", title=definition.what.name, fields=fields)


def _worked_out(request: HttpRequest, published: Published, page: Page, typed: Typed) -> tuple[dict[str, Any], Applied]:
    form = published.definition.form
    answers = inputs.read(page, typed, region=form.region)
    applied = apply(form, answers, today=queries.today(at(request)), directory=queries.PLACES)
    shown = frozenset(question.key for question in page.fields if _is_asked(published, page, question, applied))
    return answers, Applied(
        pages=(page,), asked=shown, answers=applied.answers, facts=applied.facts, hidden=applied.hidden
    )


def _is_asked(published: Published, page: Page, question: Question, applied: Applied) -> bool:
    """Return whether a question is shown: not where answers of this page settle that it is not asked, or will."""
    own = published.definition.form.by_key[question.key]
    if own.when is None:
        return True
    settled = {one.key for one in page.fields}
    result = published.definition.scope.compile(own.when, "yes_no").evaluate(applied.facts)
    return result.holds or not set(rooted.roots(published.definition, own.when)) <= settled


def _shown_fields(page: Page, applied: Applied) -> tuple[Question, ...]:
    return tuple(question for question in page.fields if question.key in applied.asked)


def _judged(request: HttpRequest, published: Published, page: Page, typed: Typed) -> HttpResponse:
    definition, today = published.definition, queries.today(at(request))
    answers, applied = _worked_out(request, published, page, typed)
    own = {key for question in page.fields for key in question.keys}
    found = check_form(definition.form, answers, today, directory=queries.PLACES)
    faults = [fault for fault in found if fault.place.partition(".")[0] in own and fault.code not in MISSING]
    if faults:
        return _shown(request, published, page, typed, faults=mending.told(definition.form, faults))
    answers |= {key: applied.answers[key] for key in answers if key in applied.answers}
    answers = with_computed(definition.form, answers, today=today)
    result = deciding.eligibility(definition, answers, today=today, incomplete=rooted.incomplete(definition, found))
    chosen = deciding.choose(definition, definition.scope.facts(answers, today=today))
    return _shown(request, published, page, typed, result=result, chosen=chosen)


def _shown(
    request: HttpRequest,
    published: Published,
    page: Page,
    typed: Typed,
    *,
    result: deciding.Eligibility | None = None,
    chosen: Any = None,
    faults: list[Fault] | None = None,
) -> HttpResponse:
    definition = published.definition
    _, applied = _worked_out(request, published, page, typed)
    spoken = language(request)
    context = {
        "definition": definition,
        "fields": asking.asked(definition, _shown_fields(page, applied), applied, typed, language=spoken),
        "result": result,
        "because": {
            one.condition.key: explaining.looked_at(
                definition, applied, one.reason, spoken, area_names=queries.area_names
            )
            for one in (result.conditions if result else ())
        },
        "refusals": {key: ground.title for ground in definition.out.reasons for key in ground.rules},
        "chosen": chosen if len(definition.variants) > 1 else None,
        "ruled_out": {question.key for question in page.fields} - applied.asked,
        "labels": {key: question.label for key, question in definition.form.by_key.items()},
        "mend": mending.to_mend(definition.form, faults or (), spoken),
        "sign": "Rs" if definition.pack_country == "PK" else "₹",
    }
    status = UNPROCESSABLE if faults else 200
    return show(request, "portal/services/check.html", context, here="services", status=status, faults=faults or ())

"""Applying by API: begin, fill in, give papers, hand in, pay, answer, withdraw; by the same actions as the portal."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel

from janaseva.core.refusal import CONFLICT, Fault, Invalid, Refusal
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor
from janaseva.forms import rules as forms
from janaseva.gateway.api.answers import CREATED, answer, done
from janaseva.gateway.api.bearer import BEARER
from janaseva.gateway.api.operation import PREFIX, key_of, multipart, operation, told
from janaseva.gateway.api.paging import USUAL, After, Limit, cursor, link_next
from janaseva.gateway.api.problems import language_of
from janaseva.gateway.services import due, shapes, showing
from janaseva.payments import actions as payment_actions
from janaseva.payments import queries as payments
from janaseva.services import actions, queries
from janaseva.workflow import queries as workflow

router = Router(tags=["Applications"], auth=BEARER)


class ListQuery(BaseModel):
    """Which page of the list."""

    after: After = ""
    limit: Limit = USUAL


@router.get(
    "applications",
    response=shapes.Applications,
    operation_id="applications_list",
    summary="List one's own applications",
    openapi_extra=told(401, 422, link=True),
)
@operation("person", most=120)
def applications(request: HttpRequest, asked: Query[ListQuery]) -> HttpResponse:
    """List the applications of whoever is signed in, the latest first; drafts are among them."""
    before = showing.moment_of(asked.after) if asked.after else None
    found = queries.mine(actor(request), most=asked.limit + 1, before=before)
    page = found[: asked.limit]
    more = cursor(page[-1].started_at.isoformat()) if len(found) > len(page) else None
    response = answer(shapes.Applications(items=[showing.line(one) for one in page], next=more))
    link_next(request, response, more)
    return response


@router.post(
    "applications",
    response={CREATED: shapes.Made},
    operation_id="applications_begin",
    summary="Begin an application",
    openapi_extra=told(400, 401, 404, 413, 415, 422, key=True, location=True),
)
@operation("person", most=30)
def begin(request: HttpRequest, given: shapes.Begin) -> HttpResponse:
    """Begin a draft. The version of the service in force today holds to its end."""
    key_of(request)
    made = perform(request, actions.begin, service=given.service, language=given.language)
    return answer(shapes.Made(id=str(made)), status=CREATED, location=f"{PREFIX}applications/{made}")


@router.get(
    "applications/{uuid:application_id}",
    response=shapes.Application,
    operation_id="applications_read",
    summary="Read one application",
    openapi_extra=told(401, 404, 422),
)
@operation("person", most=240)
def application(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Read an application with its state, due date, papers, the office's questions, documents and story."""
    by = actor(request)
    view = queries.application(by, application_id)
    return answer(showing.whole(by, view, language_of(request)))


@router.get(
    "applications/{uuid:application_id}/due",
    response=due.WhyDue,
    operation_id="applications_why_due",
    summary="Why this date",
    openapi_extra=told(401, 404, 409, 422),
)
@operation("person", most=120)
def why_due(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Tell day by day why an application is due when it is: what was counted, and why the other days were not."""
    by = actor(request)
    view = queries.application(by, application_id)
    if view.case_id is None:
        raise Refusal("not_yet_handed_in", status=CONFLICT)
    return answer(due.why_due(view, workflow.why_due(by, view.case_id, visible=True), language_of(request)))


@router.put(
    "applications/{uuid:application_id}/answers",
    response=shapes.Made,
    operation_id="applications_save",
    summary="Save answers",
    openapi_extra=told(400, 401, 404, 409, 413, 415, 422, key=True),
)
@operation("person", most=120)
def save(request: HttpRequest, application_id: UUID, given: shapes.Save) -> HttpResponse:
    """Save the answers of the whole form, or of the one `page` that is named. Every fault is told at once."""
    key_of(request)
    form = queries.definition_of(actor(request), application_id).form
    answers = forms.settle_shape(form, given.answers)
    if given.page is None:
        saved = perform(request, actions.save_answers, application_id=application_id, answers=answers)
    else:
        _of_page(form, given.page, answers)
        saved = perform(request, actions.save_page, application_id=application_id, page=given.page, answers=answers)
    return answer(shapes.Made(id=str(saved)))


def _of_page(form: forms.Form, page: str, answers: Mapping[str, Any]) -> None:
    """Refuse answers that this page does not ask, since they would not be kept."""
    own = {name for one in form.pages if one.key == page for part in one.fields for name in part.keys}
    if not own:
        raise Invalid([Fault(place="page", code="page_not_known")])
    strange = [Fault(place=name[:60], code="not_asked") for name in answers if name not in own]
    if strange:
        raise Invalid(strange[:100])


@router.post(
    "applications/{uuid:application_id}/papers",
    response={CREATED: shapes.Made},
    operation_id="applications_give_paper",
    summary="Give a paper",
    openapi_extra=told(
        400, 401, 404, 409, 413, 415, 422, key=True,
        body=multipart(group="The group's key, as the charter names it; `answer` for the office's question.",
                       choice="Which of the group's papers it is; `paper` for the office's question."),
    ),
)  # fmt: skip
@operation("person", most=60)
def give_paper(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Give a PDF or a photo of up to 10 MB. Photos are shrunk, and what they tell besides the picture is taken off."""
    key_of(request)
    queries.definition_of(actor(request), application_id)
    received, fields = showing.received(request, fields=("group", "choice"))
    made = perform(
        request,
        actions.give_paper,
        application_id=application_id,
        group=fields["group"],
        choice=fields["choice"],
        received=received,
    )
    return answer(shapes.Made(id=str(made)), status=CREATED)


@router.delete(
    "applications/{uuid:application_id}/papers/{uuid:paper_id}",
    response={204: None},
    operation_id="applications_take_back_paper",
    summary="Take a paper back",
    openapi_extra=told(401, 404, 409, 422, key=True),
)
@operation("person", most=60)
def take_back_paper(request: HttpRequest, application_id: UUID, paper_id: UUID) -> HttpResponse:
    """Take a paper out of a draft."""
    key_of(request)
    perform(request, actions.take_back_paper, application_id=application_id, paper_id=paper_id)
    return done()


@router.post(
    "applications/{uuid:application_id}/submission",
    response=shapes.Submitted,
    operation_id="applications_submit",
    summary="Hand in",
    openapi_extra=told(401, 404, 409, 422, key=True),
)
@operation("person", most=30)
def submit(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Hand a draft in: all of it is checked at once, it gets its number, and its fee is asked for.

    Where nothing is to be paid the office begins at once, and `due_at` is by when it decides. A condition of which
    people are only told stops nobody: it comes back in `told`, and a refusal is to be expected.
    """
    key_of(request)
    found = perform(request, actions.submit, application_id=application_id)
    judged = queries.conditions_not_met(actor(request), found.application_id)
    return answer(
        shapes.Submitted(
            id=str(found.application_id),
            number=found.number,
            total_paise=found.total_paise,
            state="begun" if found.begun else "submitted",
            due_at=found.due_at,
            told=[showing.judged(one) for one in judged],
        )
    )


@router.post(
    "applications/{uuid:application_id}/payment",
    response={CREATED: shapes.PaymentStarted},
    operation_id="applications_pay",
    summary="Start a payment",
    openapi_extra=told(401, 404, 409, 422, 503, key=True),
)
@operation("person", most=30)
def pay(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Start paying what is owed now, at the beginning or on the way; the payer's browser then goes to `redirect`.

    Repeated after the payment has ended it answers 409 `demand_not_open`: there is no page to go to any more.
    """
    key_of(request)
    demand = queries.to_pay(actor(request), application_id)
    if demand is None:
        raise Refusal("not_yet_handed_in", status=CONFLICT)
    started = perform(request, payment_actions.start, demand_id=demand.id)
    address = payments.redirect(
        actor(request),
        started.payment_id,
        language=language_of(request),
        return_path=showing.return_path(started.payment_id),
    )
    shape = shapes.PaymentStarted(
        payment_id=str(started.payment_id), amount_paise=started.amount_paise, redirect=address
    )
    return answer(shape, status=CREATED)


@router.post(
    "applications/{uuid:application_id}/queries/{uuid:query_id}/answer",
    response={204: None},
    operation_id="applications_reply",
    summary="Answer the office's question",
    openapi_extra=told(400, 401, 404, 409, 413, 415, 422, key=True),
)
@operation("person", most=30)
def reply(request: HttpRequest, application_id: UUID, query_id: UUID, given: shapes.Reply) -> HttpResponse:
    """Answer a question; papers for it are given before, with the group `answer`. The clock runs again."""
    key_of(request)
    perform(request, actions.answer, application_id=application_id, query_id=query_id, text=given.text)
    return done()


@router.post(
    "applications/{uuid:application_id}/withdrawal",
    response={204: None},
    operation_id="applications_withdraw",
    summary="Withdraw",
    openapi_extra=told(401, 404, 409, 422, key=True),
)
@operation("person", most=30)
def withdraw(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Take an application back before it is decided. A draft is let go, and its answers are erased."""
    key_of(request)
    draft = queries.application(actor(request), application_id).state in ("draft", "discarded")
    perform(request, actions.discard if draft else actions.withdraw, application_id=application_id)
    return done()

"""What was issued, by API: given in place of a paper, and asked for again: renewed, amended, corrected or copied."""

from datetime import date
from typing import Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from janaseva.core.refusal import Fault
from janaseva.design.page import fault_words
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.gateway.api.answers import CREATED, answer
from janaseva.gateway.api.bearer import BEARER
from janaseva.gateway.api.operation import PREFIX, key_of, operation, told
from janaseva.gateway.api.problems import language_of
from janaseva.gateway.services.fees import Words
from janaseva.gateway.services.shapes import Given, Made
from janaseva.services import actions, queries
from janaseva.services.rules.purposed import title_of

router = Router(tags=["Applications"], auth=BEARER)
Purpose = Literal["renewal", "amendment", "correction", "duplicate"]


class GiveIssued(Given):
    """A certificate issued here to oneself, in place of a paper of this group."""

    group: str = Field(max_length=60, examples=["income"])
    document_id: UUID


class BeginAgain(Given):
    """What to ask for once something was issued."""

    purpose: Purpose
    language: Literal["en", "ml", "hi", "ur", "sd"] = Field(default="en", description="Of letters and messages.")


class Again(BaseModel):
    """One thing that may be asked for on a certificate."""

    purpose: Purpose
    title: Words
    opens: date | None = Field(description="The first day of a renewal; null where not known.")
    due: date | None = Field(description="The day by which a renewal should be asked for.")
    ends: date | None = Field(description="The last day on which a renewal is taken; null where not known.")
    refusal: str = Field(description="The code of why it cannot be asked for today; empty where it may.")
    words: str = Field(description="The refusal in words.")
    draft_id: str | None = Field(description="A draft of it that was begun already.")


class Agains(BaseModel):
    """What may be asked for."""

    items: list[Again]


@router.post(
    "applications/{uuid:application_id}/papers/issued",
    response={CREATED: Made},
    operation_id="applications_give_issued",
    summary="Give a certificate issued here for a paper",
    openapi_extra=told(400, 401, 404, 409, 413, 415, 422, key=True),
)
@operation("person", most=60)
def give_issued(request: HttpRequest, application_id: UUID, given: GiveIssued) -> HttpResponse:
    """Give a certificate that was issued to oneself in place of a paper of a draft; nothing is uploaded.

    The group must name its service; `document_id` is that of the certificate, as `documents` of its application has it.
    """
    key_of(request)
    made = perform(
        request, actions.give_issued, application_id=application_id, group=given.group, document_id=given.document_id
    )
    return answer(Made(id=str(made)), status=CREATED)


@router.get(
    "applications/{uuid:application_id}/again",
    response=Agains,
    operation_id="applications_again",
    summary="What may be asked for on a certificate",
    openapi_extra=told(401, 404, 422),
)
@operation("person", most=120)
def again(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """List what may be asked for on the certificate of an application: renewal, amendment, correction, second copy."""
    language = language_of(request)
    return answer(
        Agains(items=[_line(one, language) for one in queries.again(actor(request), application_id, at(request))])
    )


def _line(one: queries.AgainView, language: str) -> Again:
    refusal = one.refusal
    words = fault_words(Fault(place="", code=refusal.code, facts=refusal.facts), language) if refusal else ""
    return Again.model_validate(
        {
            "purpose": one.purpose,
            "title": dict(title_of(one.definition)),
            "opens": one.opens,
            "due": one.due,
            "ends": one.ends,
            "refusal": refusal.code if refusal else "",
            "words": words,
            "draft_id": str(one.draft_id) if one.draft_id else None,
        }
    )


@router.post(
    "applications/{uuid:application_id}/again",
    response={CREATED: Made},
    operation_id="applications_begin_again",
    summary="Ask for a renewal, an amendment, a correction or a second copy",
    openapi_extra=told(400, 401, 404, 409, 413, 415, 422, key=True, location=True),
)
@operation("person", most=30)
def begin_again(request: HttpRequest, application_id: UUID, given: BeginAgain) -> HttpResponse:
    """Begin a draft that rests on what was issued. It holds the answers given before; then go on as with any draft."""
    key_of(request)
    made = perform(
        request, actions.begin_again, application_id=application_id, purpose=given.purpose, language=given.language
    )
    return answer(Made(id=str(made)), status=CREATED, location=f"{PREFIX}applications/{made}")

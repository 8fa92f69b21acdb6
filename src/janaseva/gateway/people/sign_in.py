"""Signing in by API with a phone number and a one-time code; the answer's token goes into ``Authorization: Bearer``.

The token is made from the request itself: its key, the code's challenge and the code, under a key that only this
platform holds. So the same request sent again gives the same token, although no token is ever kept: a client whose
answer was lost on the way asks once more. That holds for five minutes after the session began; later the repeat is
refused with ``sign_in_repeated_late``, so that an old request in somebody's log opens nothing.
"""

import base64
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from janaseva.core.refusal import CONFLICT, Fault, Invalid, Refusal
from janaseva.core.secret import Secret, keyed_hash
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import at, signed_in
from janaseva.gateway.api.answers import CREATED, answer, done
from janaseva.gateway.api.bearer import BEARER
from janaseva.gateway.api.operation import key_of, operation, told
from janaseva.gateway.services.shapes import Given
from janaseva.people import actions, queries, rules

router = Router(tags=["Sign-in"])

REPEATED_WITHIN: Final = timedelta(minutes=5)


class AskCode(Given):
    """To which phone, in which language."""

    phone: Annotated[
        str, Field(min_length=4, max_length=40, description="A mobile number.", examples=["+919847012345"])
    ]
    language: Literal["en", "ml", "hi", "ur", "sd"] = "en"


class CodeAsked(BaseModel):
    """A code is on its way. The answer is the same whoever owns the number."""

    challenge_id: str
    ends_at: datetime
    phone_masked: str = Field(examples=["••••••••2345"])


class OpenSession(Given):
    """The code that came."""

    challenge_id: UUID
    code: Annotated[str, Field(min_length=1, max_length=64, description="The six digits.", examples=["402913"])]


class Session(BaseModel):
    """A session. The token is said here and nowhere else."""

    token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
    session_id: str
    idle_at: datetime = Field(description="When it ends if it is not used.")
    ends_at: datetime = Field(description="When it ends in any case.")


@router.post(
    "sign-in/codes",
    response={CREATED: CodeAsked},
    operation_id="sign_in_ask_code",
    summary="Ask for a one-time code",
    openapi_extra=told(400, 413, 415, 422, key=True),
)
@operation("anyone", most=20)
def ask_code(request: HttpRequest, given: AskCode) -> HttpResponse:
    """Send a code of six digits to a mobile number of India or Pakistan; it is good for five minutes and five tries."""
    key_of(request)
    asked = perform(request, actions.request_code, phone=given.phone, language=given.language)
    shape = CodeAsked(challenge_id=str(asked.challenge_id), ends_at=asked.ends_at, phone_masked=asked.phone_masked)
    return answer(shape, status=CREATED)


def _token(key: str, challenge_id: UUID, code: str) -> str:
    """Return the token of a request: 256 bits that follow from it under this platform's key alone."""
    digest = bytes.fromhex(keyed_hash("api-session", key, str(challenge_id), rules.tidy_code(code)))
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@router.post(
    "sign-in/sessions",
    response={CREATED: Session},
    operation_id="sign_in_open_session",
    summary="Sign in with the code",
    openapi_extra=told(400, 413, 415, 422, key=True),
)
@operation("anyone", most=20)
def open_session(request: HttpRequest, given: OpenSession) -> HttpResponse:
    """Open a citizen's session. Choose a key that nobody guesses: with it and the code the same token is given again.

    The same request within five minutes gets the same token; later, or once the session has ended, it is refused with
    `sign_in_repeated_late`. A wrong code counts as a try, also when it is refused.
    """
    key = key_of(request)
    token = _token(key, given.challenge_id, given.code)
    confirmed = perform(
        request,
        actions.confirm_code,
        challenge_id=given.challenge_id,
        code=Secret(given.code),
        token_hash=rules.token_hash(token),
    )
    if not confirmed.ok:
        spent = Fault(place="code", code="code_spent")
        wrong = Fault(place="code", code="code_wrong", facts={"left": confirmed.left})
        raise Invalid([wrong if confirmed.left else spent])
    found = queries.signed_in(token, at(request))
    began = _began(found, at(request))
    if found is None or began is None or at(request) - began > REPEATED_WITHIN:
        raise Refusal("sign_in_repeated_late", status=CONFLICT)
    shape = Session(token=token, session_id=str(found.session_id), idle_at=found.idle_at, ends_at=found.ends_at)
    return answer(shape, status=CREATED)


def _began(found: queries.SignedIn | None, moment: datetime) -> datetime | None:
    if found is None:
        return None
    own = queries.sessions_of(found.actor, moment)
    return next((one.made_at for one in own if one.id == found.session_id), None)


@router.delete(
    "sign-in/sessions/current",
    response={204: None},
    auth=BEARER,
    operation_id="sign_in_end_session",
    summary="Sign out",
    openapi_extra=told(401, 422, key=True),
)
@operation("person", most=60)
def end_session(request: HttpRequest) -> HttpResponse:
    """End the session of the token. A repeat is answered with 401, since the token opens nothing any more."""
    key_of(request)
    found = signed_in(request)
    if found is not None:
        perform(request, actions.sign_out, session_id=found.session_id)
    return done()

"""Sign in with a phone number and a one-time code, sign out, and see where one is signed in."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from janaseva.core import cookies
from janaseva.core.audience import audience
from janaseva.core.refusal import UNPROCESSABLE, Fault, Invalid
from janaseva.core.secret import Secret, keyed_hash
from janaseva.core.text import is_reading
from janaseva.doorway.acts import given_key, perform
from janaseva.doorway.limits import at_most
from janaseva.doorway.visitor import actor, at, give_cookie, signed_in, take_cookie
from janaseva.people import actions, queries
from janaseva.people.rules import token_hash
from janaseva.portal.page import APPLICATIONS, SIGN_IN, for_person, is_person, language, own_path, show
from janaseva.portal.people import waiting
from janaseva.portal.people.waiting import Waiting

LONGEST_TYPED = 60


@require_http_methods(["GET", "HEAD", "POST"])
@audience("anyone")
@at_most(120, seconds=600, name="portal-sign-in")
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Ask for the phone number, and send a code to it."""
    onward = own_path(request.GET.get("next", ""))
    if request.method != "POST":
        if is_person(request):
            return HttpResponseRedirect(onward)
        return show(request, "portal/people/sign_in.html", {"phone": "", "next": onward})
    phone = request.POST.get("phone", "")[:LONGEST_TYPED]
    try:
        return _ask(request, phone, onward)
    except Invalid as invalid:
        context = {"phone": phone, "next": onward}
        return show(request, "portal/people/sign_in.html", context, status=UNPROCESSABLE, faults=invalid.faults)


def _ask(request: HttpRequest, phone: str, onward: str, *, again: bool = False) -> HttpResponseRedirect:
    asked = perform(request, actions.request_code, phone=phone, language=language(request))
    response = HttpResponseRedirect(reverse("sign-in-code") + ("?again=1" if again else ""))
    wait = Waiting(challenge_id=asked.challenge_id, phone=phone, masked=asked.phone_masked, onward=onward)
    waiting.keep(response, wait, at(request))
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@audience("anyone")
@at_most(120, seconds=600, name="portal-code")
def code(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code that was sent, and sign in with it."""
    wait = waiting.kept(request, at(request))
    if wait is None:
        return HttpResponseRedirect(SIGN_IN)
    if is_person(request):
        return HttpResponseRedirect(own_path(wait.onward))
    if request.method != "POST":
        return _ask_code(request, wait)
    token = keyed_hash("citizen-session", given_key(request), str(wait.challenge_id))
    typed = Secret(request.POST.get("code", "")[:LONGEST_TYPED])
    confirmed = perform(
        request, actions.confirm_code, challenge_id=wait.challenge_id, code=typed, token_hash=token_hash(token)
    )
    if confirmed.ok:
        return _signed_in(request, wait, token)
    fault = Fault(place="code", code="code_wrong", facts={"count": confirmed.left})
    if confirmed.left <= 0:
        fault = Fault(place="code", code="code_over")
    return _ask_code(request, wait, fault)


def _ask_code(request: HttpRequest, wait: Waiting, fault: Fault | None = None) -> HttpResponse:
    context = {
        "masked": wait.masked,
        "again": bool(request.GET.get("again")),
        "over": fault is not None and fault.code == "code_over",
        "mailbox": "/demonstration/mailbox/" if settings.OPTIONS.demonstration else "",
    }
    faults = [fault] if fault else []
    return show(request, "portal/people/code.html", context, status=UNPROCESSABLE if faults else 200, faults=faults)


def _signed_in(request: HttpRequest, wait: Waiting, token: str) -> HttpResponseBase:
    """Give the cookie, and keep the language: what was chosen here, else what the person had chosen before."""
    found = queries.signed_in(token, at(request))
    response = HttpResponseRedirect(own_path(wait.onward))
    waiting.forget(response)
    if found is None:
        return response
    give_cookie(response, path="/", token=token, ends_at=found.ends_at)
    chosen = cookies.given(request, "language")
    if not is_reading(chosen):
        waiting.keep_language(response, found.language)
    elif chosen != found.language:
        actions.set_language(
            by=found.actor,
            at=at(request),
            key=f"language:{given_key(request)}",
            session_id=found.session_id,
            language=chosen,
        )
    return response


@require_POST
@audience("anyone")
@at_most(30, seconds=600, name="portal-code-again")
def again(request: HttpRequest) -> HttpResponseBase:
    """Send another code to the same number."""
    wait = waiting.kept(request, at(request))
    if wait is None:
        return HttpResponseRedirect(SIGN_IN)
    return _ask(request, wait.phone, wait.onward, again=True)


@require_POST
@for_person
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End this session."""
    found = signed_in(request)
    if found is not None:
        perform(request, actions.sign_out, session_id=found.session_id)
    response = HttpResponseRedirect("/")
    take_cookie(response, path="/")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def sessions(request: HttpRequest) -> HttpResponseBase:
    """Show where one is signed in, and end one of these sessions or all."""
    found = signed_in(request)
    if request.method == "POST" and found is not None:
        if request.POST.get("all") and found.actor.person_id is not None:
            perform(request, actions.sign_out_everywhere, person_id=found.actor.person_id)
            response = HttpResponseRedirect("/")
            take_cookie(response, path="/")
            return response
        perform(request, actions.sign_out, session_id=_id(request.POST.get("session", "")))
        return HttpResponseRedirect(reverse("sessions"))
    context = {
        "sessions": queries.sessions_of(actor(request), at(request)),
        "own": found.session_id if found else None,
        "applications": APPLICATIONS,
    }
    return show(request, "portal/people/sessions.html", context)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)

"""An officer signs in with login name and password, then with an authenticator's code; chooses a charge; signs out."""

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from janaseva.core import cookies, secret_keys
from janaseva.core.audience import audience
from janaseva.core.refusal import TOO_MANY, Fault
from janaseva.core.secret import Secret, keyed_hash
from janaseva.design import posted
from janaseva.desk.people.entry import officer_of, officers_without_charge, safe_next, show
from janaseva.doorway.acts import given_key, perform, perform_once
from janaseva.doorway.limits import at_most
from janaseva.doorway.visitor import DESK, actor, at, give_cookie, take_cookie
from janaseva.people import actions, queries, rules

STEP_COOKIE: Final = "officer_step"
"""Holds, signed, which second step the browser has come to; it opens nothing without the code."""

DONE: Final = ("signed_out", "handed_over")


def step_of(request: HttpRequest) -> UUID | None:
    """Return the second step that this browser has come to, or ``None``."""
    said, (own, *others) = cookies.given(request, STEP_COOKIE), secret_keys.believed()
    keys: dict[str, Any] = {"key": own, "fallback_keys": others}
    try:
        return UUID(signing.loads(said, salt=STEP_COOKIE, max_age=rules.SECOND_STEP_LIFE, **keys))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None


def token_for(request: HttpRequest, *parts: str) -> str:
    """Return the token of the session that this form opens: the same form sent twice opens the same session.

    Nobody can work it out: it is keyed with the installation's secret, and the form's key has 128 random bits.
    """
    return keyed_hash("desk.session", given_key(request), *parts)


def entered(request: HttpRequest, token: str, address: str) -> HttpResponse:
    """Give the browser its session and send it on; the one that it had before is over."""
    response = HttpResponseRedirect(address)
    found, before = queries.signed_in(token, at(request)), officer_of(request)
    if found is None:
        return HttpResponseRedirect(reverse("desk-sign-in"))
    if before is not None and before.session_id != found.session_id:
        perform_once(request, actions.sign_out, session_id=before.session_id)
    give_cookie(response, path=DESK, token=token, ends_at=found.ends_at)
    cookies.take(response, STEP_COOKIE)
    return response


def _with_next(name: str, request: HttpRequest) -> str:
    wanted = safe_next(request)
    return reverse(name) if wanted == reverse("desk") else f"{reverse(name)}?{urlencode({'next': wanted})}"


@require_http_methods(["GET", "HEAD", "POST"])
@audience("anyone")
@at_most(60, seconds=60, name="desk-sign-in")
def password(request: HttpRequest) -> HttpResponse:
    """Ask for login name and password; who is signed in already goes on."""
    if request.method != "POST":
        if officer_of(request) is not None and not request.GET.get("again"):
            return HttpResponseRedirect(safe_next(request))
        done = request.GET.get("done", "")
        return show(request, "desk/people/sign_in.html", {"login": "", "done": done if done in DONE else ""})
    login, secret = posted.line(request.POST, "login")[:200], request.POST.get("password", "")[:1_000]
    faults = [] if login else [Fault(place="login", code="desk_login_missing")]
    faults += [] if secret else [Fault(place="password", code="desk_password_missing")]
    if faults:
        return show(request, "desk/people/sign_in.html", {"login": login, "done": ""}, faults=faults)
    checked = perform(request, actions.check_password, login=login, password=Secret(secret))
    if checked.challenge_id is not None:
        return _second_step(request, checked.challenge_id)
    if checked.wait_seconds:
        minutes = -(-checked.wait_seconds // 60)
        fault = Fault(place="", code="desk_too_many_passwords", facts={"count": minutes})
    else:
        fault = Fault(place="login", code="desk_password_wrong")
    status = TOO_MANY if checked.wait_seconds else 0
    return show(request, "desk/people/sign_in.html", {"login": login, "done": ""}, faults=[fault], status=status)


def _second_step(request: HttpRequest, challenge_id: UUID) -> HttpResponse:
    response = HttpResponseRedirect(_with_next("desk-code", request))
    step = signing.dumps(str(challenge_id), key=secret_keys.believed()[0], salt=STEP_COOKIE)
    cookies.give(response, STEP_COOKIE, step, life=rules.SECOND_STEP_LIFE)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@audience("anyone")
@at_most(60, seconds=60, name="desk-code")
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the authenticator's code, the second of the two steps."""
    challenge_id = step_of(request)
    if challenge_id is None:
        return HttpResponseRedirect(_with_next("desk-sign-in", request))
    if request.method != "POST":
        return show(request, "desk/people/code.html")
    given = posted.european(request.POST.get("code", ""))[:40]
    if not given:
        return show(request, "desk/people/code.html", faults=[Fault(place="code", code="desk_code_missing")])
    token = token_for(request, str(challenge_id), given)
    signed = perform(
        request,
        actions.confirm_totp,
        challenge_id=challenge_id,
        code=Secret(given),
        token_hash=rules.token_hash(token),
    )
    if signed.ok:
        return entered(request, token, safe_next(request))
    if signed.left > 0:
        fault = Fault(place="code", code="desk_code_wrong", facts={"count": signed.left})
        return show(request, "desk/people/code.html", faults=[fault])
    again = Fault(place="", code="desk_step_over")
    return show(request, "desk/people/sign_in.html", {"login": "", "done": ""}, faults=[again])


@require_http_methods(["GET", "HEAD", "POST"])
@officers_without_charge
def choose(request: HttpRequest) -> HttpResponse:
    """Let an officer of several charges choose one; tell an officer of none what that means."""
    found = officer_of(request)
    if queries.has_to_choose_password(actor(request)):
        return HttpResponseRedirect(reverse("desk-password"))
    choices = queries.choices_of(actor(request), at(request))
    context = {"choices": choices, "present": found.charge.id if found and found.charge else None}
    if request.method != "POST" or found is None:
        return show(request, "desk/people/charge.html", context)
    wanted = next((one for one in choices if str(one.id) == request.POST.get("charge")), None)
    if wanted is None:
        return show(
            request, "desk/people/charge.html", context, faults=[Fault(place="charge", code="desk_charge_missing")]
        )
    token = token_for(request, str(found.session_id), str(wanted.id))
    perform(
        request,
        actions.choose_charge,
        session_id=found.session_id,
        charge_id=wanted.id,
        token_hash=rules.token_hash(token),
    )
    return entered(request, token, reverse("desk"))


@require_POST
@officers_without_charge
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session and take its cookie away."""
    found = officer_of(request)
    if found is not None:
        perform_once(request, actions.sign_out, session_id=found.session_id)
    response = HttpResponseRedirect(f"{reverse('desk-sign-in')}?done=signed_out")
    take_cookie(response, path=DESK)
    return response

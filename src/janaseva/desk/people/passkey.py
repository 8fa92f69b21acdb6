"""Passkeys: sign in with one, add one, remove one. They alone need script (``passkey.js``)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from janaseva.core.audience import audience
from janaseva.core.refusal import Fault, Refusal, not_found
from janaseva.design import posted
from janaseva.desk.people.account import page as account_page
from janaseva.desk.people.entry import officer_of, officers_without_charge, safe_next, show
from janaseva.desk.people.sign_in import entered, step_of, token_for
from janaseva.doorway.acts import perform, perform_once
from janaseva.doorway.limits import at_most
from janaseva.people import actions, rules
from janaseva.people.actions import PasskeyOptions

LONGEST = 20_000


def uuid_in(request: HttpRequest, name: str) -> UUID:
    """Return an id that a form of ours carries.

    Raises:
        Refusal: ``not_found`` where it is none.

    """
    try:
        return UUID(request.POST.get(name, "")[:40])
    except ValueError:
        raise not_found() from None


def _asked(options: PasskeyOptions) -> JsonResponse:
    """Return what the browser is asked, for ``passkey.js``."""
    return JsonResponse({"challenge_id": str(options.challenge_id), "options": options.options})


@require_POST
@audience("anyone")
@at_most(30, seconds=60, name="desk-passkey")
def begin(request: HttpRequest) -> HttpResponse:
    """Ask the browser for a passkey: any of this installation, or one of the officer whose password was right."""
    return _asked(perform_once(request, actions.begin_passkey_sign_in, second_step_id=step_of(request)))


@require_POST
@audience("anyone")
@at_most(30, seconds=60, name="desk-passkey")
def confirm(request: HttpRequest) -> HttpResponse:
    """Sign an officer in with what the browser's passkey answered."""
    challenge_id, response = uuid_in(request, "challenge_id"), request.POST.get("response", "")[:LONGEST]
    token = token_for(request, str(challenge_id), response)
    signed = perform(
        request,
        actions.confirm_passkey,
        challenge_id=challenge_id,
        response=response,
        token_hash=rules.token_hash(token),
    )
    if signed.ok:
        return entered(request, token, safe_next(request))
    fault = Fault(place="", code="desk_passkey_refused")
    return show(request, "desk/people/sign_in.html", {"login": "", "done": ""}, faults=[fault])


def _session(request: HttpRequest) -> UUID:
    found = officer_of(request)
    if found is None:
        raise not_found()
    return found.session_id


@require_POST
@officers_without_charge
def begin_registration(request: HttpRequest) -> HttpResponse:
    """Ask the browser to make a passkey for the signed-in officer."""
    return _asked(perform_once(request, actions.begin_passkey_registration, session_id=_session(request)))


@require_POST
@officers_without_charge
def register(request: HttpRequest) -> HttpResponse:
    """Keep the passkey that the browser made."""
    try:
        perform(
            request,
            actions.register_passkey,
            challenge_id=uuid_in(request, "challenge_id"),
            response=request.POST.get("response", "")[: LONGEST + 1],
            label=posted.line(request.POST, "label")[:80],
        )
    except Refusal as refusal:
        if refusal.code != "passkey_not_accepted":
            raise
        return account_page(request, faults=[Fault(place="label", code=refusal.code)])
    return HttpResponseRedirect(f"{reverse('desk-account')}?done=passkey_added")


@require_POST
@officers_without_charge
def remove(request: HttpRequest) -> HttpResponse:
    """Remove one of the own passkeys."""
    facts = {"credential_id": uuid_in(request, "credential_id"), "session_id": _session(request)}
    perform(request, actions.remove_passkey, **facts)
    return HttpResponseRedirect(f"{reverse('desk-account')}?done=passkey_removed")

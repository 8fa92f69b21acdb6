"""An officer's own account: where one is signed in, and the passkeys that open it."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from janaseva.core.refusal import Fault, not_found
from janaseva.desk.people.entry import officer_of, officers_without_charge, show
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.people import actions, queries

DONE: Final = ("passkey_added", "passkey_removed", "session_ended")


def page(request: HttpRequest, faults: Iterable[Fault] = ()) -> HttpResponse:
    """Return the page of the account, with what was wrong with the last thing asked of it."""
    found = officer_of(request)
    done = request.GET.get("done", "")
    context = {
        "sessions": queries.sessions_of(actor(request), at(request)),
        "passkeys": queries.passkeys(actor(request)),
        "present": found.session_id if found else None,
        "done": done if done in DONE else "",
    }
    return show(request, "desk/people/account.html", context, here="desk-account", faults=faults)


@require_safe
@officers_without_charge
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own sessions and passkeys."""
    return page(request)


@require_POST
@officers_without_charge
def end(request: HttpRequest) -> HttpResponse:
    """End one of the own sessions, or all of them."""
    wanted, by = request.POST.get("session", ""), actor(request)
    if by.person_id is None:
        raise not_found()
    if wanted == "all":
        perform(request, actions.sign_out_everywhere, person_id=by.person_id)
        return HttpResponseRedirect(f"{reverse('desk-sign-in')}?done=signed_out")
    try:
        session_id = UUID(wanted[:40])
    except ValueError:
        raise not_found() from None
    perform(request, actions.sign_out, session_id=session_id)
    return HttpResponseRedirect(f"{reverse('desk-account')}?done=session_ended")

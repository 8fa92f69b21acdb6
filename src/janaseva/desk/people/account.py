"""An officer's own account: where one is signed in, and the password and passkeys that open it."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from janaseva.core.refusal import TOO_MANY, Fault, Invalid, not_found
from janaseva.core.secret import Secret
from janaseva.desk.people.entry import officer_of, officers_without_charge, show
from janaseva.doorway.acts import perform
from janaseva.doorway.limits import at_most
from janaseva.doorway.visitor import actor, at
from janaseva.people import actions, queries, rules

DONE: Final = ("password_changed", "passkey_added", "passkey_removed", "session_ended")


def is_fresh(request: HttpRequest) -> bool:
    """Return whether the reader signed in a moment ago, and may change how."""
    found = officer_of(request)
    return found is not None and rules.is_fresh(found.kind, found.ends_at, at(request))


def page(request: HttpRequest, faults: Iterable[Fault] = ()) -> HttpResponse:
    """Return the page of the account, with what was wrong with the last thing asked of it."""
    found = officer_of(request)
    done = request.GET.get("done", "")
    context = {
        "sessions": queries.sessions_of(actor(request), at(request)),
        "passkeys": queries.passkeys(actor(request)),
        "fresh": is_fresh(request),
        "present": found.session_id if found else None,
        "done": done if done in DONE else "",
    }
    return show(request, "desk/people/account.html", context, here="desk-account", faults=faults)


@require_safe
@officers_without_charge
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own sessions and passkeys."""
    return page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@officers_without_charge
@at_most(20, seconds=60, name="desk-password")
def password(request: HttpRequest) -> HttpResponse:
    """Let an officer choose another password, soon after signing in."""
    first = queries.has_to_choose_password(actor(request))
    context = {"first": first, "fresh": is_fresh(request), "least": rules.MIN_PASSWORD_LENGTH}
    faults = _changed(request) if request.method == "POST" else None
    if faults is None and request.method == "POST":
        return HttpResponseRedirect(
            reverse("desk-charge") if first else f"{reverse('desk-account')}?done=password_changed"
        )
    many = any(fault.code == "desk_too_many_passwords" for fault in faults or ())
    return show(request, "desk/people/password.html", context, faults=faults or (), status=TOO_MANY if many else 0)


def _changed(request: HttpRequest) -> Iterable[Fault] | None:
    """Change the password as the form says; return what was wrong, or ``None`` where it was changed."""
    found = officer_of(request)
    old, new = (request.POST.get(name, "")[:1_000] for name in ("old", "password"))
    if found is None:
        raise not_found()
    try:
        changed = perform(
            request, actions.change_password, session_id=found.session_id, old=Secret(old), new=Secret(new)
        )
    except Invalid as invalid:
        return invalid.faults
    if changed.wait_seconds:
        return [Fault(place="", code="desk_too_many_passwords", facts={"count": -(-changed.wait_seconds // 60)})]
    return None if changed.ok else [Fault(place="old", code="desk_password_old_wrong")]


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

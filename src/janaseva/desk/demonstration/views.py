"""Sign-ins and messages that anyone may see, since nobody there is real; not found where the demonstration is off."""

import re
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from janaseva.contact import queries as contact
from janaseva.core.actor import Actor
from janaseva.core.audience import audience
from janaseva.core.refusal import not_found
from janaseva.design.page import render
from janaseva.doorway.visitor import at
from janaseva.people import queries as people

PERIOD_SECONDS: Final = 30
CODE: Final = re.compile(r"(?<!\d)\d{6}(?!\d)", re.ASCII)


def _only_here() -> None:
    if not settings.OPTIONS.demonstration:
        raise not_found()


@require_safe
@audience("anyone")
def officers(request: HttpRequest) -> HttpResponse:
    """List the demonstration's officers by state and office, with how to sign in as each of them now."""
    _only_here()
    found = people.demonstration_sign_ins(Actor.system("demonstration"), at(request))
    sought = request.GET.get("q", "")[:80].strip().casefold()
    lines = [one for one in found if not sought or sought in _words(one)]
    context = {
        "lines": lines,
        "password": found[0].password if found else "",
        "seconds": PERIOD_SECONDS - int(at(request).timestamp()) % PERIOD_SECONDS,
        "sought": request.GET.get("q", "")[:80],
    }
    return render(request, "desk/demonstration/officers.html", context)


def _words(one: people.DemonstrationSignIn) -> str:
    posts = [text for charge in one.charges for text in (charge.post.names, charge.office.names)]
    return " ".join([one.login, *one.names.values(), *(word for text in posts for word in text.values())]).casefold()


@require_safe
@audience("anyone")
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show what was sent to telephones, the latest first, one-time codes large."""
    _only_here()
    messages = contact.mailbox(Actor.anyone())
    lines = [{"message": one, "code": match.group() if (match := CODE.search(one.text)) else ""} for one in messages]
    return render(request, "desk/demonstration/mailbox.html", {"lines": lines})

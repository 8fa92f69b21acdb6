"""How to sign in as each officer of a demonstration, since nobody there is real; not found where it is off."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from janaseva.core.actor import Actor
from janaseva.core.audience import audience
from janaseva.core.writing import fold
from janaseva.design.page import render
from janaseva.doorway.visitor import at
from janaseva.people import queries

PERIOD_SECONDS: Final = 30
LONGEST: Final = 80


@require_safe
@audience("anyone")
def officers(request: HttpRequest) -> HttpResponse:
    """List the demonstration's officers by login name, with how to sign in as each of them now."""
    found = queries.demonstration_sign_ins(Actor.system("demonstration"), at(request))
    sought = request.GET.get("q", "")[:LONGEST]
    context = {
        "lines": [one for one in found if fold(sought) in _words(one)],
        "password": found[0].password if found else "",
        "seconds": PERIOD_SECONDS - int(at(request).timestamp()) % PERIOD_SECONDS,
        "sought": sought,
    }
    return render(request, "desk/demonstration/officers.html", context)


def _words(one: queries.DemonstrationSignIn) -> str:
    posts = [text for charge in one.charges for text in (charge.post.names, charge.office.names)]
    return fold(" ".join([one.login, *one.names.values(), *(word for text in posts for word in text.values())]))

"""The telephones of a demonstration: what was sent to them; not found where the demonstration is off."""

import re
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from janaseva.contact import queries as contact
from janaseva.core.actor import Actor
from janaseva.core.audience import audience
from janaseva.design.page import render

CODE: Final = re.compile(r"(?<!\d)\d{6}(?!\d)", re.ASCII)


@require_safe
@audience("anyone")
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show what was sent to telephones, the latest first, one-time codes large."""
    messages = contact.mailbox(Actor.anyone())
    lines = [{"message": one, "code": match.group() if (match := CODE.search(one.text)) else ""} for one in messages]
    return render(request, "desk/demonstration/mailbox.html", {"lines": lines})

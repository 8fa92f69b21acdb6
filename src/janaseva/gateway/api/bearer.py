"""Who calls: a citizen's session by its token in the ``Authorization`` header (RFC 6750). Cookies are not looked at."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from janaseva.core.ids import secret_token
from janaseva.core.refusal import UNAVAILABLE, Refusal
from janaseva.doorway.visitor import at
from janaseva.people import actions, queries
from janaseva.people.queries import SignedIn

LONGEST_TOKEN = 100


class Bearer(HttpBearer):
    """Finds the session of a token, and keeps it alive where it is due."""

    def authenticate(self, request: HttpRequest, token: str) -> SignedIn | None:
        """Return who is signed in, and let the rest of the door know; ``None`` where the token opens nothing."""
        if not token or len(token) > LONGEST_TOKEN:
            return None
        found = queries.signed_in(token, at(request))
        if found is None or found.kind != "citizen":
            return None
        if found.keep_due:
            key = f"keep:{secret_token()}"
            try:
                actions.keep_session(by=found.actor, at=at(request), key=key, session_id=found.session_id)
            except Refusal as refusal:
                if refusal.status != UNAVAILABLE:  # it ended between the look and the act
                    return None
        visitor: Any = request
        visitor.signed_in = found
        return found


BEARER = Bearer()

"""How long a sign-in lasts. Officers: NIST SP 800-63B AAL2 (30 minutes idle, 12 hours); citizens: AAL1, shorter."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

SESSION_KINDS: Final = ("citizen", "officer")
CREDENTIAL_KINDS: Final = ("password", "totp", "passkey")
CHALLENGE_KINDS: Final = ("code", "second_step", "passkey_new", "passkey")

IDLE: Final = {"officer": timedelta(minutes=30), "citizen": timedelta(hours=12)}
ABSOLUTE: Final = {"officer": timedelta(hours=12), "citizen": timedelta(days=7)}
FRESH: Final = timedelta(minutes=10)
"""So soon after signing in, with both factors, may an officer change how to sign in."""
KEEP_EVERY: Final = timedelta(minutes=5)
"""A session's last use is written at most so often: reading pages must not cost a write each."""


def token_hash(token: str) -> str:
    """Return how a session token is kept: its SHA-256. The token has 128 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", errors="surrogatepass")).hexdigest()


SWEPT_AFTER: Final = timedelta(days=1)
"""A day's grace after its end, so that a person who comes back is told that the code or session is over."""


def absolute_end(kind: str, made_at: datetime) -> datetime:
    """Return when a session ends, however much it is used."""
    return made_at + ABSOLUTE[kind]


def live_until(kind: str, seen_at: datetime, ends_at: datetime) -> datetime:
    """Return when a session ends if it is not used again."""
    return min(seen_at + IDLE[kind], ends_at)


def is_live(kind: str, seen_at: datetime, ends_at: datetime, at: datetime) -> bool:
    """Return whether a session is still good."""
    return at < live_until(kind, seen_at, ends_at)


def is_fresh(kind: str, ends_at: datetime, at: datetime) -> bool:
    """Return whether the sign-in behind a session was a moment ago; choosing another charge does not renew it."""
    return at < ends_at - ABSOLUTE[kind] + FRESH


def keep_due(seen_at: datetime, at: datetime) -> bool:
    """Return whether the session's last use should be written again."""
    return at >= seen_at + KEEP_EVERY

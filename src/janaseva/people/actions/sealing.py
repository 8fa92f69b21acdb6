"""Sealing anew what must be read back, after the secret key was changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.core.secret import is_sealed_before, seal, unseal
from janaseva.people import events, rules
from janaseva.people.models import Credential


@action
def reseal_seeds(*, by: Actor, at: datetime, key: str, credential_ids: Sequence[UUID]) -> int:
    """Seal under the secret key of now those of these seeds that a former one sealed; return how many."""
    allow(rules.may_load(by))
    del at, key
    rows = Credential.objects.select_for_update().filter(pk__in=credential_ids, kind="totp").order_by("id")
    due = [row for row in rows if is_sealed_before("totp", row.secret, bound_to=str(row.id))]
    for row in due:
        change(row, secret=seal("totp", unseal("totp", row.secret, bound_to=str(row.id)), bound_to=str(row.id)))
    if due:
        tell(events.SeedsResealed(resealed=len(due)))
    return len(due)

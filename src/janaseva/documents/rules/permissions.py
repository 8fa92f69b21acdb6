"""Who may do what with documents. Steps trust the action of the room above, which has asked already."""

from typing import Final
from uuid import UUID

from janaseva.core.actor import Actor

REVOCATION_REASONS: Final = ("issued_in_error", "obtained_by_fraud", "replaced", "facts_changed", "court_order")
SURRENDERED: Final = "surrendered"
"""The reason of an end that the holder wished; no officer gives it."""


def may_attach(by: Actor) -> bool:
    """Answer whether ``by`` may give a file: a signed-in person or an officer, never a stranger."""
    return by.kind != "anyone"


def may_issue(by: Actor) -> bool:
    """Answer whether ``by`` may issue at all; who may issue what is for the room that decides."""
    return by.kind != "anyone"


def may_seal(by: Actor) -> bool:
    """Answer whether ``by`` may put the state's seal on a file: the platform's own worker alone."""
    return by.kind == "system"


def may_revoke(by: Actor) -> bool:
    """Answer whether ``by`` may revoke a document."""
    return by.may("documents.revoke")


def may_revoke_of(by: Actor, office_id: UUID | None) -> bool:
    """Answer whether ``by`` may revoke what this office issued: its own officers, or the system itself."""
    return by.kind == "system" or office_id is None or by.office_id == office_id


def may_manage_keys(by: Actor) -> bool:
    """Answer whether ``by`` may add and retire signing keys: an administrator's command or the worker."""
    return by.kind == "system"


def may_store(by: Actor) -> bool:
    """Answer whether ``by`` may bring bytes to the document store and back: worker or administrator's command."""
    return by.kind == "system"

"""Who may do what with an application. Grants hang on posts; what is a person's own is the person's."""

from uuid import UUID

from janaseva.core.actor import Actor


def may_publish_alone(by: Actor) -> bool:
    """Return whether ``by`` may publish without a second person: the administrator's set-up of shipped packs alone."""
    return by.kind == "system"


def may_apply(by: Actor) -> bool:
    """Return whether ``by`` may apply: a signed-in citizen, for themselves."""
    return by.kind == "person" and by.person_id is not None


def is_applicant(by: Actor, applicant_person_id: UUID) -> bool:
    """Return whether ``by`` is the applicant, signed in as a citizen."""
    return by.kind == "person" and by.person_id == applicant_person_id


def may_work(by: Actor) -> bool:
    """Return whether ``by`` has a desk: an officer in charge of a post."""
    return by.kind == "officer" and by.charge_id is not None and bool(by.post_ids)


def is_own_work(by: Actor) -> bool:
    """Return whether it is the platform itself that acts, on news or on time."""
    return by.kind in ("system", "clock")

"""Who acts: a person, an officer in charge of a post, a machine, or the clock."""

from dataclasses import dataclass, field
from typing import Literal, Self
from uuid import UUID

Kind = Literal["anyone", "person", "officer", "machine", "clock", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The one on whose word something is done. It is passed, never fetched, and carries no personal data.

    ``grants`` are the permissions of the post that an officer holds (never of the person). ``post_ids`` are all posts
    in whose name an officer may act now: the own one and those stood in for.
    """

    kind: Kind
    person_id: UUID | None = None
    charge_id: UUID | None = None
    post_id: UUID | None = None
    post_ids: frozenset[UUID] = frozenset()
    office_id: UUID | None = None
    role: str = ""
    grants: frozenset[str] = field(default_factory=frozenset)
    name: str = ""
    """A machine's or a job's registered name; empty for people."""

    @classmethod
    def anyone(cls) -> Self:
        """Return a visitor of whom nothing is known."""
        return cls(kind="anyone")

    @classmethod
    def person(cls, person_id: UUID) -> Self:
        """Return a signed-in citizen."""
        return cls(kind="person", person_id=person_id)

    @classmethod
    def clock(cls) -> Self:
        """Return the clock, which acts when a time has come."""
        return cls(kind="clock", name="clock")

    @classmethod
    def system(cls, name: str) -> Self:
        """Return an administrator's command or an own background job, by name."""
        return cls(kind="system", name=name)

    @property
    def is_official(self) -> bool:
        """Return whether this actor acts for the state and not for itself."""
        return self.kind in ("officer", "clock", "system")

    @property
    def scope(self) -> str:
        """Return the namespace in which this actor's idempotency keys are unique."""
        identity = self.charge_id or self.person_id or self.name or "-"
        return f"{self.kind}:{identity}"

    def may(self, permission: str) -> bool:
        """Return whether the post carries ``permission`` (``room.verb``), or the actor is the system itself."""
        return self.kind in ("system", "clock") or permission in self.grants

"""What is past its date: for the rooms above, whose law says what follows."""

from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from janaseva.core.actor import Actor
from janaseva.workflow.models import Deadline


def _passed(by: Actor, at: datetime, case_id: UUID | OuterRef) -> QuerySet[Deadline]:
    """Return the whole limit of an open case, where it has passed and its clock runs; nothing for others."""
    rows = Deadline.objects.filter(
        case_id=case_id, case__ended_at=None, step="", met_at=None, standing="running", due_at__lt=at
    )
    return rows if by.kind in ("clock", "system") else rows.none()


def passed_of(by: Actor, at: datetime, case_id: OuterRef) -> Subquery:
    """Return the question when the whole limit of an open case passed, to be asked of another row; nothing for others.

    It is asked row by row: as a set, all cases in the state of which a limit passed at any time would be gathered for
    the few that are asked about.
    """
    return Subquery(_passed(by, at, case_id).values("due_at")[:1])


def due_passed(by: Actor, case_id: UUID, at: datetime) -> datetime | None:
    """Return when an open case was due, where that has passed and its clock runs; ``None`` otherwise."""
    row = _passed(by, at, case_id).first()
    return None if row is None else row.due_at

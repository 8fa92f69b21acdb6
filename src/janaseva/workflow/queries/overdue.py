"""What is past its date: for the rooms above, whose law says what follows."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from janaseva.core.actor import Actor
from janaseva.workflow.models import Deadline


def _passed(by: Actor, at: datetime) -> QuerySet[Deadline]:
    rows = Deadline.objects.filter(step="", met_at=None, standing="running", due_at__lt=at)
    return rows if by.kind in ("clock", "system") else rows.none()


def overdue(by: Actor, at: datetime) -> QuerySet[Deadline, UUID]:
    """Return the ids of open cases whose whole limit has passed, to ask further with; nothing for others."""
    return _passed(by, at).filter(case__ended_at=None).values_list("case_id", flat=True)


def due_passed(by: Actor, case_id: UUID, at: datetime) -> datetime | None:
    """Return when an open case was due, where that has passed and its clock runs; ``None`` otherwise."""
    row = _passed(by, at).filter(case_id=case_id, case__ended_at=None).first()
    return None if row is None else row.due_at

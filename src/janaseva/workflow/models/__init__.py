"""Cases, the tasks that hang on posts, the moves that were made, and the calendars and clocks that time them."""

from janaseva.workflow.models.calendars import Closure, Outage, WorkCalendar, WorkDay
from janaseva.workflow.models.cases import (
    Case,
    Deadline,
    Hearing,
    Lapse,
    Look,
    Move,
    Note,
    Notice,
    Objection,
    Pause,
    Task,
)

__all__ = [
    "Case",
    "Closure",
    "Deadline",
    "Hearing",
    "Lapse",
    "Look",
    "Move",
    "Note",
    "Notice",
    "Objection",
    "Outage",
    "Pause",
    "Task",
    "WorkCalendar",
    "WorkDay",
]

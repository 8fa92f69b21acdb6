"""Questions about desks, cases, clocks and calendars."""

from janaseva.workflow.queries._views import TaskView
from janaseva.workflow.queries.calendars import calendar, calendar_or_plain, plain_calendar, reckon
from janaseva.workflow.queries.cases import (
    CaseView,
    MoveView,
    NoteView,
    Option,
    WhyDue,
    case,
    case_of_story,
    has_looked,
    history,
    is_visible,
    notes,
    running,
    sees,
    why_due,
)
from janaseva.workflow.queries.desk import DeskCounts, DeskView, desk, holding, next_task, queue, task, times_over
from janaseva.workflow.queries.pendency import Pendency, pendency
from janaseva.workflow.queries.turns import Turns, turns

__all__ = [
    "CaseView",
    "DeskCounts",
    "DeskView",
    "MoveView",
    "NoteView",
    "Option",
    "Pendency",
    "TaskView",
    "Turns",
    "WhyDue",
    "calendar",
    "calendar_or_plain",
    "case",
    "case_of_story",
    "desk",
    "has_looked",
    "history",
    "holding",
    "is_visible",
    "next_task",
    "notes",
    "pendency",
    "plain_calendar",
    "queue",
    "reckon",
    "running",
    "sees",
    "task",
    "times_over",
    "turns",
    "why_due",
]

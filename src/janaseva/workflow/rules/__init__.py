"""Thinking about processes, calendars and clocks: pure functions and frozen models."""

from janaseva.workflow.rules.calendar import Calendar, DayKind, working_days_between
from janaseva.workflow.rules.clock import Day, Due, Reason, Span, Standing, Urgency, due, explain, urgency
from janaseva.workflow.rules.limit import Limit
from janaseva.workflow.rules.needs import missing
from janaseva.workflow.rules.permission import (
    OUT_OF_TURN_CHARACTERS,
    holds,
    is_own_matter,
    is_own_move,
    is_reason,
    may_answer,
    may_load_calendars,
    may_see,
    may_take,
    may_use_desk,
    may_work,
    posts_of,
)
from janaseva.workflow.rules.picture import Arrow, Node, Picture, picture
from janaseva.workflow.rules.process import (
    OUTCOMES,
    Desk,
    Item,
    Kind,
    Move,
    Need,
    Outcome,
    Process,
    Report,
    Step,
)
from janaseva.workflow.rules.process_faults import faults

__all__ = [
    "OUTCOMES",
    "OUT_OF_TURN_CHARACTERS",
    "Arrow",
    "Calendar",
    "Day",
    "DayKind",
    "Desk",
    "Due",
    "Item",
    "Kind",
    "Limit",
    "Move",
    "Need",
    "Node",
    "Outcome",
    "Picture",
    "Process",
    "Reason",
    "Report",
    "Span",
    "Standing",
    "Step",
    "Urgency",
    "due",
    "explain",
    "faults",
    "holds",
    "is_own_matter",
    "is_own_move",
    "is_reason",
    "may_answer",
    "may_load_calendars",
    "may_see",
    "may_take",
    "may_use_desk",
    "may_work",
    "missing",
    "picture",
    "posts_of",
    "urgency",
    "working_days_between",
]

"""Thinking about processes, calendars and clocks: pure functions and frozen models."""

from janaseva.workflow.rules.limit import Limit
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
    "Arrow",
    "Desk",
    "Item",
    "Kind",
    "Limit",
    "Move",
    "Need",
    "Node",
    "Outcome",
    "Picture",
    "Process",
    "Report",
    "Step",
    "faults",
    "picture",
]

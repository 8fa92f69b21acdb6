"""What the system and the clock do with cases and calendars, and officers with calendars; all else is steps."""

from janaseva.workflow.actions.closing import declare_closure, lift_closure
from janaseva.workflow.actions.ending import confirm_ending, move_out
from janaseva.workflow.actions.loading import load_calendar, load_layer
from janaseva.workflow.actions.outages import correct_outage, notice_return, record_outage
from janaseva.workflow.actions.timing import pass_silence, pass_time, recount, release

__all__ = [
    "confirm_ending",
    "correct_outage",
    "declare_closure",
    "lift_closure",
    "load_calendar",
    "load_layer",
    "move_out",
    "notice_return",
    "pass_silence",
    "pass_time",
    "record_outage",
    "recount",
    "release",
]

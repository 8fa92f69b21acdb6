"""What workflow does inside the actions of rooms above: cases begin, are taken, moved, asked about, and end."""

from janaseva.workflow.steps._layers import calendar_for
from janaseva.workflow.steps.ask import applicant_answered, ask_applicant, ask_report, recall, report
from janaseva.workflow.steps.begin import StartedCase, complete, start
from janaseva.workflow.steps.completeness import find_incomplete, papers_complete
from janaseva.workflow.steps.object import lodge_objection, withdraw_objection
from janaseva.workflow.steps.onward import MovedCase, looked, move, note, pass_time, transfer, withdraw
from janaseva.workflow.steps.opine import opine
from janaseva.workflow.steps.take import TakenTask, put_back, release, take, take_next

__all__ = [
    "MovedCase",
    "StartedCase",
    "TakenTask",
    "applicant_answered",
    "ask_applicant",
    "ask_report",
    "calendar_for",
    "complete",
    "find_incomplete",
    "lodge_objection",
    "looked",
    "move",
    "note",
    "opine",
    "papers_complete",
    "pass_time",
    "put_back",
    "recall",
    "release",
    "report",
    "start",
    "take",
    "take_next",
    "transfer",
    "withdraw",
    "withdraw_objection",
]

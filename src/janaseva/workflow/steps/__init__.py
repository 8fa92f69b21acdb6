"""What workflow does inside the actions of rooms above: cases begin, are taken, moved, asked about, and end."""

from janaseva.workflow.steps._carrying import MovedCase
from janaseva.workflow.steps._layers import calendar_for
from janaseva.workflow.steps.ask import applicant_answered, ask_applicant, ask_report, recall, report
from janaseva.workflow.steps.begin import StartedCase, complete, start
from janaseva.workflow.steps.completeness import find_incomplete, papers_complete
from janaseva.workflow.steps.entry import entry_found
from janaseva.workflow.steps.erasing import erase
from janaseva.workflow.steps.fee import fee_demanded, fee_not_paid, fee_paid, move_last_day, waits_for_fee
from janaseva.workflow.steps.hear import adjourn_hearing, fix_hearing, record_hearing
from janaseva.workflow.steps.lapse import LapsedCase, lapse, lapse_reminded
from janaseva.workflow.steps.object import lodge_objection, withdraw_objection
from janaseva.workflow.steps.onward import looked, move, note, pass_time, transfer, withdraw
from janaseva.workflow.steps.opine import opine
from janaseva.workflow.steps.silence import pass_silence
from janaseva.workflow.steps.take import TakenTask, put_back, release, take, take_next

__all__ = [
    "LapsedCase",
    "MovedCase",
    "StartedCase",
    "TakenTask",
    "adjourn_hearing",
    "applicant_answered",
    "ask_applicant",
    "ask_report",
    "calendar_for",
    "complete",
    "entry_found",
    "erase",
    "fee_demanded",
    "fee_not_paid",
    "fee_paid",
    "find_incomplete",
    "fix_hearing",
    "lapse",
    "lapse_reminded",
    "lodge_objection",
    "looked",
    "move",
    "move_last_day",
    "note",
    "opine",
    "papers_complete",
    "pass_silence",
    "pass_time",
    "put_back",
    "recall",
    "record_hearing",
    "release",
    "report",
    "start",
    "take",
    "take_next",
    "transfer",
    "waits_for_fee",
    "withdraw",
    "withdraw_objection",
]

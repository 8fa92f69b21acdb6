"""The lapses of a case: their times begin, are counted anew, and are over."""

from datetime import datetime

from janaseva.core.action import change, put
from janaseva.core.refusal import CONFLICT, Refusal
from janaseva.workflow import queries, rules
from janaseva.workflow.models import Case, Lapse


def begin(case: Case, process: rules.Process, since: str, began_at: datetime) -> None:
    """Begin the times of all lapses that count from this: the receipt, a question, a step to which the case came.

    Where the case comes to the step again, the time begins again.
    """
    for lapse in rules.beginning(process, since):
        due = rules.lapse_due(lapse, began_at=began_at, calendar=queries.calendar_or_plain(case.calendar_key))
        counted = {"began_at": began_at, "last_day": due.day, "lapses_at": due.at, "remind_at": due.remind_at}
        running = Lapse.first_where(case_id=case.id, key=lapse.key, over_at=None)
        if running is None:
            put(Lapse(case=case, office_id=case.office_id, key=lapse.key, **counted))
        else:
            change(running, **counted, reminded_at=None)


def follow(case: Case, process: rules.Process, at: datetime) -> None:
    """Let be over what the case cannot come to any more from the step at which it is now."""
    for row in Lapse.where(case_id=case.id, over_at=None) if process.lapses else ():
        lapse = process.lapse(row.key)
        if case.ended_at is not None or lapse is None or not rules.may_lapse(process, lapse, case.state):
            change(row, over_at=at)


def answered(case: Case, process: rules.Process, at: datetime) -> None:
    """Let be over what would have come of a question: it was answered, or taken back."""
    keys = {lapse.key for lapse in rules.beginning(process, rules.QUESTION)}
    for row in Lapse.where(case_id=case.id, over_at=None) if keys else ():
        if row.key in keys:
            change(row, over_at=at)


def recount(case: Case, process: rules.Process) -> bool:
    """Count the last days anew after the calendar changed; return whether one is another. None is reminded twice."""
    changed = False
    for row in Lapse.where(case_id=case.id, over_at=None) if process.lapses else ():
        lapse = process.lapse(row.key)
        if lapse is None:
            continue
        due = rules.lapse_due(lapse, began_at=row.began_at, calendar=queries.calendar_or_plain(case.calendar_key))
        if (due.at, due.day) != (row.lapses_at, row.last_day):
            change(row, last_day=due.day, lapses_at=due.at, remind_at=due.remind_at)
            changed = True
    return changed


def ensure_in_time(case: Case, process: rules.Process, at: datetime) -> None:
    """Refuse an officer what comes after the last day, in the minute before the clock ends the case.

    Raises:
        Refusal: ``case_lapses``.

    """
    for row in Lapse.where(case_id=case.id, over_at=None) if process.lapses else ():
        lapse = process.lapse(row.key)
        if lapse is not None and row.lapses_at <= at and case.state in rules.lapse_steps(process, lapse):
            raise Refusal("case_lapses", status=CONFLICT, date=row.last_day)

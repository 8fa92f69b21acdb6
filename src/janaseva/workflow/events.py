"""The news of cases: ids and facts, never what was written in them."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(News):
    """A case began and rests on its first desk."""

    name: ClassVar[str] = "workflow.started"
    case_id: UUID
    definition_key: str
    definition_version: str
    state: str
    post_id: UUID | None
    due_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed(News):
    """A case was found complete; a clock that runs from completeness began."""

    name: ClassVar[str] = "workflow.completed"
    case_id: UUID
    due_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundIncomplete(News):
    """A case was found incomplete; its clock has not begun."""

    name: ClassVar[str] = "workflow.found_incomplete"
    case_id: UUID
    task_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(News):
    """An officer took a task in hand; ``out_of_turn`` where it was not the next one."""

    name: ClassVar[str] = "workflow.taken"
    case_id: UUID
    task_id: UUID
    post_id: UUID | None
    out_of_turn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack(News):
    """A task was put back on its desk, at its old place."""

    name: ClassVar[str] = "workflow.put_back"
    case_id: UUID
    task_id: UUID
    post_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked(News):
    """An officer opened a case; told once a day and charge."""

    name: ClassVar[str] = "workflow.looked"
    case_id: UUID
    post_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(News):
    """An officer wrote a note beside a case."""

    name: ClassVar[str] = "workflow.noted"
    case_id: UUID
    note_id: UUID
    post_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(News):
    """A case went from one state to another by a move of its process."""

    name: ClassVar[str] = "workflow.moved"
    case_id: UUID
    move_id: UUID
    move: str
    source: str
    target: str
    reason: str
    recommends: str
    post_id: UUID | None
    due_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(News):
    """The applicant was asked something; the clock stands still."""

    name: ClassVar[str] = "workflow.asked"
    case_id: UUID
    task_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(News):
    """The applicant answered; the clock runs again."""

    name: ClassVar[str] = "workflow.answered"
    case_id: UUID
    task_id: UUID
    due_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAsked(News):
    """Another post was asked for an enquiry report; the clock runs on."""

    name: ClassVar[str] = "workflow.report_asked"
    case_id: UUID
    task_id: UUID
    report: str
    post_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported(News):
    """An enquiry report came back."""

    name: ClassVar[str] = "workflow.reported"
    case_id: UUID
    task_id: UUID
    report: str
    post_id: UUID | None
    documents: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionGiven(News):
    """One of several desks that work at once gave its opinion."""

    name: ClassVar[str] = "workflow.opinion_given"
    case_id: UUID
    task_id: UUID
    branch: str
    post_id: UUID | None
    documents: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed(News):
    """One of those who decide together agreed to a move; others must still do so, or this was the last."""

    name: ClassVar[str] = "workflow.agreed"
    case_id: UUID
    task_id: UUID
    seat: str
    move: str
    post_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded(News):
    """An office that was asked did not answer in its time, and was reminded."""

    name: ClassVar[str] = "workflow.reminded"
    case_id: UUID
    task_id: UUID
    branch: str
    post_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceTaken(News):
    """An office that was asked did not answer in its time; by law it has no objection."""

    name: ClassVar[str] = "workflow.silence_taken"
    case_id: UUID
    task_id: UUID
    branch: str
    post_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAwaited(News):
    """A case waits until a register has an entry."""

    name: ClassVar[str] = "workflow.entry_awaited"
    case_id: UUID
    register: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeAwaited(News):
    """A case came to a step at which a fee is to be paid; it is demanded from now, and its time runs from then."""

    name: ClassVar[str] = "workflow.fee_awaited"
    case_id: UUID
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingFixed(News):
    """A day was fixed on which those whom a case concerns are heard."""

    name: ClassVar[str] = "workflow.hearing_fixed"
    case_id: UUID
    hearing_id: UUID
    hearing_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingHeld(News):
    """A hearing was held, and what was said recorded."""

    name: ClassVar[str] = "workflow.hearing_held"
    case_id: UUID
    hearing_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled(News):
    """A question or a request for a report was taken back unanswered; the clock runs again."""

    name: ClassVar[str] = "workflow.recalled"
    case_id: UUID
    task_id: UUID
    kind: str
    due_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePublished(News):
    """A case was made public for a time, so that whoever has something against it may say so."""

    name: ClassVar[str] = "workflow.notice_published"
    case_id: UUID
    notice_id: UUID
    until_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionLodged(News):
    """Somebody objected to a case whose notice is public."""

    name: ClassVar[str] = "workflow.objection_lodged"
    case_id: UUID
    objection_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionWithdrawn(News):
    """An objection was taken back by whoever had lodged it."""

    name: ClassVar[str] = "workflow.objection_withdrawn"
    case_id: UUID
    objection_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred(News):
    """A case went to the office that serves another area; its clock did not begin anew."""

    name: ClassVar[str] = "workflow.transferred"
    case_id: UUID
    from_office_id: UUID
    to_office_id: UUID
    post_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(News):
    """A case ended. ``late`` where it was due before."""

    name: ClassVar[str] = "workflow.ended"
    case_id: UUID
    outcome: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseReminded(News):
    """A case will end by itself after ``last_day``, and its applicant is reminded."""

    name: ClassVar[str] = "workflow.lapse_reminded"
    case_id: UUID
    lapse: str
    last_day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(News):
    """A task went back to its desk because the one who held it no longer has charge."""

    name: ClassVar[str] = "workflow.released"
    case_id: UUID
    task_id: UUID
    post_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarLoaded(News):
    """A calendar was loaded or changed; due dates that rest on it are counted again."""

    name: ClassVar[str] = "workflow.calendar_loaded"
    calendar_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recounted(News):
    """The due date of a case changed because its calendar did."""

    name: ClassVar[str] = "workflow.recounted"
    case_id: UUID
    due_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarMade(News):
    """An office or an area got a layer of its own; it says nothing yet, so no date changes."""

    name: ClassVar[str] = "workflow.calendar_made"
    calendar_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureDeclared(News):
    """An officer closed offices for days; due dates that rest on their calendar are counted again."""

    name: ClassVar[str] = "workflow.closure_declared"
    closure_id: UUID
    calendar_key: str
    first_day: str
    last_day: str
    post_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureLifted(News):
    """A closure was taken back; due dates that rest on its calendar are counted again."""

    name: ClassVar[str] = "workflow.closure_lifted"
    closure_id: UUID
    calendar_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRecorded(News):
    """The platform was out of order for a time; limits that ran in it are counted again."""

    name: ClassVar[str] = "workflow.outage_recorded"
    outage_id: UUID
    from_at: str
    to_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageLifted(News):
    """A recorded outage was found not to have been one, or not in this time; limits are counted again."""

    name: ClassVar[str] = "workflow.outage_lifted"
    outage_id: UUID
    from_at: str
    to_at: str

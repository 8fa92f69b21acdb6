"""All that the page of one case shows, read together: answers, checks, papers, fee, clock, history, notes, record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.text import LANGUAGES, Text, in_language
from janaseva.desk.services.changes import changes
from janaseva.documents import queries as documents
from janaseva.documents import rules as document_rules
from janaseva.forms import rules as forms
from janaseva.ledger import queries as ledger
from janaseva.people import queries as people
from janaseva.services import queries as services
from janaseva.services.queries import ApplicationView, PaperView
from janaseva.services.rules import deciding, explaining
from janaseva.services.rules.finding import found_lines
from janaseva.workflow import queries as workflow
from janaseva.workflow import rules as workflow_rules
from janaseva.workflow.queries import CaseView

OUTCOMES: Final = {"met": "done", "not_met": "stop", "cannot_tell": "wait"}
MEGABYTE: Final = 1_000  # in kilobytes
INLINE: Final = {"application/pdf": "pdf", "image/jpeg": "image", "image/png": "image"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One condition of the service, whether the answers meet it, and the answers that it looked at.

    ``law`` and ``refusals`` say by which law, and for which reasons, one that is not met is refused; ``told`` that it
    was handed in after this was said.
    """

    title: Text
    message: Text
    outcome: str
    tag: str
    looked_at: tuple[tuple[Text, str], ...]
    told: bool = False
    law: str = ""
    refusals: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper beside the answers; ``media`` is empty where it cannot be shown in the page."""

    document_id: UUID
    group: str
    title: Text
    kind: Text
    media: str
    filename: str
    size: str
    pages: int
    given_at: datetime
    photograph: bool = False
    given_with: Literal["answer", "report"] = "answer"


def _size(size_bytes: int) -> str:
    kilobytes = -(-size_bytes // 1000)
    return f"{kilobytes} kB" if kilobytes < MEGABYTE else f"{kilobytes / MEGABYTE:.1f} MB"


def papers(view: ApplicationView) -> list[Paper]:
    """Return the papers with the words of the definition for what each proves."""
    groups = {group.key: group for group in view.definition.form.documents}

    def titled(paper: PaperView) -> Paper:
        group = groups.get(paper.group)
        return Paper(
            document_id=paper.document_id,
            group=paper.group,
            title=group.title if group else {},
            kind=group.any_of.get(paper.choice, paper.title) if group else {},
            media=INLINE.get(paper.media_type, ""),
            filename=paper.filename,
            size=_size(paper.size_bytes),
            pages=paper.pages,
            given_at=paper.given_at,
            photograph=group is not None and group.photograph,
            given_with="report" if paper.group == "report" else "answer",
        )

    return [titled(paper) for paper in view.papers]


def _answer_lines(lines: Iterable[forms.Line]) -> list[dict[str, Any]]:
    """Return answers as the summary component takes them: words of a known language are marked as such.

    What was asked once in two scripts stands in one line.
    """
    found: list[dict[str, Any]] = []
    for line in lines:
        label = {line.label_language: line.label}
        if found and found[-1]["label"] == label and not line.rows and isinstance(found[-1]["value"], str):
            found[-1]["value"] = " · ".join(filter(None, (found[-1]["value"], line.value)))
            continue
        known = {line.value_language: line.value} if line.value_language and line.value else line.value
        found.append({"label": label, "value": known, "rows": [_answer_lines(row) for row in line.rows]})
    return found


def answers(view: ApplicationView, applied: forms.Applied, language: str) -> list[dict[str, Any]]:
    """Return the answers page by page, labels in the officer's language, values as the applicant wrote them."""
    pages = forms.summary(view.definition.form, applied, language, area_names=services.area_names)
    return [
        {"title": {page.title_language: page.title}, "lines": _answer_lines(page.lines)} for page in pages if page.lines
    ]


def judgements(view: ApplicationView, applied: forms.Applied, language: str, *, today: date) -> list[Judgement]:
    """Return each condition of eligibility with its outcome and the answers behind it."""
    return [
        Judgement(
            title=one.condition.title,
            message=one.condition.message if one.outcome == "not_met" else {},
            outcome=one.outcome,
            tag=OUTCOMES[one.outcome],
            looked_at=explaining.looked_at(
                view.definition, applied, one.reason, language, area_names=services.area_names
            ),
            told=one.told,
            law=one.condition.law or "" if one.outcome == "not_met" else "",
            refusals=explaining.refusals(view.definition, one.condition.key) if one.outcome == "not_met" else (),
        )
        for one in deciding.eligibility(view.definition, applied.answers, today=today).conditions
    ]


def may_find_incomplete(
    view: ApplicationView, case: CaseView, why: workflow.WhyDue, moves: Iterable[workflow.MoveView]
) -> bool:
    """Return whether the officer may find the application incomplete now: in hand, at the first desk, and once."""
    first = case.state == view.definition.happens.first
    made = any(one.kind in ("move", "incomplete") for one in moves)
    return case.may_ask_applicant and workflow_rules.may_find_incomplete(why.limit, at_first_step=first, made=made)


def due_state(case: CaseView) -> str:
    """Return how the clock of the case is shown."""
    if case.ended_at is not None:
        return "done"
    if case.standing == "paused":
        return "paused"
    return "late" if case.urgency == "overdue" else "running"


def _seats(post_ids: Iterable[UUID | None]) -> Mapping[UUID, Text]:
    """Return posts with their offices in words, in two queries."""
    found = people.posts({key for key in post_ids if key is not None})
    offices = {one.id: one.names for one in people.offices_by_id({post.office_id for post in found.values()})}
    return {
        key: {
            language: f"{in_language(post.names, language)}, {in_language(offices.get(post.office_id, {}), language)}"
            for language in LANGUAGES
        }
        for key, post in found.items()
    }


def past(by: Actor, case: CaseView) -> dict[str, Any]:
    """Return history and notes with the words for each post."""
    moves, notes = workflow.history(by, case.case_id), workflow.notes(by, case.case_id)
    seats = _seats([case.post_id, *(one.post_id for one in moves), *(one.post_id for one in notes)])
    return {"moves": moves, "notes": notes, "seats": seats}


def findings(by: Actor, view: ApplicationView, moves: Iterable[workflow.MoveView], language: str) -> dict[str, Any]:
    """Return what officers found, as it holds now, and in the history with the move at which each was said."""
    definition = view.definition
    held = services.found_of(by, view.id, definition, visible=True)
    said = {one.ordinal: found_lines(definition, one.found, language) for one in moves if one.found}
    return {"found": _answer_lines(found_lines(definition, held, language)), "found_at": said}


def money(by: Actor, view: ApplicationView) -> dict[str, Any]:
    """Return every fee with its lines and what was paid, and the one that the case waits for."""
    fees = services.fees_of(by, view)
    return {
        "fees": fees,
        "awaited_fee": next((one for one in fees if one.is_later and one.is_open), None),
        "currency": "PKR" if view.definition.pack_country == "PK" else "INR",
    }


def issued(by: Actor, view: ApplicationView) -> dict[str, Any]:
    """Return what came out: the certificate as it stands, and whether ``by`` may revoke it."""
    wanted = view.decision.document_id if view.decision else None
    found = documents.documents_of(by, view.id, story_visible=True) if wanted else []
    certificate = next((one for one in found if one.document_id == wanted), None)
    mine = document_rules.may_revoke(by) and document_rules.may_revoke_of(
        by, view.decision.office_id if view.decision else None
    )
    open_ = certificate is not None and certificate.revoked_at is None
    return {
        "certificate": certificate,
        "may_revoke": mine and open_,
        "revocation_reasons": document_rules.REVOCATION_REASONS,
    }


def case_context(by: Actor, application_id: UUID, at: datetime, language: str) -> dict[str, Any]:
    """Return everything that the page of a case shows to an officer who may see it.

    Raises:
        Refusal: ``not_found``.

    """
    view = services.application(by, application_id)
    if view.case_id is None:
        raise not_found()
    case = workflow.case(by, view.case_id, at)
    today = services.today(at)
    applied = forms.apply(view.definition.form, view.answers, today=today, directory=services.PLACES)
    upcoming = workflow.next_task(by, at) if case.may_take else None
    to_take = _to_take(by, case)
    why, history = workflow.why_due(by, view.case_id), past(by, case)
    return {
        "view": view,
        "case": case,
        "answers": answers(view, applied, language),
        "changes": changes(by, view, language, today=today),
        "judgements": judgements(view, applied, language, today=today),
        "grounds": explaining.grounds_that_hold(view.definition, applied),
        "papers": papers(view),
        "why": why,
        "due_state": due_state(case),
        "may_find_incomplete": may_find_incomplete(view, case, why, history["moves"]),
        "to_take": to_take,
        "may_take_next": by.may("services.take"),
        "in_turn": upcoming is not None and to_take is not None and upcoming.task_id == to_take.task_id,
        "wanted": _wanted(view, case),
        "objections": workflow.objections(by, view.case_id),
        **_hearings(by, view.case_id, at),
        "story": services.story(by, view.id),
        "record": ledger.story(by, view.id, visible=True),
        "looks": services.looks(by, view.id),
        "appeals": services.appeals_of(by, view.id),
        "deemed": services.deemed_of(by, view.id) if view.definition.deemed else None,
        **history,
        **findings(by, view, history["moves"], language),
        **money(by, view),
        **issued(by, view),
    }


def _hearings(by: Actor, case_id: UUID, at: datetime) -> dict[str, Any]:
    """Return the hearings of a case, the one to come, and whether its hour has come so that it can be recorded."""
    found = workflow.hearings(by, case_id)
    to_come = next((one for one in found if one.state == "fixed"), None)
    past = [one for one in found if one.state != "fixed"]
    return {"hearings": past, "to_come": to_come, "may_record": to_come is not None and to_come.hearing_at <= at}


def _to_take(by: Actor, case: CaseView) -> workflow.TaskView | None:
    """Return the task of the case that waits on one of the reader's desks, or ``None``."""
    posts = by.post_ids | ({by.post_id} if by.post_id else frozenset())
    tasks = [task for task in (case.side, case.task) if task is not None and task.state == "waiting"]
    return next((task for task in tasks if case.may_take and task.post_id in posts), None)


def _wanted(view: ApplicationView, case: CaseView) -> workflow_rules.Report | None:
    """Return the report that is out: what it must bring, such as a photograph, and what it is to find."""
    step = view.definition.happens.step(case.state)
    return step.report(case.side.report) if step is not None and case.side is not None else None

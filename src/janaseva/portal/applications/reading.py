"""What the page of one application shows, read from the rooms; every number of queries is bounded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.text import Text
from janaseva.core.words import say
from janaseva.documents import queries as documents
from janaseva.forms import rules as forms
from janaseva.people import queries as people
from janaseva.services import queries
from janaseva.services.rules.appealing import level_law
from janaseva.services.rules.finding import found_lines
from janaseva.services.rules.ordered import KIND as ORDER
from janaseva.services.rules.rights import LevelLaw
from janaseva.workflow import queries as workflow

MOST_LOOKS: Final = 50
_STOPS: Final = frozenset({"services.withdrawn", "services.lapsed", "documents.revoked"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What comes next for an application in a list: in words, as which kind of tag, and where that leads."""

    state: str
    kind: str
    todo: str
    address: str


def next_step(line: queries.ApplicationLine, moment: datetime, language: str) -> Step:
    """Return what comes next; whoever must act, the applicant or the office, is said."""
    address = f"/applications/{line.id}/"
    if line.state == "draft":
        return _step("draft", "plain", f"/apply/{line.id}/", language)
    if line.has_question:
        return _step("question", "wait", address, language)
    if line.state == "submitted":
        return _step("submitted" if line.owes else "received", "wait" if line.owes else "going", address, language)
    if line.state == "begun" and line.owes:
        return _step("fee_due", "wait", f"/pay/{line.id}/", language)
    if line.state == "begun":
        late = line.due_at is not None and moment > line.due_at
        return _step("late" if late else "begun", "late" if late else "going", address, language)
    if line.is_replaced:
        return _step("superseded", "plain", address, language)
    if line.is_revoked:
        return _step("revoked", "stop", address, language)
    ended = line.outcome or line.state
    return _step(ended, {"approved": "done", "refused": "stop"}.get(ended, "plain"), address, language)


def _step(name: str, kind: str, address: str, language: str) -> Step:
    return Step(
        state=say(f"portal.applications.state.{name}", language),
        kind=kind,
        todo=say(f"portal.applications.todo.{name}", language),
        address=address,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An application with all that its page shows beside it."""

    office: Text
    step: Text
    desk: Text
    case: workflow.CaseView | None
    why: workflow.WhyDue | None
    story: tuple[Mapping[str, Any], ...]
    looks: tuple[queries.Look, ...]
    objections: tuple[workflow.ObjectionView, ...]
    waits: str
    hearing: workflow.HearingView | None
    fees: tuple[queries.FeeView, ...]
    currency: str
    answers: tuple[forms.PageSummary, ...]
    found: tuple[forms.Line, ...]
    papers: tuple[tuple[Text | str, queries.PaperView], ...]
    acknowledgement: documents.DocumentView | None
    orders: Mapping[str, documents.DocumentView]
    """The orders in appeal, as signed papers, by the number of the appeal."""
    certificate: documents.DocumentView | None
    is_late: bool
    decided_by: tuple[Text, Text]
    appeal_until: date | None
    remedies: tuple["Remedy", ...]
    """How to appeal at each level: by the service's own words, and by the act of the state where it says nothing."""

    @property
    def first_fee(self) -> queries.FeeView | None:
        """Return the fee with which the application began."""
        return next((one for one in self.fees if not one.is_later), None)

    @property
    def to_pay(self) -> queries.FeeView | None:
        """Return the fee that fell due on the way and is still to be paid."""
        return next((one for one in self.fees if one.is_later and one.is_open), None)

    @property
    def is_sealing(self) -> bool:
        """Return whether a document of this application is being signed at this moment."""
        return any(one is not None and one.state == "to_seal" for one in (self.acknowledgement, self.certificate))


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One level of appeal: what the law says of it, before whom it lies, and what nobody has found out yet."""

    name: str
    law: LevelLaw | None
    before: Text
    todo: str


def _waits(case: workflow.CaseView | None, hearing: workflow.HearingView | None) -> str:
    """Return the code of the words for what the application waits for, where that is no single desk."""
    if case is None or case.ended_at is not None:
        return ""
    if case.kind == "hearing":
        return "hearing" if hearing else "hearing_to_fix"
    if case.kind in ("clearance", "parallel", "payment"):
        return case.kind
    if case.kind == "decision" and case.branches:
        return "joint"
    return ("entry" if case.awaits else "notice" if case.has_notice else "") if case.kind == "wait" else ""


def whole(by: Actor, view: queries.ApplicationView, moment: datetime, language: str) -> Whole:
    """Return everything that the page of an application shows; ``view`` was found visible to ``by``."""
    case = workflow.case(by, view.case_id, moment, visible=True) if view.case_id else None
    heard = (
        workflow.hearings(by, view.case_id, visible=True) if view.case_id and case and case.kind == "hearing" else []
    )
    hearing = next((one for one in heard if one.state == "fixed"), None)
    issued = documents.documents_of(by, view.id, story_visible=True)
    office = people.office(view.office_id) if view.office_id else None
    certificate_id = view.decision.document_id if view.decision else None
    return Whole(
        office=office.names if office else {},
        step=case.title if case and not case.ended_at else {},
        desk=_desk(case),
        case=case,
        why=workflow.why_due(by, view.case_id, visible=True) if view.case_id else None,
        story=tuple(_moments(by, view, {str(one.document_id): one.title for one in issued}, language)),
        looks=tuple(queries.looks(by, view.id)[:MOST_LOOKS]),
        objections=tuple(workflow.objections(by, view.case_id, visible=True)) if view.case_id else (),
        waits=_waits(case, hearing),
        hearing=hearing,
        fees=queries.fees_of(by, view),
        currency="PKR" if view.definition.pack_country == "PK" else "INR",
        answers=_answers(view, moment, language),
        found=found_lines(view.definition, queries.found_of(by, view.id, view.definition, visible=True), language),
        papers=tuple((_titles(view, paper, language), paper) for paper in view.papers if paper.group != "report"),
        acknowledgement=next((one for one in issued if one.kind == "acknowledgement"), None),
        orders={one.number: one for one in issued if one.kind == ORDER},
        certificate=next((one for one in issued if one.document_id == certificate_id), None),
        is_late=view.state == "begun" and view.due_at is not None and moment > view.due_at,
        decided_by=_seat(view),
        appeal_until=_appeal_until(view),
        remedies=(_remedy(view, 1, "first"), _remedy(view, 2, "second")),
    )


def _desk(case: workflow.CaseView | None) -> Text:
    """Return the post on whose desk the application lies now: that of the report which is out, else the step's own."""
    if case is None or case.ended_at is not None:
        return {}
    side = case.side.post_id if case.side and case.side.kind == "report" else None
    return _post(side or case.post_id)


def _post(post_id: UUID | None) -> Text:
    found = people.post(post_id) if post_id else None
    return found.names if found else {}


def _seat(view: queries.ApplicationView) -> tuple[Text, Text]:
    if view.decision is None:
        return {}, {}
    office = people.office(view.decision.office_id)
    return _post(view.decision.post_id), office.names if office else {}


def _appeal_until(view: queries.ApplicationView) -> date | None:
    """Return the last day for a first appeal, where the law's days are known."""
    law = level_law(view.definition, 1)
    if view.decision is None or law is None or law.file_days is None:
        return None
    return queries.today(view.decision.decided_at) + timedelta(days=law.file_days)


def _remedy(view: queries.ApplicationView, level: int, name: str) -> Remedy:
    law = level_law(view.definition, level)
    own = getattr(view.definition.appeal, name, view.definition.appeal)
    before = law.authority if law else {}
    if law is not None and not before:
        roles = {variant.key: variant.officer.role for variant in view.definition.variants}
        seat = law.seat(roles.get(view.variant, ""))
        before = people.role_names([seat.role]).get(seat.role, {}) if seat else {}
    return Remedy(name=name, law=law, before=before, todo=getattr(own, "unknown", "") or "")


def _moments(
    by: Actor, view: queries.ApplicationView, titles: Mapping[str, Text], language: str
) -> Iterator[Mapping[str, Any]]:
    """Yield the steps as the timeline shows them; the move that made the decision is told as the decision alone."""
    happened = queries.story(by, view.id)
    decided = {one.at for one in happened if one.name == "services.decided"}
    for one in happened:
        if one.name == "workflow.moved" and one.at in decided:
            continue
        ending = one.name == "services.decided"
        yield {
            "title": say(f"portal.applications.event.{view.outcome}" if ending else f"event.{one.name}", language),
            "words": titles.get(str(one.facts.get("document_id")), "") if one.name.startswith("documents.") else "",
            "at": one.at,
            "post": one.post,
            "office": one.office,
            "index": one.log_index,
            "kind": "stop" if one.name in _STOPS or (ending and view.outcome != "approved") else "done",
        }


def _answers(view: queries.ApplicationView, moment: datetime, language: str) -> tuple[forms.PageSummary, ...]:
    form = view.definition.form
    on = queries.today(view.submitted_at or moment)
    applied = forms.apply(form, view.answers, today=on, directory=queries.PLACES)
    return forms.summary(form, applied, language, area_names=queries.area_names)


def _titles(view: queries.ApplicationView, paper: queries.PaperView, language: str) -> Text | str:
    """Return what a paper was given as: the alternative of its group; after the group, where another has the same."""
    group = next((one for one in view.definition.form.documents if one.key == paper.group), None)
    if group is None:
        return say("portal.applications.paper_answer", language)
    words = group.any_of.get(paper.choice)
    others = (one for one in view.definition.form.documents if one.key != group.key)
    if words is None or not any(words in one.any_of.values() for one in others):
        return words or group.title
    return {spoken: f"{group.title[spoken]}: {words[spoken]}" for spoken in group.title.keys() & words.keys()}

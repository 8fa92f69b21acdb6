"""What an officer does on the page of a case. What is refused is shown there again, beside its field, nothing lost."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock_time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from janaseva.core.refusal import CONFLICT, FORBIDDEN, UNPROCESSABLE, Fault, Invalid, Refusal, not_found
from janaseva.design import posted
from janaseva.desk.people.entry import officers
from janaseva.desk.services.case import case_page
from janaseva.desk.services.desk import opened
from janaseva.documents import queries as documents
from janaseva.documents import rules as document_rules
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor
from janaseva.services import actions
from janaseva.services import queries as services
from janaseva.workflow import rules as workflow_rules

LONGEST: Final = 20_000
PHOTOGRAPHS: Final = 3
PLACES: Final = {
    "out_of_turn_needs_reason": "out_of_turn",
    "question_empty": "question",
    "incomplete_needs_papers": "missing",
    "report_empty": "report_text",
    "report_needs_photograph": "photographs.0",
    "recall_needs_reason": "recall_note",
    "note_empty": "note_text",
    "adjourn_needs_reason": "adjourn_reason",
}
"""The field at which each refusal can be mended; others are told above the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One act as it was asked for: the request, the application, and what was typed."""

    request: HttpRequest
    application_id: UUID
    typed: dict[str, Any]

    def words(self, name: str) -> str:
        """Return a text that was typed, and keep it for showing again."""
        self.typed[name] = self.request.POST.get(name, "").replace("\r\n", "\n")[:LONGEST]
        return str(self.typed[name])

    def uuid(self, name: str) -> UUID:
        """Return an id that the form carried.

        Raises:
            Refusal: ``not_found`` where it is none.

        """
        try:
            return UUID(self.request.POST.get(name, "")[:40])
        except ValueError:
            raise not_found() from None


def _take(asked: Asked) -> str:
    reason = asked.words("out_of_turn")
    perform(asked.request, actions.take, task_id=asked.uuid("task_id"), reason=reason)
    return "taken"


def _put_back(asked: Asked) -> str:
    perform(asked.request, actions.put_back, application_id=asked.application_id, task_id=asked.uuid("task_id"))
    return "put_back"


def _found(asked: Asked, move: str) -> dict[str, str]:
    """Return what the officer says was found, as typed, by the keys of its fields; the rest is kept too.

    ``move`` is the key of the move, or of the report or branch that asks.
    """
    post, parts = asked.request.POST, (".day", ".month", ".year")
    names = dict.fromkeys(name[: -len(end)] if (end := _ending(name, parts)) else name for name in post)
    typed = {
        name: (posted.day(post, name) if f"{name}.day" in post else post.get(name, "").replace("\r\n", "\n"))[:LONGEST]
        for name in [name for name in names if name.startswith("found.")][:200]
    }
    asked.typed["found"] = typed
    start = workflow_rules.found_place(move)
    return {name.removeprefix(start): value for name, value in typed.items() if name.startswith(start) and value}


def _ending(name: str, parts: tuple[str, ...]) -> str:
    return next((part for part in parts if name.endswith(part)), "")


def _move(asked: Asked) -> str | HttpResponse:
    move, note, reason = asked.words("move"), asked.words("note"), asked.words("reason")
    checked = [name.removeprefix("checked.") for name in asked.request.POST if name.startswith("checked.")][:100]
    asked.typed["checked"] = checked
    then_next = asked.request.POST.get("then") == "next"
    found = _found(asked, move)
    if not move:
        raise Invalid([Fault(place="move", code="desk_move_missing")])
    moved = perform(
        asked.request,
        actions.move,
        application_id=asked.application_id,
        move=move,
        note=note,
        reason=reason,
        checked=checked,
        found=found,
        task_id=asked.uuid("task_id"),
        **({"then_next": True} if then_next else {}),
    )
    done = "agreed" if moved.awaited else "decided" if moved.outcome else "moved"
    if not then_next:
        return done
    if moved.next_id is None:
        return HttpResponseRedirect(f"{reverse('desk')}?next=none&done={done}")
    return HttpResponseRedirect(
        f"{opened(asked.request, moved.next_id)}?done=handed_next&before={moved.application_id}"
    )


def _ask(asked: Asked) -> str:
    perform(asked.request, actions.ask, application_id=asked.application_id, question=asked.words("question"))
    return "asked"


def _ask_report(asked: Asked) -> str:
    report, question = asked.words("report"), asked.words("report_question")
    faults = [] if report else [Fault(place="report", code="desk_report_missing")]
    if not question.strip():
        faults.append(Fault(place="report_question", code="desk_report_question_missing"))
    if faults:
        raise Invalid(faults)
    perform(
        asked.request,
        actions.request_report,
        application_id=asked.application_id,
        report=report,
        question=question,
    )
    return "report_asked"


def _photographs(asked: Asked) -> list[document_rules.Received]:
    """Return the photographs that came with a report, cleaned.

    Raises:
        Invalid: with every file that cannot be taken, at once.

    """
    received, faults = [], []
    for number in range(PHOTOGRAPHS):
        name = f"photographs.{number}"
        file = asked.request.FILES.get(name)
        if file is None:
            continue
        try:
            received.append(documents.receive(filename=file.name or "", content=file.read()))
        except Refusal as refusal:
            faults.append(Fault(place=name, code=refusal.code, facts=refusal.facts))
    if faults:
        raise Invalid(faults)
    return received


def _place(asked: Asked) -> workflow_rules.Place:
    return workflow_rules.Place(
        words=asked.words("place_words"), latitude=asked.words("latitude"), longitude=asked.words("longitude")
    )


def _opine(asked: Asked) -> str:
    recommends, text = asked.words("opinion"), asked.words("opinion_text")
    found = _found(asked, asked.words("report"))
    perform(
        asked.request,
        actions.give_opinion,
        application_id=asked.application_id,
        task_id=asked.uuid("task_id"),
        recommends=recommends if recommends in ("approve", "refuse") else "",
        text=text,
        photographs=_photographs(asked),
        place=_place(asked),
        found=found,
    )
    return "opinion_given"


def _when(asked: Asked) -> datetime | None:
    """Return the moment of a hearing in the state's own time; ``None`` where it cannot be read."""
    view = services.application(actor(asked.request), asked.application_id)
    asked.typed["hearing_day"] = posted.day(asked.request.POST, "hearing_at")
    hour = asked.words("hearing_hour")
    try:
        day, when = date.fromisoformat(asked.typed["hearing_day"]), clock_time.fromisoformat(hour)
    except ValueError:
        return None
    return datetime.combine(
        day, when.replace(tzinfo=None), tzinfo=ZoneInfo(services.pack_of(view.definition_id).time_zone)
    )


def _fix_hearing(asked: Asked) -> str:
    perform(
        asked.request,
        actions.fix_hearing,
        application_id=asked.application_id,
        hearing_at=_when(asked),
        place=asked.words("hearing_place"),
    )
    return "hearing_fixed"


def _adjourn_hearing(asked: Asked) -> str:
    perform(
        asked.request,
        actions.adjourn_hearing,
        application_id=asked.application_id,
        hearing_at=_when(asked),
        place=asked.words("hearing_place"),
        reason=asked.words("adjourn_reason"),
    )
    return "hearing_adjourned"


def _record_hearing(asked: Asked) -> str:
    came = [name.removeprefix("attended.") for name in asked.request.POST if name.startswith("attended.")][:100]
    asked.typed["attended"] = came
    record = asked.words("hearing_record")
    perform(asked.request, actions.record_hearing, application_id=asked.application_id, attended=came, record=record)
    return "hearing_held"


def _report(asked: Asked) -> str:
    text = asked.words("report_text")
    found = _found(asked, asked.words("report"))
    perform(
        asked.request,
        actions.report,
        application_id=asked.application_id,
        text=text,
        photographs=_photographs(asked),
        place=_place(asked),
        found=found,
    )
    return "reported"


def _recall(asked: Asked) -> str:
    perform(asked.request, actions.recall, application_id=asked.application_id, note=asked.words("recall_note"))
    return "recalled"


def _note(asked: Asked) -> str:
    perform(asked.request, actions.note, application_id=asked.application_id, text=asked.words("note_text"))
    return "noted"


def _incomplete(asked: Asked) -> str:
    words = asked.words("missing_words")
    missing = [name.removeprefix("missing.") for name in asked.request.POST if name.startswith("missing.")][:100]
    asked.typed["missing"] = missing
    perform(asked.request, actions.find_incomplete, application_id=asked.application_id, missing=missing, words=words)
    return "found_incomplete"


ACTS: Final[dict[str, Callable[[Asked], str | HttpResponse]]] = {
    "take": _take,
    "put-back": _put_back,
    "move": _move,
    "ask": _ask,
    "incomplete": _incomplete,
    "ask-report": _ask_report,
    "report": _report,
    "opine": _opine,
    "fix-hearing": _fix_hearing,
    "adjourn-hearing": _adjourn_hearing,
    "record-hearing": _record_hearing,
    "recall": _recall,
    "note": _note,
}
GONE: Final = ("put_back", "reported", "opinion_given")
"""After these the case may no longer be the officer's to see, so the desk is shown."""


@require_POST
@officers
def act(request: HttpRequest, application_id: UUID, act: str) -> HttpResponse:
    """Do one thing with a case; show the case again, with the faults where it could not be done."""
    doing = ACTS.get(act)
    if doing is None:
        raise Http404
    asked = Asked(request=request, application_id=application_id, typed={"act": act})
    try:
        done = doing(asked)
    except Invalid as refusal:
        return case_page(request, application_id, faults=refusal.faults, typed=asked.typed)
    except Refusal as refusal:
        if refusal.status not in (CONFLICT, FORBIDDEN, UNPROCESSABLE):
            raise
        fault = Fault(place=PLACES.get(refusal.code, ""), code=refusal.code, facts=refusal.facts)
        return case_page(request, application_id, faults=[fault], typed=asked.typed, status=refusal.status)
    if not isinstance(done, str):
        return done
    if done in GONE:
        return HttpResponseRedirect(f"{reverse('desk')}?done={done}")
    return HttpResponseRedirect(f"{reverse('desk-case', args=[application_id])}?done={done}")

"""The way that an example takes through the steps of its service, on rules alone: its moves, and what falls due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import Field

from janaseva.forms.rules import Part
from janaseva.forms.rules.checking import Applied
from janaseva.forms.rules.reading import settle_shape
from janaseva.payments.rules.fees import Bill
from janaseva.services.rules import deciding
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.parts import Variant
from janaseva.workflow.rules import (
    LAPSED,
    OUTCOMES,
    Move,
    Process,
    choose,
    facts_for,
    finding,
    form_of,
    held,
    lapse_steps,
)
from janaseva.workflow.rules import Step as ProcessStep


def as_step(value: Any) -> Any:
    """Return a move as it may be written in short, ``step.move`` or ``step.move: reason``, in full."""
    if isinstance(value, str):
        return {"move": value}
    if isinstance(value, Mapping) and len(value) == 1 and "move" not in value:
        move, reason = next(iter(value.items()))
        return {"move": move, "reason": reason}
    return value


class Step(Part):
    """One move, written ``step.move``, or ``step.move: reason`` where an officer gives a coded reason.

    ``finds`` are the officer's answers to what the move asks, ``reports`` those of the step's reports and branches, by
    their keys. ``on`` is the day on which the fee of the step is demanded, where waits alone do not tell it.
    """

    move: str
    reason: str | None = None
    finds: dict[str, Any] = Field(default_factory=dict)
    reports: dict[str, dict[str, Any]] = Field(default_factory=dict)
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What an example sends on its way: its answers as they count, and how and when it was handed in."""

    definition: Definition
    variant: Variant
    applied: Applied
    today: date
    channel: Literal["online", "counter"]
    pages: int
    found: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Walked:
    """Where the moves led, what is wrong with them, and the last demand of each step at which something fell due."""

    state: str
    day: date
    wrong: str = ""
    objections: int = 0
    demands: dict[str, Bill] = field(default_factory=dict)
    paid: dict[str, dict[str, int]] = field(default_factory=dict)
    found: list[Mapping[str, Any]] = field(default_factory=list)


def walk(case: Case, steps: Sequence[Step]) -> Walked:
    """Return where the moves lead. Rules of automatic steps and what falls due are worked out, not believed."""
    process = case.definition.process_for(case.variant)
    facts = facts_for(process, case.definition.scope, case.applied.answers)
    walked = Walked(state=process.first, day=case.today, found=[case.found])
    for one in steps:
        wrong, to = _move(case, process, facts, walked, one)
        if wrong:
            walked.wrong = f"steps: {wrong}"
            break
        walked.state = to
        if to in OUTCOMES:
            break
    return walked


def _move(case: Case, process: Process, facts: Mapping[str, Any], walked: Walked, one: Step) -> tuple[str, str]:
    """Return what is wrong with a move, and where it leads."""
    at, _, key = one.move.partition(".")
    if at != walked.state:
        return f"'{one.move}' is made at '{at}', but the case is at '{walked.state}'", ""
    here = process.step(at)
    if key == LAPSED and process.lapses:
        lapses = any(at in lapse_steps(process, lapse) for lapse in process.lapses)
        return ("" if lapses else f"nothing lapses at '{at}'"), LAPSED
    move = here.move(key) if here else None
    if here is None or move is None:
        known = ", ".join(m.key for m in here.moves) if here else "none"
        return f"'{at}' has no move '{key}'; its moves: {known}", ""
    wrong = ""
    if here.kind == "automatic":
        chosen = choose(here, facts=facts, today=walked.day, objections=walked.objections).move
        wrong = "" if chosen.key == key else f"the rules of '{at}' choose '{chosen.key}' here, not '{key}'"
    elif here.kind == "payment":
        walked.day = one.on or walked.day
        wrong = _demand(case, walked, here, way=move.fee or "")
    walked.objections = walked.objections if move.objections is None else int(move.objections == "some")
    if not wrong and "reason" in move.needs and one.reason not in {reason.key for reason in process.reasons}:
        wrong = f"'{one.move}' needs one of the coded reasons: write '{one.move}: reason'"
    misfound = "" if wrong else _misfound(here, move, one, walked)
    walked.day = _after(here, move, walked.day)
    return (f"'{one.move}' {misfound}" if misfound else wrong), move.to


def _after(here: ProcessStep, move: Move, today: date) -> date:
    """Return the day on which the next step is done: a wait lasts as long as it says, but for what came before."""
    waits = (here.kind == "wait" and move.entry != "found") or move.fee == "not_paid"
    days = here.limit.days if here.limit is not None else None
    return today + timedelta(days=days) if waits and days is not None else today


def _misfound(here: ProcessStep, move: Move, one: Step, walked: Walked) -> str:
    """Return what is wrong with what the officers of a step found: whoever made the move, its reports, its branches."""
    asked = {part.key: part for name, _, part in here.asking if name != "moves"}
    strange = [key for key in one.reports if key not in asked]
    if strange:
        return f"reports: there is no report or branch '{strange[0]}' here: {', '.join(asked) or 'none'}"
    all_answer = {part.key for part in here.branches} if here.answers_needed == len(here.branches) else set()
    given = {key: one.reports.get(key, {}) for key in asked if key in one.reports or key in all_answer}
    for key, finds, answers in (
        *((f"reports.{key}", asked[key].finds, answers) for key, answers in given.items()),
        ("finds", move.finds, one.finds),
    ):
        _, wrong = finding(finds, answers, move=key, today=walked.day)
        if wrong:
            told = ", ".join(f"{fault.place.rpartition('.')[2]} {fault.code}" for fault in wrong)
            return f"{key}: {told}"
        walked.found.append(settle_shape(form_of(finds), answers))
    return ""


def _demand(case: Case, walked: Walked, here: ProcessStep, *, way: str) -> str:
    """Work out what falls due at this step; return what is wrong with the way that the example takes."""
    found, on = held(walked.found), walked.day
    given = {"channel": case.channel, "pages": case.pages}
    bill = deciding.demand(case.definition, here.key, case.applied, found, on=on, **given)  # type: ignore[arg-type]
    if bill is None:
        return f"nothing is demanded at '{here.key}'"
    if bill.missing or bill.faults:
        return f"the fee of '{here.key}' cannot be worked out: {', '.join([*bill.missing, *bill.faults])}"
    paid = walked.paid.setdefault(here.key, {})
    rest = Bill(lines=deciding.not_yet_paid(bill, paid), known=bill.known)
    walked.demands[here.key] = rest
    if way == "not_paid" and not rest.total_paise:
        return f"nothing is to be paid at '{here.key}', so the case goes on as paid"
    if way == "not_paid" and (here.limit is None or here.limit.days is None):
        return f"nobody knows how long '{here.key}' waits, so it is never left unpaid"
    if way == "paid":
        for line in rest.lines:
            paid[line.key] = paid.get(line.key, 0) + line.amount_paise
    return ""

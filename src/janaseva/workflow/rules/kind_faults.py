"""What is wrong with a step of its kind: waits, automatic steps, branches, clearances, hearings, joint decisions."""

from collections.abc import Iterator
from typing import Any

from janaseva.core.refusal import Fault
from janaseva.workflow.rules.process import Process, Step


def kind_faults(process: Process) -> Iterator[Fault]:
    """Yield every fault of a step that its kind makes one, in the order of the text."""
    for index, step in enumerate(process.steps):
        place = f"steps.{index}"
        yield from _elsewhere(step, place)
        if step.by_itself and (step.ask_applicant or step.reports or step.role or any(m.needs for m in step.moves)):
            yield _fault(place, "process_wait_with_work", step)
        match step.kind:
            case "wait":
                yield from _wait(step, place)
            case "automatic":
                yield from _automatic(step, place)
            case "parallel":
                yield from _parallel(step, place)
            case "clearance":
                yield from _clearance(step, place)
            case "hearing":
                yield from _hearing(step, place)
            case "decision":
                yield from _joint(step, place)
            case "payment":
                yield from _payment(step, place)
    yield from _circles(process)


def _fault(place: str, code: str, step: Step, **facts: Any) -> Fault:
    return Fault(place=place, code=code, facts={"step": step.key, **facts})


def _elsewhere(step: Step, place: str) -> Iterator[Fault]:
    """Yield what stands at a step of a kind that does nothing with it."""
    opposable = step.notice is not None and step.notice.objections
    used = {
        "notice": (step.notice is not None, step.kind == "wait"),
        "clock": (step.clock == "stands", step.kind in ("wait", "hearing", "payment")),
        "branches": (bool(step.branches), step.kind in ("parallel", "clearance")),
        "answers": (step.answers != "all", step.kind == "parallel"),
        "joint": (bool(step.joint), step.kind == "decision"),
        "hearing": (step.hearing is not None, step.kind == "hearing"),
        "entry": (step.entry is not None, step.kind == "wait" and step.notice is None),
        "role": (step.role is not None, not step.joint),
        "office": (step.office is not None, not step.joint),
        "ask_applicant": (step.ask_applicant, not step.joint and step.kind != "hearing"),
        "reports": (bool(step.reports), not step.joint and step.kind != "hearing"),
    }
    for name, (is_there, belongs) in used.items():
        if is_there and not belongs:
            yield _fault(f"{place}.{name}", "process_part_elsewhere", step, part=name)
    for index, move in enumerate(step.moves):
        ways = {
            "objections": (move.objections, opposable),
            "when": (move.when, step.kind == "automatic"),
            "result": (move.result, step.kind in ("parallel", "clearance")),
            "entry": (move.entry, step.entry is not None),
            "fee": (move.fee, step.kind == "payment"),
            "by": (move.by, bool(step.joint)),
            "finds": (move.finds or None, not step.by_itself and not step.joint),
        }
        for name, (value, belongs) in ways.items():
            if value is not None and not belongs:
                yield _fault(f"{place}.moves.{index}.{name}", "process_part_elsewhere", step, part=name)
    for name in ("branches", "joint"):
        for index, branch in enumerate(getattr(step, name)):
            if branch.silence is not None and (step.kind != "clearance" or name == "joint"):
                yield _fault(f"{place}.{name}.{index}.silence", "process_part_elsewhere", step, part="silence")
            if branch.finds and name == "joint":
                yield _fault(f"{place}.{name}.{index}.finds", "process_part_elsewhere", step, part="finds")
            if branch.limit is not None and name == "joint":
                yield _fault(f"{place}.{name}.{index}.limit", "process_part_elsewhere", step, part="limit")


def _wait(step: Step, place: str) -> Iterator[Fault]:
    if step.limit is None:
        yield _fault(f"{place}.limit", "process_wait_without_limit", step)
    if step.notice is not None and step.notice.objections:
        if sorted(move.objections or "" for move in step.moves) != ["none", "some"]:
            yield _fault(f"{place}.moves", "process_objections_without_ways", step)
    elif step.entry is not None:
        if sorted(move.entry or "" for move in step.moves) != ["found", "missing"]:
            yield _fault(f"{place}.moves", "process_entry_without_ways", step)
        if step.entry.number is None and not step.entry.facts:
            yield _fault(f"{place}.entry", "process_entry_unnamed", step)
    elif len(step.moves) > 1:
        yield _fault(f"{place}.moves", "process_wait_with_choice", step)


def _payment(step: Step, place: str) -> Iterator[Fault]:
    if step.limit is None:
        yield _fault(f"{place}.limit", "process_payment_without_limit", step)
    if sorted(move.fee or "" for move in step.moves) != ["not_paid", "paid"]:
        yield _fault(f"{place}.moves", "process_payment_without_ways", step)


def _automatic(step: Step, place: str) -> Iterator[Fault]:
    if step.limit is not None:
        yield _fault(f"{place}.limit", "process_part_elsewhere", step, part="limit")
    rest = [move.when is None for move in step.moves]
    if rest != [False] * (len(rest) - 1) + [True]:
        yield _fault(f"{place}.moves", "process_automatic_without_rest", step)


def _parallel(step: Step, place: str) -> Iterator[Fault]:
    if len(step.branches) < 2:  # noqa: PLR2004 - one desk is no parallel work
        yield _fault(f"{place}.branches", "process_parallel_alone", step)
    if isinstance(step.answers, int) and step.answers > len(step.branches):
        yield _fault(f"{place}.answers", "process_parallel_too_many", step, branches=len(step.branches))
    results = sorted(move.result or "" for move in step.moves)
    if results not in ([""], ["against", "all"]):
        yield _fault(f"{place}.moves", "process_parallel_without_ways", step)


def _clearance(step: Step, place: str) -> Iterator[Fault]:
    if not step.branches:
        yield _fault(f"{place}.branches", "process_clearance_of_nobody", step)
    for index, branch in enumerate(step.branches):
        here = f"{place}.branches.{index}"
        if branch.limit is None:
            yield _fault(here, "process_clearance_without_limit", step, branch=branch.key)
        if branch.silence is None:
            yield _fault(here, "process_clearance_without_silence", step, branch=branch.key)
        elif branch.silence.then == "no_objection" and not (branch.silence.law and branch.silence.source):
            yield _fault(f"{here}.silence", "process_silence_without_law", step, branch=branch.key)
    results = sorted(move.result or "" for move in step.moves)
    if results not in ([""], ["against", "all"]):
        yield _fault(f"{place}.moves", "process_parallel_without_ways", step)


def _hearing(step: Step, place: str) -> Iterator[Fault]:
    if step.hearing is None:
        yield _fault(place, "process_hearing_without_notice", step)
    elif step.clock == "stands" and not step.hearing.law:
        yield _fault(f"{place}.clock", "process_hearing_stands_without_law", step)


def _joint(step: Step, place: str) -> Iterator[Fault]:
    if not step.joint:
        return
    if len(step.joint) < 2:  # noqa: PLR2004 - one alone decides by itself
        yield _fault(f"{place}.joint", "process_joint_alone", step)
    if [move.by for move in step.moves].count("all") != 1 or None in {move.by for move in step.moves}:
        yield _fault(f"{place}.moves", "process_joint_without_ways", step)
    for index, move in enumerate(step.moves):
        if move.to == "approved" and move.by == "one":
            yield _fault(f"{place}.moves.{index}.by", "process_joint_approved_by_one", step)


def _circles(process: Process) -> Iterator[Fault]:
    """Yield the steps from which rules alone could lead back to them, without anybody ever acting.

    A payment is among them by its way on: where nothing is to be paid, the case takes it at once.
    """
    ways = {
        step.key: {move.to for move in step.moves if move.fee != "not_paid"}
        for step in process.steps
        if step.kind in ("automatic", "payment")
    }
    for index, step in enumerate(process.steps):
        seen: set[str] = set()
        waiting = list(ways.get(step.key, ()))
        while waiting:
            key = waiting.pop()
            if key in ways and key not in seen:
                seen.add(key)
                waiting.extend(ways[key])
        if step.key in seen:
            yield _fault(f"steps.{index}", "process_automatic_circle", step)

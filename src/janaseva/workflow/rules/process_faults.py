"""What is wrong with a process that only the whole shows; every fault at once, each with its place."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from janaseva.core.refusal import Fault
from janaseva.workflow.rules.kind_faults import kind_faults
from janaseva.workflow.rules.lapse import lapse_faults
from janaseva.workflow.rules.parts import Branch, Report
from janaseva.workflow.rules.process import OUTCOMES, Move, Process, Step


def faults(process: Process) -> list[Fault]:
    """Return every fault of the process, in the order of the text; an empty list is a sound process.

    Places are dotted paths from ``happens`` (``steps.0.moves.1.to``). Codes have words under ``fault.<code>``.
    """
    found = [*_keys(process), *_desks(process), *_moves(process), *kind_faults(process), *_graph(process)]
    return [*found, *_ends(process), *lapse_faults(process)]


def _fault(place: str, code: str, **facts: Any) -> Fault:
    return Fault(place=place, code=code, facts=facts)


def _twice(keys: Iterable[str]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for index, key in enumerate(keys):
        if key in seen:
            yield index, key
        seen.add(key)


def _keys(process: Process) -> Iterator[Fault]:
    for index, step in enumerate(process.steps):
        if step.key in OUTCOMES:
            yield _fault(f"steps.{index}.key", "process_step_named_as_end", step=step.key)
    for index, key in _twice(step.key for step in process.steps):
        yield _fault(f"steps.{index}.key", "process_key_twice", name=key)
    for index, key in _twice(reason.key for reason in process.reasons):
        yield _fault(f"reasons.{index}.key", "process_key_twice", name=key)
    for number, step in enumerate(process.steps):
        for name in ("moves", "reports", "checklist", "branches", "joint"):
            for index, key in _twice(part.key for part in getattr(step, name)):
                yield _fault(f"steps.{number}.{name}.{index}.key", "process_key_twice", name=key)
    if process.start is not None and process.step(process.start) is None:
        yield _fault("start", "process_unknown_target", target=process.start)


def _desks(process: Process) -> Iterator[Fault]:
    for index, step in enumerate(process.steps):
        if step.by_itself or step.joint:
            continue
        for name in ("role", "office"):
            if getattr(step, name) is None:
                yield _fault(f"steps.{index}.{name}", "process_nobody_acts", step=step.key, missing=name)


def _moves(process: Process) -> Iterator[Fault]:
    for number, step in enumerate(process.steps):
        place = f"steps.{number}"
        if not step.moves:
            yield _fault(f"{place}.moves", "process_no_move", step=step.key)
        for index, move in enumerate(step.moves):
            here = f"{place}.moves.{index}"
            if process.step(move.to) is None and move.to not in OUTCOMES:
                yield _fault(f"{here}.to", "process_unknown_target", target=move.to)
            if move.to == "withdrawn":
                yield _fault(f"{here}.to", "process_withdrawal_is_the_applicants", step=step.key)
            if move.to == "lapsed":
                yield _fault(f"{here}.to", "process_lapses_by_time", step=step.key)
            if move.to == "returned" and step.by_itself:
                yield _fault(f"{here}.to", "process_ends_by_itself", step=step.key)
            if move.to in ("approved", "refused") and step.kind != "decision":
                yield _fault(f"{here}.to", "process_decides_outside_decision", step=step.key, outcome=move.to)
            if move.to == "refused" and "reason" not in move.needs:
                yield _fault(f"{here}.needs", "process_refusal_without_reason", step=step.key)
            if "checklist" in move.needs and not step.checklist:
                yield _fault(f"{here}.needs", "process_no_checklist", step=step.key)
            if move.recommends is not None and move.to in OUTCOMES:
                yield _fault(f"{here}.recommends", "process_recommends_to_an_end", step=step.key)


def _reach(start: Iterable[str], arrows: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting.extend(arrows.get(key, ()))
    return reached


def _arrows(steps: Iterable[Step]) -> dict[str, set[str]]:
    return {step.key: {move.to for move in step.moves} for step in steps}


def _graph(process: Process) -> Iterator[Fault]:
    forward = _arrows(process.steps)
    backward: dict[str, set[str]] = {}
    for source, targets in forward.items():
        for target in targets:
            backward.setdefault(target, set()).add(source)
    reached = _reach([process.first], forward)
    ending = _reach(OUTCOMES, backward)
    for index, step in enumerate(process.steps):
        if step.key not in reached:
            yield _fault(f"steps.{index}", "process_never_reached", step=step.key)
        if step.moves and step.key not in ending:
            yield _fault(f"steps.{index}", "process_no_way_to_an_end", step=step.key)


def leading_to(process: Process, outcome: str) -> list[Report | Branch | Move]:
    """Return what may have been asked and done before a case comes to this end: reports, branches and moves."""
    backward: dict[str, set[str]] = {}
    for source, targets in _arrows(process.steps).items():
        for target in targets:
            backward.setdefault(target, set()).add(source)
    begun, ending = _reach([process.first], _arrows(process.steps)), _reach([outcome], backward)
    return [
        part
        for step in process.steps
        if step.key in begun and any(move.to in ending for move in step.moves)
        for _, _, part in step.asking
        if not isinstance(part, Move) or part.to in ending
    ]


def sure_to_pass(process: Process, step: str, moves: Iterable[Move]) -> bool:
    """Return whether every way from the beginning to a step leads by one of these moves."""
    passed = {id(move) for move in moves}
    others = {one.key: {move.to for move in one.moves if id(move) not in passed} for one in process.steps}
    return step not in _reach([process.first], others)


def _ends(process: Process) -> Iterator[Fault]:
    targets = {move.to for step in process.steps for move in step.moves}
    for outcome in ("approved", "refused"):
        if outcome not in targets:
            yield _fault("steps", "process_never_ends_in", outcome=outcome)

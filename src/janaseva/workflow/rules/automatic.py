"""Steps that no officer takes: the rules of the definition choose the move, and say why."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from janaseva.core.formula import Scope
from janaseva.workflow.rules.process import Move, Process, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The move that a rule chose, and the rule with the facts that it looked at."""

    move: Move
    because: str


def scope_with(scope: Scope) -> Scope:
    """Return what the rules of automatic steps may name: the form's fields, ``today`` and ``objections``."""
    return scope.having(objections="integer")


def facts_for(process: Process, scope: Scope, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return those answers on which the process looks, with their kinds: in its rules, and for entries in registers."""
    whole = scope_with(scope)
    used: set[str | None] = {
        name.removeprefix("given.").split(".", 1)[0]
        for step in process.steps
        for move in step.moves
        if move.when is not None
        for name in whole.compile(move.when, "yes_no").uses
    }
    for step in process.steps:
        if step.entry is not None:
            used |= {step.entry.number, *step.entry.facts.values()} - {None}
    if not used:
        return {}
    return {
        "simple": {name: kind for name, kind in scope.simple.items() if name in used and name != "today"},
        "tables": {name: dict(kinds) for name, kinds in scope.tables.items() if name in used},
        "values": {name: value for name, value in answers.items() if name in used},
    }


def choose(step: Step, *, facts: Mapping[str, Any], today: date, objections: int) -> Chosen:
    """Return the first move whose rule holds; the last, which has none, takes every other case."""
    scope = scope_with(Scope.of(facts.get("simple", {}), facts.get("tables", {})))
    values = scope.facts({**facts.get("values", {}), "objections": objections}, today=today)
    for move in step.moves:
        if move.when is None:
            return Chosen(move=move, because="")
        reason = scope.compile(move.when, "yes_no").explain(values)
        if reason.result.holds:
            seen = ", ".join(f"{name} = {value}" for name, value in reason.facts.items())
            return Chosen(move=move, because=f"{move.when} ({seen})")
    message = f"the step {step.key} has no move for every other case"
    raise ValueError(message)


def way_on(step: Step, *, objections: int) -> Move:
    """Return the move by which a wait is left whose time is over: by objections, or since entry or fee is missing."""
    if step.kind == "payment":
        return next(move for move in step.moves if move.fee == "not_paid")
    if step.entry is not None:
        return next(move for move in step.moves if move.entry == "missing")
    wanted = "some" if objections else "none"
    return next((move for move in step.moves if move.objections == wanted), step.moves[0])


def join(step: Step, opinions: Collection[str]) -> Move:
    """Return the move by which parallel work is left: the one for what its branches recommend."""
    wanted = "against" if "refuse" in opinions else "all"
    return next((move for move in step.moves if move.result == wanted), step.moves[0])


FEE: Final = "fee"
"""For what a step waits until a fee is paid; what waits for a register names it before a ``/``."""


def awaited(step: Step, facts: Mapping[str, Any]) -> str:
    """Return for what a step waits, as it is looked up: a fee, or by a register's news the register and the number."""
    if step.kind == "payment":
        return FEE
    if step.entry is None:
        return ""
    number = facts.get("values", {}).get(step.entry.number, "") if step.entry.number else ""
    return f"{step.entry.of}/{number}"[:200]

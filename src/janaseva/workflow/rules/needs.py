"""What a move asks of the officer who makes it."""

from collections.abc import Collection, Iterator

from janaseva.core.refusal import Fault
from janaseva.workflow.rules.process import Move, Process, Step


def missing(
    *, process: Process, step: Step, move: Move, note: str, reason: str, checked: Collection[str]
) -> list[Fault]:
    """Return everything that is still to be given before this move can be made, all at once."""
    return [*_words(process, move, note.strip(), reason), *_checks(step, move, checked)]


def _words(process: Process, move: Move, note: str, reason: str) -> Iterator[Fault]:
    if "note" in move.needs and not note:
        yield Fault(place="note", code="note_missing")
    known = {item.key for item in process.reasons}
    if "reason" in move.needs and not reason:
        yield Fault(place="reason", code="reason_missing")
    elif reason and known and reason not in known:
        yield Fault(place="reason", code="reason_unknown")


def _checks(step: Step, move: Move, checked: Collection[str]) -> Iterator[Fault]:
    if "checklist" in move.needs:
        for item in step.checklist:
            if item.key not in checked:
                yield Fault(place=f"checked.{item.key}", code="check_missing", facts={"item": item.key})

"""What is wrong with fees that fall due at a step: they stand elsewhere, name no law, or may lack what they rest on."""

from collections.abc import Iterator

from janaseva.core.formula import FormulaError
from janaseva.core.source import Path, Source, SourceFault
from janaseva.forms.rules import Question, Unknown
from janaseva.payments.rules.fee_faults import sizes
from janaseva.payments.rules.fees import Line
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.happens import Step
from janaseva.workflow.rules import Move, sure_to_pass


def demand_faults(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Yield every fault of a step at which a fee falls due, and every fee that stands at another step."""
    for number, step in enumerate(definition.happens.steps):
        path: Path = ("happens", "steps", number)
        if step.kind != "payment":
            if step.fee is not None:
                yield service.fault((*path, "fee"), f"nothing is paid at the step '{step.key}'", "write kind: payment")
            continue
        if step.fee is None:
            message = f"the step '{step.key}' does not say what is to be paid"
            yield service.fault(path, message, "add fee:, with its lines or what is unknown: of it")
            continue
        if step.clock == "stands" and not step.fee.law:
            message = f"the time stands still until the fee of '{step.key}' is paid, and no law is named for that"
            yield service.fault((*path, "clock"), message, "name the law at fee: (law: ...), or let the clock run")
        if not isinstance(step.fee, Unknown):
            for index, line in enumerate(step.fee.lines):
                yield from _unsure(definition, service, (*path, "fee", "lines", index), step, line)


def _unsure(definition: Definition, service: Source, path: Path, step: Step, line: Line) -> Iterator[SourceFault]:
    """Tell each name on which an amount rests and which may be missing when it is demanded."""
    for name, text in sizes(line):
        try:
            uses = {*definition.demand_scope.compile(text).uses}
        except FormulaError:
            continue
        asked = {one for one in uses if one.startswith("given.")}
        for one in sorted(uses - asked - {given.removeprefix("given.") for given in asked}):
            if _may_be_missing(definition, step, line, one):
                message = f"'{one}' may be missing when the fee of '{step.key}' is demanded"
                mend = f"write given.{one} ? {one} : ..., or a when: that says for whom the line is due"
                yield service.fault((*path, *name.split("."), "of"), message, mend)


def _may_be_missing(definition: Definition, step: Step, line: Line, name: str) -> bool:
    """Return whether a field may be empty here. A line with a rule of its own is believed."""
    if name.startswith("found."):
        key = name.removeprefix("found.")
        if key in {one.key for one in definition.found_before}:
            return False
        finding = [move for one in definition.happens.steps for move in one.moves if _surely_finds(one, move, key)]
        return not sure_to_pass(definition.happens, step.key, finding) and line.when is None
    question = definition.form.by_key.get(name)
    return question is not None and line.when is None and _may_stay_empty(definition, question)


def _surely_finds(step: Step, move: Move, key: str) -> bool:
    """Return whether this move is never made without the field: the mover finds it, or a branch that must answer."""
    all_answer = step.answers_needed == len(step.branches)
    sure = [one for one in step.branches if all_answer and (one.silence is None or one.silence.then == "remind")]
    finds = [*move.finds, *(field for one in sure for field in one.finds)]
    return any(field.key == key and field.needed is True for field in finds)


def _may_stay_empty(definition: Definition, question: Question) -> bool:
    page = next((one for one in definition.ask.pages if question in one.fields), None)
    shown = question.when is None and (page is None or page.when is None)
    return question.computed is None and not (shown and question.needed is True)

"""Cases that wait for an entry in a register go on when it is there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core.action import action, allow
from janaseva.core.actor import Actor
from janaseva.forms import queries as forms
from janaseva.registers import queries as registers
from janaseva.registers import rules as register_rules
from janaseva.services import queries
from janaseva.services.models import Application
from janaseva.services.rules import permissions
from janaseva.workflow import queries as workflow_queries
from janaseva.workflow import rules as workflow_rules
from janaseva.workflow import steps as workflow


@action
def look_for_entry(*, by: Actor, at: datetime, key: str, case_id: UUID) -> bool:
    """Look whether the entry for which a case waits is in its register, and let the case go on; ``False``: not (yet).

    Where the case waits no more, or nothing is found, nothing is written.
    """
    allow(permissions.is_own_work(by))
    row = Application.first_where(case_id=case_id)
    if row is None or row.state != "begun":
        return False
    case = workflow_queries.case(by, case_id, at, visible=True)
    step = queries.compiled(row.definition_id).happens.step(case.state)
    if step is None or step.entry is None or not _is_there(by, step.entry, forms.answers_of(row.id)):
        return False
    return workflow.entry_found(by=by, at=at, case_id=case_id)


def _is_there(by: Actor, wanted: workflow_rules.Entry, answers: dict[str, Any]) -> bool:
    """Return whether the register holds an entry with this number and these facts; an empty answer finds nothing."""
    facts = {name: answers.get(field) for name, field in wanted.facts.items()}
    number = answers.get(wanted.number) if wanted.number else None
    if any(value in (None, "") for value in facts.values()) or (wanted.number and not number):
        return False
    if number is not None:
        entry = registers.by_number(by, wanted.of, str(number))
        return entry is not None and register_rules.agree(entry.facts, facts)
    return bool(registers.find(by, wanted.of, {name: value for name, value in facts.items() if value is not None}))

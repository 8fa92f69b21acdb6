"""What an approval brings into a register: an entry, or a further version of the one that an earlier approval made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.text import in_language
from janaseva.forms import queries as forms
from janaseva.registers import queries as register_queries
from janaseva.registers import steps as registers
from janaseva.services import queries
from janaseva.services.models import Application
from janaseva.services.rules import outcomes, purposed, purposes
from janaseva.services.rules.definition import Definition


def entered(
    row: Application,
    definition: Definition,
    *,
    by: Actor,
    at: datetime,
    office_id: UUID,
    number: str,
    found: Mapping[str, Any],
) -> None:
    """Write into the register that the definition names; nothing where it names none.

    A renewal and an amendment add what holds from today; a correction says what was true all along; a second copy
    changes nothing.
    """
    entry = definition.out.register_
    if entry is None or definition.purpose == "duplicate":
        return
    today = queries.today(at)
    answers = forms.answers_of(row.id)
    facts = outcomes.register_facts(definition, answers=answers, today=today, directory=queries.PLACES, found=found)
    known = register_queries.entry_of(entry.register_, queries.earlier_ids(row.earlier_id)) if row.earlier_id else None
    if known is None:
        registers.record(
            by=by,
            at=at,
            story=row.id,
            office_id=office_id,
            register=entry.register_,
            facts=facts,
            number=number,
            holder_person_id=row.applicant_id,
        )
        return
    registers.correct(
        by=by,
        at=at,
        entry_id=known,
        facts=facts,
        why=f"{in_language(purposed.title_of(definition), 'en')}, {number}",
        valid_from=today if purposes.holds_from_issue(definition.purpose) else None,
    )

"""Erasing what was written in a matter on its way: findings, notes, questions, objections. The way itself stays."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import empty, step
from janaseva.core.actor import Actor
from janaseva.workflow.models import Case, Hearing, Move, Note, Notice, Objection, Task


@step
def erase(*, by: Actor, at: datetime, story: UUID) -> None:
    """Erase what the cases of a matter hold of people; their steps, clocks, posts and outcomes stay."""
    cases = Case.where(story=story, lock=True)
    empty(cases)
    ids = tuple(one.id for one in cases)
    for model in (Task, Move, Note, Notice, Objection, Hearing):
        empty(model.where(case_id=ids, lock=True))

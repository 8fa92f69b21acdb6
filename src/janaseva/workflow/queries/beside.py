"""What stands beside a case: the notes of its officers, and what they found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.workflow import rules
from janaseva.workflow.models import Move, Note
from janaseva.workflow.queries.cases import readable


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """A note beside a case."""

    note_id: UUID
    at: datetime
    post_id: UUID | None
    person_id: UUID | None
    text: str


def notes(by: Actor, case_id: UUID) -> list[NoteView]:
    """Return the notes beside a case, first to last, for officers who may see it.

    Raises:
        Refusal: ``not_found``.

    """
    row = readable(by, case_id, visible=False)
    if not by.is_official:
        raise not_found()
    return [
        NoteView(note_id=note.id, at=note.at, post_id=note.post_id, person_id=note.person_id, text=note.text)
        for note in Note.where(case_id=row.id, order=("at", "id"))
    ]


def found(by: Actor, case_id: UUID, *, visible: bool = False) -> dict[str, Any]:
    """Return what the officers found in a case, of each field the last; officers and the applicant read it alike.

    Raises:
        Refusal: ``not_found``.

    """
    row = readable(by, case_id, visible=visible)
    made = (
        Move.objects.filter(case_id=row.id, kind__in=("move", "report", "opinion"))
        .exclude(found={})
        .order_by("ordinal")
    )
    return rules.held(made.values_list("found", flat=True))

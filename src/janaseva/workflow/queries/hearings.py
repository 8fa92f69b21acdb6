"""When and where those whom a case concerns are heard, and what officers recorded of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.workflow.models import Case, Hearing, Objection
from janaseva.workflow.queries.cases import is_visible


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingView:
    """A hearing: ``fixed``, ``held``, ``adjourned`` or ``void``. Who came and what was said, officers alone read."""

    hearing_id: UUID
    case_id: UUID
    step_task_id: UUID
    hearing_at: datetime
    place: str
    state: str
    attended: tuple[str, ...]
    record: str


def _view(row: Hearing, *, inside: bool) -> HearingView:
    return HearingView(
        hearing_id=row.id,
        case_id=row.case_id,
        step_task_id=row.task_id,
        hearing_at=row.hearing_at,
        place=row.place,
        state=row.state,
        attended=tuple(row.attended) if inside else (),
        record=row.record if inside else "",
    )


def hearings(by: Actor, case_id: UUID, *, visible: bool = False) -> list[HearingView]:
    """Return the hearings of a case that ``by`` may see, the latest first.

    Raises:
        Refusal: ``not_found``.

    """
    case = Case.get_or_none(case_id)
    if case is None or not (visible or is_visible(by, case)):
        raise not_found()
    rows = Hearing.where(case_id=case_id, order=("-fixed_at", "-id"))
    return [_view(row, inside=by.is_official) for row in rows]


def to_come(by: Actor, notice_ids: Collection[UUID]) -> dict[UUID, HearingView]:
    """Return the hearings to come by the notices to which ``by`` has objected: whoever objects is heard too."""
    if by.kind != "person" or by.person_id is None or not notice_ids:
        return {}
    own = Objection.objects.filter(person_id=by.person_id, notice_id__in=notice_ids, withdrawn_at=None)
    cases = dict(own.values_list("case_id", "notice_id"))
    rows = Hearing.objects.filter(case_id__in=cases, state="fixed")
    return {cases[row.case_id]: _view(row, inside=False) for row in rows}

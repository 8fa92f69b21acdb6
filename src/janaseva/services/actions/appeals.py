"""Appeals are opened: by the law itself, on the applicant's word, or by the authority's own motion."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import action, allow, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Fault, Invalid, Refusal, not_found
from janaseva.documents import rules as document_rules
from janaseva.documents import steps as documents
from janaseva.ledger import steps as ledger
from janaseva.people import queries as people
from janaseva.people import steps as people_steps
from janaseva.services import events, queries
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Appeal, Application, Attachment
from janaseva.services.queries.appeals import PAPERS
from janaseva.services.rules import appealing, permissions, running
from janaseva.services.rules.rights import LevelLaw, Seat
from janaseva.workflow import steps as workflow


@action
def open_by_itself(*, by: Actor, at: datetime, key: str, application_id: UUID) -> UUID | None:
    """Open the appeal that the law itself opens now; answer its id, or ``None`` where it opens none. Bears repeats.

    Where the directory names no authority for it, that is told, and the applicant can still appeal by hand.
    """
    allow(permissions.is_own_work(by))
    row = Application.locked(application_id)
    if row is None:
        raise not_found()
    definition = queries.compiled(row.definition_id, row.purpose)
    opening = appealing.opening(queries.matter_of(row), at)
    law = None if opening is None else appealing.level_law(definition, opening.level)
    if opening is None or law is None or opening.cause not in law.triggers:
        return None
    seat = queries.seat_of(row, law)
    if seat is None:
        tell(
            events.AppealNotOpened(application_id=row.id, level=opening.level, why="no_authority"),
            story=row.id,
            office_id=row.office_id,
        )
        return None
    return _open(row, opening, law, seat, by=by, at=at, opened_by="law").id


@action
def file_appeal(
    *,
    by: Actor,
    at: datetime,
    key: str,
    application_id: UUID,
    grounds: str,
    late_cause: str = "",
    papers: Sequence[document_rules.Received] = (),
) -> UUID:
    """File an appeal in one's own matter; answer its id. After the law's days only where a cause is heard, and given.

    Raises:
        Refusal: ``not_found``; ``nothing_to_appeal``; ``appeal_out_of_time``; ``no_appeal_authority``.
        Invalid: ``grounds_missing``; ``late_cause_missing``.

    """
    row = Application.locked(application_id)
    allow(row is not None and permissions.is_applicant(by, row.applicant_id))
    if row is None:
        raise not_found()
    found = queries.may_file(by, row.id, at)
    if found is None:
        raise Refusal("nothing_to_appeal", status=CONFLICT)
    if found.filing.is_barred:
        raise Refusal("appeal_out_of_time", status=CONFLICT)
    seat = queries.seat_of(row, found.law)
    if seat is None:
        raise Refusal("no_appeal_authority", status=CONFLICT)
    faults = [] if appealing.says_enough(grounds) else [Fault(place="grounds", code="grounds_missing")]
    if found.filing.is_late and not appealing.says_enough(late_cause):
        faults.append(Fault(place="late_cause", code="late_cause_missing"))
    if faults:
        raise Invalid(faults)
    appeal = _open(
        row, found.opening, found.law, seat, by=by, at=at, opened_by="applicant",
        grounds=writing.free_text(grounds), late_cause=writing.free_text(late_cause) if found.filing.is_late else "",
    )  # fmt: skip
    _attach(row, appeal, papers, by=by, at=at)
    return appeal.id


def _attach(
    row: Application, appeal: Appeal, papers: Sequence[document_rules.Received], *, by: Actor, at: datetime
) -> None:
    for received in papers:
        document_id = documents.attach(
            by=by, at=at, story=row.id, received=received, kind=PAPERS, office_id=appeal.office_id
        )
        put(
            Attachment(
                application_id=row.id,
                group=PAPERS,
                choice=appeal.number,
                document_id=document_id,
                given_at=at,
                office_id=appeal.office_id,
            )
        )


@action
def take_up(*, by: Actor, at: datetime, key: str, application_id: UUID, words: str) -> UUID:
    """Take a late case into second appeal on the authority's own motion, where the act lets it; answer its id.

    Raises:
        Refusal: ``not_found``; ``not_late``; ``appeal_open_already``.
        Invalid: ``grounds_missing``.

    """
    row = Application.locked(application_id)
    allow(row is not None and permissions.may_work(by) and queries.may_take_up(by, row))
    people_steps.in_charge(by=by, at=at)
    law = None if row is None else appealing.level_law(queries.compiled(row.definition_id, row.purpose), 2)
    seat = None if row is None or law is None else queries.seat_of(row, law)
    if row is None or law is None or seat is None:
        raise not_found()
    if row.state != "begun" or row.missed_at is None:
        raise Refusal("not_late", status=CONFLICT)
    if Appeal.objects.filter(application_id=row.id, level=2).exists():
        raise Refusal("appeal_open_already", status=CONFLICT)
    if not appealing.says_enough(words):
        raise Invalid([Fault(place="words", code="grounds_missing")])
    opening = appealing.Opening(level=2, cause="breach", since=row.missed_at)
    return _open(
        row, opening, law, seat, by=by, at=at, opened_by="authority", grounds=writing.free_text(words)
    ).id  # fmt: skip


def _open(
    row: Application,
    opening: appealing.Opening,
    law: LevelLaw,
    seat: tuple[UUID, UUID, str, str],
    *,
    by: Actor,
    at: datetime,
    opened_by: appealing.Openers,
    grounds: str = "",
    late_cause: str = "",
) -> Appeal:
    """Lay an appeal before its authority, with a number and a clock of its own, and tell the applicant."""
    office, area = people.office(seat[0]), people.area_by_reference(row.area)
    if office is None or area is None:
        raise Refusal("no_appeal_authority", status=CONFLICT)
    year = queries.today(at).year
    value = ledger.number(series=f"appeal/{office.key}", year=year)
    appeal = Appeal(
        application_id=row.id,
        office_id=office.id,
        number=running.appeal_number(office.key, year, value),
        level=opening.level,
        cause=opening.cause,
        opened_by=opened_by,
        grounds=grounds,
        late_cause=late_cause,
        opened_at=at,
    )
    started = workflow.start(
        by=by,
        at=at,
        story=appeal.id,
        process=appealing.process(Seat(role=seat[2], office=seat[3]), decide_days=law.decide_days),
        definition_key=row.service_key,
        definition_version=f"appeal-{opening.level}",
        area_id=area.id,
        received_at=at,
        complete_at=at,
        applicant_person_id=row.applicant_id,
        calendar_key=queries.pack_of(row.definition_id).calendar,
    )
    appeal.case_id, appeal.due_at = started.case_id, started.due_at
    put(appeal)
    send_message(row, "message.appeal_opened", by=by, at=at, number=appeal.number, office_id=office.id)
    tell(
        events.AppealOpened(
            application_id=row.id,
            appeal_id=appeal.id,
            number=appeal.number,
            level=appeal.level,
            cause=appeal.cause,
            opened_by=opened_by,
        ),
        story=row.id,
        office_id=office.id,
    )
    return appeal

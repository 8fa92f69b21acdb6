"""What happens to an application besides its own way: an appeal by itself, on the applicant's word, deemed approval."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final
from uuid import UUID

from janaseva.cli.journey import Traveller, WrongTurnError
from janaseva.cli.lives import LIVES
from janaseva.cli.others import OTHERS
from janaseva.cli.telling import SYSTEM, NotHereError, Told, as_json, begun, pass_days, told
from janaseva.core.actor import Actor
from janaseva.services import actions, queries
from janaseva.workflow import queries as workflow

JUST_BORN_DAYS: Final = 20


def _bench(traveller: Traveller, appeal: queries.AppealView) -> Actor:
    """Let the authority take an appeal in hand, before others that came earlier; return the officer."""
    case = workflow.case(SYSTEM, appeal.case_id, traveller.at, visible=True) if appeal.case_id else None
    if case is None or case.post_id is None or case.task is None:
        message = f"{appeal.number} lies on no desk"
        raise WrongTurnError(message)
    officer = traveller.officer(case.post_id)
    actions.take(
        by=officer, at=traveller.tick(), key=traveller.key(), task_id=case.task.task_id,
        reason="This appeal is heard today.",
    )  # fmt: skip
    return officer


def _ordered(traveller: Traveller, by: Actor, application_id: UUID, *, penalty: bool) -> queries.AppealView:
    """Let the authority hear the open appeal and allow it, with seven days for the office; return it."""
    appeal = queries.appeals_of(by, application_id)[-1]
    officer = _bench(traveller, appeal)
    actions.set_hearing(
        by=officer, at=traveller.tick(), key=traveller.key(), appeal_id=appeal.id,
        hearing_at=traveller.at + timedelta(days=3), place="Room 1",
    )  # fmt: skip
    pass_days(traveller, 3)
    officer = _bench(traveller, appeal)
    allowed = queries.proposed_penalty(officer, appeal.id, traveller.at) if penalty else None
    actions.order_appeal(
        by=officer, at=traveller.tick(), key=traveller.key(), appeal_id=appeal.id, order="allowed",
        words="Decide this application within seven days.", comply_days=7,
        penalty_paise=allowed.least_paise if allowed else 0,
    )  # fmt: skip
    traveller.settle()
    return queries.appeal(by, appeal.id)


def auto_appeal_to_compliance(traveller: Traveller) -> Told:
    """A limit passes in Jammu and Kashmir; the law opens the appeal; the order is obeyed."""
    born = queries.today(traveller.at) - timedelta(days=JUST_BORN_DAYS)
    by, application_id, example = begun(
        traveller, "jk-edistrict", "jk-birth-certificate", date_of_birth=born.isoformat()
    )
    pass_days(traveller, 60)
    _ordered(traveller, by, application_id, penalty=True)
    traveller.work(by, application_id, example)
    traveller.settle()
    appeal = queries.appeals_of(by, application_id)[-1]
    right = appeal.opened_by == "law" and appeal.complied_at is not None and appeal.missed_at is None
    return told("auto_appeal_to_compliance", by, application_id, right=right)


def appeal_on_the_applicants_word(traveller: Traveller) -> Told:
    """A limit passes in Madhya Pradesh; the applicant appeals, and the penalty is the compensation."""
    by, application_id, example = begun(traveller, "mp-edistrict", "mp-income-certificate")
    pass_days(traveller, 14)
    actions.file_appeal(
        by=by, at=traveller.tick(), key=traveller.key(), application_id=application_id,
        grounds="Nobody has decided for two weeks.",
    )  # fmt: skip
    ordered = _ordered(traveller, by, application_id, penalty=True)
    traveller.work(by, application_id, example)
    traveller.settle()
    appeal = queries.appeals_of(by, application_id)[-1]
    paid = ordered.compensation_paise == ordered.penalty_paise > 0
    right = paid and appeal.opened_by == "applicant" and appeal.complied_at is not None
    return told("appeal_on_the_applicants_word", by, application_id, right=right)


def deemed_approval(traveller: Traveller) -> Told:
    """A building permit in Kerala: the limit passes, the applicant asks, a month passes; the permit is still issued."""
    by, application_id, example = begun(traveller, "kl-edistrict", "kl-building-permit")
    pass_days(traveller, 40)
    not_by_itself = queries.deemed_of(by, application_id) is None
    actions.request_deemed(
        by=by, at=traveller.tick(), key=traveller.key(), application_id=application_id,
        words="The secretary's time has passed; I ask for the permit.",
    )  # fmt: skip
    pass_days(traveller, 25)
    waits = queries.deemed_of(by, application_id)
    pass_days(traveller, 10)
    granted = queries.deemed_of(by, application_id)
    traveller.work(by, application_id, example)
    traveller.settle()
    right = not_by_itself and waits is not None and waits.granted_at is None
    right = right and granted is not None and granted.granted_at is not None
    return told("deemed_approval", by, application_id, right=right)


STORIES: Final[tuple[Callable[[Traveller], Told], ...]] = (
    auto_appeal_to_compliance,
    appeal_on_the_applicants_word,
    deemed_approval,
    *LIVES,
    *OTHERS,
)


def tell_all(traveller: Traveller) -> Iterator[Told]:
    """Walk every story whose service is installed, one after the other."""
    for story in STORIES:
        began = time.perf_counter()
        try:
            found = story(traveller)
        except NotHereError:
            continue
        yield Told(**{**as_json(found), "seconds": round(time.perf_counter() - began, 3)})

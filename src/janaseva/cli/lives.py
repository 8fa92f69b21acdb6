"""What becomes of what was issued, and what it costs: revocation, renewal, correction, fees, objections."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from janaseva.cli.journey import Traveller
from janaseva.cli.telling import SYSTEM, Told, begun, examples_of, pass_days, told
from janaseva.core.actor import Actor
from janaseva.documents import queries as documents
from janaseva.payments import queries as payments
from janaseva.services import actions, queries
from janaseva.services.rules.examples import Example
from janaseva.workflow import queries as workflow

KERALA: Final = "kl-edistrict"
SHOPS: Final = "kl-shops-registration"
JUST_BORN_DAYS: Final = 10
STAMP_PAISE: Final = 5_00
FOUND: Final = "The establishment was closed when it was visited."


def _granted(traveller: Traveller, service: str, **answers: object) -> tuple[Actor, UUID, Example]:
    by, application_id, example = begun(traveller, KERALA, service, **answers)
    traveller.work(by, application_id, example)
    traveller.settle()
    return by, application_id, example


def _verdict(traveller: Traveller, by: Actor, application_id: UUID) -> str:
    """Return what anyone is told who verifies the certificate of an application by its number."""
    decision = queries.application(by, application_id).decision
    issued = documents.documents_of(by, application_id)
    found = next(one for one in issued if decision is not None and one.document_id == decision.document_id)
    return documents.verify_number(found.number, found.code, at=traveller.at).outcome


def _again(traveller: Traveller, by: Actor, first: UUID, purpose: str, example: Example, **changes: object) -> UUID:
    """Ask for something on what was issued, with the answers given before but for some, and see it granted."""
    begun_id = actions.begin_again(
        by=by, at=traveller.tick(), key=traveller.key(), application_id=first, purpose=purpose, language="en"
    )
    view = queries.application(by, begun_id)
    anew = {key: True for key, question in view.definition.form.by_key.items() if question.kind == "declaration"}
    answers = {**view.answers, **anew, **changes}
    actions.save_answers(
        by=by, at=traveller.tick(), key=traveller.key(), application_id=begun_id, answers=answers
    )  # fmt: skip
    actions.submit(by=by, at=traveller.tick(), key=traveller.key(), application_id=begun_id)
    traveller.pay(by, begun_id)
    traveller.work(by, begun_id, example)
    traveller.settle()
    return begun_id


def renewal(traveller: Traveller) -> Told:
    """A shop is registered for a year and renewed; the new certificate takes the place of the old."""
    by, first, example = _granted(traveller, SHOPS)
    pass_days(traveller, 320)
    again = _again(traveller, by, first, "renewal", example, female_workers=3)
    right = (_verdict(traveller, by, first), _verdict(traveller, by, again)) == ("superseded", "genuine")
    until = [queries.earlier_of(one).known.valid_until for one in (first, again)]
    right = right and until[0] is not None and until[1] is not None and until[0] < until[1]
    return told("renewal", by, again, right=right)


def correction(traveller: Traveller) -> Told:
    """A child is registered without a name, and gets one: a correction that the register keeps beside what it was."""
    born = queries.today(traveller.at) - timedelta(days=JUST_BORN_DAYS)
    by, first, example = _granted(traveller, "kl-birth-registration", date_of_birth=born.isoformat())
    wanted = next(one for one in examples_of(KERALA, "kl-birth-registration") if one.purpose == "correction")
    named = {key: value for key, value in wanted.answers.items() if key == "named" or key.startswith("child_")}
    again = _again(traveller, by, first, "correction", example, **named)
    right = (_verdict(traveller, by, first), _verdict(traveller, by, again)) == ("superseded", "genuine")
    return told("correction", by, again, right=right and "child_first_name" in queries.changed(by, again))


def revocation_after_hearing(traveller: Traveller) -> Told:
    """A certificate is to be revoked: the holder gets notice and answers, and only then it ends."""
    by, application_id, _ = _granted(traveller, "kl-income-certificate", purpose="outside")
    decision = queries.application(by, application_id).decision
    officer = traveller.officer(decision.post_id) if decision is not None else SYSTEM
    why: dict[str, Any] = {"application_id": application_id, "reason": "obtained_by_fraud", "words": FOUND}
    actions.ask_cause(by=officer, at=traveller.tick(), key=traveller.key(), **why)
    unheard = not queries.afterwards_of(officer, application_id, traveller.at).was_heard
    stood = _verdict(traveller, by, application_id) == "genuine"
    actions.answer_cause(
        by=by, at=traveller.tick(), key=traveller.key(), application_id=application_id,
        words="The statement was of another year.",
    )  # fmt: skip
    actions.revoke_certificate(by=officer, at=traveller.tick(), key=traveller.key(), **why)
    traveller.settle()
    ended = _verdict(traveller, by, application_id) == "revoked"
    return told("revocation_after_hearing", by, application_id, right=unheard and stood and ended)


def objections(traveller: Traveller) -> Told:
    """Heirs in Jammu and Kashmir: a neighbour objects to the public notice, and the objection is found good."""
    service = "jk-legal-heir-certificate"
    found = examples_of("jk-edistrict", service)
    opposed = next(one for one in found if any(step.move == "notice.opposed" for step in one.steps))
    by, application_id, _ = begun(traveller, "jk-edistrict", service)
    traveller.work(by, application_id, opposed)
    traveller.settle()
    view = queries.application(by, application_id)
    lodged = workflow.objections(SYSTEM, view.case_id, visible=True) if view.case_id is not None else []
    return told("objections", by, application_id, right=len(lodged) == 1, outcome="refused")


def slab_fees(traveller: Traveller) -> Told:
    """Registration costs by the number of workers: ten pay fifty rupees, eleven two hundred."""
    right, last = True, None
    for women, paise in ((9, 50_00), (10, 200_00)):
        by, application_id, _ = begun(traveller, KERALA, SHOPS, male_workers=1, female_workers=women)
        right = right and _paid(by, application_id) == paise
        last = told("slab_fees", by, application_id, right=right, outcome="")
        _withdrawn(traveller, by, application_id)
    return last or told("slab_fees", by, application_id, right=False)


def waivers(traveller: Traveller) -> Told:
    """At the counter a domicile certificate needs a stamp; a family of a Scheduled Tribe is spared it."""
    service = "kl-domicile-certificate"
    by, charged, _ = begun(traveller, KERALA, service)
    stamp = _paid(by, charged)
    _withdrawn(traveller, by, charged)
    by, spared, _ = begun(traveller, KERALA, service, family_is="sc_st")
    right = stamp == STAMP_PAISE and _paid(by, spared) == 0
    found = told("waivers", by, spared, right=right, outcome="")
    _withdrawn(traveller, by, spared)
    return found


def _withdrawn(traveller: Traveller, by: Actor, application_id: UUID) -> None:
    """Take an application back whose story ends with its fee, so that none waits before the next on its desk."""
    actions.withdraw(by=by, at=traveller.tick(), key=traveller.key(), application_id=application_id)
    traveller.settle()


def _paid(by: Actor, application_id: UUID) -> int:
    demand_id = queries.application(by, application_id).demand_id
    return payments.demand(by, demand_id).total_paise if demand_id is not None else 0


LIVES: Final = (slab_fees, waivers, objections, revocation_after_hearing, correction, renewal)
"""The last one passes nearly a year, so that it stands at the end: a clock never goes back."""

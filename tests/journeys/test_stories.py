"""Applications from the first page to their end, as people and officers go through them on a real service."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from janaseva.cli.papers import sample_paper
from janaseva.core.actor import Actor
from janaseva.core.ids import secret_token
from janaseva.core.refusal import Refusal
from janaseva.documents import queries as documents
from janaseva.documents import rules as document_rules
from janaseva.ledger import queries as ledger
from janaseva.people import actions as people_actions
from janaseva.people import queries as people
from janaseva.people import rules as people_rules
from janaseva.services import actions, queries
from janaseva.services.models import Decision
from janaseva.workflow import queries as workflow
from tests.given import SYSTEM, Given

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("faultless")]


def names(application_id: UUID) -> Counter[str]:
    return Counter(event.name for event in ledger.story(SYSTEM, application_id, visible=True))


def view(application_id: UUID) -> queries.ApplicationView:
    return queries.application(SYSTEM, application_id)


def refused(action, by, given: Given, **facts) -> str:
    with pytest.raises(Refusal) as told:
        given.act(action, by, **facts)
    return told.value.code


def certificate(by: Actor, application_id: UUID):
    """The issued certificate with its file."""
    decision = queries.application(by, application_id).decision
    assert decision.document_id is not None
    issued = documents.documents_of(by, application_id)
    line = next(one for one in issued if one.document_id == decision.document_id)
    return line, queries.paper_content(by, application_id, line.document_id)


@pytest.mark.papers
def test_an_application_becomes_a_certificate_that_anyone_can_verify(given):
    by = given.citizen()
    application_id, _ = given.decided(by)
    given.settle()
    found = view(application_id)
    assert (found.state, found.outcome) == ("decided", "approved")
    line, file = certificate(by, application_id)
    assert file.content.startswith(b"%PDF-")
    for verdict in (
        documents.verify_file(file.content, at=given.at),
        documents.verify_number(line.number, line.code, at=given.at),
    ):
        assert (verdict.outcome, verdict.number) == ("genuine", found.decision.certificate_number)
    assert documents.verify_file(file.content + b"\n%", at=given.at).outcome == "appended"
    assert documents.verify_number(line.number, "00000000", at=given.at).outcome != "genuine"
    story = ledger.story(by, application_id, visible=True)
    assert all(event.leaf_index is not None for event in story)
    told = Counter(event.name for event in story)
    once = ("submitted", "begun", "decided", "ready_told")
    assert [told[f"services.{name}"] for name in once] == [1, 1, 1, 1]
    assert told["documents.sealed"] == 2  # the acknowledgement and the certificate


@pytest.mark.papers
def test_a_revoked_certificate_says_so(given):
    by = given.citizen()
    application_id, tahsildar = given.decided(by, variant="outside")
    given.settle()
    line, file = certificate(by, application_id)
    why = {"reason": "court_order", "words": "Set aside by the court."}
    given.act(actions.revoke_certificate, tahsildar, application_id=application_id, **why)
    given.settle()
    assert documents.verify_file(file.content, at=given.at).outcome == "revoked"
    assert documents.verify_number(line.number, line.code, at=given.at).outcome == "revoked"
    assert view(application_id).decision.revoked_at is not None
    assert names(application_id)["services.certificate_revoked"] == 1


def test_a_refusal_states_its_coded_reason_and_gives_nothing_out(given):
    by = given.citizen()
    application_id, officer = given.taken(by)
    given.refuse(officer, application_id)
    given.settle()
    decision = view(application_id).decision
    assert (decision.outcome, decision.reason, decision.document_id) == ("refused", "income-not-proved", None)
    assert decision.reason_title["en"].startswith("The income stated")
    assert decision.certificate_number == ""
    assert names(application_id)["documents.issued"] == 1  # the acknowledgement alone


def test_a_question_stops_the_clock_and_the_answer_moves_the_due_date(given):
    by = given.citizen()
    application_id, officer = given.taken(by)
    due = view(application_id).due_at
    query_id = given.act(actions.ask, officer, application_id=application_id, question="Whose land is it?")
    assert view(application_id).open_query.question == "Whose land is it?"
    assert refused(actions.move, officer, given, application_id=application_id, move="approve") == (
        "task_waits_for_answer"
    )
    given.at += timedelta(days=5)
    paper = document_rules.receive(filename="deed.png", content=sample_paper("a deed"))
    given.act(actions.give_paper, by, application_id=application_id, group="answer", choice="answer", received=paper)
    given.act(actions.answer, by, application_id=application_id, query_id=query_id, text="My mother's.")
    assert view(application_id).due_at >= due + timedelta(days=4)
    officer = given.holder(application_id)
    assert given.act(actions.take_next, officer) == application_id
    given.approve(officer, application_id)
    given.settle()
    assert view(application_id).outcome == "approved"


def test_a_report_comes_from_the_village_and_the_clock_runs_on(given):
    by = given.citizen()
    application_id, tahsildar = given.taken(by, variant="outside")
    due = view(application_id).due_at
    task_id = given.act(
        actions.request_report,
        tahsildar,
        application_id=application_id,
        report="enquiry",
        question="Does the family live there?",
    )
    village = given.seat("kl-village-adoor", "village_officer")
    other = given.seat("kl-village-adoor", "village_clerk")
    assert refused(actions.report, other, given, application_id=application_id, text="It is so.") == "not_found"
    given.act(actions.take, village, task_id=task_id, reason="asked for today")
    photograph = document_rules.receive(filename="house.png", content=sample_paper("a deed"))
    given.act(actions.report, village, application_id=application_id, text="They do.", photographs=[photograph])
    assert view(application_id).due_at == due
    given.act(actions.take_next, tahsildar)
    given.approve(tahsildar, application_id)
    given.settle()
    told = names(application_id)
    assert (told["workflow.reported"], told["services.decided"]) == (1, 1)


def test_a_charge_handed_over_in_the_middle_passes_the_case_on(given):
    by = given.citizen()
    application_id, old = given.taken(by)
    taker = given.seat("kl-village-adoor", "village_clerk")
    new_charge = given.act(
        people_actions.hand_over_charge,
        old,
        charge_id=old.charge_id,
        to_person_id=taker.person_id,
        order="G.O. 12 of 2026",
    )
    given.settle()
    for action, facts in (
        (actions.move, {"move": "refuse", "reason": "no-answer", "note": "late"}),
        (actions.look, {}),
        (actions.note, {"text": "still here"}),
    ):
        assert refused(action, old, given, application_id=application_id, **facts) == "charge_ended"
    assert refused(actions.take_next, old, given) == "charge_ended"
    new = as_charge(given, taker, new_charge)
    assert given.act(actions.take_next, new) == application_id
    given.approve(new, application_id)
    given.settle()
    assert view(application_id).outcome == "approved"
    assert view(application_id).decision.post_id == old.post_id


def as_charge(given: Given, person: Actor, charge_id: UUID) -> Actor:
    """Let a signed-in officer change over to another of their charges."""
    session_id, token = session_of(given, person), secret_token()
    given.act(
        people_actions.choose_charge,
        person,
        session_id=session_id,
        charge_id=charge_id,
        token_hash=people_rules.token_hash(token),
    )
    found = people.signed_in(token, given.at)
    assert found is not None
    return found.actor


def session_of(given: Given, person: Actor) -> UUID:
    given.officers.pop(person.post_id)
    fresh = given.officer(person.post_id)
    return people.sessions_of(fresh, given.at)[0].id


def test_a_stand_in_decides_while_the_holder_is_away(given):
    by = given.citizen()
    application_id = given.begun(by)
    holder = given.holder(application_id)
    clerk = given.seat("kl-village-adoor", "village_clerk")
    assert given.act(actions.take_next, clerk) is None
    given.act(
        people_actions.stand_in,
        holder,
        charge_id=holder.charge_id,
        to_person_id=clerk.person_id,
        from_at=given.at,
        to_at=given.at + timedelta(days=3),
        order="leave",
    )
    given.officers.pop(clerk.post_id)
    clerk = given.officer(clerk.post_id)
    assert holder.post_id in clerk.post_ids
    assert given.act(actions.take_next, clerk) == application_id
    given.approve(clerk, application_id)
    given.settle()
    found = view(application_id)
    decided = Decision.objects.get(application_id=application_id)
    assert (found.outcome, decided.person_id) == ("approved", clerk.person_id)
    assert decided.charge_id == clerk.charge_id
    assert workflow.case(SYSTEM, found.case_id, given.at, visible=True).outcome == "approved"


@pytest.mark.parametrize("paid", [False, True], ids=["unpaid", "on a desk"])
def test_an_applicant_takes_an_application_back(given, paid):
    by = given.citizen()
    application_id = given.begun(by) if paid else given.submitted(by)
    given.act(actions.withdraw, by, application_id=application_id)
    given.settle()
    found = view(application_id)
    assert (found.state, found.outcome) == ("withdrawn", "withdrawn")
    assert refused(actions.withdraw, by, given, application_id=application_id) == "application_not_open"
    officer = given.seat("kl-village-adoor", "village_officer")
    assert given.act(actions.take_next, officer) is None
    if paid:
        assert refused(actions.move, officer, given, application_id=application_id, move="approve") == "case_ended"

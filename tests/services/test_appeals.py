"""What people, officers and the clock do with appeals: done, refused, in the wrong state, and repeated."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from pypdf import PdfReader

from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.documents import queries as documents
from janaseva.documents.models import Document
from janaseva.ledger import queries as ledger
from janaseva.ledger.models import Event
from janaseva.services import actions, queries
from janaseva.services.models import Appeal, Decision
from janaseva.workflow import queries as workflow
from tests.given import SYSTEM

pytestmark = pytest.mark.django_db
CLOCK = Actor.clock()


def at_service(given, pack, service):
    given.loaded(pack, service)
    return given


@pytest.fixture
def srinagar(given):
    return at_service(given, "jk-edistrict", "jk-birth-certificate")


@pytest.fixture
def indore(given):
    return at_service(given, "mp-edistrict", "mp-income-certificate")


def pass_days(given, days):
    """Let days pass; the clock notices what there is to notice, and the worker does what follows."""
    given.at += timedelta(days=days)
    given.officers.clear()
    given.tick()
    given.settle()


def count(name, application_id):
    return sum(event.name == name for event in ledger.story(SYSTEM, application_id, visible=True))


def refused(given, action, by, **facts):
    """Assert that an action is refused and nothing was written; answer the code, or the codes of all faults."""
    rows = (Appeal.objects.count(), Decision.objects.count())
    with pytest.raises(Refusal) as told:
        given.act(action, by, **facts)
    assert (Appeal.objects.count(), Decision.objects.count()) == rows
    faults = [fault.code for fault in getattr(told.value, "faults", ())]
    return faults or told.value.code


def bench(given, appeal_id):
    """The authority takes the appeal in hand."""
    case_id = Appeal.objects.get(pk=appeal_id).case_id
    post_id = workflow.case(SYSTEM, case_id, given.at, visible=True).post_id
    officer = given.officer(post_id)
    assert given.act(actions.take_next, officer) == appeal_id
    return officer


def heard(given, appeal_id):
    officer = bench(given, appeal_id)
    given.act(
        actions.set_hearing, officer, appeal_id=appeal_id, hearing_at=given.at + timedelta(days=3), place="Court room 1"
    )
    assert given.act(actions.take_next, officer) == appeal_id
    return officer


def late_in_srinagar(given):
    by = given.citizen()
    application_id = given.begun(by)
    pass_days(given, 60)
    return by, application_id, Appeal.objects.get(application_id=application_id)


def test_a_missed_limit_is_noticed_once_and_opens_the_first_appeal_by_itself(srinagar):
    by, application_id, appeal = late_in_srinagar(srinagar)
    assert (appeal.level, appeal.cause, appeal.opened_by) == (1, "breach", "law")
    assert appeal.due_at > srinagar.at + timedelta(days=44)
    for _ in range(2):
        pass_days(srinagar, 1)
    assert count("services.limit_missed", application_id) == 1
    assert count("services.appeal_opened", application_id) == 1
    seen = queries.appeals_of(by, application_id)
    assert [one.number for one in seen] == [appeal.number]
    assert refused(srinagar, actions.file_appeal, by, application_id=application_id, grounds="It is late.") == (
        "nothing_to_appeal"
    )


def test_who_may_see_an_appeal(srinagar):
    by, application_id, appeal = late_in_srinagar(srinagar)
    authority = srinagar.seat("jk-dco-srinagar", "additional_deputy_commissioner")
    below = srinagar.seat("jk-municipality-srinagar", "municipal_registrar")
    for who in (by, authority, below):
        assert queries.appeal(who, appeal.id).number == appeal.number
        assert queries.application(who, application_id).id == application_id
    for who in (srinagar.citizen(), srinagar.seat("jk-tehsil-khanyar", "tahsildar"), Actor.anyone()):
        for read in (lambda who: queries.appeal(who, appeal.id), lambda who: queries.appeals_of(who, application_id)):
            with pytest.raises(Refusal) as told:
                read(who)
            assert told.value.code == "not_found"


@pytest.mark.papers
def test_the_order_is_a_signed_document_that_its_parties_read_and_anyone_verifies(srinagar):
    by, application_id, appeal = late_in_srinagar(srinagar)
    officer = heard(srinagar, appeal.id)
    words = "Decide it within the week. ہفتے کے اندر فیصلہ کریں۔"
    order = {"appeal_id": appeal.id, "order": "allowed", "words": words, "comply_days": 7, "penalty_paise": 25_000}
    refused(srinagar, actions.order_appeal, srinagar.citizen(), **order)
    assert not Document.objects.filter(kind="appeal-order").exists()
    srinagar.act(actions.order_appeal, officer, **order)
    srinagar.settle()
    (paper,) = [one for one in documents.documents_of(by, application_id) if one.kind == "appeal-order"]
    assert (paper.number, paper.state) == (appeal.number, "sealed")
    below = srinagar.seat("jk-municipality-srinagar", "municipal_registrar")
    contents = {queries.paper_content(who, application_id, paper.document_id).content for who in (by, officer, below)}
    assert len(contents) == 1, "the same signed file for each of them"
    text = PdfReader(io.BytesIO(contents.pop())).pages[0].extract_text()
    for part in (appeal.number, "Order in appeal", "Decide it within the week.", "250"):
        assert part in text
    with pytest.raises(Refusal, match="not_found"):
        queries.paper_content(srinagar.citizen(), application_id, paper.document_id)
    assert documents.verify_number(paper.number, paper.code, at=srinagar.at).outcome == "genuine"


def test_the_order_directs_the_office_whose_compliance_is_recorded(srinagar):
    by, application_id, appeal = late_in_srinagar(srinagar)
    officer = heard(srinagar, appeal.id)
    order = {"appeal_id": appeal.id, "order": "allowed", "words": "Decide it now.", "comply_days": 7}
    key = srinagar.key()
    assert srinagar.act(actions.order_appeal, officer, key=key, penalty_paise=25_000, **order) == "allowed"
    told = Event.objects.count()
    assert srinagar.act(actions.order_appeal, officer, key=key, penalty_paise=25_000, **order) == "allowed"
    assert Event.objects.count() == told
    assert refused(srinagar, actions.order_appeal, officer, **order) == "appeal_ended"
    registrar = srinagar.holder(application_id)
    assert srinagar.act(actions.take_next, registrar) == application_id
    srinagar.approve(registrar, application_id)
    srinagar.settle()
    appeal.refresh_from_db()
    assert (appeal.order, appeal.penalty_paise, appeal.compensation_paise) == ("allowed", 25_000, 0)
    assert appeal.complied_at is not None
    pass_days(srinagar, 30)
    assert (count("services.order_complied", application_id), count("services.order_missed", application_id)) == (1, 0)
    assert queries.application(by, application_id).outcome == "approved"


def test_an_order_that_is_not_obeyed_opens_the_second_appeal_by_itself(srinagar):
    _, application_id, appeal = late_in_srinagar(srinagar)
    officer = heard(srinagar, appeal.id)
    srinagar.act(
        actions.order_appeal, officer, appeal_id=appeal.id, order="allowed", words="Decide it now.", comply_days=7
    )
    pass_days(srinagar, 9)
    second = Appeal.objects.get(application_id=application_id, level=2)
    assert (second.cause, second.opened_by) == ("not_complied", "law")
    assert count("services.order_missed", application_id) == 1
    pass_days(srinagar, 1)
    assert Appeal.objects.count() == 2


def test_a_refusal_opens_the_appeal_by_itself_and_is_set_aside_by_the_order(srinagar):
    by = srinagar.citizen()
    application_id, registrar = srinagar.taken(by)
    srinagar.refuse(registrar, application_id, reason="not-proved")
    srinagar.settle()
    appeal = Appeal.objects.get(application_id=application_id)
    assert appeal.cause == "refusal"
    officer = heard(srinagar, appeal.id)
    srinagar.act(
        actions.order_appeal, officer, appeal_id=appeal.id, order="remanded", words="Look anew.", comply_days=7
    )
    view = queries.application(by, application_id)
    assert (view.state, view.outcome, view.decision) == ("begun", "", None)
    assert view.due_at is not None
    again = srinagar.holder(application_id)
    assert srinagar.act(actions.take_next, again) == application_id
    srinagar.approve(again, application_id)
    srinagar.settle()
    assert queries.application(by, application_id).outcome == "approved"
    assert Decision.objects.filter(application_id=application_id).count() == 2
    appeal.refresh_from_db()
    assert appeal.complied_at is not None


def test_a_first_appeal_left_undecided_or_dismissed_goes_on_to_the_second(srinagar):
    _, application_id, first = late_in_srinagar(srinagar)
    pass_days(srinagar, 60)
    second = Appeal.objects.get(application_id=application_id, level=2)
    assert second.cause == "undecided"
    officer = heard(srinagar, first.id)
    dismissal = {"appeal_id": first.id, "order": "dismissed", "words": "No case is made out."}
    assert refused(srinagar, actions.order_appeal, officer, **dismissal) == ["reason_missing"]
    srinagar.act(actions.order_appeal, officer, reason="no_ground", **dismissal)
    srinagar.settle()
    assert Appeal.objects.filter(application_id=application_id).count() == 2


def test_what_an_order_needs_is_said_at_once_and_nothing_is_kept(srinagar):
    _, _, appeal = late_in_srinagar(srinagar)
    order = {"appeal_id": appeal.id, "order": "allowed", "words": "Decide it now."}
    registrar = srinagar.seat("jk-municipality-srinagar", "municipal_registrar")
    assert refused(srinagar, actions.order_appeal, registrar, **order) == "not_found"
    officer = bench(srinagar, appeal.id)
    assert refused(srinagar, actions.order_appeal, officer, comply_days=7, **order) == "move_not_possible"
    past = {"appeal_id": appeal.id, "hearing_at": srinagar.at - timedelta(days=1), "place": " "}
    assert refused(srinagar, actions.set_hearing, officer, **past) == ["hearing_place_missing", "hearing_in_the_past"]
    hearing = {**past, "hearing_at": srinagar.at + timedelta(days=2), "place": "Room 1"}
    srinagar.act(actions.set_hearing, officer, **hearing)
    assert refused(srinagar, actions.set_hearing, officer, **hearing) == "not_holder"
    assert srinagar.act(actions.take_next, officer) == appeal.id
    srinagar.act(actions.set_hearing, officer, **{**hearing, "place": "Room 2"})
    assert refused(srinagar, actions.order_appeal, officer, penalty_paise=600_000, **order) == [
        "comply_days_missing",
        "penalty_not_allowed",
    ]
    assert refused(srinagar, actions.order_appeal, officer, **{**order, "order": "maybe"}) == ["order_missing"]
    assert refused(srinagar, actions.order_appeal, officer, comply_days=7, **{**order, "order": "remanded"}) == (
        "nothing_to_remand"
    )


def test_who_decided_below_hears_no_appeal(srinagar):
    application_id, registrar = srinagar.taken(srinagar.citizen())
    srinagar.refuse(registrar, application_id, reason="not-proved")
    srinagar.settle()
    appeal = Appeal.objects.get(application_id=application_id)
    officer = heard(srinagar, appeal.id)
    order = {"appeal_id": appeal.id, "order": "allowed", "words": "Decide it now.", "comply_days": 7}
    with connection.cursor() as cursor:  # one person in both posts, as after a promotion
        person = Decision._meta.get_field("person_id").get_db_prep_value(officer.person_id, connection)
        cursor.execute("UPDATE services_decision SET person_id = %s", [person])
    assert refused(srinagar, actions.order_appeal, officer, **order) == "own_decision"


def test_the_applicant_files_on_their_word_with_grounds_and_papers(indore):
    from janaseva.cli.papers import sample_paper
    from janaseva.documents import rules as document_rules

    by = indore.citizen()
    application_id = indore.begun(by)
    facts = {"application_id": application_id, "grounds": "Nobody has decided for two weeks."}
    assert refused(indore, actions.file_appeal, by, **facts) == "nothing_to_appeal"
    pass_days(indore, 14)
    assert not Appeal.objects.exists()
    assert refused(indore, actions.file_appeal, indore.citizen(), **facts) == "not_found"
    assert refused(indore, actions.file_appeal, by, **{**facts, "grounds": "late"}) == ["grounds_missing"]
    paper = document_rules.receive(filename="slip.png", content=sample_paper("slip"))
    key = indore.key()
    first = indore.act(actions.file_appeal, by, key=key, papers=[paper], **facts)
    assert indore.act(actions.file_appeal, by, key=key, papers=[paper], **facts) == first
    found = queries.appeal(by, first)
    assert (found.opened_by, len(found.papers)) == ("applicant", 1)
    officer = heard(indore, first)
    allowed = queries.proposed_penalty(officer, first, indore.at)
    assert allowed.days > 9
    assert allowed.most_paise == allowed.days * 25_000
    indore.act(
        actions.order_appeal, officer, appeal_id=first, order="allowed", words="Decide it now.", comply_days=3,
        penalty_paise=allowed.most_paise,
    )  # fmt: skip
    assert queries.appeal(by, first).compensation_paise == allowed.most_paise


def test_after_the_days_an_appeal_needs_a_cause_where_the_law_hears_one(indore):
    by = indore.citizen()
    application_id = indore.begun(by)
    pass_days(indore, 60)
    facts = {"application_id": application_id, "grounds": "Nobody has decided for two months."}
    assert refused(indore, actions.file_appeal, by, **facts) == ["late_cause_missing"]
    filed = indore.act(actions.file_appeal, by, late_cause="I was in hospital until yesterday.", **facts)
    assert queries.appeal(by, filed).late_cause == "I was in hospital until yesterday."


def test_after_the_days_an_appeal_is_refused_where_the_law_names_no_cause(given):
    at_service(given, "jk-edistrict", "jk-character-certificate")
    by = given.citizen()
    application_id = given.begun(by)
    pass_days(given, 90)
    assert not Appeal.objects.exists()  # the law opens none by itself for this service
    facts = {"application_id": application_id, "grounds": "Nobody has decided for months."}
    assert refused(given, actions.file_appeal, by, late_cause="I was in hospital.", **facts) == "appeal_out_of_time"


def test_only_the_platform_notices(srinagar):
    by, application_id, appeal = late_in_srinagar(srinagar)
    for action, facts in (
        (actions.notice_missed, {"application_id": application_id}),
        (actions.open_by_itself, {"application_id": application_id}),
        (actions.notice_order_missed, {"appeal_id": appeal.id}),
        (actions.record_compliance, {"application_id": application_id, "decided_at": srinagar.at}),
    ):
        assert refused(srinagar, action, by, **facts) == "not_found"
        before = Event.objects.count()
        assert not srinagar.act(action, CLOCK, **facts)
        assert Event.objects.count() == before
    for look in (queries.missed, queries.orders_missed, queries.undecided, queries.deemed_due):
        assert look(by, srinagar.at) == []


def test_an_appeal_is_put_back_and_taken_again(srinagar):
    _, _, appeal = late_in_srinagar(srinagar)
    officer = bench(srinagar, appeal.id)
    case = workflow.case(officer, appeal.case_id, srinagar.at)
    srinagar.act(actions.put_back_appeal, officer, appeal_id=appeal.id, task_id=case.task.task_id)
    assert srinagar.act(actions.take_next, officer) == appeal.id


@pytest.fixture
def adoor(given):
    return at_service(given, "kl-edistrict", "kl-building-permit")


def test_a_permit_is_deemed_granted_only_after_a_written_request_and_a_further_month(adoor):
    by = adoor.citizen()
    application_id = adoor.begun(by)
    asking = {"application_id": application_id, "words": "The secretary's time has passed."}
    assert refused(adoor, actions.request_deemed, by, **asking) == "deemed_not_yet"
    pass_days(adoor, 40)
    pass_days(adoor, 40)
    assert queries.deemed_of(by, application_id) is None  # never by itself
    assert queries.may_request_deemed(by, application_id)
    assert refused(adoor, actions.request_deemed, adoor.citizen(), **asking) == "not_found"
    assert refused(adoor, actions.request_deemed, by, **{**asking, "words": " "}) == ["grounds_missing"]
    key = adoor.key()
    first = adoor.act(actions.request_deemed, by, key=key, **asking)
    assert adoor.act(actions.request_deemed, by, key=key, **asking) == first
    assert refused(adoor, actions.request_deemed, by, **asking) == "deemed_asked_already"
    secretary = adoor.holder(application_id)
    (line,) = queries.deemed_before(secretary)
    assert (line.application_id, line.is_granted) == (application_id, False)
    assert queries.deemed_before(replace(secretary, office_id=by.person_id)) == []
    assert refused(adoor, actions.grant_deemed, by, request_id=first) == "not_found"
    assert not adoor.act(actions.grant_deemed, CLOCK, request_id=first)
    pass_days(adoor, 33)
    assert queries.deemed_of(by, application_id).granted_at is not None
    assert count("services.deemed_granted", application_id) == 1
    secretary = adoor.holder(application_id)
    assert adoor.act(actions.take_next, secretary) == application_id
    refusal = {"application_id": application_id, "move": "refuse", "reason": "against-rules", "note": "Too high."}
    assert refused(adoor, actions.move, secretary, **refusal) == "deemed_granted_already"
    assert queries.deemed_before(secretary)[0].is_granted, "it stays until the permit is issued"
    adoor.approve(secretary, application_id)
    assert queries.application(by, application_id).outcome == "approved"
    assert queries.deemed_before(secretary) == []


def test_a_decision_within_the_further_month_answers_the_request(adoor):
    by = adoor.citizen()
    application_id = adoor.begun(by)
    pass_days(adoor, 40)
    adoor.act(actions.request_deemed, by, application_id=application_id, words="The secretary's time has passed.")
    secretary = adoor.holder(application_id)
    adoor.act(actions.take_next, secretary)
    adoor.refuse(secretary, application_id, reason="against-rules")
    adoor.settle()
    pass_days(adoor, 40)
    found = queries.deemed_of(by, application_id)
    assert found.granted_at is None
    assert found.answered_at is not None


def test_a_service_without_deemed_approval_knows_none(srinagar):
    by = srinagar.citizen()
    application_id = srinagar.begun(by)
    asking = {"application_id": application_id, "words": "The time has passed."}
    assert refused(srinagar, actions.request_deemed, by, **asking) == "no_deemed_approval"

"""After issue: nobody loses a certificate unheard; it is suspended, restored, given back, and verdicts say so."""

from datetime import date, timedelta

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from janaseva.core.refusal import Refusal
from janaseva.documents import queries as documents
from janaseva.documents.models import Revocation, Suspension
from janaseva.services import actions, queries
from janaseva.services.models import ShowCause
from janaseva.services.rules.afterwards import answer_until, may_revoke_now
from tests.given import SYSTEM

WORDS = "The pay slip was not that of the applicant."


@pytest.fixture
def issued(given):
    """An approved application with its holder and an officer of the deciding office who may revoke."""
    holder = given.citizen()
    application_id, officer = given.decided(holder, variant="outside")
    assert officer.may("documents.revoke")
    return application_id, holder, officer


def counts():
    return ShowCause.objects.filter(state="open").count(), Revocation.objects.count(), Suspension.objects.count()


def refused(given, action, by, **facts) -> str:
    before = counts()
    with pytest.raises(Refusal) as told:
        given.act(action, by, **facts)
    assert counts() == before
    return told.value.code


@pytest.mark.django_db
def test_nobody_loses_a_certificate_unheard(given, issued):
    application_id, holder, officer = issued
    about = {"application_id": application_id}
    why = {"reason": "obtained_by_fraud", "words": WORDS, **about}
    assert refused(given, actions.revoke_certificate, officer, **why) == "cause_not_heard"
    assert refused(given, actions.answer_cause, holder, words=WORDS, **about) == "nothing_was_asked"
    assert refused(given, actions.ask_cause, officer, **{**why, "reason": "whim"}) == "document_revocation_reason"
    assert refused(given, actions.ask_cause, officer, **{**why, "words": "so"}) == "cause_needs_words"
    key = given.key()
    first = given.act(actions.ask_cause, officer, key=key, **why)
    assert given.act(actions.ask_cause, officer, key=key, **why) == first
    assert refused(given, actions.ask_cause, officer, **why) == "cause_asked_already"
    assert refused(given, actions.revoke_certificate, officer, **why) == "cause_not_heard"
    assert refused(given, actions.surrender_certificate, holder, **about) == "surrender_while_asked"
    given.act(actions.answer_cause, holder, words="It is my own slip, of another year.", **about)
    assert refused(given, actions.answer_cause, holder, words=WORDS, **about) == "nothing_was_asked"
    assert queries.afterwards_of(officer, application_id, given.at).was_heard
    given.act(actions.revoke_certificate, officer, **why)
    given.settle()
    assert queries.application(holder, application_id).decision.revoked_at is not None
    assert refused(given, actions.revoke_certificate, officer, **why) in ("cause_not_heard", "document_revoked_already")
    told = [one.name for one in queries.story(holder, application_id)]
    assert {"services.cause_asked", "services.cause_answered", "documents.revoked"} <= set(told)


@pytest.mark.django_db
def test_after_the_days_the_office_may_revoke_without_an_answer(given, issued):
    application_id, _, officer = issued
    why = {"application_id": application_id, "reason": "facts_changed", "words": WORDS}
    given.act(actions.ask_cause, officer, **why)
    given.at += timedelta(days=15)
    assert refused(given, actions.revoke_certificate, officer, **why) == "cause_not_heard", "the last day is theirs"
    given.at += timedelta(days=1)
    given.act(actions.revoke_certificate, officer, **why)


@pytest.mark.django_db
def test_a_notice_is_dropped_and_a_court_needs_none(given, issued):
    application_id, _, officer = issued
    about = {"application_id": application_id, "words": WORDS}
    assert refused(given, actions.drop_cause, officer, **about) == "cause_not_asked"
    given.act(actions.ask_cause, officer, reason="issued_in_error", **about)
    given.act(actions.drop_cause, officer, **about)
    assert queries.afterwards_of(officer, application_id, given.at).open_cause is None
    given.act(actions.revoke_certificate, officer, reason="court_order", **about)
    assert Revocation.objects.count() == 1


def verdict(given, application_id) -> str:
    given.settle()
    decision = queries.application(SYSTEM, application_id).decision
    document = next(
        one for one in documents.documents_of(SYSTEM, application_id) if one.document_id == decision.document_id
    )
    return documents.verify_number(document.number, document.code, at=given.at).outcome


@pytest.mark.django_db
def test_suspended_restored_and_given_back(given, issued):
    application_id, holder, officer = issued
    about = {"application_id": application_id}
    assert verdict(given, application_id) == "genuine"
    assert refused(given, actions.restore_certificate, officer, words=WORDS, **about) == "document_not_suspended"
    given.act(actions.suspend_certificate, officer, reason="facts_changed", words=WORDS, **about)
    again = {"reason": "facts_changed", "words": WORDS, **about}
    assert refused(given, actions.suspend_certificate, officer, **again) == "document_suspended_already"
    assert verdict(given, application_id) == "suspended"
    given.act(actions.restore_certificate, officer, words=WORDS, **about)
    assert verdict(given, application_id) == "genuine"
    given.act(actions.surrender_certificate, holder, **about)
    assert verdict(given, application_id) == "surrendered"
    assert refused(given, actions.surrender_certificate, holder, **about) == "document_revoked_already"
    assert refused(given, actions.suspend_certificate, officer, **again) == "document_revoked_already"


@pytest.mark.django_db
def test_who_may(given, issued):
    application_id, holder, officer = issued
    stranger, elsewhere = given.citizen(), given.seat("kl-collectorate-pathanamthitta", "district_collector")
    why = {"application_id": application_id, "reason": "facts_changed", "words": WORDS}
    about = {"application_id": application_id}
    for by, code in ((stranger, "not_found"), (holder, "not_permitted"), (elsewhere, "not_found")):
        assert refused(given, actions.ask_cause, by, **why) == code
        assert refused(given, actions.suspend_certificate, by, **why) == code
    for by in (stranger, officer):
        assert refused(given, actions.surrender_certificate, by, **about) == "not_found"
        assert refused(given, actions.answer_cause, by, words=WORDS, **about) == "not_found"


@pytest.mark.once
@settings(max_examples=60, deadline=None)
@examples(
    st.sampled_from(["facts_changed", "obtained_by_fraud"]),
    st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    st.integers(0, 40),
    st.booleans(),
)
def test_a_holder_is_heard_before_the_end(reason, day, later, answered):
    today = day + timedelta(days=later)
    may = may_revoke_now(reason=reason, until=answer_until(day), answered=answered, today=today)
    assert may == (answered or later > 15)
    assert not may_revoke_now(reason=reason, until=None, answered=answered, today=today)

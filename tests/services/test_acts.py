"""What people and officers do with an application: done, and repeated with the same key; and who may read it."""

from dataclasses import replace

import pytest

from janaseva.core.refusal import Refusal
from janaseva.core.row import update, writing
from janaseva.ledger.models import Event
from janaseva.people.models import Area
from janaseva.services import actions, queries
from janaseva.services.models import Attachment
from janaseva.services.queries import definitions
from janaseva.workflow.models import Task
from tests.given import SYSTEM

pytestmark = pytest.mark.django_db


def again(given, action, by, **facts):
    """Do an action twice under one key: the same answer, and nothing told a second time."""
    key = given.key()
    first = given.act(action, by, key=key, **facts)
    count = Event.objects.count()
    assert given.act(action, by, key=key, **facts) == first
    assert Event.objects.count() == count
    return first


def test_each_act_of_an_applicant_repeated_is_done_once(given):
    by = given.citizen()
    application_id = again(given, actions.begin, by, service=given.service, language="ml")
    again(given, actions.save_page, by, application_id=application_id, page="purpose", answers={"purpose": "state"})
    assert queries.application(by, application_id).answers["purpose"] == "state"
    again(given, actions.discard, by, application_id=application_id)
    assert queries.mine(by) == []
    full = given.draft(by)
    paper = Attachment.objects.filter(application_id=full).first()
    again(given, actions.take_back_paper, by, application_id=full, paper_id=paper.id)
    with pytest.raises(Refusal) as told:
        given.act(actions.submit, by, application_id=full)
    assert [fault.code for fault in told.value.faults] == ["document_needed"]
    whole = given.draft(by)
    done = again(given, actions.submit, by, application_id=whole)
    assert done.total_paise == 1500
    again(given, actions.withdraw, by, application_id=whole)


def test_each_act_of_an_officer_repeated_is_done_once(given):
    by = given.citizen()
    application_id = given.begun(by)
    officer = given.holder(application_id)
    assert again(given, actions.take_next, officer) == application_id
    assert again(given, actions.look, officer, application_id=application_id) is True
    assert given.act(actions.look, officer, application_id=application_id) is False
    again(given, actions.note, officer, application_id=application_id, text="Seen.")
    query_id = again(given, actions.ask, officer, application_id=application_id, question="Since when?")
    again(given, actions.recall, officer, application_id=application_id, note="found it in the papers")
    with pytest.raises(Refusal) as told:
        given.act(actions.answer, by, application_id=application_id, query_id=query_id, text="1998")
    assert told.value.code == "nothing_was_asked"
    task = given.act(actions.take_next, officer)
    assert task == application_id
    key = given.key()
    first = given.approve(officer, application_id, key=key)
    assert given.approve(officer, application_id, key=key) == first
    assert first.outcome == "approved"


def test_a_move_and_the_next_case_are_one_act(given):
    first, second = given.begun(given.citizen()), given.begun(given.citizen())
    officer = given.holder(first)
    assert given.act(actions.take_next, officer) == first
    lines = tuple(item.key for item in given.definition.process.steps[-1].checklist)
    facts = {"application_id": first, "move": "approve", "checked": lines, "note": "Compared.", "then_next": True}
    done = again(given, actions.move, officer, **facts)
    assert (done.outcome, done.next_id) == ("approved", second)
    names = list(Event.objects.filter(act="services.move").order_by("story", "ordinal").values_list("name", "story"))
    assert ("services.decided", first) in names
    assert ("workflow.taken", second) in names
    last = again(given, actions.move, officer, **{**facts, "application_id": second})
    assert (last.outcome, last.next_id) == ("approved", None), "nothing waits"


def test_where_a_move_is_refused_nobody_is_handed_the_next_and_the_other_way_round(given):
    first, second = given.begun(given.citizen()), given.begun(given.citizen())
    officer = given.holder(first)
    assert given.act(actions.take_next, officer) == first
    may_not = replace(officer, grants=officer.grants - {"services.take"})
    lines = tuple(item.key for item in given.definition.process.steps[-1].checklist)
    approving = {"move": "approve", "checked": lines, "note": "Compared."}
    for by, facts in ((officer, {"move": "approve"}), (officer, {"move": "no-such"}), (may_not, approving)):
        before = set(Event.objects.exclude(name="ledger.refused").values_list("id", flat=True))
        with pytest.raises(Refusal):
            given.act(actions.move, by, application_id=first, then_next=True, **facts)
        assert set(Event.objects.exclude(name="ledger.refused").values_list("id", flat=True)) == before
        assert queries.application(SYSTEM, first).outcome == ""
        assert Task.objects.get(case_id=queries.application(SYSTEM, second).case_id).state == "waiting"


def test_out_of_turn_needs_a_reason_which_is_kept(given):
    first, second = given.begun(given.citizen()), given.begun(given.citizen())
    officer = given.holder(second)
    task = Task.objects.get(case_id=queries.application(SYSTEM, second).case_id, state="waiting")
    with pytest.raises(Refusal) as told:
        given.act(actions.take, officer, task_id=task.id)
    assert told.value.code == "out_of_turn_needs_reason"
    assert given.act(actions.take, officer, task_id=task.id, reason="The college closes today.") == second
    assert Task.objects.get(pk=task.id).out_of_turn == "The college closes today."
    again(given, actions.put_back, officer, application_id=second, task_id=task.id)
    assert given.act(actions.take_next, officer) == first


@pytest.mark.parametrize("read", [queries.application, queries.story, queries.looks], ids=lambda read: read.__name__)
def test_who_may_read_an_application(given, read):
    by = given.citizen()
    draft, begun = given.draft(by), given.begun(by)
    own = given.seat("kl-village-adoor", "village_officer")
    for who, which, seen in (
        (by, draft, True),
        (by, begun, True),
        (given.citizen(), begun, False),
        (own, begun, True),
        (own, draft, False),
        (given.seat("kl-taluk-adoor", "tahsildar"), begun, False),
        (given.seat("kl-collectorate-pathanamthitta", "district_collector"), begun, False),
    ):
        if seen:
            assert read(who, which) is not None
            continue
        with pytest.raises(Refusal) as told:
            read(who, which)
        assert (told.value.code, told.value.status) == ("not_found", 404)


def test_an_area_that_was_laid_into_another_is_found_there_by_formulas(given, monkeypatch):
    district, kerala = "lgd-district:564", "lgd-state:32"
    row = Area.objects.get(scheme="lgd-district", code="564")
    other = Area.objects.filter(parent=None).exclude(pk=row.parent_id).first()
    sindh = f"{other.scheme}:{other.code}"
    monkeypatch.setattr(definitions, "FRESH_SECONDS", 1e9)
    assert queries.PLACES.within(district, kerala)
    with writing():
        row.parent = other
        update(row, ["parent"])
    assert queries.PLACES.within(district, kerala), "known for a while"
    monkeypatch.setattr(definitions, "FRESH_SECONDS", 1e-6)
    assert queries.PLACES.within(district, sindh)
    assert not queries.PLACES.within(district, kerala)
    assert not queries.PLACES.knows("lgd-district:nowhere")

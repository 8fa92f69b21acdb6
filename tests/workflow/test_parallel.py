"""Several desks at once: each answers for itself, and the case goes on when enough have."""

import pytest

from janaseva.core.refusal import Invalid, Refusal
from janaseva.ledger.models import Event
from janaseva.workflow import queries, rules
from janaseva.workflow.models import Case, Move, Task
from tests.workflow.given import do_move, do_put_back, do_take, do_withdraw, wrapped
from tests.workflow.test_notices import with_steps

pytestmark = pytest.mark.django_db
do_opine = wrapped("opine")

OPINIONS = {
    "key": "opinions",
    "title": "Opinions",
    "kind": "parallel",
    "limit": {"days": 5},
    "branches": [
        {"key": "fire", "title": "Fire", "role": "surveyor", "office": "taluk-office", "needs": "place"},
        {"key": "village", "title": "Village", "role": "officer", "office": "village-office", "limit": {"days": 2}},
    ],
    "moves": [
        {"key": "agreed", "title": "All agree", "to": "decision", "result": "all"},
        {"key": "doubted", "title": "Somebody is against", "to": "scrutiny", "result": "against"},
    ],
}
THERE = rules.Place(words="Beside the mill", latitude="9.1568", longitude="76.7313")


def at_work(state, **other):
    """A case that lies on two desks at once."""
    case_id = state.start(process=with_steps({**OPINIONS, **other})).case_id
    state.take(state.clerk, case_id)
    do_move(by=state.clerk, at=state.at, case_id=case_id, move="recommend")
    return case_id


def take(state, by, case_id):
    task = Task.objects.get(case_id=case_id, kind="branch", post_id=by.post_id, state="waiting")
    do_take(by=by, at=state.at, task_id=task.id, reason="the test wants this one")
    return task


def opine(state, by, case_id, recommends="approve"):
    task = take(state, by, case_id)
    return do_opine(
        by=by,
        at=state.at,
        case_id=case_id,
        task_id=task.id,
        recommends=recommends,
        text="Nothing is in the way.",
        country="IN",
        place=THERE,
    )


@pytest.mark.parametrize(("second", "target"), [("approve", "decision"), ("refuse", "scrutiny")])
def test_the_case_goes_on_when_all_have_answered_by_what_they_say(state, second, target):
    case_id = at_work(state)
    view = queries.case(state.surveyor, case_id, state.at)
    assert [one.report for one in view.branches] == ["fire", "village"]
    assert view.may_take
    assert opine(state, state.surveyor, case_id) is None
    assert [one.report for one in queries.case(state.officer, case_id, state.at).branches] == ["village"]
    moved = opine(state, state.officer, case_id, second)
    assert (moved.target, Case.objects.get(pk=case_id).state) == (target, target)
    (task,) = Task.objects.filter(case_id=case_id, state="waiting")
    assert (task.kind, task.step) == ("main", target)
    kept = Move.objects.get(case_id=case_id, key="fire")
    assert kept.place == {"words": "Beside the mill", "latitude": "9.156800", "longitude": "76.731300"}
    shown = queries.history(state.officer, case_id)
    assert [(one.kind, one.title.get("en")) for one in shown[1:3]] == [("opinion", "Fire"), ("opinion", "Village")]
    assert shown[1].place == kept.place
    assert queries.history(state.applicant, case_id)[1].place == {}


def test_one_answer_is_enough_where_the_definition_says_so_and_the_others_are_let_go(state):
    case_id = at_work(state, answers="any")
    opine(state, state.surveyor, case_id)
    assert Case.objects.get(pk=case_id).state == "decision"
    assert Task.objects.get(case_id=case_id, report="village").state == "void"


def test_a_second_round_asks_all_again(state):
    case_id = at_work(state)
    opine(state, state.surveyor, case_id)
    opine(state, state.officer, case_id, "refuse")
    state.take(state.clerk, case_id)
    do_move(by=state.clerk, at=state.at.replace(hour=12), case_id=case_id, move="recommend")
    assert opine(state, state.surveyor, case_id) is None


def test_what_is_missing_or_not_ones_own_changes_nothing(state):
    case_id = at_work(state)
    task = take(state, state.surveyor, case_id)
    told = Event.objects.exclude(name="ledger.refused").count()
    values = {"at": state.at, "case_id": case_id, "task_id": task.id, "country": "IN"}
    with pytest.raises(Invalid) as missing:
        do_opine(by=state.surveyor, recommends="", text=" ", **values)
    assert [fault.place for fault in missing.value.faults] == ["opinion", "opinion_text", "place_words"]
    with pytest.raises(Refusal, match="not_holder"):
        do_opine(by=state.officer, recommends="approve", text="Mine.", place=THERE, **values)
    assert Event.objects.exclude(name="ledger.refused").count() == told
    assert Task.objects.get(pk=task.id).state == "held"
    do_put_back(by=state.surveyor, at=state.at, task_id=task.id)
    do_withdraw(by=state.applicant, at=state.at, case_id=case_id)
    assert not Task.objects.filter(case_id=case_id, state__in=("waiting", "held")).exists()


@pytest.mark.parametrize(
    ("latitude", "longitude", "country", "codes"),
    [
        ("9.1568", "76.7313", "IN", []),
        ("24.86", "67.01", "PK", []),
        ("24.86", "67.01", "IN", ["place_outside_country"]),
        ("51.5", "-0.12", "IN", ["place_outside_country", "place_outside_country"]),
        ("nan", "76", "IN", ["place_not_degrees"]),
        ("9.1", "", "IN", ["place_not_degrees"]),
        ("९.१", "76", "IN", ["place_not_degrees"]),
    ],
)
def test_degrees_lie_within_the_country(latitude, longitude, country, codes):
    place = rules.Place(latitude=latitude, longitude=longitude)
    assert [fault.code for fault in rules.place_faults(place, country=country, needed=True)] == codes


def test_words_alone_are_a_place_and_nothing_is_none():
    assert rules.place_faults(rules.Place(words="Beside the mill"), country="IN", needed=True) == []
    assert rules.kept_place(rules.Place(words="Beside the mill")) == {"words": "Beside the mill"}
    assert rules.kept_place(rules.Place()) is None
    assert [fault.code for fault in rules.place_faults(rules.Place(), country="IN", needed=True)] == ["place_missing"]
    assert rules.place_faults(rules.Place(), country="IN", needed=False) == []

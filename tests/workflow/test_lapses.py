"""Cases that end by themselves: when, at which steps, after which reminder, and what keeps them from it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from janaseva.core.actor import Actor
from janaseva.core.formula_functions import add_months
from janaseva.core.ids import uuid7
from janaseva.core.refusal import Refusal
from janaseva.ledger.handlers import beating
from janaseva.ledger.handlers import working as worker
from janaseva.ledger.models import Event
from janaseva.workflow import actions, queries, rules
from janaseva.workflow.models import Case, Lapse, Move, Pause, Task
from tests.workflow.given import CALENDAR, PROCESS, SYSTEM, do_answer, do_ask, do_move, wrapped
from tests.workflow.test_notices import HEARD, NOTICE, lodge, with_steps

CLOCK = Actor.clock()
LAW = {"law": "Section 14", "source": ["act"]}
SOLEMNISE = {"key": "marriage", "title": "Not solemnised in time", "since": "receipt", "months": 3, **LAW}
ANSWER = {"key": "answer", "title": "Not answered", "since": "question", "days": 20, "remind_days": 5, **LAW}
OPINION = {
    "key": "opinion",
    "title": "Opinion",
    "kind": "decision",
    "role": "officer",
    "office": "village-office",
    "moves": [
        {"key": "grant", "title": "Grant", "to": "approved"},
        {"key": "deny", "title": "Refuse", "to": "refused", "needs": ["reason"]},
    ],
}
do_lapse, do_remind = wrapped("lapse"), wrapped("lapse_reminded")


def lapsing(*lapses, process=PROCESS):
    text = process.model_dump(mode="json", exclude_defaults=True)
    return rules.Process.model_validate({**text, "lapses": list(lapses)})


def faults(*lapses, process=PROCESS):
    return [(fault.place, fault.code) for fault in rules.faults(lapsing(*lapses, process=process))]


# --- when, by rule


@pytest.mark.once
@given(
    after=st.integers(0, 500 * 24),
    span=st.one_of(
        st.fixed_dictionaries({"days": st.integers(2, 400)}), st.fixed_dictionaries({"months": st.integers(1, 12)})
    ),
    lost=st.sets(st.integers(1, 30), max_size=3),
)
@settings(max_examples=40, deadline=None)
def test_the_last_day_is_open_no_earlier_than_the_law_says_and_the_reminder_comes_before(after, span, lost):
    began = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=after)
    day = CALENDAR.local_day(began)
    outages = frozenset(day + timedelta(days=number) for number in lost)
    calendar = replace(CALENDAR, outages=outages)
    lapse = rules.Lapse(key="a", title="A", since="receipt", **span, **LAW)
    due = rules.lapse_due(lapse, began_at=began, calendar=calendar)
    plain = add_months(day, span["months"]) if "months" in span else day + timedelta(days=span["days"])
    assert due.day >= plain
    assert calendar.is_open(due.day)
    assert calendar.local_day(due.at - timedelta(seconds=1)) == due.day < calendar.local_day(due.at)
    assert day < calendar.local_day(due.remind_at) <= due.day
    assert due.remind_at < due.at
    if not outages:
        assert all(not calendar.is_open(plain + timedelta(days=n)) for n in range((due.day - plain).days))


@pytest.mark.once
@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"law": None}, "lapses.0", "process_lapse_without_law"),
        ({"source": []}, "lapses.0", "process_lapse_without_law"),
        ({"remind_days": 90}, "lapses.0.remind_days", "process_lapse_reminds_too_early"),
        ({"since": "nowhere"}, "lapses.0.since", "process_lapse_since_unknown"),
        ({"at": ["solemnise"]}, "lapses.0.at.0", "process_lapse_at_unknown"),
        ({"since": "question", "at": ["objections"]}, "lapses.0.at.0", "process_lapse_never_asked"),
        ({"since": "opinion", "at": ["scrutiny"]}, "lapses.0.at.0", "process_lapse_never_there"),
        ({"months": None, "days": 30, "remind_days": 3}, "lapses.0", "process_lapse_always"),
    ],
)
def test_what_cannot_lapse_or_always_would_is_a_fault_at_its_place(change, place, code):
    process = with_steps(
        NOTICE, {**HEARD, "moves": [*HEARD["moves"], {"key": "on", "title": "On", "to": "opinion"}]}, OPINION
    )
    assert faults(SOLEMNISE, process=process) == []
    assert faults({**SOLEMNISE, **change}, process=process) == [(place, code)]


@pytest.mark.once
def test_nobody_makes_an_application_lapse_and_a_key_stands_once():
    text = PROCESS.model_dump(mode="json", exclude_defaults=True)
    text["steps"][1]["moves"][2]["to"] = "lapsed"
    found = [(fault.place, fault.code) for fault in rules.faults(rules.Process.model_validate(text))]
    assert found == [("steps.1.moves.2.to", "process_lapses_by_time")]
    assert faults(SOLEMNISE, SOLEMNISE) == [("lapses.1.key", "process_key_twice")]
    with pytest.raises(ValueError, match="one of both"):
        rules.Lapse(key="a", title="A", since="receipt", days=5, months=1)


# --- what the clock does


def started(state, *lapses, process=PROCESS):
    case_id = state.start(process=lapsing(*lapses, process=process)).case_id
    return case_id, Lapse.objects.filter(case_id=case_id).first()


def end(row, at=None, by=CLOCK):
    return do_lapse(by=by, at=at or row.lapses_at, lapse_id=row.id)


@pytest.mark.django_db
def test_a_case_lapses_once_when_its_last_day_is_over_and_not_before(state):
    case_id, row = started(state, SOLEMNISE)
    state.take(state.clerk, case_id)
    before = Event.objects.count()
    assert end(row, row.lapses_at - timedelta(seconds=1)) is None
    assert (
        queries.lapsing(CLOCK, row.lapses_at - timedelta(seconds=1))
        == queries.lapsing(state.officer, row.lapses_at)
        == []
    )
    assert Event.objects.count() == before
    assert queries.lapsing(CLOCK, row.lapses_at) == [(row.id, case_id)]
    with pytest.raises(Refusal, match="case_lapses"):
        do_move(by=state.clerk, at=row.lapses_at, case_id=case_id, move="recommend")
    with pytest.raises(Refusal, match="not_found"):
        end(row, by=state.officer)
    assert end(row).last_day == row.last_day
    assert end(row) is None
    case = Case.objects.get(pk=case_id)
    assert (case.state, case.outcome, case.ended_at) == ("lapsed", "lapsed", row.lapses_at)
    assert not Task.objects.filter(case_id=case_id, state__in=("waiting", "held", "paused")).exists()
    line = Move.objects.get(case_id=case_id, kind="lapse")
    assert (line.key, line.source, line.target, line.note, line.person_id) == (
        "marriage",
        "scrutiny",
        "lapsed",
        "Section 14",
        None,
    )
    assert queries.history(state.applicant, case_id)[-1].note == "Section 14"
    (view,) = queries.why_due(state.applicant, case_id).lapses
    assert (view.happened, view.last_day, view.counted[-1].day) == (True, row.last_day, row.last_day)
    assert queries.lapsing(CLOCK, row.lapses_at) == []


@pytest.mark.django_db
def test_the_applicant_is_reminded_once_in_the_days_before(state):
    _, row = started(state, SOLEMNISE)
    assert row.remind_at.date() == row.last_day - timedelta(days=7)
    assert (
        queries.to_remind(CLOCK, row.remind_at - timedelta(seconds=1))
        == queries.to_remind(SYSTEM.person(uuid7()), row.remind_at)
        == []
    )
    assert queries.to_remind(CLOCK, row.remind_at) == [row.id]
    assert do_remind(by=CLOCK, at=row.lapses_at, lapse_id=row.id) is None
    assert do_remind(by=CLOCK, at=row.remind_at, lapse_id=row.id).last_day == row.last_day
    assert do_remind(by=CLOCK, at=row.remind_at, lapse_id=row.id) is None
    assert queries.to_remind(CLOCK, row.remind_at) == []


@pytest.mark.django_db
def test_a_question_lapses_while_it_is_unanswered_and_never_after(state):
    case_id, row = started(state, ANSWER)
    assert row is None
    state.take(state.clerk, case_id)
    do_ask(by=state.clerk, at=state.at, case_id=case_id, question="Which house?")
    row = Lapse.objects.get(case_id=case_id)
    assert (row.last_day - CALENDAR.local_day(state.at)).days == 21  # the twentieth is a Sunday
    do_answer(by=state.applicant, at=row.remind_at, case_id=case_id, answer="The blue one.")
    assert queries.lapsing(CLOCK, row.lapses_at) == []
    assert queries.why_due(state.applicant, case_id).lapses == ()
    assert end(row) is None
    state.take(state.clerk, case_id)
    do_ask(by=state.clerk, at=row.remind_at, case_id=case_id, question="Which door?")
    again = Lapse.objects.get(case_id=case_id, over_at=None)
    assert again.lapses_at > row.lapses_at
    assert end(again).key == "answer"
    assert not Pause.objects.filter(case_id=case_id, to_at=None).exists()


@pytest.mark.django_db
def test_it_lapses_only_at_its_steps_and_is_over_when_no_way_leads_there(state):
    process = with_steps(NOTICE, HEARD)
    case_id, row = started(state, {**SOLEMNISE, "at": "objections", "months": None, "days": 33}, process=process)
    state.take(state.clerk, case_id)
    assert queries.why_due(SYSTEM, case_id).lapses[0].here is False
    assert queries.lapsing(CLOCK, row.lapses_at) == []
    assert end(row) is None
    do_move(by=state.clerk, at=state.at, case_id=case_id, move="recommend")
    notice = queries.notices(CLOCK, state.at)[0]
    lodge(state, type("N", (), {"id": notice.notice_id}))
    task = Task.objects.get(case_id=case_id, kind="time")
    actions.pass_time(by=CLOCK, at=task.due_at, key="over", task_id=task.id)
    assert Case.objects.get(pk=case_id).state == "objections"
    assert end(row).key == "marriage"
    other, row = started(state, {**SOLEMNISE, "since": "scrutiny", "at": "scrutiny"})
    first = row.lapses_at
    state.take(state.clerk, other)
    do_move(by=state.clerk, at=state.at, case_id=other, move="recommend")
    assert Lapse.objects.get(pk=row.id).over_at is None  # it may be sent back there, where its time begins again
    state.take(state.officer, other)
    do_move(by=state.officer, at=state.at + timedelta(days=2), case_id=other, move="back", note="Look again.")
    assert Lapse.objects.get(pk=row.id).lapses_at > first
    state.take(state.clerk, other)
    do_move(by=state.clerk, at=state.at, case_id=other, move="return", reason="income-too-high")
    assert Lapse.objects.get(pk=row.id).over_at is not None


@pytest.mark.django_db
def test_a_closed_last_day_and_a_lost_one_move_it_and_what_is_not_counted_yet_is_awaited(state):
    case_id, row = started(state, SOLEMNISE)
    day = row.last_day
    span = {
        "from_at": datetime(day.year, day.month, day.day, 4, 30, tzinfo=UTC),
        "to_at": datetime(day.year, day.month, day.day, 11, tzinfo=UTC),
    }
    outage = actions.record_outage(by=SYSTEM, at=row.lapses_at, key="o", why="The line was cut.", **span)
    assert end(row) is None  # counted once more before it ends, though nobody has heard of the outage yet
    assert case_id in queries.touched(SYSTEM, **span)
    assert actions.recount(by=SYSTEM, at=row.lapses_at, key="r", case_id=case_id)
    moved = Lapse.objects.get(pk=row.id)
    assert moved.last_day > day
    assert [one.reason for one in queries.why_due(SYSTEM, case_id).lapses[0].counted if one.day == day] == ["outage"]
    actions.correct_outage(by=SYSTEM, at=moved.lapses_at, key="c", outage_id=outage, why="It was another line.")
    assert actions.recount(by=SYSTEM, at=row.lapses_at, key="r2", case_id=case_id)
    assert Lapse.objects.get(pk=row.id).last_day == day
    assert queries.lapsing(CLOCK, row.lapses_at) == [(row.id, case_id)]


@pytest.mark.django_db
def test_nothing_lapses_before_it_is_counted_what_the_platform_lost(state):
    case_id, row = started(state, SOLEMNISE)
    beating.beat(row.lapses_at - timedelta(days=2))
    assert beating.beat(row.lapses_at)  # the platform did not run for two days, and nobody has heard of it yet
    assert queries.lapsing(CLOCK, row.lapses_at) == []
    worker.settle(row.lapses_at)
    assert Lapse.objects.get(pk=row.id).last_day > row.last_day
    assert Case.objects.get(pk=case_id).outcome == ""

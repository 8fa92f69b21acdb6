"""Officers who act at the same moment: one decision a case, one officer a task, and no deadlock."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.core.refusal import Refusal
from janaseva.workflow import actions
from janaseva.workflow.models import Case, Move, Notice, Objection, Task
from tests.workflow.given import (
    colleague,
    do_answer,
    do_ask,
    do_looked,
    do_move,
    do_note,
    do_put_back,
    do_recall,
    do_take,
    do_take_next,
    do_withdraw,
    make_state,
)
from tests.workflow.test_notices import HEARD, NOTICE, lodge, with_steps
from tests.workflow.test_parallel import THERE, at_work, do_opine, take
from tests.workflow.test_steps_of_the_law import JOINT, at_step

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(acts: Iterable[Callable[[], object]]) -> list[object]:
    """Run all acts in threads that begin together; return answers, and the codes of refusals."""
    waiting = list(acts)
    barrier = Barrier(len(waiting))

    def run(act: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=20)
            return act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(waiting)) as pool:
        return list(pool.map(run, waiting))


@pytest.fixture
def state(at):
    return make_state(at)


def take_all(by, at):
    """Take one task after the other until nothing is handed out any more; return them."""
    taken = []
    while (task := do_take_next(by=by, at=at)) is not None:
        taken.append(task.task_id)
    return taken


def test_eight_officers_take_forty_tasks_each_exactly_once(state):
    for minutes in range(40):
        state.start(state.at + timedelta(minutes=minutes))
    officers = [colleague(state.clerk) for _ in range(8)]

    lists = at_once([lambda by=by: take_all(by, state.at) for by in officers])
    counted = Counter(task for taken in lists for task in taken)
    # A pass over tasks that others were just taking may end early; nothing is ever handed out twice.
    assert set(counted.values()) == {1}
    rest = take_all(state.clerk, state.at)
    assert len(counted) + len(rest) == 40
    assert not set(rest) & set(counted)
    assert Task.objects.filter(state="held").count() == 40
    order = dict(Task.objects.values_list("id", "arrived_at"))
    for taken in lists:
        assert [order[task] for task in taken] == sorted(order[task] for task in taken)


def test_officers_with_two_posts_take_each_task_of_both_exactly_once(state):
    for minutes in range(20):
        case_id = state.start(state.at + timedelta(minutes=minutes)).case_id
        if minutes % 2:
            do_take(by=state.clerk, at=state.at, task_id=Task.objects.get(case_id=case_id).id, reason="as was ordered")
            do_move(by=state.clerk, at=state.at, case_id=case_id, move="recommend")
    posts = frozenset({state.clerk.post_id, state.officer.post_id})
    officers = [replace(colleague(state.clerk), post_ids=posts) for _ in range(6)]

    counted = Counter(
        task for taken in at_once([lambda by=by: take_all(by, state.at) for by in officers]) for task in taken
    )
    rest = take_all(officers[0], state.at)
    assert set(counted.values()) == {1}
    assert len(counted) + len(rest) == 20
    assert not set(rest) & set(counted)


def test_one_case_is_decided_once(state):
    for _ in range(5):
        case_id = state.at_decision()
        moves = [
            {"move": "approve", "checked": ("papers",)},
            {"move": "refuse", "reason": "income-too-high", "note": "Above the limit."},
        ]
        answers = at_once(
            [
                partial(do_move, by=state.officer, at=state.at, case_id=case_id, **moves[number % 2])
                for number in range(6)
            ]
        )
        decided = [answer for answer in answers if not isinstance(answer, str)]
        assert len(decided) == 1
        assert {answer for answer in answers if isinstance(answer, str)} == {"case_ended"}
        case = Case.objects.get(pk=case_id)
        assert case.outcome == decided[0].outcome
        assert Move.objects.filter(case_id=case_id, target__in=("approved", "refused")).count() == 1


def test_one_task_is_taken_by_one_of_many(state):
    started = state.start()
    officers = [colleague(state.clerk) for _ in range(8)]
    answers = at_once([lambda by=by: do_take(by=by, at=state.at, task_id=started.task_id) for by in officers])
    assert sorted(str(answer) if isinstance(answer, str) else "taken" for answer in answers) == (
        ["taken"] + ["task_taken"] * 7
    )


def test_a_withdrawal_and_a_decision_end_the_case_once(state):
    for _ in range(5):
        case_id = state.at_decision()
        answers = at_once(
            [
                partial(do_move, by=state.officer, at=state.at, case_id=case_id, move="approve", checked=("papers",)),
                partial(do_withdraw, by=state.applicant, at=state.at, case_id=case_id),
            ]
        )
        assert answers.count("case_ended") == 1
        assert not Task.objects.filter(case_id=case_id, state__in=("waiting", "held", "paused")).exists()


def test_an_answer_and_a_recall_resume_the_clock_once(state):
    for _ in range(5):
        case_id = state.at_decision()
        do_ask(by=state.officer, at=state.at, case_id=case_id, question="Which ward?")
        answers = at_once(
            [
                partial(do_answer, by=state.applicant, at=state.at, case_id=case_id, answer="Ward 3"),
                partial(do_recall, by=state.officer, at=state.at, case_id=case_id, note="not needed after all"),
            ]
        )
        assert answers.count("nothing_was_asked") == 1
        assert Task.objects.filter(case_id=case_id, state="waiting").count() == 1


def test_everything_at_once_on_one_desk_neither_deadlocks_nor_loses(state):
    cases = [state.start(state.at + timedelta(minutes=minutes)).case_id for minutes in range(12)]

    def work(number):
        by = replace(colleague(state.clerk))
        for case_id in cases[number % 3 :: 3]:
            do_looked(by=by, at=state.at, case_id=case_id)
            do_note(by=by, at=state.at, case_id=case_id, text="seen")
            taken = do_take_next(by=by, at=state.at)
            if taken and number % 2:
                do_put_back(by=by, at=state.at, task_id=taken.task_id)
            elif taken:
                do_move(by=by, at=state.at, case_id=taken.case_id, move="recommend")
        return "done"

    assert at_once([lambda n=n: work(n) for n in range(6)]) == ["done"] * 6
    decided = Case.objects.filter(state="decision").count()
    assert Move.objects.filter(key="recommend").count() == decided
    assert Task.objects.filter(state__in=("waiting", "held", "paused")).count() == 12


def test_one_person_objects_once_and_no_objection_is_passed_by(state):
    for _ in range(3):
        case_id = state.start(process=with_steps(NOTICE, HEARD)).case_id
        state.take(state.clerk, case_id)
        do_move(by=state.clerk, at=state.at, case_id=case_id, move="recommend")
        notice, task = Notice.objects.get(case_id=case_id), Task.objects.get(case_id=case_id, kind="time")
        by = Actor.person(uuid7())
        answers = at_once(
            [
                *[partial(lodge, state, notice, by=by, at=task.due_at) for _ in range(4)],
                *[
                    partial(actions.pass_time, by=Actor.clock(), at=task.due_at, key=f"{task.id}{n}", task_id=task.id)
                    for n in range(2)
                ],
            ]
        )
        lodged = [one for one in answers if isinstance(one, UUID)]
        assert answers.count(True) == 1, "the time passes once"
        assert len(lodged) == Objection.objects.filter(case_id=case_id).count() <= 1
        assert Case.objects.get(pk=case_id).state == ("objections" if lodged else "decision")
        assert Move.objects.filter(case_id=case_id, source="notice").count() == 1


def test_the_last_two_opinions_at_once_let_the_case_go_on_once(state):
    for _ in range(3):
        case_id = at_work(state)
        tasks = [(by, take(state, by, case_id)) for by in (state.surveyor, state.officer)]
        answers = at_once(
            [
                partial(
                    do_opine,
                    by=by,
                    at=state.at,
                    case_id=case_id,
                    task_id=task.id,
                    recommends="approve",
                    text="Nothing is in the way.",
                    country="IN",
                    place=THERE,
                )
                for by, task in tasks
                for _ in range(3)
            ]
        )
        assert len([one for one in answers if one is not None and not isinstance(one, str)]) == 1
        assert answers.count(None) == 1
        assert Move.objects.filter(case_id=case_id, kind="opinion").count() == 2
        assert Move.objects.filter(case_id=case_id, source="opinions", kind="move").count() == 1


def test_those_who_decide_together_and_at_once_decide_once(state):
    for refusal in (False, True, False):
        case_id = at_step(state, JOINT)
        tasks = [(by, take(state, by, case_id)) for by in (state.officer, state.surveyor)]
        deny = {"move": "deny", "reason": "income-too-high", "note": "Above the limit."}
        answers = at_once(
            [
                partial(do_move, by=by, at=state.at, case_id=case_id, task_id=task.id, **way)
                for by, task in tasks
                for way in ({"move": "grant"}, deny if refusal else {"move": "grant"}, {"move": "grant"})
            ]
        )
        case = Case.objects.get(pk=case_id)
        ended = [one for one in answers if not isinstance(one, str) and one.outcome]
        assert [one.outcome for one in ended] == [case.outcome]
        assert refusal or case.outcome == "approved"
        assert Move.objects.filter(case_id=case_id, kind="move", source="together").count() == 1
        agreed = Move.objects.filter(case_id=case_id, kind="agreement")
        assert agreed.count() == (2 if case.outcome == "approved" else agreed.values("source").distinct().count())
        assert not Task.objects.filter(case_id=case_id, state__in=("waiting", "held", "paused")).exists()

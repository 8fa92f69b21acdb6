"""Sixteen at once: one session for one code, five codes for one number, one next holder for one post."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from janaseva.core.refusal import Refusal

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS = 16


def at_once(act: Callable[[int], object]) -> list[object]:
    """Run ``act`` in sixteen threads that begin together; return answers and refusals' codes."""
    barrier = Barrier(THREADS)

    def run(number: int) -> object:
        try:
            barrier.wait(timeout=10)
            return act(number)
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def ask(at):
    from janaseva.core.actor import Actor
    from janaseva.people import actions

    return actions.request_code(by=Actor.anyone(), at=at, key=str(uuid4()), phone="9447123456")


def test_one_code_opens_one_session(at):
    from janaseva.core.actor import Actor
    from janaseva.core.ids import secret_token
    from janaseva.core.secret import Secret
    from janaseva.people import actions, queries, rules
    from janaseva.people.models import Session

    asked = ask(at)
    code = queries.code_to_send(Actor.system("test"), asked.challenge_id, at).code
    answers = at_once(
        lambda _: (
            actions.confirm_code(
                by=Actor.anyone(),
                at=at,
                key=str(uuid4()),
                challenge_id=asked.challenge_id,
                code=Secret(code),
                token_hash=rules.token_hash(secret_token()),
            ).ok
        )
    )
    assert Counter(answers) == {True: 1, False: THREADS - 1}
    assert Session.objects.count() == 1


def test_no_more_codes_than_allowed_though_the_number_was_never_seen(at):
    from janaseva.people import rules
    from janaseva.people.models import Challenge

    answers = at_once(lambda _: ask(at))
    assert {answer for answer in answers if isinstance(answer, str)} <= {"changed_meanwhile", "too_many_requests"}
    assert 1 <= Challenge.objects.count() <= rules.CODES.most


def test_one_post_passes_to_one_next_holder(at):
    from janaseva.core.actor import Actor
    from janaseva.people import actions, queries
    from janaseva.people.models import Charge
    from tests.people.acts import directory

    system = Actor.system("test")
    actions.load_directory(by=system, at=at - timedelta(days=1), key="load", directory=directory())
    office = next(view for view in queries.offices() if view.key == "vo-adoor")
    post = queries.post_in(office.id, "village_officer")
    charge = queries.holder_of(post.id, at)
    takers = [view.id for view in queries.colleagues(system) if view.id != charge.person_id]
    answers = at_once(
        lambda n: actions.hand_over_charge(
            by=system,
            at=at,
            key=str(uuid4()),
            charge_id=charge.charge_id,
            to_person_id=takers[n % len(takers)],
            order="order",
        )
    )
    refused = Counter(answer for answer in answers if isinstance(answer, str))
    assert sum(refused.values()) == THREADS - 1
    assert set(refused) == {"charge_not_in_force"}
    assert Charge.objects.filter(post_id=post.id, kind="substantive", to_at=None).count() == 1

"""Sessions are bound to charges; a hand-over ends both at once."""

from datetime import timedelta

import pytest

from janaseva.core.actor import Actor
from janaseva.core.ids import secret_token, uuid7
from janaseva.core.refusal import Refusal
from janaseva.people import actions, handlers, queries, rules, steps
from janaseva.people.actions import sweeping
from janaseva.people.models import Charge, Session
from tests.people.acts import AT, SYSTEM, TOKENS, key, person_of, sign_in


def hand_over(by, charge_id, to, at=AT):
    return actions.hand_over_charge(by=by, at=at, key=key(), charge_id=charge_id, to_person_id=to, order="GO 1/2026")


def stand_in(by, charge_id, to, *, at=AT, from_at=AT, to_at=AT + timedelta(days=2)):
    return actions.stand_in(
        by=by, at=at, key=key(), charge_id=charge_id, to_person_id=to, from_at=from_at, to_at=to_at, order="leave"
    )


def test_a_hand_over_ends_every_session_of_the_old_holder(loaded):
    first, second = sign_in("vo"), sign_in("vo", AT + timedelta(minutes=1))
    other = sign_in("clerk")
    at = AT + timedelta(minutes=2)
    new = hand_over(first.actor, first.actor.charge_id, person_of("spare"), at)
    for session in (first, second):
        assert queries.signed_in(TOKENS[session.session_id], at) is None
    assert queries.signed_in(TOKENS[other.session_id], at)
    holder = queries.holder_of(first.actor.post_id, at)
    assert holder
    assert (holder.charge_id, holder.person_id) == (new, person_of("spare"))
    assert not queries.charge_in_force(first.actor.charge_id, at)
    assert sign_in("spare", at + timedelta(minutes=1)).actor.role == "village_officer"


def test_who_may_hand_over(loaded):
    vo, clerk, tahsildar, kollam = (sign_in(login).actor for login in ("vo", "clerk", "tahsildar", "kollam"))
    spare = person_of("spare")
    for by in (clerk, kollam, Actor.anyone(), Actor.person(uuid7()), Actor.person(vo.person_id)):
        with pytest.raises(Refusal, match="not_found"):
            hand_over(by, vo.charge_id, spare)
    assert queries.charge_in_force(vo.charge_id, AT)
    assert hand_over(tahsildar, vo.charge_id, spare)
    assert hand_over(SYSTEM, clerk.charge_id, spare)


def test_what_is_refused_changes_nothing(loaded):
    vo = sign_in("vo")
    citizen = uuid7()
    for to, code in ((vo.actor.person_id, "same_holder"), (citizen, "not_an_officer")):
        with pytest.raises(Refusal, match=code):
            hand_over(vo.actor, vo.actor.charge_id, to)
    assert queries.signed_in(TOKENS[vo.session_id], AT)
    hand_over(SYSTEM, vo.actor.charge_id, person_of("spare"))
    with pytest.raises(Refusal, match="charge_not_in_force"):
        hand_over(SYSTEM, vo.actor.charge_id, person_of("clerk"))
    with pytest.raises(Refusal, match="not_found"):
        hand_over(SYSTEM, uuid7(), person_of("clerk"))


def test_a_repeated_hand_over_is_done_once(loaded):
    vo = sign_in("vo").actor
    given = {"by": vo, "at": AT, "key": key(), "charge_id": vo.charge_id, "order": "x"}
    done = [actions.hand_over_charge(**given, to_person_id=person_of("spare")) for _ in range(3)]
    assert len(set(done)) == 1
    assert Charge.objects.filter(post_id=vo.post_id).count() == 2


def test_a_stand_in_acts_for_both_posts_and_only_for_its_time(loaded):
    vo, clerk = sign_in("vo").actor, sign_in("clerk")
    stand_in(
        vo, vo.charge_id, clerk.actor.person_id, from_at=AT + timedelta(minutes=5), to_at=AT + timedelta(minutes=9)
    )
    token = TOKENS[clerk.session_id]
    before, during, after = (queries.signed_in(token, AT + timedelta(minutes=minutes)).actor for minutes in (4, 5, 9))
    assert before.post_ids == after.post_ids == {clerk.actor.post_id}
    assert during.post_ids == {clerk.actor.post_id, vo.post_id}
    assert during.may("services.decide")
    assert not after.may("services.decide")
    assert during.charge_id == clerk.actor.charge_id


def test_a_stand_in_without_own_charge_signs_in_to_it(loaded):
    vo = sign_in("vo").actor
    stand_in(vo, vo.charge_id, person_of("spare"))
    spare = sign_in("spare")
    assert spare.actor.post_id == vo.post_id
    assert spare.charge.kind == "stand_in"
    hand_over(vo, vo.charge_id, person_of("kollam"), AT + timedelta(minutes=1))
    assert queries.signed_in(TOKENS[spare.session_id], AT + timedelta(minutes=1)) is None


def test_stand_ins_are_refused_where_they_make_no_sense(loaded):
    vo, clerk = sign_in("vo").actor, sign_in("clerk").actor
    with pytest.raises(Refusal, match="same_holder"):
        stand_in(vo, vo.charge_id, vo.person_id)
    with pytest.raises(Refusal, match="stand_in_times"):
        stand_in(vo, vo.charge_id, clerk.person_id, from_at=AT - timedelta(days=2), to_at=AT)
    with pytest.raises(Refusal, match="not_found"):
        stand_in(clerk, vo.charge_id, clerk.person_id)
    first = stand_in(vo, vo.charge_id, clerk.person_id)
    with pytest.raises(Refusal, match="already_stands_in"):
        stand_in(vo, vo.charge_id, clerk.person_id, to_at=AT + timedelta(days=5))
    actions.end_stand_in(by=clerk, at=AT, key=key(), charge_id=first)
    with pytest.raises(Refusal, match="charge_not_in_force"):
        actions.end_stand_in(by=vo, at=AT, key=key(), charge_id=first)
    assert queries.stand_ins_of(vo.post_id, AT) == []


def test_an_officer_with_two_charges_chooses_one(loaded):
    vo = sign_in("vo").actor
    hand_over(SYSTEM, vo.charge_id, person_of("clerk"))
    clerk = sign_in("clerk")
    assert clerk.needs_charge
    assert clerk.actor.post_ids == frozenset()
    assert clerk.actor.grants == frozenset()
    choices = queries.choices_of(clerk.actor, AT)
    assert {view.post.role for view in choices} == {"village_officer", "village_clerk"}
    token = secret_token()
    chosen = next(view for view in choices if view.post.role == "village_officer")
    given = {"session_id": clerk.session_id, "at": AT, "token_hash": rules.token_hash(token)}
    with pytest.raises(Refusal, match="not_found"):
        actions.choose_charge(by=clerk.actor, key=key(), charge_id=uuid7(), **given)
    with pytest.raises(Refusal, match="not_found"):
        actions.choose_charge(by=vo, key=key(), charge_id=chosen.id, **given)
    actions.choose_charge(by=clerk.actor, key=key(), charge_id=chosen.id, **given)
    assert queries.signed_in(TOKENS[clerk.session_id], AT) is None
    now = queries.signed_in(token, AT)
    assert now.actor.role == "village_officer"
    assert now.ends_at == clerk.ends_at


def test_an_act_of_one_whose_charge_ended_meanwhile_is_refused(loaded):
    vo = sign_in("vo").actor
    check = steps.in_charge.__wrapped__
    check(by=vo, at=AT)
    check(by=SYSTEM, at=AT)
    hand_over(SYSTEM, vo.charge_id, person_of("spare"))
    with pytest.raises(Refusal, match="charge_ended"):
        check(by=vo, at=AT)


def test_a_session_idles_out_unless_kept_and_is_written_seldom(loaded):
    vo = sign_in("vo")
    token = TOKENS[vo.session_id]
    assert queries.signed_in(token, AT + timedelta(minutes=30)) is None
    soon = AT + timedelta(minutes=4)
    assert not queries.signed_in(token, soon).keep_due
    actions.keep_session(by=vo.actor, at=soon, key=key(), session_id=vo.session_id)
    assert Session.get_or_none(vo.session_id).revision == 1
    later = AT + timedelta(minutes=25)
    assert queries.signed_in(token, later).keep_due
    ends = actions.keep_session(by=vo.actor, at=later, key=key(), session_id=vo.session_id)
    assert ends == later + timedelta(minutes=30)
    assert queries.signed_in(token, AT + timedelta(minutes=54))
    with pytest.raises(Refusal, match="not_found"):
        actions.keep_session(by=Actor.person(uuid7()), at=later, key=key(), session_id=vo.session_id)


def test_signing_out_here_and_everywhere(loaded):
    one, two = sign_in("vo"), sign_in("vo", AT + timedelta(minutes=1))
    at = AT + timedelta(minutes=1)
    assert len(queries.sessions_of(one.actor, at)) == 2
    with pytest.raises(Refusal, match="not_found"):
        actions.sign_out(by=sign_in("clerk").actor, at=at, key=key(), session_id=one.session_id)
    actions.sign_out(by=one.actor, at=at, key=key(), session_id=one.session_id)
    actions.sign_out(by=one.actor, at=at, key=key(), session_id=one.session_id)
    assert queries.signed_in(TOKENS[one.session_id], at) is None
    assert queries.signed_in(TOKENS[two.session_id], at)
    assert actions.sign_out_everywhere(by=two.actor, at=at, key=key(), person_id=two.actor.person_id) == 1
    assert queries.signed_in(TOKENS[two.session_id], at) is None


def test_a_language_is_kept_for_the_next_time(loaded):
    vo = sign_in("vo")
    actions.set_language(by=vo.actor, at=AT, key=key(), session_id=vo.session_id, language="ur")
    assert queries.signed_in(TOKENS[vo.session_id], AT).language == "ur"
    assert sign_in("vo", AT + timedelta(minutes=1)).language == "ur"
    with pytest.raises(Refusal, match="invalid"):
        actions.set_language(by=vo.actor, at=AT, key=key(), session_id=vo.session_id, language="xx")


def test_who_is_signed_in_costs_few_questions(loaded, django_assert_max_num_queries):
    token = TOKENS[sign_in("vo").session_id]
    with django_assert_max_num_queries(8):
        assert queries.signed_in(token, AT)
    with django_assert_max_num_queries(1):
        assert queries.signed_in("nonsense", AT) is None


def test_stale_rows_are_swept(loaded):
    sign_in("vo")
    assert actions.sweep_stale(by=SYSTEM, at=AT + timedelta(days=3), key=key()) >= 2
    assert not Session.objects.exists()
    with pytest.raises(Refusal, match="not_found"):
        actions.sweep_stale(by=Actor.anyone(), at=AT, key=key())


def test_however_much_has_ended_is_swept_in_one_turn_and_what_has_not_stays(loaded, monkeypatch):
    monkeypatch.setattr(sweeping, "_MOST", 1)
    for minutes in (0, 3, 6, 4_320):
        sign_in("vo", AT + timedelta(minutes=minutes))
    assert Session.objects.count() == 4
    handlers.sweep(AT + timedelta(days=3))
    assert Session.objects.count() == 1
    handlers.sweep(AT + timedelta(days=3))
    assert Session.objects.count() == 1

"""Officers: outside their charge, after it, on their own matters, with more rights than theirs, and in bulk."""

import logging
import random
from contextlib import suppress

import pytest
from django.test import Client

from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.core.refusal import Refusal
from janaseva.people import actions as people
from janaseva.people import rules as people_rules
from janaseva.services import actions, queries
from janaseva.workflow import queries as workflow_queries
from janaseva.workflow import rules as workflow
from tests.attacks.guards import answers, attack, replaced, size
from tests.attacks.state import SECRETARIAT, seated
from tests.given import PACK, SERVICE, SYSTEM
from tests.services.test_proposals import files

DRAWS = 10_000
POSTS = frozenset(uuid7() for _ in range(6))


@attack(
    "A4", "drawn at random: officers, posts, offices, powers and kinds of work, against a reading of the law by hand",
    replaced("janaseva.workflow.rules.permission.posts_of", lambda real, by: POSTS),
    replaced("janaseva.workflow.rules.permission.may_work", lambda real, by, *, kind: True),
    replaced("janaseva.workflow.rules.permission.may_see", lambda real, by, **facts: True),
)  # fmt: skip
def test_outside_of_charge_and_powers(tries):
    draw = random.Random(4)
    posts, offices = sorted(POSTS), [uuid7() for _ in range(3)]
    grants = ("services.take", "services.decide", "services.report", "services.recommend")
    work = {"decision": {"services.decide"}, "review": {"services.decide", "services.recommend"},
            "enquiry": set(grants[1:]), "report": set(grants[1:])}  # fmt: skip
    loot = []
    for _ in range(DRAWS):
        held = frozenset(draw.sample(posts, draw.randint(0, 2)))
        by = Actor(
            kind=draw.choice(("officer", "officer", "officer", "person", "anyone")), person_id=uuid7(),
            charge_id=draw.choice((uuid7(), None)), post_ids=held, office_id=draw.choice(offices),
            grants=frozenset(draw.sample(grants, draw.randint(0, 4))),
        )  # fmt: skip
        post, kind, office = draw.choice(posts), draw.choice(sorted(work)), draw.choice(offices)
        officer = by.kind == "officer"
        take = officer and by.charge_id is not None and post in held and "services.take" in by.grants
        see = officer and (post in held or (by.office_id == office and "services.take" in by.grants))
        said = {
            "take": (workflow.may_take(by, post_id=post), take),
            "work": (workflow.may_work(by, kind=kind), bool(work[kind] & by.grants)),
            "see": (workflow.may_see(
                by, applicant_person_id=None, made_by_person_id=None, office_ids=[office], post_ids=[post]
            ), see),
        }  # fmt: skip
        loot += [
            f"{name} by {by.kind} with {sorted(by.grants)}" for name, (may, is_so) in said.items() if may and not is_so
        ]
        assert all(may or not is_so for may, is_so in said.values()), f"refused what is theirs: {said}"
    tries(3 * DRAWS)
    return loot


@pytest.mark.django_db
@attack(
    "A5", "acts of an officer whose charge was handed over while the request was under way",
    answers("janaseva.people.rules.access.in_force", value=True),
)  # fmt: skip
def test_after_the_charge_was_handed_over(given, tries):
    application_id, former = given.taken(given.citizen())
    other = given.seat("kl-village-adoor", "village_clerk")
    given.act(
        people.hand_over_charge, former, charge_id=former.charge_id, to_person_id=other.person_id, order="Order 9"
    )
    loot = []
    lines = tuple(item.key for item in given.definition.process.steps[-1].checklist)
    for action, facts in (
        (actions.move, {"application_id": application_id, "move": "approve", "checked": lines, "note": "In order."}),
        (actions.ask, {"application_id": application_id, "question": "Which papers show this, please?"}),
        (actions.note, {"application_id": application_id, "text": "A note."}),
        (actions.take_next, {}),
    ):
        tries()
        with suppress(Refusal):
            done = given.act(action, former, **facts)
            loot += [f"{action.__name__} after the hand-over"] if action is not actions.take_next or done else []
    return loot


@pytest.mark.django_db
@attack(
    "A5", "pages of the desk with the session of a charge that was handed over",
    replaced(
        "janaseva.people.actions.charges._end",
        lambda real, charge, at: (),
    ),
)  # fmt: skip
def test_the_session_of_a_charge_that_was_handed_over(given, monkeypatch, tries):
    from janaseva.doorway import visitor

    former, token = seated(given, "kl-village-adoor", "village_officer")
    other, _ = seated(given, "kl-village-adoor", "village_clerk")
    client = Client()
    client.cookies["officer"] = token
    monkeypatch.setattr(visitor, "now", lambda: given.at)
    assert client.get("/desk/").status_code == 200
    with suppress(Exception):
        given.act(
            people.hand_over_charge, former, charge_id=former.charge_id, to_person_id=other.person_id, order="Order 9"
        )
    tries(2)
    return [where for where in ("/desk/", "/desk/account") if client.get(where).status_code == 200]


@pytest.mark.django_db
@attack(
    "A6", "an officer decides the officer's own application",
    answers("janaseva.workflow.rules.permission.is_own_matter", value=False),
)  # fmt: skip
def test_own_matter(given, tries):
    officer = given.seat("kl-village-adoor", "village_officer")
    citizen = Actor.person(officer.person_id)
    application_id = given.begun(citizen)
    case_id = queries.application(citizen, application_id).case_id
    task_id = workflow_queries.case(SYSTEM, case_id, given.at, visible=True).task.task_id
    tries(2)
    loot = []
    with suppress(Refusal):
        given.act(actions.take, officer, task_id=task_id, reason="It is my own and urgent.")
        loot.append("taken by its applicant")
    with suppress(Refusal):
        given.approve(officer, application_id)
        loot.append("approved by its applicant")
    return loot


@pytest.mark.django_db
@attack(
    "A6", "who wrote a version publishes it",
    answers("janaseva.services.rules.proposing.is_second_person", value=True),
)  # fmt: skip
def test_the_writer_publishes(given, tries):
    definer = given.seat(SECRETARIAT, "definer")
    both = Actor(
        kind="officer", person_id=definer.person_id, charge_id=definer.charge_id, post_id=definer.post_id,
        post_ids=definer.post_ids, office_id=definer.office_id, role=definer.role,
        grants=definer.grants | {"services.publish"},
    )  # fmt: skip
    saved = given.act(
        actions.save_proposal, both, service=SERVICE, pack=PACK, files=files(("summary: ", "summary: Mine. "))
    )
    given.act(actions.propose, both, proposal_id=saved.proposal_id, words="The summary says more.")
    seen = queries.proposal(both, saved.proposal_id).files_sha256
    tries()
    with suppress(Refusal):
        given.act(actions.approve, both, proposal_id=saved.proposal_id, seen_sha256=seen)
        return ["published by its writer"]
    return []


@pytest.mark.django_db
@attack(
    "A8", "a definer publishes alone, and edits roles and offices through a definition's files",
    answers("janaseva.services.rules.proposing.may_decide_proposals", value=True),
)  # fmt: skip
def test_more_rights_by_writing(given, tries):
    definer = given.seat(SECRETARIAT, "definer")
    loot = []
    own = files(("summary: ", "summary: Mine. "))
    for name, text in (
        ("roles.yaml", "roles:\n  definer: {may: [services.publish, services.decide]}\n"),
        ("offices.yaml", "offices: []\n"),
        ("../roles/roles.yaml", "roles: {}\n"),
        ("people.demo.yaml", "officers: []\n"),
    ):
        tries()
        with suppress(Refusal):
            given.act(actions.save_proposal, definer, service=SERVICE, pack=PACK, files={**own, name: text})
            loot.append(f"{name} was kept")
    saved = given.act(actions.save_proposal, definer, service=SERVICE, pack=PACK, files=own)
    given.act(actions.propose, definer, proposal_id=saved.proposal_id, words="The summary says more.")
    seen = queries.proposal(definer, saved.proposal_id).files_sha256
    tries()
    try:
        given.act(actions.approve, definer, proposal_id=saved.proposal_id, seen_sha256=seen)
    except Refusal as refusal:
        loot += [] if refusal.code == "not_permitted" else ["stopped only by the second-person rule"]
    else:
        loot.append("published by its definer")
    return loot


@pytest.mark.django_db
@attack(
    "A9", "a thousand searches by one officer, and what was opened is on the citizen's list",
    answers("janaseva.people.rules.limits.wait_seconds", value=0),
    quick=True,
)  # fmt: skip
def test_reading_in_bulk(given, monkeypatch, tries):
    from janaseva.doorway import visitor

    quiet = logging.getLogger("django.request")
    monkeypatch.setattr(quiet, "disabled", True)
    whose = given.citizen()
    application_id, _ = given.taken(whose)
    number = queries.application(whose, application_id).number
    _, token = seated(given, "kl-village-adoor", "village_officer")
    client = Client()
    client.cookies["officer"] = token
    monkeypatch.setattr(visitor, "now", lambda: given.at)
    wanted = size(people_rules.SEARCHES.most + 5, 1_000)
    answered = [client.get("/desk/find", {"q": number}).status_code for _ in range(wanted)]
    tries(wanted)
    found = answered.count(302)
    assert set(answered) <= {302, 429}
    client.get(f"/desk/case/{application_id}")
    assert any(queries.looks(whose, application_id)), "the citizen does not see who looked"
    return [f"{found} of {wanted} searches were answered"] if found > people_rules.SEARCHES.most else []

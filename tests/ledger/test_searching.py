"""The record searched by who acted: with a reason, itself on record, and handed out so that anyone can check it."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner

from janaseva.cli import log as cli
from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.ledger import actions, queries, rules
from janaseva.ledger.handlers import publish
from janaseva.ledger.models import Event
from tests.ledger.acts import attempt

BY = Actor.system("test")
REASON = "Order 7/2026 of the vigilance cell"

pytestmark = pytest.mark.django_db


def _clerk():
    return Actor(kind="officer", person_id=uuid4(), charge_id=uuid4(), post_id=uuid4())


def _search(at, *, by=BY, key="", reason=REASON, **what):
    facts = {"from_at": at - timedelta(hours=1), "to_at": at + timedelta(hours=1), **what}
    return actions.search_record(by=by, at=at, key=key or str(uuid4()), reason=reason, **facts)


def test_what_a_person_or_a_post_did_in_a_time_is_found_and_the_search_is_told(at, later):
    one, other = _clerk(), _clerk()
    for who, moment in ((one, at), (other, at), (one, later(days=2))):
        attempt(by=who, at=moment, key=str(uuid4()), count=1)
    first = [event.id for event in Event.objects.filter(person_id=one.person_id, at=at)]
    assert list(_search(at, person_id=one.person_id, key="k")) == first
    assert list(_search(at, person_id=one.person_id, key="k")) == first
    assert list(_search(at, post_id=one.post_id)) == first
    assert {event.event_id for event in queries.events_of(BY, first)} == set(first)
    assert _search(later(days=9), person_id=one.person_id) == ()
    told = [event.facts for event in queries.story(BY, rules.SEARCHES)]
    assert [facts["count"] for facts in told] == [len(first), len(first), 0], "a repeated key is one search"
    assert {facts["reason"] for facts in told} == {REASON}


def test_without_reason_bounds_or_right_nothing_is_searched(at, monkeypatch):
    attempt(by=_clerk(), at=at, key="a", count=2)
    story = Event.objects.first().story
    monkeypatch.setattr(rules, "MOST_FOUND", 0)
    for facts, code in (
        ({"reason": "because  "}, "search_reason_missing"),
        ({}, "search_too_wide"),
        ({"story": story}, "search_too_wide"),
        ({"story": story, "by": _clerk()}, "not_permitted"),
    ):
        with pytest.raises(Refusal, match=code):
            _search(at, **facts)
    for ask in (
        lambda: queries.matching(_clerk(), from_at=at, to_at=at),
        lambda: queries.events_of(_clerk(), []),
        lambda: queries.exported(_clerk(), [], about={}),
    ):
        with pytest.raises(Refusal, match="not_found"):
            ask()
    with pytest.raises(Refusal, match="not_permitted"):
        actions.note_export(by=_clerk(), at=at, key="x", sha256="0" * 64, count=0)
    assert queries.story(BY, rules.SEARCHES) == []


def test_an_export_is_checked_offline_and_a_changed_one_is_found(at, tmp_path):
    who, file = _clerk(), tmp_path / "export.json"
    attempt(by=who, at=at, key="a", count=2)
    publish(at)
    attempt(by=who, at=at, key="b", count=1)

    def run(*words):
        done = CliRunner().invoke(cli.command, words)
        return done.exit_code, done.output

    code, told = run(
        *("search", "--reason", REASON, "--person", str(who.person_id), "--from", "2020-01-01T00:00:00+05:30"),
        *("--to", (at + timedelta(days=1)).isoformat(), "--export", str(file), "--json"),
    )
    assert code == 0, told
    exported = json.loads(file.read_text())
    assert len(exported["events"]) >= 1
    assert len(exported["unproven"]) >= 1
    assert "record_exported" in queries.story(BY, rules.SEARCHES)[-1].name
    code, told = run("check-export", str(file), "--verifier", queries.verifier())
    assert (code, "no checkpoint covered it yet" in told) == (1, True)
    whole = {**exported, "unproven": []}
    file.write_text(json.dumps(whole))
    assert run("check-export", str(file), "--verifier", queries.verifier())[0] == 0
    proof = rules.Proof.parse(whole["events"][0]["proof"])
    forged = rules.Proof(
        index=proof.index,
        path=proof.path,
        checkpoint=proof.checkpoint,
        extra=proof.extra.replace(b'"officer"', b'"citizen"'),
    )
    assert forged.extra != proof.extra
    whole["events"][0]["proof"] = forged.text()
    file.write_text(json.dumps(whole))
    assert run("check-export", str(file), "--verifier", queries.verifier())[0] == 1
    assert run("check-export", str(file), "--verifier", "nonsense")[0] == 1

"""Incidents: whose clock runs until when, recorded by people and by the platform, reported, told, closed."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from janaseva.cli import incidents as cli
from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.ledger import actions as ledger
from janaseva.ledger.models import Event
from janaseva.monitor import actions, queries, rules
from janaseva.monitor.models import Affected, Incident
from tests.gateway.test_health import looking
from tests.given import BEGINS_AT

BY = Actor.system("test")
SIX, SEVENTY_TWO = timedelta(hours=6), timedelta(hours=72)


def _act(action, at, *, by=BY, key="", **facts):
    return action(by=by, at=at, key=key or str(uuid4()), **facts)


def _record(at, *, by=BY, key="", **facts):
    given = {"kind": "data_leak", "words": "A list lay open.", "noticed_at": at, "personal_data": True, **facts}
    return _act(actions.record_incident, at, by=by, key=key, **given)


@pytest.mark.once
@settings(max_examples=60, deadline=None)
@drawn(
    st.sampled_from(rules.KINDS),
    st.booleans(),
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=100)),
    st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=100)),
)
def test_a_clock_is_late_when_its_time_is_over_and_nobody_was_told(kind, personal_data, passed, sent):
    noticed = BEGINS_AT
    told = {} if sent is None else dict.fromkeys(("cert_in", "data_protection_board"), noticed + sent)
    found = rules.clocks(kind, personal_data=personal_data, noticed_at=noticed, sent=told, at=noticed + passed)
    assert [one.authority.key for one in found] == ["cert_in"] * (kind != "outage") + [
        "data_protection_board"
    ] * personal_data
    for clock in found:
        limit = SIX if clock.authority.key == "cert_in" else SEVENTY_TWO
        assert clock.due_at == noticed + limit
        late, open_ = (sent or passed) > limit if sent is not None else passed > limit, sent is None
        assert clock.standing == {(True, True): "late", (True, False): "running"}.get(
            (open_, late), "sent_late" if late else "sent"
        )


@pytest.mark.django_db
def test_from_record_to_close(at, later):
    made = _record(at, key="one")
    assert _record(at, key="one") == made, "repeated, it is the one"
    number = queries.incidents(BY, at)[0].number
    assert number == f"INC-{at.year}-0001"
    first, second = uuid4(), uuid4()
    assert _act(actions.list_affected, at, incident_id=made, person_ids=(first, second, first)) == 2
    assert _act(actions.list_affected, at, incident_id=made, person_ids=(second,)) == 0
    close = {"incident_id": made, "words": "The list was taken down."}
    for code, next_step in (
        ("incident_not_reported", {"authority": "cert_in"}),
        ("incident_not_reported", {"authority": "data_protection_board"}),
        ("incident_persons_not_told", None),
    ):
        with pytest.raises(Refusal, match=code):
            _act(actions.close_incident, at, **close)
        if next_step:
            _act(actions.note_reported, at, incident_id=made, sent_at=at, reference="R-7", **next_step)
    with pytest.raises(Refusal, match="incident_has_persons"):
        _act(actions.judge_incident, at, incident_id=made, kind="data_leak", personal_data=False)
    with pytest.raises(Refusal, match="incident_reported_before"):
        _act(actions.note_reported, at, incident_id=made, authority="cert_in", sent_at=at, reference="")
    assert _act(actions.note_told, at, incident_id=made) == 2
    _act(actions.close_incident, later(hours=7), **close)
    found = queries.incident(BY, number, later(days=30))
    assert ([one.standing for one in found.clocks], found.affected, found.told) == (["sent", "sent"], 2, 2)
    before = Event.objects.exclude(name="ledger.refused").count()
    for action, facts in (
        (actions.list_affected, {"person_ids": (uuid4(),)}),
        (actions.note_told, {}),
        (actions.close_incident, {"words": "Again."}),
    ):
        with pytest.raises(Refusal, match="incident_closed"):
            _act(action, at, incident_id=made, **facts)
    assert Event.objects.exclude(name="ledger.refused").count() == before
    told = json.dumps(list(Event.objects.values_list("facts", flat=True)))
    assert "taken down" not in told
    assert str(first) not in told


@pytest.mark.django_db
def test_who_may_not_and_what_is_wrong_changes_nothing(at, later):
    officer = Actor(kind="officer", person_id=uuid4(), charge_id=uuid4(), grants=frozenset({"services.publish"}))
    with pytest.raises(Refusal, match="not_permitted"):
        _record(at, by=officer)
    for facts, code in (
        ({"kind": "aliens"}, "incident_kind_unknown"),
        ({"words": "  "}, "incident_words_missing"),
        ({"noticed_at": later(hours=1)}, "incident_ahead"),
    ):
        with pytest.raises(Refusal, match=code):
            _record(at, **facts)
    assert not Incident.objects.exists()
    made = _record(at)
    for ask in (
        lambda: queries.incidents(officer, at),
        lambda: queries.affected(officer, made),
        lambda: queries.standing(officer, at),
        lambda: queries.incident(officer, f"INC-{at.year}-0001", at),
        lambda: _act(actions.list_affected, at, by=officer, incident_id=made, person_ids=(uuid4(),)),
        lambda: _act(actions.note_told, at, incident_id=uuid4()),
    ):
        with pytest.raises(Refusal, match="not_found"):
            ask()
    with pytest.raises(Refusal, match="incident_authority_unknown"):
        _act(actions.note_reported, at, incident_id=made, authority="nobody", sent_at=at, reference="")
    assert not Affected.objects.exists()


@pytest.mark.django_db
def test_the_platform_records_what_its_audit_and_a_backup_find_once(at, later, settle):
    audit = {"seen": {}, "found": [("row_altered", "people_person", "7")]}
    _act(ledger.report_audit, at, count=0, **{**audit, "found": []})
    _act(ledger.note_backup_verified, at, backup="a", log_size=1, findings=0)
    settle()
    assert not Incident.objects.exists()
    _act(ledger.report_audit, at, count=1, **audit)
    settle()
    found = queries.incidents(BY, later(hours=1))[0]
    assert (found.kind, found.noticed_at, found.by_platform, found.personal_data) == ("tampering", at, True, True)
    assert "people_person" in found.words
    _act(ledger.note_backup_verified, later(days=1), backup="a", log_size=1, findings=3)
    settle(later(days=1))
    assert Incident.objects.count() == 1, "the first is still open"
    assert queries.standing(BY, later(hours=7)).late == 1
    assert {part.name: part.wrong for part in looking.looked_at(later(hours=7))}["incidents"]
    _act(actions.judge_incident, later(hours=7), incident_id=found.incident_id, kind="outage", personal_data=False)
    _act(actions.close_incident, later(hours=7), incident_id=found.incident_id, words="A drill.")
    _act(ledger.note_backup_verified, later(days=2), backup="b", log_size=1, findings=3)
    settle(later(days=2))
    assert Incident.objects.count() == 2


@pytest.mark.django_db
def test_the_command_line(tmp_path):
    def run(*words, code=0):
        done = CliRunner().invoke(cli.command, words)
        assert done.exit_code == code, done.output
        return done.output

    assert "No incident is open." in run("list")
    told = run("record", "--kind", "data_breach", "--words", "A login was used by another.", "--personal-data")
    number = told.split()[0]
    assert "cert_in: 5 h 59 min left" in told or "cert_in: 6 h 00 min left" in told
    person = uuid4()
    (tmp_path / "persons").write_text(f"{person}\n\n")
    assert f"{person}  not told" in run("affected", number, "--add", str(tmp_path / "persons"))
    (tmp_path / "persons").write_text("nobody\n")
    assert "Nothing was added" in run("affected", number, "--add", str(tmp_path / "persons"), code=1)
    report = run("report", number, "--to", "data_protection_board")
    for line in ("Kind: data breach", "Persons concerned, as far as known: 1", "What happened: A login", "____"):
        assert line in report
    assert str(person) not in report
    assert "has not been told" in run("close", number, "--words", "Done.", code=1)
    for authority in ("cert_in", "data_protection_board"):
        assert "in time" in run("reported", number, "--to", authority, "--reference", "7")
    assert "not told" not in run("affected", number, "--told")
    run("close", number, "--words", "The login was ended.")
    assert json.loads(run("list", "--all", "--json"))[0]["number"] == number
    assert "cannot find" in run("report", "INC-1999-0001", "--to", "cert_in", code=1)
    assert UUID(str(queries.incidents(BY, Incident.objects.get().noticed_at)[0].incident_id))

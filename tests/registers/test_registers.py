"""What the state knows: entered once, corrected without forgetting, found by exact facts, seen by whom it concerns."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test.utils import CaptureQueriesContext

from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from tests.registers.acts import enter, mend

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")
OFFICER = Actor(kind="officer", office_id=uuid4())


@pytest.fixture
def opened(at):
    from janaseva.registers import actions

    opening = actions.Opening(key="kl-income", title={"en": "Income certificates"}, pack="kerala")
    actions.open_registers(by=SYSTEM, at=at, key="open", registers=[opening])
    return opening


@pytest.fixture
def add(at, opened):
    def enter_one(number, facts, **other):
        return enter(
            by=SYSTEM, at=at, key=str(uuid4()), story=uuid4(), office_id=uuid4(), number=number, facts=facts, **other
        )

    return enter_one


def test_opening_again_changes_nothing_and_another_pack_is_refused(at, opened):
    from dataclasses import replace

    from janaseva.registers import actions, queries

    actions.open_registers(by=SYSTEM, at=at, key="again", registers=[opened])
    actions.open_registers(by=SYSTEM, at=at, key="renamed", registers=[replace(opened, title={"en": "Incomes"})])
    with pytest.raises(Refusal, match="register_taken"):
        actions.open_registers(by=SYSTEM, at=at, key="other", registers=[replace(opened, pack="jk")])
    with pytest.raises(Refusal, match="not_permitted"):
        actions.open_registers(by=OFFICER, at=at, key="officer", registers=[opened])
    assert [(view.key, view.title["en"]) for view in queries.registers(OFFICER)] == [("kl-income", "Incomes")]
    assert queries.registers(Actor.anyone()) == []


def test_an_entry_is_found_by_number_and_by_exact_facts_by_officials_alone(add):
    from janaseva.registers import queries

    entry_id = add("KL-INC-1", {"name": "അമ്മു", "income_paise": 12_000_000, "bpl": True, "due": date(2026, 12, 1)})
    add("KL-INC-2", {"name": "അമ്മു", "income_paise": 1, "bpl": False})
    view = queries.by_number(OFFICER, "kl-income", "KL-INC-1")
    assert (view.id, view.version, view.facts["due"]) == (entry_id, 1, "2026-12-01")
    assert queries.by_number(OFFICER, "kl-income", "none") is None
    assert len(queries.find(OFFICER, "kl-income", {"name": "അമ്മു"})) == 2
    assert [found.id for found in queries.find(OFFICER, "kl-income", {"name": "അമ്മു", "bpl": True})] == [entry_id]
    assert [found.id for found in queries.find(OFFICER, "kl-income", {"income_paise": 12_000_000})] == [entry_id]
    for stranger in (Actor.anyone(), Actor.person(uuid4())):
        with pytest.raises(Refusal, match="not_found"):
            queries.find(stranger, "kl-income", {"name": "അമ്മു"})
        with pytest.raises(Refusal, match="not_found"):
            queries.by_number(stranger, "kl-income", "KL-INC-1")
        with pytest.raises(Refusal, match="not_found"):
            queries.entry(stranger, entry_id)


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("അവന്\u200d", "അവൻ"),
        ("کریم علی", "كريم علي"),
        ("K. R. Ammini", "k. r. ammini"),
        ("۲۱۳/4", "213/4"),
        ("—", "—"),
    ],
)
def test_an_entry_is_found_by_letters_that_people_exchange(add, written, sought):
    from janaseva.registers import queries, rules

    entry_id = add("KL-INC-1", {"name": written, "bpl": True})
    add("KL-INC-2", {"name": "Somebody else", "bpl": True})
    for name in (written, sought):
        assert [one.id for one in queries.find(OFFICER, "kl-income", {"name": name, "bpl": True})] == [entry_id]
        assert rules.agree(queries.entry(OFFICER, entry_id).facts, {"name": name, "bpl": True})
        assert not rules.agree(queries.entry(OFFICER, entry_id).facts, {"name": name, "bpl": False})


@pytest.mark.parametrize("where", [{}, {"name__regex": ".*"}, {"Name": "a"}, {"": "a"}, {"a b": "c"}])
def test_no_fact_name_is_a_command(opened, where):
    from janaseva.registers import queries

    with pytest.raises(Refusal, match="register_key_unknown"):
        queries.find(OFFICER, "kl-income", where)


def test_what_is_known_of_a_person_is_seen_by_that_person(add):
    from janaseva.registers import queries

    person = uuid4()
    entry_id = add("1", {"name": "a"}, holder=person)
    assert [view.id for view in queries.held_by(Actor.person(person), person)] == [entry_id]
    assert queries.entry(Actor.person(person), entry_id).facts == {"name": "a"}
    with pytest.raises(Refusal, match="not_found"):
        queries.held_by(Actor.person(uuid4()), person)


def test_a_number_is_entered_once_and_only_in_an_open_register(add):
    add("1", {"name": "a"})
    with pytest.raises(Refusal, match="register_number_taken"):
        add("1", {"name": "b"})
    with pytest.raises(Refusal, match="register_unknown"):
        add("2", {"name": "b"}, register="none")


def test_a_correction_forgets_nothing(at, add):
    from janaseva.registers import queries

    entry_id = add("1", {"name": "Anu"})
    day, later = date(2026, 11, 23), at + timedelta(days=10)
    with pytest.raises(Refusal, match="register_reason_missing"):
        mend(by=SYSTEM, at=later, key="1", entry_id=entry_id, facts={"name": "Anju"}, why="  ", valid_from=None)
    with pytest.raises(Refusal, match="not_found"):
        mend(by=SYSTEM, at=later, key="2", entry_id=uuid4(), facts={}, why="spelling", valid_from=None)
    change = {"by": SYSTEM, "at": later, "entry_id": entry_id}
    assert mend(**change, key="3", facts={"name": "Anju"}, why="spelling", valid_from=None) == 2
    assert mend(**change, key="3", facts={"name": "Anju"}, why="spelling", valid_from=None) == 2
    assert mend(**change, key="4", facts={"name": "Anju M"}, why="marriage", valid_from=date(2026, 12, 1)) == 3

    def name(on, known_at):
        return queries.entry(OFFICER, entry_id, on=on, known_at=known_at).facts["name"]

    assert name(day, at) == "Anu"
    assert name(day, later) == "Anju"
    assert name(date(2026, 12, 2), later) == "Anju M"
    with pytest.raises(Refusal, match="not_found"):
        name(day - timedelta(days=1), later)
    assert queries.entry(OFFICER, entry_id).facts["name"] == "Anju M"
    assert [(view.version, view.why) for view in queries.versions(OFFICER, entry_id)] == [
        (1, ""),
        (2, "spelling"),
        (3, "marriage"),
    ]
    assert [view.version for view in queries.find(OFFICER, "kl-income", {"name": "Anju M"})] == [3]
    assert queries.find(OFFICER, "kl-income", {"name": "Anu"}) == []


def test_a_list_takes_as_many_queries_for_ten_as_for_one(add):
    from django.db import connection

    from janaseva.registers import queries

    counts = []
    for wanted in (1, 10):
        for number in range(wanted):
            add(f"{wanted}-{number}", {"name": "a"})
        with CaptureQueriesContext(
            connection,
        ) as captured:
            queries.find(OFFICER, "kl-income", {"name": "a"})
        counts.append(len(captured))
    assert counts == [1, 1]

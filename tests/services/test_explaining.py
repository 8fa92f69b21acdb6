"""A rule explains its answer: what it looked at, what it found, and which reason of refusal follows from it."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from janaseva.core.refusal import Fault
from janaseva.forms.rules import apply, check
from janaseva.gateway.services.showing import judged
from janaseva.services.rules import rooted
from janaseva.services.rules.deciding import eligibility
from janaseva.services.rules.explaining import grounds_that_hold, looked_at, told
from tests.portal.reader import at_the_storys_time
from tests.services.test_definition import KERALA, SINDH, TODAY, changed

pytestmark = pytest.mark.once


def named(area):
    return {"en": area}


def explained(definition, answers, rule_key):
    applied = apply(definition.form, answers, today=TODAY)
    (found,) = [
        one for one in eligibility(definition, applied.answers, today=TODAY).conditions if one.condition.key == rule_key
    ]
    told = looked_at(definition, applied, found.reason, "en", area_names=named)
    return found.outcome, [(label["en"], value) for label, value in told], applied


@pytest.mark.parametrize(
    ("since", "outcome", "grounds"),
    [("2020-01-05", "met", {}), ("2025-01-05", "not_met", {"too-short"}), (None, "cannot_tell", {})],
)
def test_a_condition_says_what_it_looked_at_and_which_reason_follows(since, outcome, grounds):
    definition = changed(text=SINDH).definition
    assert definition is not None
    answers = {"living_since": since} if since else {}
    found, told, applied = explained(definition, answers, "three_years")
    assert found == outcome
    day = "" if since is None else f"5 January {date.fromisoformat(since).year}"
    assert [value for _, value in told] == [day]
    holding = grounds_that_hold(definition, applied)
    assert set(holding) == set(grounds)
    assert all(words["en"].startswith("The certificate is for those") for said in holding.values() for words in said)


@pytest.mark.django_db
def test_the_citizen_reads_what_the_rule_found_and_what_would_follow(given, monkeypatch):
    at_the_storys_time(given, monkeypatch)
    key = "sd-permanent-residence-certificate"
    given.loaded("sd-services", key)
    answers = {"living_since.day": "5", "living_since.month": "1", "living_since.year": "2025"}
    page = Client().post(reverse("service-check", args=[key]), answers).content.decode()
    assert "You answered:" in page
    assert "5 January 2025" in page
    assert "An application would be refused for this reason: Three years of residence are not shown" in page


def test_a_rule_over_rows_shows_the_column_and_how_many_rows_there_are():
    condition = (
        "  eligibility:\n    - {key: small, title: Small, message: Too large., "
        'rule: "sum(members.salary) < rupees(100000) && members.size() < 9"}\n'
    )
    shipped = KERALA.files["service.yaml"]
    start = shipped.index("\nask:")
    definition = changed((shipped[:start], shipped[:start].rstrip() + "\n" + condition)).definition
    assert definition is not None
    rows = [{"name": "A", "salary": 5_000_000}, {"name": "B"}, {"name": "C", "salary": 7_000_000}]
    outcome, told, _ = explained(definition, {"members": rows}, "small")
    assert outcome == "not_met"
    assert [value for _, value in told] == ["₹\N{NO-BREAK SPACE}50,000.00, ₹\N{NO-BREAK SPACE}70,000.00", "3"]
    assert told[0][0].endswith(": Salary")


def test_a_reason_that_names_no_rule_is_a_fault_at_its_line():
    found = changed(("rules: [three_years]", "rules: [four_years]"), text=SINDH)
    assert [fault.message for fault in found.faults] == ["there is no condition or check 'four_years'"]
    content = SINDH.files["service.yaml"]
    assert found.faults[0].line == content[: content.index("rules: [three_years]")].count("\n") + 1


TOLD = (
    "rule: years_between(living_since, today) >= 3",
    "told: true\n      rule: years_between(living_since, today) >= 3",
)


@pytest.mark.parametrize(("since", "outcome"), [("2020-01-05", "may"), ("2025-01-05", "expect_refusal")])
def test_a_told_condition_stops_nobody_and_says_what_follows(since, outcome):
    definition = changed(TOLD, text=SINDH).definition
    assert definition is not None
    answers = {"living_since": since}
    whole = eligibility(definition, answers, today=TODAY)
    assert whole.outcome == outcome
    assert [judged(one).told for one in whole.conditions] == [outcome != "may"]
    assert "three_years" not in {fault.facts.get("rule") for fault in check(definition.form, answers, TODAY)}
    stopping = changed(text=SINDH).definition
    assert stopping is not None
    stopped = {fault.facts.get("rule") for fault in check(stopping.form, answers, TODAY)}
    assert ("three_years" in stopped) is (outcome != "may")
    applied = apply(definition.form, answers, today=TODAY)
    said = [(one.condition.law, [words["en"] for words in one.refusals]) for one in told(definition, applied)]
    expected = [("Permanent Residence Certificate Rules, 1971", ["Three years of residence are not shown"])]
    assert said == (expected if outcome == "expect_refusal" else [])
    assert set(grounds_that_hold(definition, applied)) == ({"too-short"} if said else set())


def test_what_is_told_names_its_law_and_the_refusal_that_follows():
    law = "lived in Sindh for at least three years.\n      law: Permanent Residence Certificate Rules, 1971\n"
    found = changed(TOLD, (law, f"{law.partition('law')[0].rstrip()}\n"), (", rules: [three_years]", ""), text=SINDH)
    assert [fault.message for fault in found.faults] == [
        "'three_years' is told, but not by which law",
        "'three_years' is told, but no reason of refusal follows from it",
    ]


ROWS = """  eligibility:
    - {key: nobody, title: Nobody has a pension, message: Somebody has., rule: "members.all(m, m.salary < rupees(500))"}
    - {key: poor, title: Poor, message: Rich., rule: annual_income < rupees(100000)}
"""


def test_what_is_still_to_answer_is_a_question_and_no_rule_over_rows_is_met_before_they_are_all_there():
    shipped = KERALA.files["service.yaml"]
    start = shipped.index("\nask:")
    definition = changed((shipped[:start], shipped[:start].rstrip() + "\n" + ROWS)).definition
    assert definition is not None
    asked = {key for key, one in definition.form.by_key.items() if one.computed is None}
    empty = eligibility(definition, {}, today=TODAY, incomplete={"members"})
    nobody, poor = empty.conditions
    assert (nobody.outcome, nobody.missing) == ("cannot_tell", ("members",))
    assert poor.outcome == "cannot_tell"
    assert poor.missing
    assert set(poor.missing) <= asked
    assert empty.outcome == "cannot_tell"
    assert eligibility(definition, {}, today=TODAY).conditions[0].outcome == "met"
    failing = eligibility(definition, {"members": [{"salary": 99_999_999}]}, today=TODAY, incomplete={"members"})
    assert failing.conditions[0].outcome == "not_met"


def test_tables_in_which_something_is_missing():
    tabled = changed().definition
    assert tabled is not None
    faults = [Fault(place="members.0.salary", code="needed"), Fault(place="living_since", code="needed")]
    assert rooted.incomplete(tabled, faults) == {"members"}
    assert rooted.incomplete(tabled, [Fault(place="members.0.salary", code="too_small")]) == frozenset()

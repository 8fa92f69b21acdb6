"""Numbers with a point in the text of a service: variants, what officers find, what is printed and entered."""

from datetime import date

import pytest

from janaseva.services.rules.compiling import examine
from janaseva.services.rules.definition import PublishedText
from janaseva.services.rules.examples import read_examples, run
from janaseva.services.rules.variants import judge
from janaseva.workflow.rules import Calendar
from tests.services.test_finding import APPROVE, FACT, TEXT
from tests.services.test_variants import asking, field

pytestmark = pytest.mark.once

LOAD = field("load", "decimal", places=2, at_least="0")
CALENDAR = Calendar(key="", time_zone="Asia/Kolkata", known_until=date.min)
FINDS = APPROVE.replace("needs: [checklist]}", "needs: [checklist], finds: "
                        "[{key: area, kind: decimal, places: 4, label: Area, at_least: 0.01}]}")  # fmt: skip
FACTS = (
    FACT
    + """      area: {label: Area in hectares, value: found.area, shows: number, in_code: true}
      half: {label: Half of it, value: "rounded(found.area / 2, 2, 'down')", shows: number}
"""
)


@pytest.mark.parametrize(
    ("whens", "says"),
    [
        (["load <= 7.5", "load > 7.5"], []),
        (["load < 7.5", "load > 7.5"], [((), "load is 7.50")]),
        (["load <= 7.5", "load >= 7.51"], []),
        (["load <= 7.5", "load >= 7.52"], [((), "load is 7.51")]),
        (["load <= 7.505", "load >= 7.5"], [(("v0", "v1"), "load is 7.50")]),
        (["load < 0.005", "load >= 0.01"], []),
    ],
)
def test_gaps_and_overlaps_over_numbers_with_a_point(whens, says):
    verdict = judge(asking(LOAD, whens=whens))
    assert verdict.beyond == ""
    assert [(one.taken, one.case) for one in verdict.findings] == says


def service(*changes):
    content = TEXT.files["service.yaml"].replace(APPROVE, FINDS, 1).replace(FACT, FACTS, 1)
    for before, after in changes:
        assert before in content, before
        content = content.replace(before, after, 1)
    return PublishedText(files={**TEXT.files, "service.yaml": content})


def faults_of(text):
    return [(fault.message, text.files["service.yaml"].splitlines()[fault.line - 1]) for fault in examine(text).faults]


PIN = "        - key: pin\n          kind: identifier\n"
PLOTS = """        - key: plots
          kind: table
          label: Plots
          needed: false
          columns:
            - {key: area, kind: decimal, places: 4, label: Area}
            - {key: acres, kind: decimal, places: 2, label: Acres, computed: row.area * 2.5, rounding: up}
        - {key: land, kind: decimal, places: 4, label: Land, computed: sum(plots.area)}
"""


def test_a_service_with_numbers_with_a_point_is_sound():
    assert faults_of(service((PIN, PLOTS + PIN))) == []


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (", rounding: up", "", "more than 2 digits"),
        ("places: 4, label: Land", "places: 2, label: Land", "more than 2 digits"),
        ("sum(plots.area)}", "sum(plots.area) + 0.00001}", "more than 4 digits"),
        ("sum(plots.area)}", "sum(plots.area) > 2}", "decimal is wanted"),
        ("kind: decimal, places: 4, label: Area}", "kind: decimal, label: Area}", "needs 'places'"),
        ("rounded(found.area / 2, 2, 'down')", "found.area / 2", "may never end"),
        ("rounded(found.area / 2, 2, 'down')", "rounded(found.area, 2, 'down') / 2", "may never end"),
    ],
)
def test_what_is_not_rounded_is_told_at_its_line(before, after, says):
    found = faults_of(service((PIN, PLOTS + PIN), (before, after)))
    assert any(says in message for message, _ in found), found
    assert any(after.strip(" ,}")[-12:] in line for _, line in found) or not after


def test_an_officer_finds_one_and_the_letter_says_it():
    source = TEXT.files["examples.yaml"].split("\n\n")[0]
    made = 'steps: [{move: decision.approve, finds: {area: "1,250.4047"}}]'
    content = source.replace("steps: [decision.approve]", made).replace('"₹ 2,25,000.00"]', '"1,250.4047", "625.2"]', 1)
    assert made in content
    (one,), _, faults = read_examples(content, "examples.yaml")
    assert not faults
    definition = examine(service()).definition
    assert definition is not None
    assert run(definition, one, CALENDAR) == ()

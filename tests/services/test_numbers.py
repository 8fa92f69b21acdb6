"""Numbers with a point in the text of a service: variants, what officers find, what is printed and entered."""

from datetime import date

import pytest

from janaseva.services.rules.charter import charter
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


SIZES = """        - {key: workers, kind: integer, label: Workers employed, at_least: 1}
        - {key: power, kind: decimal, places: 2, label: Horse power, at_least: 0}
"""
FEE = """    - key: licence
      title: Licence fee
      matrix:
        down: {of: workers, title: Workers employed}
        across:
          of: power
          title: Horse power installed
          bands: [{up_to: 7.5}, {above: 7.5, up_to: 50}, {above: 50}]
        rows:
          - {up_to: 20, rupees: [300, 600, 900]}
          - {from: 21, up_to: 50, rupees: [750, 1500, 3000]}
          - {from: 51, up_to: 1000, rupees: [1500, 3000, 12500]}
      outside: Above 1,000 workers the Chief Inspector fixes the fee.
      law: Rule 7 of an example
    - key: power
      title: For each kilowatt
      each: {of: power * 0.746, rupees: 10.01, parts: exact}
      rounding: {to: 1, way: nearest}
"""
ML_FEE = """fee:
  lines:
    licence:
      title: ലൈസൻസ് ഫീസ്
      outside: ആയിരത്തിനു മുകളിൽ ചീഫ് ഇൻസ്പെക്ടർ തീരുമാനിക്കും.
      matrix:
        down: {title: ജോലിക്കാർ}
        across: {title: കുതിരശക്തി}
"""


def licence(*changes):
    """Return the files of a service whose fee is laid down by workers and horse power."""
    files = dict(service(("version: 1\n", "version: 2\n"), (PIN, SIZES + PIN), *changes).files)
    before, _, rest = files["service.yaml"].partition("fee:\n  lines:\n")
    _, _, after = rest.partition("\nlimit:\n")
    words = files["words.ml.yaml"]
    assert "\nfee:\n" not in words
    return {**files, "service.yaml": f"{before}fee:\n  lines:\n{FEE}\nlimit:\n{after}", "words.ml.yaml": words + ML_FEE}


def licensed(**changes):
    return PublishedText(files={**licence(), **changes})


def test_a_fee_by_two_sizes_is_read_with_its_words_and_said_on_the_charter():
    assert faults_of(licensed()) == []
    definition = examine(licensed()).definition
    assert definition is not None
    first, second = charter(definition).ways[0].fee or ()
    assert first.schedule is not None
    assert (first.schedule.down["ml"], first.outside["ml"].split()[0]) == ("ജോലിക്കാർ", "ആയിരത്തിനു")
    assert [(one.name, one.low, one.high) for one in first.schedule.rows] == [
        ("up_to", "", "20"), ("to", "21", "50"), ("to", "51", "1,000")
    ]  # fmt: skip
    assert [one.name for one in first.schedule.columns] == ["up_to", "above_to", "above"]
    assert (second.parts, second.rounding) == ("exact", (100, "nearest"))


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("{from: 21, up_to: 50", "{from: 22, up_to: 50", "no band takes 21"),
        ("{from: 51, up_to: 1000", "{from: 50, up_to: 1000", "two bands take 50"),
        ("{above: 7.5, up_to: 50}", "{from: 7.5, up_to: 50}", "two bands take 7.5"),
        ("rupees: [300, 600, 900]", "rupees: [300, 600]", "row 1 has 2 amounts for 3 columns"),
        ("      rounding: {to: 1, way: nearest}\n", "", "part of a paisa"),
        (", parts: exact}\n      rounding: {to: 1, way: nearest}", "}", "what a part of one costs"),
        ("of: power\n", "of: pwoer\n", "undeclared reference to 'pwoer'"),
        ("of: workers", "of: workers > 5", "integer is wanted"),
    ],
)
def test_gaps_overlaps_and_untold_parts_stand_at_their_line(before, after, says):
    content = licence()["service.yaml"]
    assert content.count(before) == 1
    text = licensed(**{"service.yaml": content.replace(before, after)})
    line = content[: content.index(before)].count("\n") + 1
    assert any(says in one.message and abs(one.line - line) <= 12 for one in examine(text).faults), faults_of(text)


def test_an_example_says_that_a_size_lies_outside():
    definition = examine(licensed()).definition
    assert definition is not None
    content = TEXT.files["examples.yaml"].split("\n\n")[0].partition("  expect:")[0]
    for workers, fee, wrong in ((1000, "3078.00", 0), (1001, "outside", 0), (1001, "3078", 1), (20, "outside", 1)):
        made = content.replace("  answers:\n", f"  answers:\n    workers: {workers}\n    power: '10.5'\n", 1)
        (one,), _, faults = read_examples(f"{made}  expect: {{variant: state, fee: {fee}}}\n", "examples.yaml")
        assert not faults
        found = run(definition, one, CALENDAR)
        assert bool([told for told in found if told.startswith("fee")]) == bool(wrong), found

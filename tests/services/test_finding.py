"""What officers find, in the text of a service: every fault at its line, examples that find, a letter that says it."""

from datetime import date

import pytest

from janaseva.services.adapters import PackFolder
from janaseva.services.rules.compiling import compile_text, examine
from janaseva.services.rules.definition import PublishedText
from janaseva.services.rules.examples import read_examples, run
from janaseva.services.rules.purposed import for_purpose
from janaseva.settings import OPTIONS
from janaseva.workflow.rules import Calendar

pytestmark = pytest.mark.once
TEXT = PackFolder(OPTIONS.packs_dir).read("kl-edistrict").published("kl-income-certificate")
APPROVE = "        - {key: approve, title: Approve, to: approved, needs: [checklist]}\n"
FINDS = """        - key: approve
          title: Approve
          to: approved
          needs: [checklist]
          finds:
            - {key: visited_on, kind: date, label: Day of the enquiry, at_most: today}
            - {key: assessed, kind: money, label: Income assessed, at_least: 1}
"""
FACT = "      purpose: {label: Purpose, value: purpose, shows: choice}\n"
FACTS = """      assessed: {label: Income assessed, value: found.assessed, shows: money, in_code: true}
      visited_on: {label: Day of the enquiry, value: found.visited_on, shows: date}
"""

COPY = """
afterwards:
  duplicate:
    title: A second copy
    fee: {lines: []}
    officer: {role: village_officer, office: village_office, place: taluk}
    happens:
      steps:
        - key: copy
          title: The copy
          kind: decision
          role: "@officer"
          office: "@officer"
          moves:
            - {key: give, title: Give it, to: approved}
            - {key: refuse, title: Refuse, to: refused, needs: [reason, note]}

out:"""


def service(*changes):
    content = TEXT.files["service.yaml"].replace(APPROVE, FINDS, 1).replace(FACT, FACT + FACTS, 1)
    assert content.count("found.assessed") == content.count("key: assessed") == 1
    for before, after in changes:
        assert before in content, before
        content = content.replace(before, after, 1)
    return PublishedText(files={**TEXT.files, "service.yaml": content})


@pytest.mark.parametrize(
    ("before", "after", "at", "says"),
    [
        ("value: found.assessed", "value: found.asessed", "found.asessed", "found.asessed"),
        ("value: found.assessed", "value: found.assessed + 'x'", "found.assessed +", "overload"),
        ("enquiry, at_most: today", "enquiry, at_most: tomorrow", "enquiry, at_most: tomorrow", "tomorrow"),
        ("enquiry, at_most: today", "enquiry, at_most: date_of_birth", "enquiry, at_most: date", "date_of_birth"),
        (
            "kind: date, label: Day of the enquiry, at_most: today",
            "kind: aadhaar, label: Day",
            "kind: aadhaar, label: Day",
            "not aadhaar",
        ),
        ("key: visited_on", "key: assessed", "key: assessed, kind: money", "second time"),
        (
            "needs: [reason, note]}",
            "needs: [reason, note], finds: [{key: assessed, kind: date, label: Day}]}",
            "needs: [reason, note], finds",
            "another kind of field",
        ),
        ("key: pin", "key: found", "key: found", "word of the rule language"),
    ],
)
def test_every_fault_stands_at_its_line(before, after, at, says):
    text = service((before, after))
    line = text.files["service.yaml"][: text.files["service.yaml"].index(at)].count("\n") + 1
    faults = examine(text).faults
    assert any(says in fault.message and abs(fault.line - line) <= 1 for fault in faults), [str(one) for one in faults]


REPORT = """        - {key: enquiry, title: Enquiry at the place, role: "@enquirer", office: "@enquirer"}\n"""
ROOF = "{key: roof, kind: choice, label: The roof, choices: {tin: Tin, tile: Tile}}"
BRANCHES = """
    - key: opinions
      title: Opinions
      kind: parallel
      branches:
        - {key: one, title: One, role: tahsildar, office: taluk_office, finds: [FIRST]}
        - {key: two, title: Two, role: village_officer, office: village_office, finds: [SECOND]}
      moves:
        - {key: given, title: Given, to: decision}

out:"""
ON = "        - {key: consult, title: Ask, to: opinions}\n"


def reported(*finds):
    """Return the service with a report that finds, and two branches that do."""
    roof = FACTS + "      roof: {label: The roof, value: found.roof, shows: choice}\n"
    branches = BRANCHES.replace("FIRST", finds[1]).replace("SECOND", finds[2])
    refuse = "        - {key: refuse,"
    report = REPORT[:-2] + f", finds: [{finds[0]}]}}\n"
    return service((REPORT, report), ("\nout:", branches), (FACTS, roof), (refuse, ON + refuse))


def test_a_report_and_branches_find_and_what_they_find_may_come_out():
    second = "{key: walls, kind: text, label: Walls}"
    text = reported(ROOF, "{key: plot, kind: integer, label: Plot}", second)
    assert [str(one) for one in examine(text).faults] == []
    definition = compile_text(text)
    assert list(definition.found_fields) == ["roof", "visited_on", "assessed", "plot", "walls"]
    calendar = Calendar(key="", time_zone="Asia/Kolkata", known_until=date.min)
    finds = "finds: {visited_on: 2026-03-01, assessed: 20000000}"
    last = f"{{move: decision.approve, {finds}, reports: {{enquiry: {{roof: tin}}}}}}"
    opinions = "{move: opinions.given, reports: {one: {plot: 4}, two: {walls: Mud}}}"
    good = example(f"decision.consult, {opinions}, {last}")
    good.expect.letter["en"] = (*good.expect.letter["en"], "Tin")
    assert run(definition, good, calendar) == ()
    for steps, said in (
        (f"decision.consult, opinions.given, {last}", "steps: 'opinions.given' reports.one: plot needed"),
        ("{move: decision.consult, reports: {enquiry: {roof: straw}}}", "reports.enquiry: roof not_a_choice"),
        ("{move: decision.consult, reports: {nobody: {}}}", "there is no report or branch 'nobody' here: enquiry"),
    ):
        assert said in run(definition, example(steps), calendar)[0]


def named(key):
    return ROOF.replace("roof", key)


@pytest.mark.parametrize(
    ("finds", "at", "says"),
    [
        ((ROOF, named("x"), named("x")), "key: two", "'x' is found by 'one' at the same time"),
        ((ROOF, ROOF.replace("tile: Tile", "mud: Mud"), named("y")), "{key: one, title", "another kind of field"),
        (("{key: roof, kind: aadhaar, label: The roof}", named("x"), named("y")), "key: enquiry", "not aadhaar"),
        ((ROOF.replace("}}", "}, needed: x < 1}"), named("x"), named("y")), "key: enquiry", "'x'"),
    ],
)
def test_what_clashes_or_cannot_be_asked_of_a_report_or_branch_is_told_at_its_line(finds, at, says):
    text = reported(*finds)
    line = text.files["service.yaml"][: text.files["service.yaml"].index(at)].count("\n") + 1
    faults = examine(text).faults
    assert any(says in one.message and one.line == line for one in faults), [str(one) for one in faults]


def test_what_is_found_only_on_the_way_to_a_refusal_cannot_be_certified():
    start = FINDS.index("          finds:")
    finds = "[{key: visited_on, kind: date, label: Day}, {key: assessed, kind: money, label: Income}]"
    text = service((FINDS[start:], ""), ("needs: [reason, note]}", f"needs: [reason, note], finds: {finds}}}"))
    assert len([fault for fault in examine(text).faults if "never found on a way" in fault.message]) == 2


def example(steps):
    source = TEXT.files["examples.yaml"].split("\n\n")[0]
    content = source.replace("steps: [decision.approve]", f"steps: [{steps}]").replace(
        '"₹ 2,25,000.00"]', '"₹ 2,25,000.00", "\'paise\': 20000000", "2026-03-01"]', 1
    )
    (one,), _, faults = read_examples(content, "examples.yaml")
    assert not faults
    return one


def test_an_example_finds_and_its_letter_says_so():
    definition = compile_text(service())
    calendar = Calendar(key="", time_zone="Asia/Kolkata", known_until=date.min)
    good = example("{move: decision.approve, finds: {visited_on: 2026-03-01, assessed: 20000000}}")
    assert run(definition, good, calendar) == ()
    (wrong, *_) = run(definition, example("{move: decision.approve, finds: {visited_on: 2026-03-09}}"), calendar)
    assert wrong == "steps: 'decision.approve' finds: visited_on too_late, assessed needed"


def test_a_notice_lasts_its_days_before_what_is_found_after_it():
    text = PackFolder(OPTIONS.packs_dir).read("jk-edistrict").published("jk-marriage-special-act")
    calendar = Calendar(key="", time_zone="Asia/Kolkata", known_until=date.min)
    first, *_ = read_examples(text.files["examples.yaml"], "examples.yaml")[0]
    married = first.steps[-1]
    for day, told in (("2026-04-01", 0), ("2026-04-02", 1)):
        last = married.model_copy(update={"finds": {**married.finds, "solemnised_on": day}})
        one = first.model_copy(update={"steps": (*first.steps[:-1], last)})
        assert sum("solemnised_on too_late" in line for line in run(compile_text(text), one, calendar)) == told


def test_a_second_copy_keeps_what_was_found_and_its_own_steps_need_not_find_it():
    text = service(("\nout:", COPY))
    assert [str(fault) for fault in examine(text).faults] == []
    copy = for_purpose(compile_text(text), "duplicate")
    assert list(copy.found_fields) == ["visited_on", "assessed"]
    assert not copy.happens.finds

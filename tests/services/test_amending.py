"""A change from now on: its fee compares with what was, the register keeps both, the time stays as it was."""

import re
from datetime import timedelta

import pytest

from janaseva.documents import queries as documents
from janaseva.registers import queries as registers
from janaseva.services import actions, queries
from janaseva.services.rules import purposed
from janaseva.services.rules.charter import charter
from janaseva.services.rules.compiling import compile_text, examine
from janaseva.services.rules.definition import PublishedText
from janaseva.services.rules.examples import read_examples, run
from janaseva.workflow.rules import Calendar
from tests.services.test_again import SHOPS, TEXT, begun_again, decided, granted, verdicts

DAY = timedelta(days=1)
AMENDED = """afterwards:
  amendment:
    title: Change of the number of workers
    summary: Ask for it when more people begin to work.
    changes: [male_workers, female_workers, employees]
    check:
      - {key: more, rule: workers != before_workers, message: The number of workers is as it was., places: [workers]}
    fee:
      lines:
        - {key: added, title: For each worker added, when: workers > before_workers,
           each: {of: workers - before_workers, rupees: 10}}
"""
EXAMPLES = """
- {name: Two women more, like: A stationery shop in Konni with three workers, purpose: amendment,
   issued: {on: 2026-03-02, until: 2027-03-01, answers: {female_workers: 1}}, answers: {female_workers: 3},
   steps: [registration.register],
   expect: {variant: amendment, ends: approved, fee: 20, valid_until: 2027-03-01}}
- {name: As it was, like: A stationery shop in Konni with three workers, purpose: amendment,
   expect: {faults: [workers rule:more]}}
"""


def written(*changes):
    files = dict(TEXT.services[SHOPS])
    text = files["service.yaml"].replace("afterwards:\n", AMENDED, 1)
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    return {**files, "service.yaml": text, "examples.yaml": files["examples.yaml"] + EXAMPLES}


def published(*changes):
    return PublishedText(files={**TEXT.published(SHOPS).files, **written(*changes)})


@pytest.mark.once
def test_its_fee_and_checks_name_what_was_answered_before():
    definition = compile_text(published())
    examples, _, faults = read_examples(written()["examples.yaml"], "examples.yaml")
    calendar = Calendar(key="", time_zone="Asia/Kolkata")
    assert faults == []
    assert [run(definition, one, calendar) for one in examples if one.purpose == "amendment"] == [(), ()]
    amended = purposed.for_purpose(definition, "amendment")
    assert purposed.earlier_keys(amended) == {"issued_number", "issued_on", "issued_until", "before_workers"}
    assert amended.form.by_key["before_workers"].label["ml"].startswith("മുമ്പ്")
    assert purposed.earlier_keys(purposed.for_purpose(definition, "renewal")) == set(purposed.ISSUED_FIELDS)
    (line,) = [one for one in charter(definition).again if one.purpose == "amendment"]
    assert (line.title["en"], [way.fee[0].kind for way in line.ways]) == ("Change of the number of workers", ["each"])


@pytest.mark.once
@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("workers != before_workers", "workers != before_worker", "before_worker"),
        ("of: workers - before_workers", "of: workers - before_employees", "before_employees"),
        ("changes: [male_workers, female_workers", "changes: [male_worker, female_workers", "no field 'male_worker'"),
        ("    changes: [male_workers, female_workers, employees]\\n", "", "lacks 'changes'"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(before, after, says):
    before = before.replace("\\n", "\n")
    text = published((before, after))
    told = [fault for fault in examine(text).faults if says in fault.message]
    assert told
    lines = text.files["service.yaml"].splitlines()
    start = next(number for number, line in enumerate(lines) if re.match(r"  amendment:", line)) + 1
    assert start <= told[0].line <= start + AMENDED.count("\n")


@pytest.mark.django_db
def test_the_new_certificate_takes_the_old_ones_place_and_end_and_the_register_says_both_with_their_days(given):
    given.loaded(TEXT.key, SHOPS, written())
    by = given.citizen()
    first, _ = granted(given, by)
    workers = queries.application(by, first).answers["female_workers"]
    until = documents.good_until(queries.application(by, first).decision.document_id)
    given.at = given.at.replace(month=given.at.month + 1)
    assert {one.purpose for one in queries.again(by, first, given.at)} >= {"renewal", "amendment"}
    again = begun_again(given, by, first, "amendment", female_workers=workers + 2)
    assert queries.changed(by, again) == ("female_workers",)
    assert given.act(actions.submit, by, application_id=again).total_paise == 2000
    decided(given, by, again)
    assert verdicts(given, by, first, again) == ["superseded", "genuine"]
    assert documents.good_until(queries.application(by, again).decision.document_id) == until
    (entry,) = registers.held_by(by, by.person_id)
    assert (entry.version, entry.facts["female_workers"]) == (2, workers + 2)
    today = queries.today(given.at)
    known = {"known_at": given.at + DAY}
    said = [registers.entry(by, entry.id, on=day, **known).facts["female_workers"] for day in (today - DAY, today)]
    assert said == [workers, workers + 2]

"""Good until a day that a formula names: read, checked, issued, and refused where that day is past."""

from datetime import date, timedelta

import pytest

from janaseva.core.refusal import Refusal
from janaseva.documents.queries import good_until
from janaseva.services import queries
from janaseva.services.rules.charter import charter
from janaseva.services.rules.compiling import compile_text, examine
from janaseva.services.rules.definition import PublishedText
from janaseva.services.rules.examples import read_examples, run
from janaseva.services.rules.parts import Validity
from janaseva.workflow.rules import Calendar
from tests.given import PACK, SERVICE, SYSTEM
from tests.services.test_finding import APPROVE, TEXT

CALENDAR = Calendar(key="", time_zone="Asia/Kolkata", known_until=date.min)
FINDS = APPROVE.replace(
    "needs: [checklist]}",
    "needs: [checklist], finds: [{key: lease_ends, kind: date, label: Last day of the lease, needed: false}]}",
)
UNTIL = """    validity:
      until: earlier(found.lease_ends, add_days(add_years(today, 3), -1))
      says: Until the lease ends, at most three years
"""


def service(*changes):
    content = TEXT.files["service.yaml"].replace(APPROVE, FINDS, 1).replace("version: 1\n", "version: 2\n", 1)
    start = content.index("    validity:", content.index("\nout:"))
    rest = content[start:].splitlines(keepends=True)
    ends = next(n for n, line in enumerate(rest) if n and not line.startswith("      "))
    content = content[:start] + UNTIL + "".join(rest[ends:])
    for before, after in changes:
        assert content.count(before) == 1, before
        content = content.replace(before, after)
    return PublishedText(files={**TEXT.files, "service.yaml": content})


@pytest.mark.once
def test_it_is_read_and_said_on_the_charter():
    text = service()
    assert [str(fault) for fault in examine(text).faults] == []
    validity = charter(compile_text(text)).ways[0].validity
    assert validity is not None
    assert validity.says == {"en": "Until the lease ends, at most three years"}


@pytest.mark.once
@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("found.lease_ends, add", "found.lease_end, add", "found.lease_end"),
        (
            "earlier(found.lease_ends, add_days(add_years(today, 3), -1))",
            "years_between(today, today)",
            "date is wanted",
        ),
        ("      says: Until the lease ends, at most three years\n", "", "'until' goes with 'says'"),
        (
            "      until: earlier(found.lease_ends, add_days(add_years(today, 3), -1))\n",
            "      years: 3\n",
            "'until' goes",
        ),
        ("      until: ", "      years: 3\n      until: ", "exactly one of lifetime"),
        (
            ", finds: [{key: lease_ends, kind: date, label: Last day of the lease, needed: false}]",
            "",
            "found.lease_ends",
        ),
    ],
)
def test_what_is_no_day_or_is_never_found_is_told(before, after, says):
    text = service((before, after))
    assert any(says in fault.message for fault in examine(text).faults), [str(one) for one in examine(text).faults]


@pytest.mark.once
@pytest.mark.parametrize(
    ("found", "expected", "sound"),
    [
        ("2027-01-31", "2027-01-31", True),
        ("2036-01-31", "2029-03-01", True),
        ("2026-03-02", "2026-03-02", True),
        ("2026-03-01", "refused", True),
        ("2026-03-01", "2026-03-01", False),
        ("2026-03-01", None, False),
        (None, "refused", True),
    ],
)
def test_an_example_says_the_day_or_that_it_is_refused(found, expected, sound):
    content = TEXT.files["examples.yaml"].split("\n\n")[0].partition("  expect:")[0]
    move = f"{{move: decision.approve, finds: {{lease_ends: {found}}}}}" if found else "decision.approve"
    content = content.replace("steps: [decision.approve]", f"steps: [{move}]")
    until = f", valid_until: {expected}" if expected else ""
    (one,), _, faults = read_examples(f"{content}  expect: {{ends: approved{until}}}\n", "examples.yaml")
    assert not faults
    assert (run(compile_text(service()), one, CALENDAR) == ()) == sound


@pytest.mark.once
def test_a_formulas_day_is_not_counted():
    with pytest.raises(ValueError, match="formula names"):
        Validity(until="today", says={"en": "Today"}).last_day(date(2026, 3, 2))


@pytest.mark.django_db
def test_a_day_that_is_past_is_refused_at_the_move_and_nothing_is_decided(given):
    given.loaded(PACK, SERVICE, dict(service().files))
    by = given.citizen()
    application_id, officer = given.taken(by)
    today = queries.today(given.at)
    for found, code in ((today - timedelta(days=1), "validity_passed"), (None, "validity_not_told")):
        with pytest.raises(Refusal) as caught:
            given.approve(officer, application_id, found={"lease_ends": found.isoformat()} if found else {})
        assert (caught.value.code, caught.value.status) == (code, 409)
    view = queries.application(SYSTEM, application_id)
    assert (view.decision, view.state) == (None, "begun")
    ends = today + timedelta(days=40)
    moved = given.approve(officer, application_id, found={"lease_ends": ends.isoformat()})
    assert moved.document_id is not None
    assert good_until(moved.document_id) == ends
    with pytest.raises(Refusal):
        given.approve(officer, application_id, found={"lease_ends": ends.isoformat()})

"""Variants that take every case once: gaps and overlaps over numbers, days, yes and no, and empty fields."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from janaseva.forms.rules import Page, Question
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.variants import judge
from tests.services.test_definition import KERALA, changed, line_of

pytestmark = pytest.mark.once

SHIPPED = changed().definition
assert SHIPPED is not None


def asking(*fields, whens):
    first = SHIPPED.variants[0]
    pages = (Page(key="size", title={"en": "Size"}, fields=fields),)
    variants = tuple(first.model_copy(update={"key": f"v{n}", "when": when}) for n, when in enumerate(whens))
    who = SHIPPED.who.model_copy(update={"eligibility": ()})
    ask = SHIPPED.ask.model_copy(update={"pages": pages})
    return Definition.model_validate(
        SHIPPED.model_copy(update={"ask": ask, "variants": variants, "who": who, "check": ()}).model_dump(
            by_alias=True, exclude_defaults=True
        )
    )


def field(key, kind, **more):
    return Question.model_validate({"key": key, "kind": kind, "label": key, **more})


WORKERS = field("workers", "integer", at_least="0")
BORN = field("born", "date", at_most="today")
KIND = field("kind", "choice", choices={"small": "Small", "large": "Large"})


@pytest.mark.parametrize(
    ("fields", "whens", "says"),
    [
        ([WORKERS], ["workers <= 20", "workers >= 20"], [(("v0", "v1"), "workers is 20")]),
        ([WORKERS], ["workers < 20", "workers >= 20 && workers <= 100"], [((), "workers is 101")]),
        ([WORKERS], ["workers < 20", "workers >= 20"], []),
        ([WORKERS], ["!(workers < 20)", "workers < 20"], []),
        ([field("workers", "integer")], ["workers >= 0 && workers < 9", "workers > 8"], [((), "workers is -1")]),
        ([field("fee", "money")], ["fee <= rupees(500)", "fee > rupees(501)"], [((), "fee is 500.01 rupees")]),
        ([BORN], ["days_between(born, today) <= 21", "days_between(born, today) >= 23"],
         [((), "born is 2026-02-08, today is 2026-03-02")]),
        ([BORN], ["days_between(born, today) > 30 && today <= add_years(born, 1)", "days_between(born, today) <= 30",
                  "today > add_years(born, 1)"], []),
        ([BORN], ["born < date('1989-10-01')", "born > date('1989-10-01')"], [((), "born is 1989-10-01")]),
        ([field("owns", "yes_no"), WORKERS], ["owns", "!owns && workers > 5"], [((), "owns is no, workers is 0")]),
        ([KIND, field("workers", "integer", at_least="1", when="kind == 'large'")],
         ["kind == 'small'", "kind == 'large' && workers <= 100", "workers > 100"], []),
        ([field("workers", "integer", at_least="1", needed=False)], ["workers <= 9", "workers > 9"],
         [((), "workers is not answered")]),
        ([BORN, field("age", "integer", computed="years_between(born, today)")], ["age < 18", "age > 18"],
         [((), "born is 2007-03-03, today is 2026-03-02")]),
        ([field("needs", "choices", choices={"road": "Road", "well": "Well"})], ["'road' in needs", "'well' in needs"],
         [((), "needs is "), (("v0", "v1"), "needs is road, well")]),
    ],
)  # fmt: skip
def test_gaps_and_overlaps_are_found_at_the_constants(fields, whens, says):
    verdict = judge(asking(*fields, whens=whens))
    assert verdict.beyond == ""
    assert [(one.taken, one.case) for one in verdict.findings] == says


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("workers * 2 > 40", "compares more than a field with a constant"),
        ("workers > seats", "compares more than a field with a constant"),
        ("label == 'x'", "of kind text"),
        ("rows.size() > 2", "compares more than"),
    ],
)
def test_what_is_beyond_the_check_is_named_and_not_guessed(when, why):
    fields = [WORKERS, field("seats", "integer"), field("label", "text"),
              field("rows", "table", columns=[{"key": "size", "kind": "integer", "label": "Size"}])]  # fmt: skip
    verdict = judge(asking(*fields, whens=[when, f"!({when})"]))
    assert why in verdict.beyond
    assert verdict.findings == ()


@settings(max_examples=60, deadline=None)
@given(bounds=some.lists(some.tuples(some.integers(0, 12), some.integers(0, 12)), min_size=1, max_size=3))
def test_numbers_are_judged_as_a_slow_count_judges_them(bounds):
    verdict = judge(asking(WORKERS, whens=[f"workers >= {low} && workers <= {high}" for low, high in bounds]))
    slow = {sum(low <= n <= high for low, high in bounds) == 1 for n in range(15)}
    assert (not verdict.findings) == (slow == {True})


@settings(max_examples=40, deadline=None)
@given(count=some.integers(0, 40), unit=some.sampled_from(["days", "months", "years"]), shift=some.integers(-1, 1))
def test_days_are_judged_as_a_slow_count_judges_them(count, unit, shift):
    whens = [f"{unit}_between(born, today) <= {count}", f"{unit}_between(born, today) > {count + shift}"]
    assert bool(judge(asking(BORN, whens=whens)).findings) == (shift != 0)
    limits = [f"today <= add_{unit}(born, {count})", f"today > add_{unit}(born, {count})"]
    assert judge(asking(BORN, whens=limits)).findings == ()


def test_an_overlap_is_told_at_the_rule_and_a_gap_at_the_variants():
    overlap = changed(
        ("when: purpose == 'outside'", "when: annual_income >= 500"),
        ("when: purpose == 'state'", "when: annual_income <= 500"),
    )
    fault = next(fault for fault in overlap.faults if "both when" in fault.message)
    assert "variants state and outside both when annual_income is 5.00 rupees" in fault.message
    assert fault.line == line_of("when: purpose == 'outside'")
    gap = changed(
        ("when: purpose == 'outside'", "when: annual_income > 5"),
        ("when: purpose == 'state'", "when: annual_income < 5"),
    )
    fault = next(fault for fault in gap.faults if "no variant" in fault.message)
    assert fault.line == line_of("variants:")


@pytest.mark.parametrize(
    ("before", "after", "says", "at"),
    [
        (
            "        - key: applicant_name\n",
            "        - key: applicant_name\n          when: given.applicant_name\n",
            "'applicant_name' depends on itself: applicant_name -> applicant_name",
            "        - key: applicant_name\n",
        ),
        ("of {applicant_name}", "of {applicant_name", "has a brace that is not closed", "    statement: >-"),
    ],
)
def test_what_depends_on_itself_and_an_open_brace_are_told_at_their_lines(before, after, says, at):
    found = changed((before, after))
    fault = next(fault for fault in found.faults if says in fault.message)
    assert fault.line == line_of(at) + after.count("\n") // 2


def test_a_ring_of_fields_is_told_once():
    one, other = ("a", "b"), ("b", "a")
    fields = "".join(
        f"        - {{key: {key}, kind: integer, label: A, computed: {of} + 1}}\n" for key, of in (one, other)
    )
    text = KERALA.files["service.yaml"]
    place = text.index("      fields:\n") + len("      fields:\n")
    found = changed((text[:place], text[:place] + fields))
    assert [fault.message for fault in found.faults] == ["'a' depends on itself: a -> b -> a"]
    assert found.faults[0].line == text[:place].count("\n") + 1


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ("{key: a, kind: integer, label: A, computed: row.b}, {key: b, kind: integer, label: B, when: row.a > 1}",
         "'t.a' depends on itself: t.a -> t.b -> t.a"),
        ("{key: a, kind: integer, label: A, computed: sum(t.a)}", "'t.a' depends on itself: t.a -> t.a"),
        ("{key: a, kind: integer, label: A, when: row.c > 1}", "formula: undeclared reference to 'row.c'"),
        ("{key: a, kind: name, label: A, also_in: ml}, {key: a_ml, kind: text, label: B}",
         "'a_ml' stands here a second time"),
    ],
)  # fmt: skip
def test_faults_of_columns_are_told_at_the_table(columns, says):
    text = KERALA.files["service.yaml"]
    place = text.index("      fields:\n") + len("      fields:\n")
    table = f"        - {{key: t, kind: table, label: T, columns: [{columns}]}}\n"
    found = changed((text[:place], text[:place] + table))
    assert [fault.message for fault in found.faults] == [says]
    assert found.faults[0].line == text[:place].count("\n") + 1


def test_columns_may_look_at_their_row_the_form_and_the_whole_table():
    text = KERALA.files["service.yaml"]
    place = text.index("      fields:\n") + len("      fields:\n")
    columns = (
        "{key: a, kind: integer, label: A, at_most: annual_income}, "
        "{key: b, kind: integer, label: B, when: row.a > 1, needed: sum(t.a) > 5, computed: row.a * 2}"
    )
    table = f"        - {{key: t, kind: table, label: T, columns: [{columns}]}}\n"
    assert changed((text[:place], text[:place] + table)).faults == ()

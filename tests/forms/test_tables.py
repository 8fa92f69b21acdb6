"""Columns with rules: each row is asked, needed, bounded and worked out by its own cells."""

from datetime import date

import pytest

from janaseva.forms.rules import Form, apply, check, json_schema, parse, settle_shape, summary
from janaseva.forms.rules.checking import only_asked
from janaseva.forms.rules.numbers import survey_number
from tests.forms.made import field

TODAY = date(2026, 3, 2)


MEMBERS = field(
    "members",
    "table",
    rows_at_least=1,
    rows_at_most=4,
    columns=[
        field("who", "name", also_in="ml"),
        field("relation", "choice", choices={"self": "Self", "spouse": "Spouse", "child": "Child"}),
        field("born", "date", at_most="today"),
        field("years", "integer", computed="years_between(row.born, today)"),
        field("earns", "yes_no", when="row.years >= 18"),
        field("income", "money", when="row.earns", at_most="limit"),
        field("trade", "text", when="row.earns", needed="row.income > rupees(1000)"),
        field("counted", "money", computed="row.relation == 'self' ? row.income : row.income / 2"),
    ],
)
FORM = Form.model_validate(
    {
        "key": "t",
        "version": 1,
        "pages": [
            {"key": "one", "title": "One", "fields": [field("limit", "money"), MEMBERS,
                                                      field("total", "money", computed="sum(members.counted)")]},
            {"key": "two", "title": "Two", "fields": [field("why", "text", when="members.exists(m, m.years < 18)")]},
        ],
        "checks": [
            {"key": "poor", "rule": "sum(members.counted) <= rupees(5000)", "message": "No.", "places": ["members"]},
        ],
    }
)  # fmt: skip
TYPED = {
    "limit": ["9000"],
    "members.0.who": ["Anil"], "members.0.who_ml": ["അനിൽ"], "members.0.relation": ["self"],
    "members.0.born": ["01-01-1980"], "members.0.earns": ["yes"], "members.0.income": ["2000"],
    "members.0.trade": ["Mason"], "members.0.years": ["3"], "members.0.counted": ["1"],
    "members.1.who": ["Devi"], "members.1.who_ml": ["ദേവി"], "members.1.relation": ["child"],
    "members.1.born": ["01-01-2015"], "members.1.earns": ["yes"], "members.1.income": ["7"],
}  # fmt: skip


def typed(**more):
    posted = {**TYPED, **{name.replace("__", "."): [value] for name, value in more.items()}}
    return {key: value for page in FORM.pages for key, value in parse(page, posted).items()}


def faults(answers):
    return {f"{fault.place} {fault.code}" for fault in check(FORM, answers, TODAY)}


def test_a_row_is_worked_out_by_its_own_cells_and_rules_over_rows_see_it():
    answers = typed(why="She goes to school")
    assert faults(answers) == set()
    applied = apply(FORM, answers, today=TODAY)
    assert [row.get("years") for row in applied.answers["members"]] == [46, 11]
    assert [row.get("counted") for row in applied.answers["members"]] == [200_000, None]
    assert applied.answers["total"] == 200_000
    assert "why" in applied.asked
    assert "income" not in applied.answers["members"][1]


def test_what_a_row_does_not_ask_is_neither_kept_nor_missed_nor_shown():
    answers = settle_shape(FORM, {**typed(why="x"), "members": [*typed()["members"]]})
    kept = only_asked(FORM, answers, today=TODAY)
    assert set(kept["members"][0]) == {"who", "who_ml", "relation", "born", "earns", "income", "trade"}
    assert set(kept["members"][1]) == {"who", "who_ml", "relation", "born"}
    pages = summary(FORM, apply(FORM, kept, today=TODAY), "en")
    rows = pages[0].lines[1].rows
    assert {line.place: line.value for line in rows[0]}["members.0.years"] == "46"
    assert {line.script for line in rows[0]} == {"", "en", "ml"}
    assert {line.place.rpartition(".")[2] for line in rows[1]} == {
        "who",
        "who_ml",
        "relation",
        "born",
        "years",
        "counted",
    }


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"members__0__who_ml": ""}, "members.0.who_ml needed"),
        ({"members__0__who_ml": "\u202eഅ"}, "members.0.who_ml turned_text"),
        ({"members__0__trade": ""}, "members.0.trade needed"),
        ({"members__0__earns": ""}, "members.0.earns needed"),
        ({"members__0__income": "9000.01"}, "members.0.income too_large"),
        ({"members__1__born": "01-01-1990", "members__1__income": "9001", "members__1__trade": "Tailor"},
         "members.1.income too_large"),
    ],
)  # fmt: skip
def test_a_cell_is_needed_and_bounded_by_rule(more, found):
    assert found in faults(typed(why="x", **more))


def test_a_cell_is_not_needed_where_its_rule_does_not_hold():
    assert faults(typed(why="x", members__0__income="900", members__0__trade="")) == set()
    assert faults(typed(why="x", members__0__income="6000", members__0__trade="Mason")) == {"members rule"}


def test_what_is_sent_for_a_computed_cell_does_not_count():
    rows = [{**typed()["members"][0], "years": 5, "counted": 1}]
    applied = apply(FORM, {"limit": 900_000, "members": rows}, today=TODAY)
    assert applied.answers["members"][0]["counted"] == 200_000
    assert applied.answers["members"][0]["years"] == 46


@pytest.mark.parametrize("rows", [None, 1, "x", [1, None, "x", []], [{}], [{"strange": 1}] * 500, [{"born": []}]])
def test_rows_that_are_no_rows_do_no_harm(rows):
    answers = settle_shape(FORM, {"limit": 1, "members": rows})
    assert any(one.startswith("members") for one in faults(answers))
    applied = apply(FORM, answers, today=TODAY)
    summary(FORM, applied, "ur")
    only_asked(FORM, answers, today=TODAY)


def test_the_schema_tells_the_rules_of_columns():
    row = json_schema(FORM, "en")["properties"]["members"]["items"]
    assert set(row["properties"]) == {
        "who", "who_ml", "relation", "born", "years", "earns", "income", "trade", "counted"
    }  # fmt: skip
    assert row["required"] == ["who", "who_ml", "relation", "born"]
    assert row["properties"]["income"]["x-when"] == "row.earns"
    assert row["properties"]["trade"]["x-needed"] == "row.income > rupees(1000)"
    assert row["properties"]["years"]["readOnly"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("213", "213"), ("213/4a", "213/4A"), ("൨൧൩ / ൪A", "213/4A"), ("77A/3", "77A/3"), ("213/4/2", "213/4/2"),
        ("213/4\u20132", "213/4-2"), ("213/4B2-1", "213/4B2-1"), ("", None), ("0/1", None), ("213/", None),
        ("/4", None),
        ("213/ABC", None), ("1234567", None), ("213\n/4x!", None), ("213/4-", None),
    ],
)  # fmt: skip
def test_survey_numbers_as_land_records_write_them(written, kept):
    assert survey_number(written) == kept

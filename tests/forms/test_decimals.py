"""Fields that take a number with a point: typed, kept, judged, shown and worked out without a rounding nobody wrote."""

from datetime import date

import pytest
from pydantic import ValidationError

from janaseva.forms.rules import Form, Question, apply, check, json_schema, parse, settle_shape, summary
from janaseva.forms.rules.reading import decimal

pytestmark = pytest.mark.once

TODAY = date(2026, 3, 2)


def field(key, kind="decimal", **more):
    return {"key": key, "kind": kind, "label": key.title(), **more}


FORM = Form.model_validate(
    {
        "key": "t",
        "version": 1,
        "pages": [
            {
                "key": "one",
                "title": "One",
                "fields": [
                    field("load", places=2, at_least="0.5", at_most=100),
                    field(
                        "plots",
                        "table",
                        columns=[
                            field("area", places=4, at_most="row.sold ? 0.5 : 10.0"),
                            field("sold", "yes_no"),
                            field("acres", places=2, computed="row.area * 2.4711", rounding="nearest"),
                        ],
                    ),
                    field("total", places=4, computed="sum(plots.area)"),
                    field("third", places=2, computed="total / 3", rounding="down"),
                    field("begun", "integer", computed="whole(total, 'up')"),
                ],
            }
        ],
        "checks": [{"key": "small", "rule": "total <= 2.0", "message": "No.", "places": ["plots"]}],
    }
)
TYPED = {"load": ["7.5"], "plots.0.area": ["0.4047"], "plots.0.sold": ["yes"], "plots.1.area": ["1.25"],
         "plots.1.sold": ["no"]}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("7.5", "7.5000"), ("1,20,000.5", "120000.5000"), ("120,000", "120000.0000"), ("12 345.6", "12345.6000"),
        ("٧٫٥", "7.5000"), ("൭.൫", "7.5000"), ("१२.५", "12.5000"), (".5", "0.5000"), ("-0.0", "0.0000"),
        ("00.40", "0.4000"), ("\u22122.5", "-2.5000"), ("+3", "3.0000"), ("0.40470", "0.4047"),
        # what is not understood, or is finer than asked, stays as it was typed
        ("0,4047", "0,4047"), ("1,2", "1,2"), ("5.", "5."), ("1e5", "1e5"), ("7..5", "7..5"), ("0.40471", "0.40471"),
        ("1000000000000", "1000000000000"),
    ],
)  # fmt: skip
def test_what_is_typed_is_kept_with_the_digits_that_are_asked_for(typed, kept):
    assert decimal(typed, 4) == kept


def test_a_whole_form_with_its_table_is_worked_out():
    answers = parse(FORM.pages[0], TYPED)
    assert answers["load"] == "7.50"
    assert check(FORM, answers, TODAY) == []
    worked = apply(FORM, answers, today=TODAY).answers
    assert [row["acres"] for row in worked["plots"]] == ["1.00", "3.09"]
    assert (worked["total"], worked["third"], worked["begun"]) == ("1.6547", "0.55", 2)
    (page,) = summary(FORM, apply(FORM, {**answers, "load": "120000.50"}, today=TODAY), "ur")
    assert [line.value for line in page.lines if line.place == "load"] == ["1,20,000.50"]


@pytest.mark.parametrize(
    ("answers", "faults"),
    [
        ({"load": "0.25"}, [("load", "too_small", {"bound": "0.5"})]),
        ({"load": 101}, [("load", "too_large", {"bound": "100"})]),
        ({"load": "7.123"}, [("load", "too_precise", {"count": 2})]),
        ({"load": "0,5"}, [("load", "not_a_decimal", {})]),
        ({"load": True}, [("load", "not_a_decimal", {})]),
        ({"load": ["1.5"]}, [("load", "not_a_decimal", {})]),
        ({"plots": [{"area": "0.75", "sold": True}]}, [("plots.0.area", "too_large", {"bound": "0.5"})]),
        ({"plots": [{"area": "2.5", "sold": False}]}, [("plots", "rule", {"rule": "small"})]),
    ],
)
def test_faults(answers, faults):
    sent = settle_shape(FORM, {"load": "7.5", "plots": [{"area": "1", "sold": False}], **answers})
    assert [(one.place, one.code, one.facts) for one in check(FORM, sent, TODAY)] == faults


def test_machines_read_and_send_it_as_text_or_whole():
    schema = json_schema(FORM, "en")["properties"]
    assert schema["load"]["type"] == "string"
    assert schema["load"]["x-places"] == 2
    assert settle_shape(FORM, {"load": 7, "plots": [{"area": 1}]}) == {"load": "7.00", "plots": [{"area": "1.0000"}]}


@pytest.mark.parametrize(
    "wrong",
    [
        field("a"),
        field("a", places=7),
        field("a", places=2, rounding="up"),
        field("a", "integer", places=2),
        field("a", places=2, computed="1.5", rounding="towards me"),
    ],
)
def test_a_field_says_its_digits_and_rounds_only_what_it_works_out(wrong):
    with pytest.raises(ValidationError):
        Question.model_validate(wrong)

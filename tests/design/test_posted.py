import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from janaseva.core.money import rupees
from janaseva.design import charts, posted


def post(**values):
    query = QueryDict(mutable=True)
    query.update(values)
    return query


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        (("5", "3", "1998"), "1998-03-05"),
        (("०५", "०३", "१९९८"), "1998-03-05"),
        (("۵", "۳", "۱۹۹۸"), "1998-03-05"),
        (("31", "2", "2031"), "2031-02-31"),
        (("five", "3", "1998"), "1998-3-five"),
        (("", "", ""), ""),
        (("5", "", "1998"), "1998--5"),
    ],
)
def test_a_day_is_read_from_its_three_inputs(parts, read):
    names = ("a.day", "a.month", "a.year")
    assert posted.day(post(**dict(zip(names, parts, strict=True))), "a") == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1,20,000", 12000000),
        ("₹ 1,20,000.5", 12000050),
        ("Rs. 10", 1000),
        ("൧൦൦", 10000),
        ("12.345", "12.345"),
        ("-5", "-5"),
        ("a lot", "a lot"),
        ("", ""),
    ],
)
def test_an_amount_is_read_in_paise(typed, read):
    assert posted.paise(post(a=typed), "a") == read


@given(st.integers(min_value=0, max_value=10**14))
def test_an_amount_shown_is_read_back(paise):
    assert posted.paise(post(a=rupees(paise)), "a") == paise


@given(st.text(max_size=40))
def test_whatever_is_typed_is_handed_on(typed):
    for read in (posted.day, posted.paise, posted.whole, posted.phone, posted.line):
        read(post(a=typed, **{"a.day": typed}), "a")
    posted.row_wish(post(_remove=typed))


def test_rows_and_their_buttons():
    rows = post(**{"family.0.name": "A", "family.2.name": "C", "other": "x"})
    assert posted.row_count(rows, "family") == 3
    assert posted.row_count(rows, "none") == 0
    assert posted.row_wish(post(_add="family")) == ("add", "family", 0)
    assert posted.row_wish(post(_remove="family.2")) == ("remove", "family", 2)
    assert posted.row_wish(rows) is None


def test_charts_stand_within_their_frame_and_run_with_the_reader():
    values = [("a", 0), ("b", 7), ("c", 1490)]
    drawing = charts.draw(values)
    assert [mark.x for mark in drawing.marks] == sorted(mark.x for mark in drawing.marks)
    assert all(0 <= mark.y <= mark.y + mark.height <= charts.HEIGHT - charts.BOTTOM for mark in drawing.marks)
    assert drawing.lines[-1].value >= 1490
    mirrored = charts.draw(values, rtl=True)
    assert [mark.x for mark in mirrored.marks] == sorted((mark.x for mark in mirrored.marks), reverse=True)
    assert charts.draw([]).marks == ()

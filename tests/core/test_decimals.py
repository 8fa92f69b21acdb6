"""Numbers with a point: exact in formulas, rounded only where it is written, and told where they do not belong."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from janaseva.core import decimals
from janaseva.core.formula import FormulaError, Scope

pytestmark = pytest.mark.once

SCOPE = Scope.of(
    {"load": "decimal", "rate": "decimal", "count": "integer", "born": "date"},
    {"plots": {"area": "decimal", "cents": "integer", "bought": "date"}},
)
FACTS = SCOPE.facts(
    {
        "load": "7.50",
        "count": 3,
        "plots": [{"area": "0.4047", "cents": 2}, {"area": "1.5000", "cents": 1, "bought": "2026-01-01"}, {"cents": 9}],
    },
    today=date(2026, 1, 2),
)


def came_to(text):
    return SCOPE.compile(text).evaluate(FACTS)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("load * count", Fraction("22.5")),
        ("count * 0.1 * count", Fraction("0.9")),
        ("load / count", Fraction("2.5")),
        ("-load + 8", Fraction("0.5")),
        ("load > 7 && 7 < load && load <= 7.5 && load == 7.50", True),
        ("0.1 + 0.2 == 0.3", True),
        ("load in [7.5, 8.0]", True),
        ("given.rate ? rate : 0.0", 0),
        ("sum(plots.area)", Fraction("1.9047")),
        ("sum(plots.cents)", 12),
        ("largest([load, 8.25])", Fraction("8.25")),
        ("sum(plots.filter(p, has(p.area)).map(p, p.area * p.cents))", Fraction("2.3094")),
        ("sum(plots.filter(p, p.cents > 50).map(p, p.area))", 0),
        ("plots.exists(p, has(p.area) && p.area == 1.5)", True),
        ("plots[0].area * 2", Fraction("0.8094")),
        ("rounded(load / 7, 2, 'up')", Fraction("1.08")),
        ("whole(load, 'up') + count", 11),
        ("written(load, 3)", "7.500"),
        ("decimal('0.25') * decimal(count)", Fraction("0.75")),
    ],
)
def test_a_formula_reckons_exactly(text, value):
    assert (came_to(text).state, came_to(text).value) == ("value", value)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("load == 7", 6, "decimal, int"),
        ("0.5 + 1.25 > count || load == 'x'", 28, "decimal, string"),
        ("plots.exists(p, has(p.area) && p.area == 1)", 39, "decimal, int"),
        ("plots.exists(p, has(p.bought) && p.bought > 5)", 43, "Timestamp, int"),
        ("count > 2 ? load : 0", 11, "decimal, int"),
        ("string(load)", 7, "decimal"),
    ],
)
def test_what_does_not_go_together_is_told_where_it_was_written(text, column, words):
    with pytest.raises(FormulaError) as caught:
        SCOPE.compile(text)
    (place,) = caught.value.places
    assert (place.line, place.column, words in place.message) == (1, column, True)


def test_a_place_on_a_later_line_is_told_too():
    with pytest.raises(FormulaError) as caught:
        SCOPE.compile("load > 0.5 &&\n  1.25 + load > 'x'")
    assert [(place.line, place.column) for place in caught.value.places] == [(2, 15)]


@pytest.mark.parametrize(
    ("text", "state"), [("load / 0", "fault"), ("written(load / 7, 2)", "fault"), ("rate > 1", "missing"),
                        ("rounded(load, 1, 'sideways')", "fault"), ("rounded(load, 7, 'up')", "fault"),
                        ("decimal('1e5') > 1", "fault")],
)  # fmt: skip
def test_what_cannot_be_worked_out_says_so(text, state):
    assert came_to(text).state == state


def test_a_number_that_grows_beyond_all_measure_is_a_fault():
    text = "7.12345"
    for _ in range(7):
        text = f"({text}*{text})"
    assert (came_to(text).state, came_to("7.12345 * 7.12345").state) == ("fault", "value")


def test_a_bound_of_a_decimal_may_be_written_whole():
    assert SCOPE.compile("12", "decimal").evaluate(FACTS).value == Fraction(12)
    with pytest.raises(FormulaError, match="decimal is wanted"):
        SCOPE.compile("born", "decimal")


def test_where_nothing_has_a_point_nothing_is_otherwise():
    plain = Scope.of({"count": "integer"})
    with pytest.raises(FormulaError):
        plain.compile("count > 7.5")
    assert "rounded" not in plain.callable


NUMBERS = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6)


@settings(max_examples=20)
@given(NUMBERS, st.integers(0, 6))
def test_rounding_goes_to_the_nearest_neighbours_alone(value, places):
    step = Fraction(1, 10**places)
    up, down, near = (decimals.rounded(value, places, way) for way in decimals.WAYS)
    assert abs(down) <= abs(value) <= abs(up)
    assert abs(up - down) in (0, step)
    assert near in (up, down)
    assert abs(near - value) <= step / 2
    if abs(near - value) == step / 2:
        assert near == up
    text = decimals.written(near, places)
    assert Fraction(text) == near
    assert len(text.partition(".")[2]) == places


@settings(max_examples=10)
@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.integers(1, 6), st.integers(1, 6))
def test_sums_and_products_are_those_of_fractions(left, right, places, digits):
    one, two = Fraction(left, 10**places), Fraction(right, 10**digits)
    scope = Scope.of({"a": "decimal", "b": "decimal"})
    facts = scope.facts(
        {"a": decimals.written(one, places), "b": decimals.written(two, digits)}, today=date(2026, 1, 2)
    )
    for text, value in (("a + b", one + two), ("a - b", one - two), ("a * b", one * two), ("a < b", one < two)):
        assert scope.compile(text).evaluate(facts).value == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(1, 8), "0.125"), (Fraction(-5, 2), "-2.5"), (Fraction(12), "12"), (Fraction(1, 3), None)],
)
def test_the_shortest_way_to_write_a_number(value, text):
    assert decimals.shortest(value) == text


def test_a_number_is_said_with_its_groups():
    assert decimals.said("-120000.50") == "-1,20,000.50"

"""Fees: lines by their dates, slabs, pages, percentages, waivers; in paise and never invented."""

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from janaseva.core.formula import Scope
from janaseva.payments.rules.bands import Band, faults, spans
from janaseva.payments.rules.fee_faults import amount_faults, formula_faults
from janaseva.payments.rules.fees import Fee, Fees, compute, fee_scope

SCOPE = fee_scope(Scope.of({"workers": "integer", "value": "integer", "card": "text"}))
ON = date(2026, 3, 2)


def bill(lines, on=ON, **facts):
    fee = TypeAdapter(Fees).validate_python({"lines": lines} if isinstance(lines, list) else lines)
    return compute(fee, SCOPE.facts({"channel": "online", "pages": 0, **facts}, today=on), on=on, scope=SCOPE)


def line(**more):
    return {"key": "a", "title": "A", **more}


@pytest.mark.parametrize(
    ("workers", "paise"), [(0, 1000), (1, 5000), (10, 5000), (11, 20000), (100, 100000), (101, 200000), (9999, 200000)]
)
def test_slabs_of_keralas_shops(workers, paise):
    slab = {
        "of": "workers",
        "steps": [{"up_to": 0, "rupees": 10}, {"up_to": 10, "rupees": 50}, {"up_to": 20, "rupees": 200},
                  {"up_to": 30, "rupees": 300}, {"up_to": 50, "rupees": 500}, {"up_to": 100, "rupees": 1000},
                  {"rupees": 2000}],
    }  # fmt: skip
    assert bill([line(slab=slab)], workers=workers).total_paise == paise


def test_lines_have_their_days_their_conditions_and_their_waivers():
    lines = [
        line(rupees="7.50", until="2026-03-01"),
        line(key="b", rupees=18, **{"from": "2026-03-02"}, law="G.O. 1"),
        line(key="c", rupees=5, when="channel == 'counter'"),
        line(key="d", each={"of": "pages", "rupees": 3}),
        line(key="e", rupees=9, waived=[{"key": "bpl", "title": "BPL", "when": "card == 'bpl'", "law": "G.O. 2"}]),
    ]
    assert bill(lines, on=date(2026, 3, 1)).total_paise == 750 + 900
    assert bill(lines, pages=4).total_paise == 1800 + 1200 + 900
    told = bill(lines, card="bpl", channel="counter")
    assert [(due.key, due.amount_paise) for due in told.lines] == [("b", 1800), ("c", 500), ("d", 0), ("e", 0)]
    assert told.lines[0].order == {"en": "G.O. 1"}
    assert (told.lines[3].waived, told.lines[3].order) == ({"en": "BPL"}, {"en": "G.O. 2"})


@pytest.mark.parametrize(("value", "paise"), [(0, 1000), (10_000_00, 5000), (10_001_99, 5000), (10**12, 10000)])
def test_a_percentage_is_rounded_down_within_its_bounds(value, paise):
    part = {"of": "value", "rate": "0.5", "at_least": 10, "at_most": 100}
    assert bill([line(percentage=part)], value=value).total_paise == paise


def test_what_cannot_be_told_is_named_and_what_is_unknown_stays_unknown():
    told = bill([line(slab={"of": "workers", "steps": [{"rupees": 1}]})])
    assert (told.missing, told.total_paise) == (("workers",), 0)
    assert bill([line(each={"of": "0 - 1", "rupees": 1})]).faults
    assert not bill({"unknown": "the order"}).known
    assert bill({"lines": []}).known


@pytest.mark.parametrize(
    "wrong",
    [
        line(),
        line(rupees=1, each={"of": "pages", "rupees": 1}),
        line(rupees="1.555"),
        line(rupees=-1),
        line(rupees="x"),
        line(rupees=True),
        line(slab={"of": "workers", "steps": [{"rupees": 1}, {"up_to": 5, "rupees": 2}]}),
        line(slab={"of": "workers", "steps": [{"up_to": 9, "rupees": 1}, {"up_to": 5, "rupees": 2}]}),
        line(percentage={"of": "value", "rate": 0}),
        line(rupees=1, colour="red"),
    ],
)
def test_lines_that_mean_nothing_are_refused(wrong):
    with pytest.raises(ValidationError):
        Fee.model_validate({"lines": [wrong]})


def test_formulas_of_fees_are_compiled():
    fee = Fee.model_validate({"lines": [line(each={"of": "pags", "rupees": 1}, when="pages")]})
    assert [place for place, _ in formula_faults(fee, SCOPE)] == ["lines.0.when", "lines.0.each.of"]


@given(st.integers(min_value=0, max_value=10**9))
def test_rupees_come_back_as_they_were_written(paise):
    written = f"{paise // 100}.{paise % 100:02d}"
    fee = Fee.model_validate({"lines": [line(rupees=written)]})
    assert fee.lines[0].rupees == paise
    assert Fee.model_validate_json(fee.model_dump_json(by_alias=True)) == fee


POINTS = fee_scope(Scope.of({"workers": "integer", "power": "decimal", "value": "integer"}))
LICENCE = {
    "down": {"of": "workers", "title": "Workers employed"},
    "across": {"of": "power", "title": "Horse power installed", "bands": [{"up_to": "7.5"}, {"below": 50}, {}]},
    "rows": [{"up_to": 20, "rupees": [100, 200, 300]}, {"from": 21, "up_to": 50, "rupees": [400, 500, 600]},
             {"above": 50, "rupees": [700, 800, 900]}],
}  # fmt: skip


def priced(*lines, **facts):
    fee = TypeAdapter(Fees).validate_python({"lines": list(lines)})
    assert list(amount_faults(fee, POINTS)) == []
    return compute(fee, POINTS.facts(facts, today=ON), on=ON, scope=POINTS)


@pytest.mark.parametrize(
    ("workers", "power", "rupees"),
    [(0, "0.00", 100), (20, "7.50", 100), (20, "7.51", 200), (21, "7.50", 400), (50, "49.99", 500), (50, "50.00", 600),
     (51, "49.99", 800), (9999, "9999.00", 900)],
)  # fmt: skip
def test_an_amount_by_two_sizes(workers, power, rupees):
    assert priced(line(matrix=LICENCE), workers=workers, power=power).total_paise == rupees * 100


@pytest.mark.parametrize(
    ("workers", "before", "rupees"), [(20, 20, 0), (21, 20, 300), (51, 20, 600), (60, 30, 300), (10, 60, 0)]
)
def test_only_the_difference_to_the_size_paid_for_before_is_due(workers, before, rupees):
    changed = {**LICENCE, "down": {**LICENCE["down"], "instead_of": "value"}}
    assert priced(line(matrix=changed), workers=workers, value=before, power="1.00").total_paise == rupees * 100
    steps = [{"up_to": 20, "rupees": 100}, {"up_to": 50, "rupees": 400}, {"rupees": 700}]
    slab = {"of": "workers", "instead_of": "value", "steps": steps}
    assert priced(line(slab=slab), workers=workers, value=before).total_paise == rupees * 100
    assert priced(line(slab=slab), workers=workers).missing == ("value",)
    wrong = TypeAdapter(Fees).validate_python({"lines": [line(slab={**slab, "instead_of": "horses"})]})
    assert [place for place, _ in formula_faults(wrong, POINTS)] == ["lines.0.slab.instead_of"]


def test_a_size_beyond_all_bands_is_refused_in_the_definitions_words():
    closed = {**LICENCE, "rows": LICENCE["rows"][:2]}
    told = priced(line(matrix=closed, outside="Above 50 workers, ask."), workers=51, power="1.00")
    assert (told.outside, told.lines, len(told.faults)) == (({"en": "Above 50 workers, ask."},), (), 1)
    assert priced(line(matrix=closed, outside="Ask."), workers=50, power="1.00").outside == ()
    assert priced(line(matrix=LICENCE), power="1.00").missing == ("workers",)


@pytest.mark.parametrize(
    ("rows", "columns", "told"),
    [
        ([{"up_to": 20}, {"from": 22}], [{}], [("rows.1", "no band takes 21")]),
        ([{"up_to": 20}, {"from": 20}], [{}], [("rows.1", "two bands take 20")]),
        ([{"up_to": 20}, {"above": 20, "up_to": 19}], [{}], [("rows.1", "ends before it begins"), ("rows.1", "above")]),
        ([{"up_to": 20}], [{}], [("rows.0", "no band takes 21 and more")]),
        ([{"from": 10}], [{}], [("rows.0", "no band takes what is up to 9")]),
        ([{"from": 1}], [{}], [("rows.0", "no band takes 0")]),
        ([{}, {"above": 7}], [{}], [("rows.1", "has no end")]),
        ([{}], [{"up_to": 10}, {"above": 20}], [("bands.1", "no band takes what is above 10, up to 20")]),
        ([{}], [{"below": 10}, {"above": 10}], [("bands.1", "no band takes 10")]),
        ([{}], [{"up_to": 10}, {"from": 10}], [("bands.1", "two bands take 10")]),
        ([{}], [{"up_to": 10}, {"from": "7.5"}], [("bands.1", "two bands take 7.5 to 10")]),
        ([{}], [{"below": "7.5"}], [("bands.0", "no band takes 7.5 and more")]),
        (
            [{"below": 1}, {"from": 2, "up_to": 2}, {"from": 1, "below": 2}, {"above": 2}],
            [{}],
            [("rows.2", "small to")],
        ),
        ([{"up_to": 9}, {"from": 10}], [{"below": 5}, {"from": 5}], []),
    ],
)
def test_gaps_and_overlaps_are_told_on_both_sides(rows, columns, told):
    matrix = {
        "down": LICENCE["down"],
        "across": {**LICENCE["across"], "bands": columns},
        "rows": [{**row, "rupees": [1] * len(columns)} for row in rows],
    }
    fee = TypeAdapter(Fees).validate_python({"lines": [line(matrix=matrix)]})
    found = [(place, message) for place, message, _ in amount_faults(fee, POINTS)]
    for (place, message), (ends, says) in zip(found, told, strict=False):
        assert place.endswith(ends)
        assert says in message or says == "above"
    assert bool(found) == bool(told)


BOUNDS = st.lists(st.integers(0, 12), min_size=1, max_size=4).map(sorted)


@settings(max_examples=200)
@given(BOUNDS, st.data(), st.booleans())
def test_what_is_told_of_bands_is_what_trying_every_size_finds(ends, data, counted):
    bands = []
    for end in ends:
        begin = data.draw(st.sampled_from([{}, {"from": data.draw(st.integers(0, 12))}, {"above": max(end - 3, 0)}]))
        bands.append(Band.model_validate({**begin, data.draw(st.sampled_from(["up_to", "below"])): end}))
    bands.append(Band.model_validate(data.draw(st.sampled_from([{}, {"from": ends[-1]}, {"above": ends[-1]}]))))
    sizes = [Fraction(n) if counted else Fraction(n, 2) for n in range(30)]
    worked = spans(bands, counted=counted)
    once = all(sum(span.takes(size) for span in worked) == 1 for size in sizes)
    sound = not list(faults(bands, counted=counted, open_ended=False))
    empty = any(span.high is not None and not span.low < span.high for span in worked)
    rising = all(former.low <= later.low for former, later in pairwise(worked))
    assert sound == (once and rising and not empty)


@pytest.mark.parametrize(
    ("parts", "rounding", "power", "paise"),
    [
        ("up", None, "7.01", 8 * 5001), ("down", None, "7.99", 7 * 5001), ("nearest", None, "7.50", 8 * 5001),
        ("nearest", None, "7.49", 7 * 5001), ("up", None, "7.00", 7 * 5001),
        ("exact", {"to": "0.01", "way": "up"}, "7.51", 37558), ("exact", {"to": "0.01", "way": "down"}, "7.51", 37557),
        ("exact", {"to": 1, "way": "nearest"}, "7.50", 37500), ("exact", {"to": 10, "way": "up"}, "7.50", 38000),
    ],
)  # fmt: skip
def test_parts_of_a_unit_and_roundings_go_as_they_are_written(parts, rounding, power, paise):
    each = line(each={"of": "power", "rupees": "50.01", "parts": parts}, **({"rounding": rounding} if rounding else {}))
    assert priced(each, power=power).total_paise == paise


def test_a_percentage_of_what_has_a_point_is_rounded_as_written_and_then_kept_in_its_bounds():
    part = {"of": "value * power", "rate": "0.5", "at_least": 10, "at_most": 100}
    written = line(percentage=part, rounding={"to": 1, "way": "nearest"})
    assert [priced(written, value=n, power="1.50").total_paise for n in (1_000_000, 100_000, 9_999_999)] == [
        7500, 1000, 10000
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"each": {"of": "power", "rupees": 5}}, "what a part of one costs"),
        ({"each": {"of": "power", "rupees": 5, "parts": "exact"}}, "part of a paisa"),
        ({"percentage": {"of": "power * value", "rate": 2}}, "part of a paisa"),
    ],
)
def test_what_becomes_of_parts_must_be_written(wrong, says):
    fee = TypeAdapter(Fees).validate_python({"lines": [line(**wrong)]})
    assert [says in message for _, message, _ in amount_faults(fee, POINTS)] == [True]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rupees": 5, "rounding": {"to": 1, "way": "up"}},
        {"rupees": 5, "outside": "Ask."},
        {"matrix": {**LICENCE, "rows": [{"rupees": [1, 2]}]}},
        {"matrix": LICENCE, "rupees": 5},
        {"slab": {"of": "workers", "steps": [{"up_to": 5, "below": 6, "rupees": 1}]}},
        {"slab": {"of": "workers", "steps": [{"from": 5, "above": 6, "rupees": 1}]}},
        {"slab": {"of": "workers", "steps": [{"up_to": -5, "rupees": 1}]}},
        {"each": {"of": "power", "rupees": 5, "parts": "up"}, "rounding": {"to": 0, "way": "up"}},
    ],
)
def test_lines_that_are_two_things_are_refused(wrong):
    with pytest.raises(ValidationError):
        TypeAdapter(Fees).validate_python({"lines": [line(**wrong)]})

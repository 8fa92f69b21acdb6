"""Fees: lines by their dates, slabs, pages, percentages, waivers; in paise and never invented."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from janaseva.core.formula import Scope
from janaseva.payments.rules.fees import Fee, Fees, compute, fee_scope, formula_faults

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

"""Tables whose columns have rules, as a page asks them: what is typed in a row opens what is asked in that row."""

from datetime import date
from functools import cache

import pytest

from janaseva.doorway.forms import asking, typed
from janaseva.forms.rules import apply, settle_shape
from janaseva.services.adapters import PackFolder
from janaseva.services.rules.compiling import compile_text
from janaseva.settings import OPTIONS
from tests.given import PACK
from tests.hostile.every_field import every_field

pytestmark = pytest.mark.once
TODAY = date(2026, 3, 2)


@cache
def solvency():
    return compile_text(PackFolder(OPTIONS.packs_dir).read(PACK).published("kl-solvency-certificate"))


def rows(definition, key, inputs):
    page = next(one for one in definition.form.pages if any(field.key == key for field in one.fields))
    answers = typed.read(page, inputs, region="IN")
    applied = apply(definition.form, answers, today=TODAY)
    fields = tuple(field for field in page.fields if field.key == key)
    shown = asking.asked(definition, fields, applied, inputs)[0].rows
    return [{cell.name.rpartition(".")[2]: cell for cell in row} for row in shown], asking.cells_asked(
        definition, fields, applied, inputs
    )


def test_each_row_asks_what_its_own_cells_open():
    shown, cells = rows(
        solvency(),
        "properties",
        {"properties.0.is": ["land"], "properties.2.is": ["building"], "_rows.properties": ["3"]},
    )
    assert [sorted(row) for row in shown] == [
        ["is", "place", "survey_number", "value"],
        ["is", "place", "value"],
        ["building_number", "is", "place", "value"],
    ]  # fmt: skip
    assert cells == {"properties.0.survey_number", "properties.2.building_number"}


def test_a_row_shows_what_it_works_out_and_what_it_must_have():
    definition = compile_text(every_field())
    shown, _ = rows(
        definition,
        "some_rows",
        {"some_rows.0.how_much": ["1,20,000"], "some_rows.0.half": ["9"], "some_rows.1.how_much": ["4"]},
    )
    assert shown[0]["half"].value == "\u20b9\u00a060,000.00"
    assert shown[0]["half"].kind == "computed"
    assert [row["parcel"].optional for row in shown] == [False, True]
    assert [name for name, _, _ in shown[1]["place"].scripts] == ["some_rows.1.place", "some_rows.1.place_ml"]


def test_kept_rows_come_back_into_their_boxes():
    definition = compile_text(every_field())
    page = next(one for one in definition.form.pages if one.key == "everything")
    row = {
        "who": "A",
        "how_much": 1200050,
        "since": "2020-02-29",
        "parcel": "213/4A",
        "place": "P",
        "place_ml": "\u0d2a",
    }
    kept = settle_shape(definition.form, {"some_rows": [row]})
    assert typed.read(page, typed.typed_from(page.fields, kept), region="IN") == kept

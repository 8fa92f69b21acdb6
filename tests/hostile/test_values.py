"""Every hostile value in every kind of field of every shipped form: refused in words, or kept as it will be read."""

# ruff: noqa: E501 - a hostile thing reads best on one line

import json
import time
from datetime import date

import pytest

from janaseva.core.canonical import canonical
from janaseva.core.text import LANGUAGES
from janaseva.core.words import find
from janaseva.core.writing import flags, tidy
from janaseva.design.page import fault_words
from janaseva.forms.rules import Form, apply, check, parse, settle_shape, summary
from janaseva.forms.rules.checking import only_asked
from tests.hostile.every_field import form, kinds_of_shipped_forms, shipped_forms, spread
from tests.hostile.values import SENT, TYPED

TODAY = date(2026, 3, 2)
UNSTORABLE = {"nul", "control_character", "lone_surrogate", "bidi_override"}


@pytest.fixture(scope="module")
def kinds():
    return Form(key="kinds", version=1, pages=kinds_of_shipped_forms())


def faultless(shape, faults):
    """Return the answers beside which no fault stands."""
    faulty = {fault.place.partition(".")[0] for fault in faults}
    return {key: value for key, value in shape.items() if key not in faulty}


def storable(value):
    """Tell whether an answer is plain JSON that both databases keep and that reads back as it is."""
    text = json.dumps(value, ensure_ascii=False)
    text.encode()
    return "\\u0000" not in text and json.loads(text) == value


def leaves(value):
    """Yield every text in an answer."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(key)
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, str):
        yield value


def judge(asked, shape):
    """Check a shape: it is judged in time, told in words, and what passes can be kept, shown and hashed."""
    began = time.process_time()
    faults = check(asked, shape, TODAY)
    for fault in faults:
        assert len(fault.place) < 200
        for language in ("en", "ur"):
            assert fault_words(fault, language)
            assert fault.words or find(f"fault.{fault.code}", language), fault.code
    good = faultless(only_asked(asked, shape, today=TODAY), faults)
    assert storable(good)
    for text in leaves(good):
        assert flags(text) & UNSTORABLE == set()
        assert len(text) <= 4_000
    summary(asked, apply(asked, good, today=TODAY), "ml")
    canonical(good)
    assert time.process_time() - began < 2
    return faults, good


@pytest.mark.parametrize("name", TYPED)
def test_typed_into_every_kind_of_every_form(kinds, name):
    shape = {}
    for page in kinds.pages:
        shape.update(parse(page, spread(page, TYPED[name])))
    _, good = judge(kinds, shape)
    assert all(text == tidy(text) for text in leaves(good))


@pytest.mark.parametrize("name", SENT)
def test_sent_to_every_kind_of_every_form(kinds, name):
    shape = settle_shape(kinds, dict.fromkeys(kinds.by_key, SENT[name]))
    judge(kinds, shape)


@pytest.mark.parametrize("name", SENT)
def test_not_even_read_before_it_is_judged(name):
    judge(form(), dict.fromkeys(form().by_key, SENT[name]))


def test_whole_forms_take_turns_with_the_values():
    values = list(SENT.values())
    for number, shipped in enumerate(shipped_forms()):
        answers = {key: values[(place + number) % len(values)] for place, key in enumerate(shipped.by_key)}
        judge(shipped, settle_shape(shipped, answers))
        judge(shipped, {**answers, "\x00": 1, "x" * 100_000: 2})


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_boxes_are_hostile_too(language):
    digits = "9" * 5_000
    odd = ["", ".", "..", "some_rows", "some_rows.", f"some_rows.{digits}.who", "some_rows.-1.who", "some_rows.\u0661.who",
           "some_rows.0", "some_rows.0.", "some_rows.0.who.who", "\x00", "a_date.day.day", "__class__", "a_name_\x00"]  # fmt: skip
    page = next(one for one in form().pages if one.key == "everything")
    assert parse(page, {key: [TYPED["script"]] for key in odd}) == {}
    faults = check(form(), dict.fromkeys(odd[3:], 1), TODAY)
    assert all(fault_words(fault, language) for fault in faults)

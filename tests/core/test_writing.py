"""How people's words are kept, flagged and folded."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janaseva.core import writing

OLD_AVAN = "അവന്\u200d"
NEW_AVAN = "അവൻ"
ANY_TEXT = st.text(alphabet=st.characters(codec=None))
LIVELY = st.text(
    alphabet=st.sampled_from("ന്രളകണല\u200d\u200cൻർൽുറ്ൌൗൎ يیىئےڪکهہھ\u064b\u0654\u0653اآ éE\u0301क़क\u093cँंA١1\n\t\u00a0ﻻﺀ"),
    max_size=12,
)


@given(st.one_of(ANY_TEXT, LIVELY))
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    once = writing.tidy(text)
    assert writing.tidy(once) == once


@given(st.one_of(ANY_TEXT, LIVELY))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = writing.fold(text)
    assert writing.fold(once) == once


@given(st.one_of(ANY_TEXT, LIVELY))
def test_what_is_tidy_can_be_stored(text: str) -> None:
    kept = writing.tidy(text)
    kept.encode("utf-8")
    assert "\x00" not in kept
    assert unicodedata.is_normalized("NFC", kept)
    assert not writing.flags(kept) & {"nul", "control_character", "lone_surrogate"}


@given(st.one_of(ANY_TEXT, LIVELY))
def test_flags_answer_for_every_text(text: str) -> None:
    assert isinstance(writing.flags(text), frozenset)


@given(st.one_of(ANY_TEXT, LIVELY))
def test_tidy_and_untidy_text_fold_alike(text: str) -> None:
    assert writing.fold(writing.tidy(text)) == writing.fold(text)


def test_old_and_new_chillu_are_stored_alike() -> None:
    assert writing.tidy(OLD_AVAN) == NEW_AVAN


@pytest.mark.parametrize("nta", ["എന്റെ", "എൻ്റെ", "എൻറെ", "എന്\u200dറെ"])
def test_every_encoding_of_nta_is_found(nta: str) -> None:
    assert writing.fold(nta) == writing.fold("എന്റെ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كمال", "کمال"),
        ("علي", "علی"),
        ("ڪراچي", "کراچی"),
        ("محمّد", "محمد"),
        ("JAMMU", "jammu"),
        ("José", "jose"),
        ("फ़ैज़", "फैज"),
        ("١٢٣", "123"),
        ("൧൨", "12"),
        ("ൗ", "ൌ"),
        ("െൌ", "ൗ"),
        ("കാര്‍", "കാർ"),
        ("ﻛﺘﺎب", "کتاب"),
    ],
)
def test_variants_are_found(one: str, other: str) -> None:
    assert writing.fold(one) == writing.fold(other)


@pytest.mark.parametrize(
    "honest",
    [
        "K. P. രാമൻ",
        "SSLCയുടെ",
        "क्\u200dष",
        "ശ്രീ നാരായണൻ",
        "پاکستان سنڌ ۽ ۾",
        "می\u200cخواہم",
        "O’Brien-D'Souza",
        "₹ 1,00,000",
        "",
        "γ-globulin",
        "line one\nline two\tend",
    ],
)
def test_honest_writing_is_not_flagged(honest: str) -> None:
    expected = frozenset({"mixed_scripts"}) if honest.startswith("γ") else frozenset()
    assert writing.flags(honest) == expected


@pytest.mark.parametrize(
    ("hostile", "flag"),
    [
        ("abc\u202edef", "bidi_override"),
        ("\u2067abc", "bidi_override"),
        ("\u0410. Kumar", "mixed_scripts"),
        ("ra\u043avi", "mixed_scripts"),
        ("കतമ", "mixed_scripts"),
        ("a\x00b", "nul"),
        ("a\x1bb", "control_character"),
        ("a\ud800b", "lone_surrogate"),
        ("a\u200bb", "invisible"),
        ("a\u200db", "invisible"),
        ("𝐀dmin", "styled_letters"),
        ("a" + "\u0301" * 6, "stacked_marks"),
    ],
)
def test_hostile_writing_is_flagged(hostile: str, flag: str) -> None:
    assert flag in writing.flags(hostile)


def test_joiners_stay_where_they_mean_something() -> None:
    assert writing.tidy("क्\u200dष") == "क्\u200dष"
    assert writing.tidy("می\u200cخواہم") == "می\u200cخواہم"
    assert writing.tidy("\ufeffKL  12\u00a0B \r\n x ") == "KL 12 B\nx"


def test_a_megabyte_is_read_quickly() -> None:
    text = "അ\u200d\u0d4d" * 300_000
    assert writing.tidy(text)
    assert writing.flags(text) == frozenset()

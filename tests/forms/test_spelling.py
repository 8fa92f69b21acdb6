"""Suggestions for a second script: how near they come to what the state writes, and that they do no harm."""

import csv
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from janaseva.core.source import read
from janaseva.core.writing import fold
from janaseva.forms.rules.spelling import SCRIPTS, suggest
from janaseva.settings import OPTIONS

pytestmark = pytest.mark.once
FARTHEST = 0.25
"""The share of letters that may be wrong in what is offered (docs/decisions/0009)."""


@cache
def places():
    with (OPTIONS.packs_dir / "directory-lgd" / "areas.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def persons(language):
    for path in OPTIONS.packs_dir.glob("*/people.demo.yaml"):
        for officer in read(path.read_text(encoding="utf-8"), path.name).tree["officers"]:
            if language in officer["names"]:
                yield officer["names"]["en"], officer["names"][language]


def error(pairs):
    told = [(fold(suggest(english, language)), fold(written)) for english, written, language in set(pairs)]
    wrong = sum(Levenshtein.distance(got, right) for got, right in told)
    print(f"{len(told)} names, {wrong / sum(len(right) for _, right in told):.3f} of the letters wrong")
    return wrong / sum(len(right) for _, right in told)


@pytest.mark.parametrize("language", SCRIPTS)
def test_what_is_offered_is_near(language):
    found = [
        (row["name_en"], row[f"name_{language}"], language)
        for row in places()
        if row[f"name_{language}"] and row["level"] in ("district", "subdistrict")
    ]
    assert len(found) > 10
    assert error(found) <= FARTHEST


def test_names_of_persons_are_nearer():
    assert error([(english, written, "ml") for english, written in persons("ml")]) < 0.15


@pytest.mark.parametrize(
    ("english", "language", "written"),
    [
        ("Sreeja", "ml", "ശ്രീജ"),
        ("Sunil V.", "ml", "സുനിൽ വി."),
        ("K. Anitha", "ml", "കെ. അനിത"),
        ("Ramesh Sharma", "hi", "रमेश शर्मा"),
        ("Anil", "ur", ""),
        ("Anil", "sd", ""),
        ("അനിൽ", "ml", ""),
        ("A1", "ml", ""),
        ("", "ml", ""),
        ("a" * 121, "ml", ""),
    ],
)
def test_names_as_they_are_written(english, language, written):
    assert suggest(english, language) == written


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz .'-", min_size=1, max_size=40), st.sampled_from(sorted(SCRIPTS)))
def test_any_spelling_gives_writing_of_its_script_alone(text, language):
    suggested = suggest(text, language)
    block = range(0x0D00, 0x0D80) if language == "ml" else range(0x0900, 0x0980)
    assert all(ord(sign) in block for sign in suggested if sign not in " .'-")

"""The catalogue: found by words of any language, also misspelt and in old encodings; one query however long."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from janaseva.services import queries

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)
KEPT = {
    "jk-edistrict": "jk-income-certificate",
    "mp-edistrict": "mp-income-certificate",
    "sd-services": "sd-permanent-residence-certificate",
}


@pytest.fixture
def four(given):
    """One service of each state."""
    for pack, service in KEPT.items():
        given.loaded(pack, service)


def found(words: str) -> list[str]:
    return [line.key for line in queries.catalogue(TODAY, search=words)]


WORDS = {
    "income": "kl-income-certificate",
    "INCOME certificate kerala": "kl-income-certificate",
    "incme": "kl-income-certificate",  # a letter left out
    "imcome": "kl-income-certificate",  # a wrong one
    "icnome": "kl-income-certificate",  # two changed over
    "scholar": "kl-income-certificate",  # a beginning
    "വരുമാന": "kl-income-certificate",
    "വരുമാനം": "kl-income-certificate",
    "वरुमानम": None,
    "आय प्रमाण": "mp-income-certificate",
    "آمدنی": "jk-income-certificate",
    "رهائش": "sd-permanent-residence-certificate",
    "domicile": "sd-permanent-residence-certificate",
    "zebra crossing": None,
    "income zebra": None,
}


def test_services_are_found_by_words_of_any_language(four):
    for words, expected in WORDS.items():
        lines = found(words)
        assert (expected in lines) if expected else lines == [], words


def test_old_and_new_chillu_find_the_same(four):
    new = "സർട്ടിഫിക്കറ്റ്"
    old = new.replace("\u0d7c", "\u0d30\u0d4d\u200d")
    assert old != new
    assert found(old) == found(new)
    assert "kl-income-certificate" in found(new)


def test_one_query_however_many_services(four, django_assert_num_queries):
    queries.catalogue(TODAY)
    with django_assert_num_queries(1):
        assert len(queries.catalogue(TODAY)) == 4
    with django_assert_num_queries(1):
        queries.catalogue(TODAY, search="income")
    groups = queries.grouped(queries.catalogue(TODAY))
    assert len(groups) == 4
    assert {line.pack for line in queries.catalogue(TODAY, pack="kl-edistrict")} == {"kl-edistrict"}


def test_ones_own_applications_are_a_list_of_constant_queries(given):
    by, other = given.citizen(), given.citizen()
    first = given.submitted(by)
    given.draft(other)
    queries.mine(by)
    with CaptureQueriesContext(connection) as one:
        assert [line.id for line in queries.mine(by)] == [first]
    second, third = given.draft(by), given.draft(by)
    with CaptureQueriesContext(connection) as three:
        assert [line.id for line in queries.mine(by)] == [third, second, first]
    assert len(one) == len(three) <= 5
    before = queries.mine(by)[1].started_at
    assert [line.id for line in queries.mine(by, before=before)] == [first]

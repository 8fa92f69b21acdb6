"""Languages: the five of the interface, and further ones in which a state words its own services."""

import pytest

from janaseva.core import dates
from janaseva.core.text import FURTHER, LANGUAGES, in_language, interface_of, is_reading, language_of, own_of
from janaseva.core.words import say

pytestmark = pytest.mark.once

NAME = {"en": "Domicile", "hi": "अधिवास", "mr": "अधिवास प्रमाणपत्र"}


@pytest.mark.parametrize(
    ("code", "own", "interface"),
    [("hi", "hi", "hi"), ("mr", "mr", "hi"), ("mr-en", "mr", "en"), ("xx", "xx", "en"), ("hi-mr", "hi", "hi")],
)
def test_services_are_read_in_one_language_and_the_interface_in_another(code, own, interface):
    assert (own_of(code), interface_of(code)) == (own, interface)


def test_what_may_be_read_in():
    assert all(is_reading(code) for code in (*LANGUAGES, *FURTHER, "mr-en"))
    assert not any(is_reading(code) for code in (None, "", "xx", "mr-hi", "hi-en", "mr-xx", "en-GB"))


def test_what_a_further_language_lacks_is_read_in_that_of_the_interface():
    assert in_language(NAME, "mr") == in_language(NAME, "mr-en") == NAME["mr"]
    lacking = {code: words for code, words in NAME.items() if code != "mr"}
    assert (in_language(lacking, "mr"), language_of(lacking, "mr")) == (NAME["hi"], "hi")
    assert (in_language(lacking, "mr-en"), language_of(lacking, "mr-en")) == (NAME["en"], "en")


def test_the_platforms_own_words_and_dates_are_those_of_the_interface():
    day = dates.date(2026, 3, 5)
    for further, language in (("mr", "hi"), ("mr-en", "en")):
        assert say("design.language.choose", further) == say("design.language.choose", language)
        assert dates.with_weekday(day, further) == dates.with_weekday(day, language)

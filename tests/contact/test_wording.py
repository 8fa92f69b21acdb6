"""Every template in every language: worded, filled by its facts alone, short, and without a link."""

import re
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janaseva.contact.rules.segments import GSM_BASIC, segments
from janaseva.contact.rules.wording import TEMPLATES, filled
from janaseva.core import words
from janaseva.core.text import LANGUAGES

MOST_PARTS = {"gsm7": 2, "ucs2": 4}
MOST_CHARACTERS = 480
"""What the text gateway takes in one request."""

SERVICE = {
    "en": "Family Membership Certificate",
    "ml": "കുടുംബ അംഗത്വ സർട്ടിഫിക്കറ്റ്",
    "hi": "परिवार सदस्यता प्रमाण पत्र",
    "ur": "خاندانی رکنیت کا سرٹیفکیٹ",
    "sd": "خانداني ميمبرشپ جو سرٽيفڪيٽ",
}
LONGEST = {
    "service": SERVICE,
    "number": "KL/VZM-PRP/2026/0001234",
    "due": "31-12-2026",
    "day": "31-12-2026",
    "amount": "1,25,000.00",
    "code": "123456",
}

every = pytest.mark.parametrize(
    ("template", "language"), [(template, code) for template in TEMPLATES for code in LANGUAGES]
)


@every
def test_a_template_is_worded_in_its_language_with_known_facts(template, language):
    text = words.catalogue(language)[template]
    named = {name for _, name, _, _ in Formatter().parse(text) if name}
    assert named == set(TEMPLATES[template])
    assert not re.search(r"https?:|www\.|\.\w{2,}/", text)


@every
def test_a_message_is_short_enough_to_send(template, language):
    text = filled(template, language, {name: LONGEST[name] for name in TEMPLATES[template]}, zone="Asia/Kolkata")
    size = segments(text)
    print(f"{template:22} {language} {size.alphabet} {size.units:3} units {size.parts} parts")
    assert "{" not in text
    assert size.parts <= MOST_PARTS[size.alphabet], f"{template} in {language}: {size}"
    assert len(text) <= MOST_CHARACTERS
    assert (language == "en") == (size.alphabet == "gsm7")


def test_no_template_is_forgotten():
    assert set(TEMPLATES) == {key for key in words.catalogue("en") if key.startswith("message.")}


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "parts"),
    [
        ("", "gsm7", 0, 0),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("€" * 80, "gsm7", 160, 1),
        ("€" * 81, "gsm7", 162, 2),
        ("a" * 152 + "€" * 77, "gsm7", 306, 3),  # a pair never straddles two parts
        ("അ" * 70, "ucs2", 70, 1),
        ("അ" * 71, "ucs2", 71, 2),
        ("അ" * 134, "ucs2", 134, 2),
        ("അ" * 135, "ucs2", 135, 3),
        ("😀" * 35, "ucs2", 70, 1),
        ("😀" * 67, "ucs2", 134, 3),  # 33 pairs fit in a part of 67
        ("₹1", "ucs2", 2, 1),
    ],
)
def test_parts_are_counted_as_networks_count_them(text, alphabet, units, parts):
    found = segments(text)
    assert (found.alphabet, found.units, found.parts) == (alphabet, units, parts)


@given(st.text(alphabet=sorted(GSM_BASIC), max_size=2000))
def test_plain_text_needs_what_division_says(text):
    parts = segments(text).parts
    assert parts == (-(-len(text) // 153) if len(text) > 160 else bool(text))

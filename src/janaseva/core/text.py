"""Text in many languages, and which languages there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the interface: its BCP 47 code, its own name, its direction, and the family of type it needs."""

    code: str
    name: str
    direction: Direction
    script: Literal["Latn", "Mlym", "Deva", "Aran", "Arab"]


LANGUAGES: Final[dict[str, Language]] = {
    "en": Language("en", "English", "ltr", "Latn"),
    "ml": Language("ml", "മലയാളം", "ltr", "Mlym"),
    "hi": Language("hi", "हिन्दी", "ltr", "Deva"),
    "ur": Language("ur", "اردو", "rtl", "Aran"),
    "sd": Language("sd", "سنڌي", "rtl", "Arab"),
}

Text = Mapping[str, str]
"""Words by language code. ``en`` is the source and is always there in what is shipped."""


def in_language(text: Text, language: str) -> str:
    """Return the words in ``language``, else in English, else in whichever language there is, else nothing."""
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def language_of(text: Text, language: str) -> str:
    """Return the code of the language that :func:`in_language` would answer in, for the ``lang`` attribute."""
    if text.get(language):
        return language
    return "en" if text.get("en") else next(iter(text), "en")


def direction_of(language: str) -> Direction:
    """Return the writing direction of a language; left to right where it is unknown."""
    known = LANGUAGES.get(language)
    return known.direction if known else "ltr"

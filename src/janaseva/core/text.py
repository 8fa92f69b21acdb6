"""Text in many languages, and which languages there are."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its BCP 47 code, its own name, its direction, and the family of type it needs.

    ``beside`` is the language of the interface beside it, where the platform has no words of its own in it.
    """

    code: str
    name: str
    direction: Direction
    script: Literal["Latn", "Mlym", "Deva", "Aran", "Arab"]
    beside: str = ""


LANGUAGES: Final[dict[str, Language]] = {
    "en": Language("en", "English", "ltr", "Latn"),
    "ml": Language("ml", "മലയാളം", "ltr", "Mlym"),
    "hi": Language("hi", "हिन्दी", "ltr", "Deva"),
    "ur": Language("ur", "اردو", "rtl", "Aran"),
    "sd": Language("sd", "سنڌي", "rtl", "Arab"),
}

FURTHER: Final[dict[str, Language]] = {
    "mr": Language("mr", "मराठी", "ltr", "Deva", "hi"),
    "kok": Language("kok", "कोंकणी", "ltr", "Deva", "hi"),
    "ne": Language("ne", "नेपाली", "ltr", "Deva", "hi"),
    "mai": Language("mai", "मैथिली", "ltr", "Deva", "hi"),
    "doi": Language("doi", "डोगरी", "ltr", "Deva", "hi"),
}
"""Languages in which a state may word its own services, for the typefaces have their script; the interface has none."""

TONGUES: Final[dict[str, Language]] = {**LANGUAGES, **FURTHER}
"""Every language that the texts of a pack may be in."""

Text = Mapping[str, str]
"""Words by language code. ``en`` is the source and is always there in what is shipped."""


def is_reading(code: str | None) -> bool:
    """Return whether pages may be read in ``code``: a language of the interface, a further one, or one beside English.

    ``mr`` reads services in Marathi, with the interface in Hindi; ``mr-en`` the same with the interface in English.
    """
    own, _, interface = (code or "").partition("-")
    return own in TONGUES and (not interface or (own in FURTHER and interface == "en"))


def own_of(code: str) -> str:
    """Return the language in which somebody who reads in ``code`` reads the texts of services."""
    return code.partition("-")[0]


@functools.lru_cache(maxsize=256)
def interface_of(code: str) -> str:
    """Return the language of the interface for somebody who reads in ``code``; English where it is unknown."""
    own, _, interface = code.partition("-")
    if interface in LANGUAGES or own not in TONGUES:
        return interface if interface in LANGUAGES else "en"
    return TONGUES[own].beside or own


def in_language(text: Text, language: str) -> str:
    """Return the words in ``language``, else in that of its interface, else in English, else in any, else nothing."""
    return text.get(language_of(text, language), "")


def language_of(text: Text, language: str) -> str:
    """Return the code of the language that :func:`in_language` would answer in, for the ``lang`` attribute."""
    if text.get(language) and language in LANGUAGES:
        return language
    wanted = (language,) if language in LANGUAGES else (own_of(language), interface_of(language))
    found = next((code for code in (*wanted, "en") if text.get(code)), None)
    return found or next(iter(text), "en")


def direction_of(language: str) -> Direction:
    """Return the writing direction of a language; left to right where it is unknown."""
    known = TONGUES.get(own_of(language))
    return known.direction if known else "ltr"

"""A name in everyday English spelling, as it would be written in Malayalam or Devanagari: a suggestion, by rules alone.

English spelling says neither how long a vowel is nor which of two t's or l's is meant, so a suggestion is often a
letter off: whoever bears the name looks at every letter. How often is measured in docs/decisions/0009 and by tests.
Urdu and Sindhi are not suggested: of the letters that sound alike there (ح ہ, ص س, ط ت) the spelling tells nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

LONGEST: Final = 120
_TAKEN: Final = re.compile(r"[A-Za-z][A-Za-z .'-]*\Z")
_PARTS: Final = re.compile(r"[A-Za-z]+|[^A-Za-z]+")
_VOWELS: Final = "aeiou"
_LONG_WORD: Final = 7
"""From so many letters on a word is a long one, whose first e or o is mostly short in Malayalam."""

Token = tuple[str, str]
"""One sound of a word: ``c`` and a consonant, or ``v`` and a vowel, as they are spelt."""


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.partition("=")[::2] for pair in text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One script: its consonants, its vowels alone and after a consonant, letters at an end, and spelling set right."""

    consonants: Mapping[str, str]
    vowels: Mapping[str, str]
    signs: Mapping[str, str]
    virama: str
    initials: Mapping[str, str]
    endings: Mapping[str, str]
    joined: Mapping[str, str]
    mended: tuple[tuple[str, str], ...]


_ML: Final = Script(
    consonants=_pairs(
        "k=ക kk=ക്ക ck=ക്ക c=ക q=ക kh=ഖ ksh=ക്ഷ g=ഗ gg=ഗ്ഗ gh=ഘ ch=ച cch=ച്ച tch=ച്ച chh=ഛ j=ജ jj=ജ്ജ jh=ഝ t=ട tt=ട്ട "
        "th=ത "
        "tth=ത്ത thth=ത്ത d=ദ dd=ഡ്ഡ dh=ധ ddh=ദ്ധ n=ന nn=ന്ന nk=ങ്ക ngk=ങ്ക ng=ങ്ങ ngng=ങ്ങ nch=ഞ്ച nj=ഞ്ഞ njj=ഞ്ജ nd=ണ്ട ndh=ന്ധ "
        "nt=ന്റ ntt=ണ്ട nth=ന്ത p=പ pp=പ്പ ph=ഫ f=ഫ b=ബ bb=ബ്ബ bh=ഭ m=മ mm=മ്മ mb=മ്പ mp=മ്പ y=യ yy=യ്യ r=ര rr=റ്റ l=ല ll=ല്ല "
        "zh=ഴ v=വ vv=വ്വ w=വ s=സ ss=ശ്ശ sr=ശ്ര sh=ഷ ssh=ഷ്ഷ h=ഹ z=സ x=ക്സ"
    ),
    vowels=_pairs("a=അ aa=ആ i=ഇ ee=ഈ u=ഉ oo=ഊ e=എ o=ഒ ai=ഐ ei=ഐ au=ഔ ou=ഔ ea=ഈ ia=ഇയ oa=ഓ"),
    signs=_pairs("a= aa=ാ i=ി ee=ീ u=ു oo=ൂ e=െ o=ൊ ai=ൈ ei=ൈ au=ൗ ou=ൗ ea=ീ ia=ിയ iya=ിയ eo=ിയോ oa=ോ"),
    virama="്",
    initials=_pairs(
        "a=എ b=ബി c=സി d=ഡി e=ഇ f=എഫ് g=ജി h=എച്ച് i=ഐ j=ജെ k=കെ l=എൽ m=എം n=എൻ o=ഒ p=പി q=ക്യു r=ആർ s=എസ് t=ടി u=യു v=വി "
        "w=ഡബ്ല്യു x=എക്സ് y=വൈ z=ഇസഡ്"
    ),
    endings=_pairs("n=ൻ r=ർ l=ൽ ll=ൾ m=ം t=ട്ട് k=ക്ക് th=ത്ത് d=ട്"),
    joined=_pairs("n=ൻ r=ർ l=ൽ m=ം"),
    mended=(
        (r"(?<=[^aeiou])y$", "i"), (r"ur$", "oor"), (r"(o[^aeiou])e$", r"\1"), (r"(?<=...)om$", "am"),
        (r"^ge(?=o)", "j"),
        (r"ge$", "j"), (r"nju", "njju"), (r"y(?=[^aeiouy])", "i"), (r"ew$", "yoo"), (r"ph$", "f"),
    ),
)  # fmt: skip
_HI: Final = Script(
    consonants=_pairs(
        "k=क kk=क्क ck=क c=क q=क kh=ख ksh=क्ष g=ग gh=घ gy=ज्ञ ch=च cch=च्च chh=छ j=ज jh=झ t=त tt=ट्ट th=थ tth=ठ "
        "d=द dd=द्द dh=ध "
        "n=न nn=न्न nk=ंक ng=ंग nj=ंज nd=ंड ndh=ंध nt=ंत nth=ंठ nch=ंच ns=ंस p=प pp=प्प ph=फ f=फ b=ब bb=ब्ब bh=भ m=म mm=म्म "
        "mb=ंब mp=ंप y=य yy=य्य r=र rh=ढ़ l=ल ll=ल्ल v=व w=व s=स ss=स्स sh=श ssh=श h=ह z=ज़ x=क्स"
    ),
    vowels=_pairs("a=अ aa=आ i=इ ee=ई u=उ oo=ऊ e=ए o=ओ ai=ऐ ei=ऐ au=औ ou=औ ia=इया ea=ईया"),
    signs=_pairs("a= aa=ा i=ि ee=ी u=ु oo=ू e=े o=ो ai=ै ei=ै au=ौ ou=ौ ia=िया ea=िया ua=ुआ"),
    virama="्",
    initials=_pairs(
        "a=ए b=बी c=सी d=डी e=ई f=एफ g=जी h=एच i=आई j=जे k=के l=एल m=एम n=एन o=ओ p=पी q=क्यू r=आर s=एस t=टी u=यू v=वी "
        "w=डब्ल्यू x=एक्स y=वाई z=ज़ेड"
    ),
    endings={},
    joined={},
    mended=(
        (r"(?<=[^aeiou])y$", "i"), (r"(o[^aeiou])e$", r"\1"), (r"(o[^aeiou]?)al$", r"\1aal"),
        (r"^([rb])a(?=[jgm][a-z]*(?:nagar|garh|pur|kali|wada))", r"\1aa"), (r"(?<=.)wara$", "waada"),
        (r"(?<=.)wa(?=[nlr]i$|n$|s$|r$|l)", "waa"), (r"gaon$", "gaanv"), (r"([^aeiou])at$", r"\1aat"),
    ),
)  # fmt: skip
SCRIPTS: Final[Mapping[str, Script]] = {"ml": _ML, "hi": _HI}
"""The languages in which a suggestion is close enough to be offered."""

_HALF_IN_HINDI: Final = {"r": frozenset("mvwkgjny"), "sh": frozenset("vw")}
_LONG_BEFORE_A: Final = frozenset({"v", "j", "d", "n", "l", "k"})


@lru_cache(maxsize=4096)
def suggest(text: str, language: str) -> str:
    """Return how a name in Latin letters might be written in a language; empty where nothing can be suggested."""
    script = SCRIPTS.get(language)
    if script is None or len(text) > LONGEST or not _TAKEN.match(text):
        return ""
    return "".join(_part(part.lower(), script) for part in _PARTS.findall(text)).strip()


def _part(part: str, script: Script) -> str:
    if not part.isalpha():
        return part
    if len(part) == 1:
        return script.initials[part]
    for wrong, right in script.mended:
        part = re.sub(wrong, right, part)
    tokens = _tokens(part, script)
    write = _malayalam if script is _ML else _devanagari
    return "".join(write(tokens, place, len(part)) for place in range(len(tokens)))


def _tokens(word: str, script: Script) -> list[Token]:
    found: list[Token] = []
    vowels = {**script.vowels, **script.signs}
    place = 0
    while place < len(word):
        for size in (4, 3, 2, 1):
            sound = word[place : place + size]
            parted = word[place + size : place + size + 1] == "h" and size > 1 and sound[-1] in "kgcjtdpbs"
            if sound in script.consonants and not parted:
                found.append(("c", sound))
                break
            if sound in vowels:
                found.append(("v", sound))
                break
        place += size
    return found


def _at(tokens: list[Token], place: int) -> Token:
    return tokens[place] if 0 <= place < len(tokens) else ("", "")


def _malayalam(tokens: list[Token], place: int, length: int) -> str:
    (kind, sound), before, after = tokens[place], _at(tokens, place - 1), _at(tokens, place + 1)
    if kind == "v":
        if before[0] == "c":
            return _malayalam_sign(tokens, place, length)
        return _malayalam_vowel(sound, after, first=place == 0)
    letter = _ML.consonants[sound]
    if not after[0]:
        return _ML.endings.get(sound, f"{letter}{_ML.virama}")
    if sound == "d" and before[0] == "v":
        letter = "ട"
    elif sound == "nd" and length < _LONG_WORD:
        letter = "ന്ദ"
    elif sound == "r" and before[0] == "v" and after[1] in ("ia", "iya"):
        letter = "റ"
    return _ML.joined.get(sound, f"{letter}{_ML.virama}") if after[0] == "c" else letter


def _malayalam_vowel(sound: str, after: Token, *, first: bool) -> str:
    """Return a vowel that follows no consonant: at the beginning, or gliding on from another vowel."""
    if not first:
        return {"a": "യ", "i": "യി", "u": "വു", "e": "യെ", "o": "യോ", "aa": "യാ"}.get(sound, _ML.signs.get(sound, ""))
    if sound == "e" and after[0] == "c" and len(_ML.consonants[after[1]]) == 1:
        return "ഏ"
    if sound == "o" and after[1] == "m":
        return "ഓ"
    return _ML.vowels.get(sound, "")


def _malayalam_sign(tokens: list[Token], place: int, length: int) -> str:
    sound, after, then = tokens[place][1], _at(tokens, place + 1), _at(tokens, place + 2)
    last, first = not after[0], place < 3  # noqa: PLR2004 - the vowel of the first syllable
    single = after[0] == "c" and len(_ML.consonants[after[1]]) == 1
    closing = single and not then[0]
    if sound == "a":
        return "ാ" if _is_long_a(tokens, place, length, closing=closing) else ""
    if sound == "e":
        short = first and after[1] == "r" and (length >= _LONG_WORD or then[1] in ("u", "i", "ia"))
        return "േ" if (last or single) and not short else "െ"
    if sound == "o":
        short = length > _LONG_WORD and first and then[1] in ("u", "a", "i") and after[1] in ("d", "r", "y", "n")
        return "ോ" if (last or single) and not short else "ൊ"
    return _ML.signs[sound]


def _is_long_a(tokens: list[Token], place: int, length: int, *, closing: bool) -> bool:
    """Return whether an a after a consonant is most likely a long one."""
    before, after, then = tokens[place - 1], _at(tokens, place + 1), _at(tokens, place + 2)
    late = place > 2  # noqa: PLR2004 - beyond the first syllable
    if closing:
        return after[1] == "d" or (after[1] == "r" and late)
    if after[1] == "mm":
        return late
    short_name = length < _LONG_WORD - 1 and not late and then[1] == "a"
    return short_name and after[1] in _LONG_BEFORE_A and before[1] in ("r", "s", "b", "m", "dh")


def _devanagari(tokens: list[Token], place: int, length: int) -> str:
    del length
    (kind, sound), before, after = tokens[place], _at(tokens, place - 1), _at(tokens, place + 1)
    if kind == "c":
        letter = _HI.consonants[sound].removeprefix("ं" if place == 0 else "\0")
        half = after[1] in _HALF_IN_HINDI.get(sound, ()) or after[1] == "y" or place == 0
        return f"{letter}{_HI.virama}" if after[0] == "c" and half else letter
    if before[0] != "c":
        then = _at(tokens, place + 2)
        return "आ" if sound == "a" and place == 0 and then[1] == "a" else _HI.vowels.get(sound, "")
    if not after[0]:
        return {"a": "ा", "i": "ी", "u": "ू"}.get(sound, _HI.signs[sound])
    return _HI.signs[sound]

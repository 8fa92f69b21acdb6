"""How people's words are kept, looked at with suspicion, and searched.

Three functions, for three questions. :func:`tidy` answers what is stored: one encoding for what is one writing.
:func:`flags` answers what should make a careful reader stop; ask it about the text *as given*, before tidying.
:func:`fold` answers what two people would call the same words; for search and comparison, never for display.

Why not simply NFKC and a pattern for "word characters": official Malayalam mixes two encodings of the chillu letters,
which no normalisation form unifies; ZWJ and ZWNJ carry meaning in Indic and Arabic writing; Sindhi uses letters that
Urdu and Arabic treat as mere variants; and Python's word characters leave out the vowel signs (category Mc, Mn), so
that they cut Malayalam words apart.
"""

import re
import unicodedata
from typing import Final

from janaseva.core.refusal import Refusal

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
ZWNJ: Final = "\N{ZERO WIDTH NON-JOINER}"
ZWJ: Final = "\N{ZERO WIDTH JOINER}"

_LINE_BREAKS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS: Final = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_UNSTORABLE: Final = re.compile("[\x00\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_INVISIBLE: Final = re.compile("[\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]")
_SPACES: Final = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_BIDI_FORCED: Final = re.compile("[\u202a-\u202e]")
_ISOLATES: Final = "\u2066\u2067\u2068"
_END_ISOLATE: Final = "\u2069"
_STACKED_MARKS: Final = 5

_CHILLU: Final = {
    "\u0d23": "\u0d7a",
    "\u0d28": "\u0d7b",
    "\u0d30": "\u0d7c",
    "\u0d32": "\u0d7d",
    "\u0d33": "\u0d7e",
    "\u0d15": "\u0d7f",
}
"""Consonant -> its chillu letter. Before Unicode 5.1 it was written consonant + virama + ZWJ (Core Spec §12.9)."""

_OLD_CHILLU: Final = re.compile("([\u0d15\u0d23\u0d28\u0d30\u0d32\u0d33])\u0d4d\u200d")
_NEW_CHILLU: Final = {ord(new): f"{old}\u0d4d" for old, new in _CHILLU.items()} | {0x0D4E: "\u0d30\u0d4d"}

_CONFUSABLE: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "GEORGIAN"})
"""Alphabets whose letters pass for one another; two of them in one text is a disguise more often than a sentence."""

_JOINED: Final = frozenset(
    {
        *("MALAYALAM", "DEVANAGARI", "ARABIC", "TAMIL", "TELUGU", "KANNADA", "GUJARATI", "GURMUKHI", "BENGALI"),
        *("ORIYA", "SINHALA", "OL", "MEETEI"),
    }
)
"""Scripts in which ZWJ and ZWNJ shape letters, and whose words may carry a Latin abbreviation (SSLCയുടെ)."""


def _unstorable(found: re.Match[str]) -> str:
    del found
    return REPLACEMENT


def _is_presentation_form(character: str) -> bool:
    return "\ufb50" <= character <= "\ufd3d" or "\ufe80" <= character <= "\ufefc"


def _presentation_forms_undone(text: str) -> str:
    """Turn the shaped Arabic letters that old word processors stored back into letters; fonts do the shaping."""
    if not any(_is_presentation_form(character) for character in text):
        return text
    return "".join(
        unicodedata.normalize("NFKC", character) if _is_presentation_form(character) else character
        for character in text
    )


def _is_plain(text: str) -> bool:
    """Return whether this is one line of printable ASCII, in which little can be amiss."""
    return text.isascii() and text.isprintable()


def tidy(text: str) -> str:
    """Return ``text`` as it is stored: NFC, new chillu letters, plain spaces and line ends, nothing unstorable.

    What no database or page can hold (NUL, other control characters, lone surrogates) becomes U+FFFD, so that the loss
    is seen; forms refuse such text before it comes here. Invisible marks without meaning (byte order mark, zero width
    space, soft hyphen) are dropped; ZWJ, ZWNJ and direction marks stay. Letters are never exchanged: ي and ی, ڪ and ک
    are different letters in Sindhi. Tidying twice changes nothing more.
    """
    if _is_plain(text):
        return (text if "  " not in text else _SPACES.sub(" ", text)).strip(" ")
    text = _LINE_BREAKS.sub("\n", text)
    text = _UNSTORABLE.sub(_unstorable, text)
    text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFC", _presentation_forms_undone(text))
    text = _OLD_CHILLU.sub(lambda found: _CHILLU[found.group(1)], text)
    lines = (_SPACES.sub(" ", line).strip(" ") for line in text.split("\n"))
    return "\n".join(lines).strip("\n")


def _script(character: str) -> str:
    """Return the first word of the character's Unicode name, which for letters is the script; empty for the rest."""
    if unicodedata.category(character)[0] != "L":
        return ""
    return unicodedata.name(character, "").split(" ", 1)[0].split("-", 1)[0]


def _scripts(word: str) -> set[str]:
    return {script for script in map(_script, word) if script and script not in ("FEMININE", "MASCULINE", "MODIFIER")}


def _mixes_scripts(text: str) -> bool:
    """Return whether letters of two look-alike alphabets meet in the text, or two non-Latin scripts in a word.

    Latin beside an Indic or Arabic script in one word is everyday writing (UTS 39 §5.2, "moderately restrictive").
    """
    if len(_scripts(text) & _CONFUSABLE) > 1:
        return True
    return any(len(_scripts(word) - {"LATIN"}) > 1 for word in text.split())


def _has_unbalanced_isolate(text: str) -> bool:
    depth = 0
    for character in text:
        if character in _ISOLATES:
            depth += 1
        elif character == _END_ISOLATE:
            depth -= 1
            if depth < 0:
                return True
        elif character == "\n" and depth:
            return True
    return depth != 0


def _joiner_between_others(text: str) -> bool:
    """Return whether a ZWJ or ZWNJ shapes nothing where it stands: after no Indic, Arabic or pictographic one."""
    for place, character in enumerate(text):
        if character not in (ZWJ, ZWNJ):
            continue
        before = text[place - 1] if place else " "
        name = unicodedata.name(before, "").split(" ", 1)[0]
        if before in (ZWJ, ZWNJ) or (name not in _JOINED and unicodedata.category(before) not in ("So", "Sk", "Mn")):
            return True
    return False


def _has_stacked_marks(text: str) -> bool:
    run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if run >= _STACKED_MARKS:
            return True
    return False


def _is_styled(character: str) -> bool:
    name = unicodedata.name(character, "")
    return name.startswith(
        ("MATHEMATICAL ", "FULLWIDTH LATIN", "CIRCLED LATIN", "PARENTHESIZED LATIN", "SQUARED LATIN")
    )


def flags(text: str) -> frozenset[str]:
    """Return what is suspicious in ``text`` as given; empty for honest writing in any of our languages.

    ``nul``, ``control_character``, ``lone_surrogate``: cannot be stored as they are. ``bidi_override``: embeddings,
    overrides or unclosed isolates, which make text read otherwise than it is stored. ``mixed_scripts``: look-alike
    alphabets together. ``invisible``: marks that change the text but not its looks. ``styled_letters``: mathematical or
    full-width letters, which neither search nor a screen reader takes for letters. ``stacked_marks``: five or more
    combining marks on one letter.
    """
    if _is_plain(text):
        return frozenset()
    found = {
        "nul": "\x00" in text,
        "control_character": _CONTROLS.search(text) is not None,
        "lone_surrogate": _SURROGATES.search(text) is not None,
        "bidi_override": _BIDI_FORCED.search(text) is not None or _has_unbalanced_isolate(text),
        "invisible": _INVISIBLE.search(text.removeprefix("\ufeff")) is not None or _joiner_between_others(text),
    }
    if not text.isascii():
        found["mixed_scripts"] = _mixes_scripts(text)
        found["styled_letters"] = any(map(_is_styled, text))
        found["stacked_marks"] = _has_stacked_marks(text)
    return frozenset(flag for flag, present in found.items() if present)


def _table(**groups: str) -> dict[int, str]:
    """Return a translation of each letter of a group (the values) to the group's first letter."""
    return {ord(letter): letters[0] for letters in groups.values() for letter in letters[1:]}


LONGEST_FREE_TEXT: Final = 4_000
"""Characters of a note, a question, a report or an answer."""


def free_text(text: str) -> str:
    """Return what a person wrote in a note, a question, a report or an answer as it is stored: tidied.

    Raises:
        Refusal: ``text_too_long``; ``text_hidden`` for what no database or page can hold; ``text_turned`` for what
            would read otherwise than it is stored.

    """
    if len(text) > LONGEST_FREE_TEXT:
        raise Refusal("text_too_long", count=LONGEST_FREE_TEXT)
    found = flags(text)
    if found & {"nul", "control_character", "lone_surrogate", "stacked_marks"}:
        raise Refusal("text_hidden")
    if "bidi_override" in found:
        raise Refusal("text_turned")
    return tidy(text)


_LETTERS: Final = _table(
    alef="\u0627\u0622\u0623\u0625\u0671\u0672\u0673",
    waw="\u0648\u0624\u06c4\u06c6\u06c7\u06cb",
    yeh="\u06cc\u064a\u0649\u0626\u06cd\u06ce\u06d0\u06d2\u06d3\u0620",
    kaf="\u06a9\u0643\u06aa\u06ac",
    heh="\u0647\u06c1\u06be\u06c0\u06c2\u06c3\u0629\u06d5\u06ff",
    noon="\u0646\u06ba",
    anusvara="\u0902\u0901",
)
"""Letters that sound as one, or that keyboards of Arabic, Urdu and Sindhi exchange; for finding, never for showing."""

_MOST_FOLDINGS: Final = 8

_DROPPED: Final = re.compile(
    "[\u0300-\u036f"  # Latin accents
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0640"  # harakat, tatweel
    "\u093c\u09bc\u0a3c\u0abc\u0b3c"  # nukta
    "\u200c-\u200f\u061c\u202a-\u202e\u2066-\u2069]"  # joiners and direction marks
)


def latin_digits(text: str) -> str:
    """Return the text with the digits of every script (०, ٠, ൦) as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _folded_once(text: str) -> str:
    text = unicodedata.normalize("NFKD", tidy(text).casefold())
    text = unicodedata.normalize("NFC", _DROPPED.sub("", text))
    text = text.translate(_LETTERS).translate(_NEW_CHILLU)
    text = text.replace("\u0d4c", "\u0d57").replace("\u0d41\u0d4d", "\u0d4d")
    text = re.sub("\u0d4d+", "\u0d4d", text).replace("\u0d28\u0d31", "\u0d28\u0d4d\u0d31")
    return " ".join(latin_digits(text).split())


def fold(text: str) -> str:
    """Return the searchable form: case, accents, vowel marks, digits and letter variants no longer differ.

    Chillu letters become consonant + virama, so that old, new and ZWJ-less encodings, and the three encodings of nta
    (ന്റ), all meet. One folding may bring letters together that compose anew, so it is repeated until nothing changes:
    folding what is folded changes nothing more.
    """
    for _ in range(_MOST_FOLDINGS):
        folded = _folded_once(text)
        if folded == text:
            break
        text = folded
    return text

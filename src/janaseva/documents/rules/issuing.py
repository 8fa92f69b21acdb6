"""What an issued document says: its machine-readable facts, the claims of its code, and the data of its letter.

``facts`` is what the room above decided. These keys are understood by the shipped letters; anything else is passed
through and stands in the embedded facts as well:

* ``issuer``: ``state``, ``department``, ``office``, ``post``, ``place`` (each Text or string), ``officer`` (string)
* ``holder``: ``name`` (string)
* ``statement``: Text, the sentence that the document certifies
* ``rows``: a list of ``{key, label: Text, value}``; a value is a string, an integer, a Text,
  ``{"date": "2026-03-01"}`` or ``{"paise": 1200, "currency": "INR"}``; a row with ``in_code: true`` is also put into
  the code on paper (where no row is so marked, the first three are)
* ``validity_known``: ``false`` where a document without a last day has none only because nobody laid one down
* ``notes``: a list of Text; ``law``: Text; ``application_number``: string; ``demonstration``: bool
"""

import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from janaseva.core.canonical import of_parts, plain
from janaseva.core.text import FURTHER, in_language, interface_of
from janaseva.core.words import catalogue
from janaseva.documents.rules.qr import Claims

FORMAT: Final = "janaseva-document/1"
SHIPPED: Final = ("certificate", "acknowledgement", "receipt", "order")
"""Letters of the platform itself, named without a folder; every other letter is a path inside the packs folder."""
MAX_CODE_FACTS: Final = 5
DEFAULT_CODE_FACTS: Final = 3
MAX_CODE_WORDS: Final = 60
PAISE: Final = 100
ACKNOWLEDGING: Final = frozenset({"acknowledgement", "receipt"})
"""Letters that say what was received; nobody is turned away because the log is silent."""
LOG_GRACE_SECONDS: Final = 15 * 60
"""For how long documents are issued while the log publishes nothing; it does so within a second where all is well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A document that was decided on: its id, its number, and the code that a stranger needs beside the number."""

    document_id: UUID
    number: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A document as the letter and the verifier see it; its facts are of JSON's kinds alone."""

    document_id: UUID
    kind: str
    number: str
    code: str
    title: Mapping[str, str]
    facts: Mapping[str, Any]
    languages: Sequence[str]
    issued_at: datetime
    valid_from: date
    valid_until: date | None


NOT_PERSONAL: Final = ("issuer", "validity_known")
"""Of the facts of a document, those that tell of no person: they stay when what it states is erased."""


def is_letter(letter: str) -> bool:
    """Answer whether ``letter`` names a shipped letter or a path that stays inside the packs folder."""
    if letter in SHIPPED:
        return True
    parts = letter.split("/")
    return letter.endswith(".typ") and len(parts) > 1 and all(part and not part.startswith(".") for part in parts)


def facts_document(document: Composed) -> bytes:
    """Return the machine-readable facts as embedded in the file: canonical JSON, the same bytes for the same facts."""
    return of_parts(
        {
            "format": FORMAT,
            "document_id": document.document_id,
            "kind": document.kind,
            "number": document.number,
            "code": document.code,
            "title": document.title,
            "languages": list(document.languages),
            "issued_at": document.issued_at,
            "valid_from": document.valid_from,
            "valid_until": document.valid_until,
            "facts": document.facts,
        }
    )


def facts_hash(document: Composed) -> str:
    """Return the SHA-256 of the facts document, which the log fixes when the document is issued."""
    return hashlib.sha256(facts_document(document)).hexdigest()


def value_words(value: Any, language: str = "en") -> str:
    """Return the value of a row as short words, for the code and for verdicts."""
    if isinstance(value, Mapping):
        if "date" in value:
            return str(value["date"])
        if "paise" in value:
            rupees, paise = divmod(int(value["paise"]), PAISE)
            currency = str(value.get("currency", "INR"))[:3]
            return f"{currency} {rupees}.{paise:02d}" if paise else f"{currency} {rupees}"
        return in_language(value, language)
    return str(value)


def qr_claims(document: Composed, *, signed_at: datetime) -> Claims:
    """Return what the code on paper says: identity, dates, and the rows that decide what the document proves."""
    rows = [row for row in document.facts.get("rows", ()) if isinstance(row, Mapping) and "key" in row]
    marked = [row for row in rows if row.get("in_code")] or rows[:DEFAULT_CODE_FACTS]
    facts = {
        str(row["key"])[:40]: value_words(row.get("value", ""))[:MAX_CODE_WORDS] for row in marked[:MAX_CODE_FACTS]
    }
    issuer = document.facts.get("issuer", {})
    return Claims(
        document_id=document.document_id,
        kind=document.kind,
        number=document.number,
        code=document.code,
        issuer=value_words(issuer.get("office") or issuer.get("state") or "")[:MAX_CODE_WORDS],
        holder=str(document.facts.get("holder", {}).get("name", ""))[: 2 * MAX_CODE_WORDS],
        facts=facts,
        issued_at=document.issued_at.replace(microsecond=0),
        signed_at=signed_at.replace(microsecond=0),
        valid_from=document.valid_from,
        valid_until=document.valid_until,
    )


@functools.cache
def _letter_words(language: str) -> dict[str, str]:
    """Return the words of the frame of letters, by their keys without ``letter.``; English where one lacks them."""
    spoken = catalogue(interface_of(language))
    return {
        key.removeprefix("letter."): spoken.get(key, text)
        for key, text in catalogue("en").items()
        if key.startswith("letter.")
    }


def compose(document: Composed, *, qr: str, qr_svg: str, verify_url: str) -> dict[str, Any]:
    """Return the data that the letter is set from: plain JSON, with the words of the frame in each of its languages."""
    words = {language: _letter_words(language) for language in {"en", *document.languages}}
    data: dict[str, Any] = plain(
        {
            "document_id": document.document_id,
            "kind": document.kind,
            "number": document.number,
            "code": document.code,
            "title": document.title,
            "languages": list(document.languages),
            "issued_at": document.issued_at,
            "valid_from": document.valid_from,
            "valid_until": document.valid_until,
            "facts": document.facts,
            "qr": qr,
            "qr_svg": qr_svg,
            "beside": {code: FURTHER[code].beside for code in document.languages if code in FURTHER},
            "verify_url": verify_url,
            "words": words,
        }
    )
    return data

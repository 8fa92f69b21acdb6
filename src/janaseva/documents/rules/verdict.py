"""Whether a document is genuine: one outcome each for what forgers and accidents do, and what could not be checked."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from janaseva.core.writing import latin_digits
from janaseva.documents.rules.issuing import value_words
from janaseva.documents.rules.logged import log_check
from janaseva.documents.rules.qr import Claims, ReadCode
from janaseva.documents.rules.sealed_file import SealedFile

GENUINE: Final = "genuine"
MAX_NUMBER: Final = 80
OUTCOMES: Final = (
    "genuine",
    "altered",
    "appended",
    "unknown_key",
    "number_reused",
    "revoked",
    "surrendered",
    "superseded",
    "suspended",
    "erased",
    "expired",
    "not_yet_valid",
    "not_ours",
    "not_sealed",
    "not_found",
    "record_differs",
    "unreadable",
)
"""``expired``: genuine, but its validity is over. ``erased``: the number is ours and valid, and what the paper says can
no longer be compared: only its file or its code can show that. ``not_found``: no document has this number and code."""

ENDED: Final[Mapping[str, str]] = {"surrendered": "surrendered", "replaced": "superseded"}
"""Ends of a document that are no reproach to its holder, by their reason: each has words of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at; words at ``verify_check.<name>``. ``unchecked`` means it could not be told."""

    name: str
    result: Literal["passed", "failed", "unchecked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to a verifier. ``facts`` is what the document proves, as words by key; empty unless it was ours.

    ``document_id`` is set where the document was recognised, even if it was revoked or has expired. Where
    ``validity_known`` is false there is no last day only because nobody has laid one down.
    """

    outcome: str
    number: str = ""
    kind: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    holder: str = ""
    issuer: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Mapping[str, Any], ...] = ()
    issued_at: datetime | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    validity_known: bool = True
    revoked_at: datetime | None = None
    revoked_reason: str = ""
    document_id: UUID | None = None
    sha256: str = ""
    key_id: str = ""
    checks: tuple[Check, ...] = ()
    erased_at: datetime | None = None
    """When what it states was erased from the record, which then still tells its number and its validity."""

    @property
    def is_valid(self) -> bool:
        """Answer whether it may be relied on today."""
        return self.outcome == GENUINE

    @property
    def words_key(self) -> str:
        """Return the key of the words that say this outcome."""
        return f"verdict.{self.outcome}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the platform itself knows of a document."""

    document_id: UUID
    kind: str
    number: str
    code: str
    title: Mapping[str, str]
    facts: Mapping[str, Any]
    facts_sha256: str
    issued_at: datetime
    valid_from: date
    valid_until: date | None
    state: str
    sha256: str
    qr: str
    revoked_at: datetime | None = None
    revoked_reason: str = ""
    suspended_at: datetime | None = None
    erased_at: datetime | None = None


def _validity(valid_from: date, valid_until: date | None, today: date) -> str:
    if today < valid_from:
        return "not_yet_valid"
    return "expired" if valid_until is not None and today > valid_until else GENUINE


def _from_facts(outcome: str, tree: Mapping[str, Any], checks: tuple[Check, ...], **more: Any) -> Verdict:
    """Return a verdict that repeats what the embedded or recorded facts say."""
    facts = tree.get("facts", {})
    rows = tuple(row for row in facts.get("rows", ()) if isinstance(row, Mapping))
    issuer = facts.get("issuer", {})
    return Verdict(
        outcome=outcome,
        number=tree["number"],
        kind=tree["kind"],
        title=tree["title"],
        holder=str(facts.get("holder", {}).get("name", "")),
        issuer=value_words(issuer.get("office") or issuer.get("state") or ""),
        facts={str(row.get("key", "")): value_words(row.get("value", "")) for row in rows},
        rows=rows,
        issued_at=datetime.fromisoformat(tree["issued_at"]),
        valid_from=date.fromisoformat(tree["valid_from"]),
        valid_until=date.fromisoformat(tree["valid_until"]) if tree["valid_until"] else None,
        validity_known=facts.get("validity_known", True) is not False,
        document_id=UUID(tree["document_id"]),
        checks=checks,
        **more,
    )


def _of_record(outcome: str, record: Record, checks: tuple[Check, ...], key_id: str = "") -> Verdict:
    tree = {
        "number": record.number,
        "kind": record.kind,
        "title": record.title,
        "facts": record.facts,
        "issued_at": record.issued_at.isoformat(),
        "valid_from": record.valid_from.isoformat(),
        "valid_until": record.valid_until.isoformat() if record.valid_until else "",
        "document_id": str(record.document_id),
    }
    return _from_facts(
        outcome,
        tree,
        checks,
        sha256=record.sha256,
        key_id=key_id,
        revoked_at=record.revoked_at,
        revoked_reason=record.revoked_reason,
        erased_at=record.erased_at,
    )


def _passed(*names: str) -> tuple[Check, ...]:
    return tuple(Check(name=name, result="passed") for name in names)


def _failed(name: str, *passed: str) -> tuple[Check, ...]:
    return (*_passed(*passed), Check(name=name, result="failed"))


_AS_PRINTED: Final = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})
"""Crockford's base 32 as people copy it: letters that look like digits are digits, gaps do not count."""
_UNKNOWN_ALONE: Final = tuple(Check(name=name, result="unchecked") for name in ("record", "revocation"))
_FAILING_CHECK: Final = {
    "altered": "signature",
    "appended": "whole_file",
    "unknown_key": "key",
    "unreadable": "form",
    "not_ours": "form",
}


def judge_file_alone(read: SealedFile, *, log: str, today: date) -> Verdict:
    """Judge a file by the pinned keys alone: what it says, who sealed it, whether it is whole, and its validity.

    ``log`` is the pinned key line of the public log, or nothing. What only the record knows (revocation, a number used
    twice) is told as unchecked.
    """
    if read.outcome != GENUINE:
        checks = _failed(_FAILING_CHECK.get(read.outcome, "form"))
        return Verdict(outcome=read.outcome, checks=checks, key_id=read.key_id, sha256=read.sha256)
    tree = read.facts
    outcome = _validity(
        date.fromisoformat(tree["valid_from"]),
        date.fromisoformat(tree["valid_until"]) if tree["valid_until"] else None,
        today,
    )
    logged = Check(name="log", result=log_check(read, log))
    if logged.result == "failed":
        outcome = "record_differs"
    checks = (*_passed("form", "whole_file", "signature", "key", "facts"), logged, *_UNKNOWN_ALONE)
    return _from_facts(outcome, tree, checks, key_id=read.key_id, sha256=read.sha256)


def compare_file(
    read: SealedFile, record: Record | None, by_number: Record | None, *, log: str, today: date
) -> Verdict:
    """Judge a file by the pinned keys and by the record (by document id, and by kind and number)."""
    if read.outcome != GENUINE:
        return judge_file_alone(read, log=log, today=today)
    passed = ("form", "whole_file", "signature", "key", "facts")
    if record is None:
        outcome = "number_reused" if by_number is not None else "record_differs"
        return _from_facts(outcome, read.facts, _failed("record", *passed), key_id=read.key_id, sha256=read.sha256)
    if record.number != read.facts["number"] or record.kind != read.facts["kind"]:
        return _from_facts("number_reused", read.facts, _failed("record", *passed), sha256=read.sha256)
    same = record.erased_at is not None or record.facts_sha256 == read.facts_sha256
    if not hmac.compare_digest(record.sha256, read.sha256) or not same:
        return _from_facts("record_differs", read.facts, _failed("record", *passed), sha256=read.sha256)
    logged = log_check(read, log)
    if logged == "failed":
        return _from_facts("record_differs", read.facts, _failed("log", *passed), sha256=read.sha256)
    verdict = _standing(record, (*passed, "record"), key_id=read.key_id, today=today)
    if record.erased_at is not None:
        verdict = _as_presented(verdict, _from_facts(verdict.outcome, read.facts, ()))
    return replace(verdict, checks=(*verdict.checks, Check(name="log", result=logged)))


def _standing(record: Record, passed: tuple[str, ...], *, key_id: str, today: date) -> Verdict:
    """Return how a document that is surely ours stands today."""
    if record.revoked_at is not None:
        ended = ENDED.get(record.revoked_reason, "revoked")
        return _of_record(ended, record, _failed("revocation", *passed), key_id)
    if record.suspended_at is not None:
        verdict = _of_record("suspended", record, _failed("revocation", *passed), key_id)
        return replace(verdict, revoked_at=record.suspended_at)
    if record.state != "sealed":
        return _of_record("not_sealed", record, _passed(*passed, "revocation"), key_id)
    outcome = _validity(record.valid_from, record.valid_until, today)
    return _of_record(outcome, record, _passed(*passed, "revocation"), key_id)


def _of_claims(outcome: str, claims: Claims, checks: tuple[Check, ...], key_id: str) -> Verdict:
    return Verdict(
        outcome=outcome,
        number=claims.number,
        kind=claims.kind,
        holder=claims.holder,
        issuer=claims.issuer,
        facts=claims.facts,
        issued_at=claims.issued_at,
        valid_from=claims.valid_from,
        valid_until=claims.valid_until,
        document_id=claims.document_id,
        key_id=key_id,
        checks=checks,
    )


def judge_qr_alone(read: ReadCode, *, today: date) -> Verdict:
    """Judge a code by the pinned keys alone; revocation is told as unchecked."""
    if read.outcome != GENUINE or read.claims is None:
        return Verdict(
            outcome=read.outcome, key_id=read.key_id, checks=_failed(_FAILING_CHECK.get(read.outcome, "form"))
        )
    outcome = _validity(read.claims.valid_from, read.claims.valid_until, today)
    checks = (*_passed("form", "signature", "key"), *_UNKNOWN_ALONE)
    return _of_claims(outcome, read.claims, checks, read.key_id)


def compare_qr(read: ReadCode, record: Record | None, by_number: Record | None, *, text: str, today: date) -> Verdict:
    """Judge a code (``text``, as read into ``read``) by the pinned keys and by the record, which keeps its own code."""
    if read.outcome != GENUINE or read.claims is None:
        return judge_qr_alone(read, today=today)
    passed = ("form", "signature", "key")
    if record is None:
        outcome = "number_reused" if by_number is not None else "record_differs"
        return _of_claims(outcome, read.claims, _failed("record", *passed), read.key_id)
    if record.number != read.claims.number or record.kind != read.claims.kind:
        return _of_claims("number_reused", read.claims, _failed("record", *passed), read.key_id)
    if record.erased_at is None and record.qr != text:
        return _of_claims("record_differs", read.claims, _failed("record", *passed), read.key_id)
    verdict = _standing(record, (*passed, "record"), key_id=read.key_id, today=today)
    if record.erased_at is None:
        return verdict
    return _as_presented(verdict, _of_claims(verdict.outcome, read.claims, (), read.key_id))


def _as_presented(verdict: Verdict, presented: Verdict) -> Verdict:
    """Return a verdict on what was erased from the record, with what the file or code says under our own signature."""
    said = ("holder", "issuer", "facts", "rows")
    return replace(verdict, **{name: getattr(presented, name) for name in said})


def as_printed(number: str) -> str:
    """Return a number as it can stand on paper, or nothing where no database could even be asked for it."""
    number = latin_digits(number.strip()[:MAX_NUMBER])
    return number if number.isprintable() else ""


def compare_number(record: Record | None, *, code: str, today: date) -> Verdict:
    """Judge a number with its code. A wrong code and an unknown number are the same answer, in the same time."""
    given = latin_digits(code[:40]).upper().translate(_AS_PRINTED).encode("utf-8", "replace")
    expected = record.code.encode() if record is not None else b"-" * 8
    if not hmac.compare_digest(expected, given) or record is None:
        return Verdict(outcome="not_found", checks=_failed("record"))
    verdict = _standing(record, ("record",), key_id="", today=today)
    if record.erased_at is None or verdict.outcome != GENUINE:
        return verdict
    return replace(verdict, outcome="erased", checks=(*verdict.checks, Check(name="facts", result="unchecked")))

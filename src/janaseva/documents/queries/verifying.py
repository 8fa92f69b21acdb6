"""Questions of whoever holds a paper: whether it is genuine, and what the record says of it."""

import time
from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from janaseva.core.questions import Question
from janaseva.documents import rules
from janaseva.documents.models import Document, Key, Revocation, Suspension
from janaseva.ledger import queries as ledger

MAX_SAME_NUMBER: Final = 10


def _keys() -> rules.KeyRing:
    """Return the pinned keys of seals and codes, without the log's."""
    return rules.KeyRing.of(
        rules.PublicKey(
            key_id=key.key_id,
            use=key.use,
            public_pem=key.public_pem,
            certificate_pem=key.certificate_pem,
            issuer=key.issuer,
            valid_from=key.valid_from,
            valid_until=key.valid_until,
            compromised_at=key.compromised_at,
        )
        for key in Key.where(use=("seal", "qr"), order=("id",))
    )


RING_SECONDS: Final = 5
"""For so long a process verifies codes by the keys as it read them last. They change a few times in years, and to read
them for each code is half of what the database does for it. A key that was distrusted is believed so much longer."""


@lru_cache(maxsize=1)
def _ring(_turn: int) -> rules.KeyRing:
    """Return the pinned keys as they were read in this turn of :data:`RING_SECONDS`."""
    return _keys()


def _ring_lately() -> rules.KeyRing:
    return _ring(int(time.monotonic() // RING_SECONDS))


def forget_ring() -> None:
    """Read the keys anew for the next code; this process has just changed them."""
    _ring.cache_clear()


def key_ring() -> rules.KeyRing:
    """Return the pinned public keys; they are for everyone to know."""
    return rules.KeyRing(_keys().keys, "\n".join(ledger.verifiers()))


def seal_certificates() -> list[str]:
    """Return the certificates (PEM) of the keys that seal now; they are in every sealed file."""
    sealing = (key for key in _keys().keys.values() if key.use == "seal" and key.valid_until is None)
    return [key.certificate_pem for key in sealing if key.certificate_pem]


_RECORDED: Final = tuple(one.name for one in fields(rules.Record))


def _recorded(rows: QuerySet[Document]) -> QuerySet[Document, tuple[Any, ...]]:
    """Ask for everything that verifying compares."""
    ended = Revocation.objects.filter(document_id=OuterRef("pk"))
    suspended = Suspension.objects.filter(document_id=OuterRef("pk"), lifted_at__isnull=True)
    full = rows.annotate(
        document_id=F("id"),
        revoked_at=Subquery(ended.values("revoked_at")[:1]),
        revoked_reason=Coalesce(Subquery(ended.values("reason")[:1]), Value("")),
        suspended_at=Subquery(suspended.values("suspended_at")[:1]),
    )
    return full.order_by("id").values_list(*_RECORDED)[:MAX_SAME_NUMBER]


@Question
def _with_number(*, number: str) -> QuerySet[Document, tuple[Any, ...]]:
    return _recorded(Document.objects.filter(number=number))


@Question
def _with_id(*, document_id: UUID) -> QuerySet[Document, tuple[Any, ...]]:
    return _recorded(Document.objects.filter(pk=document_id))


def _records(rows: Iterable[tuple[Any, ...]]) -> list[rules.Record]:
    return [rules.Record(**dict(zip(_RECORDED, row, strict=True))) for row in rows]


def _claimed(document_id: UUID, kind: str, number: str) -> tuple[rules.Record | None, rules.Record | None]:
    """Return what is recorded under the id that a paper claims, and under its kind and number: one, if it is ours."""
    found = _records(_with_number(number=number))
    by_id = [one for one in found if one.document_id == document_id] or _records(_with_id(document_id=document_id))
    return next(iter(by_id), None), next((one for one in found if one.kind == kind), None)


def suspended_since(document_id: UUID) -> datetime | None:
    """Return since when a document is suspended, or ``None``; for rooms above, which have asked for the matter."""
    found = Suspension.first_where(document_id=document_id, lifted_at=None, order=())
    return found.suspended_at if found is not None else None


def _today(at: datetime) -> date:
    """Return the day of ``at`` where the state is: validity ends with the day there."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def verify_number(number: str, code: str, *, at: datetime) -> rules.Verdict:
    """Verify by what is printed: the number, and the code beside it. For everyone; doors bound the rate."""
    today = _today(at)
    found = _records(_with_number(number=rules.as_printed(number)))
    verdicts = [rules.compare_number(one, code=code, today=today) for one in found]
    verdicts.append(rules.compare_number(None, code=code, today=today))
    return next((verdict for verdict in verdicts if verdict.outcome != "not_found"), verdicts[-1])


def verify_qr(text: str, *, at: datetime) -> rules.Verdict:
    """Verify the text of a scanned code by the pinned keys and the record. For everyone."""
    read = rules.read_qr(text, _ring_lately())
    if read.outcome == "unknown_key":  # it may be a new one
        forget_ring()
        read = rules.read_qr(text, _ring_lately())
    if read.outcome != rules.GENUINE or read.claims is None:
        return rules.judge_qr_alone(read, today=_today(at))
    return rules.compare_qr(
        read,
        *_claimed(read.claims.document_id, read.claims.kind, read.claims.number),
        text=text.strip("\r\n\t"),
        today=_today(at),
    )


def verify_file(content: bytes, *, at: datetime) -> rules.Verdict:
    """Verify a file by the pinned keys and the record. For everyone; nothing of the file is kept."""
    ring = key_ring()
    read = rules.read_sealed_file(content, ring)
    if read.outcome != rules.GENUINE:
        return rules.compare_file(read, None, None, log="", today=_today(at))
    return rules.compare_file(
        read,
        *_claimed(UUID(read.facts["document_id"]), read.facts["kind"], read.facts["number"]),
        log=ring.log,
        today=_today(at),
    )

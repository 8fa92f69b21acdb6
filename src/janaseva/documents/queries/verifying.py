"""Questions of whoever holds a paper: whether it is genuine, and what the record says of it."""

from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from janaseva.documents import rules
from janaseva.documents.models import Document, Key, Revocation, Suspension
from janaseva.ledger import queries as ledger

MAX_SAME_NUMBER: Final = 10


def key_ring() -> rules.KeyRing:
    """Return the pinned public keys; they are for everyone to know."""
    return rules.KeyRing.of(
        (
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
            for key in Key.objects.all()
        ),
        log="\n".join(ledger.verifiers()),
    )


def _record(document: Document | None) -> rules.Record | None:
    if document is None:
        return None
    ended = Revocation.first_where(document_id=document.id)
    suspended_at = suspended_since(document.id)
    return rules.Record(
        document_id=document.id,
        kind=document.kind,
        number=document.number,
        code=document.code,
        title=document.title,
        facts=document.facts,
        facts_sha256=document.facts_sha256,
        issued_at=document.issued_at,
        valid_from=document.valid_from,
        valid_until=document.valid_until,
        state=document.state,
        sha256=document.sha256,
        qr=document.qr,
        revoked_at=ended.revoked_at if ended else None,
        revoked_reason=ended.reason if ended else "",
        suspended_at=suspended_at,
        erased_at=document.erased_at,
    )


def suspended_since(document_id: UUID) -> datetime | None:
    """Return since when a document is suspended, or ``None``; for rooms above, which have asked for the matter."""
    rows = Suspension.objects.filter(document_id=document_id, lifted_at__isnull=True)
    return rows.values_list("suspended_at", flat=True).first()


def _by_id(document_id: UUID) -> rules.Record | None:
    return _record(Document.get_or_none(document_id))


def _by_number(kind: str, number: str) -> rules.Record | None:
    return _record(Document.first_where(kind=kind, number=number))


def _today(at: datetime) -> date:
    """Return the day of ``at`` where the state is: validity ends with the day there."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def verify_number(number: str, code: str, *, at: datetime) -> rules.Verdict:
    """Verify by what is printed: the number, and the code beside it. For everyone; doors bound the rate."""
    today = _today(at)
    found = Document.objects.filter(number=rules.as_printed(number))[:MAX_SAME_NUMBER]
    verdicts = [rules.compare_number(_record(document), code=code, today=today) for document in found]
    verdicts.append(rules.compare_number(None, code=code, today=today))
    return next((verdict for verdict in verdicts if verdict.outcome != "not_found"), verdicts[-1])


def verify_qr(text: str, *, at: datetime) -> rules.Verdict:
    """Verify the text of a scanned code by the pinned keys and the record. For everyone."""
    read = rules.read_qr(text, key_ring())
    if read.outcome != rules.GENUINE or read.claims is None:
        return rules.judge_qr_alone(read, today=_today(at))
    return rules.compare_qr(
        read,
        _by_id(read.claims.document_id),
        _by_number(read.claims.kind, read.claims.number),
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
        _by_id(UUID(read.facts["document_id"])),
        _by_number(read.facts["kind"], read.facts["number"]),
        log=ring.log,
        today=_today(at),
    )

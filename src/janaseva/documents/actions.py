"""What the worker, officers and administrators may do with documents: seal, seal again, and manage keys."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from janaseva.core.action import action, allow, change, put, remove, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, UNAVAILABLE, Refusal, not_found
from janaseva.documents import events, queries, rules
from janaseva.documents.models import Attachment, Blob, Document, Key
from janaseva.documents.steps import keep

PDF = "application/pdf"


def _document(document_id: UUID) -> Document:
    document = Document.locked(document_id)
    if document is None:
        raise not_found()
    return document


@action
def seal(*, by: Actor, at: datetime, key: str, document_id: UUID, content: bytes, key_id: str, qr: str) -> str:
    """Store the typeset and signed file of a document and return its SHA-256.

    Raises:
        Refusal: ``document_sealed_already`` where another worker was first; ``document_key_retired`` where the key is
            not one that signs now, so that nothing is sealed that nobody could verify.

    """
    allow(rules.may_seal(by))
    document = _document(document_id)
    if document.state == "sealed":
        raise Refusal("document_sealed_already", status=CONFLICT)
    if Key.first_where(key_id=key_id, use="seal", valid_until=None, order=()) is None:
        raise Refusal("document_key_retired", status=CONFLICT)
    sha256 = hashlib.sha256(content).hexdigest()
    blob = keep(by=by, at=at, content=content, media_type=PDF)
    change(document, state="sealed", failure="", blob=blob, sha256=sha256, sealed_at=at, key_id=key_id, qr=qr)
    news = events.Sealed(document_id=document_id, sha256=sha256, key_id=key_id, kind=document.kind)
    tell(news, story=document.story, office_id=document.office_id)
    return sha256


@action
def fail_sealing(*, by: Actor, at: datetime, key: str, document_id: UUID, reason: str) -> None:
    """Mark a document whose letter cannot be set, so that it is seen and mended; what was decided stays."""
    allow(rules.may_seal(by))
    document = _document(document_id)
    if document.state == "sealed":
        raise Refusal("document_sealed_already", status=CONFLICT)
    change(document, state="failed", failure=reason)
    news = events.SealingFailed(document_id=document_id, reason=reason)
    tell(news, story=document.story, office_id=document.office_id)


@action
def seal_again(*, by: Actor, at: datetime, key: str, document_id: UUID) -> None:
    """Let a failed document be typeset and sealed again, after its letter or the signing device was mended."""
    allow(rules.may_seal(by) or rules.may_revoke(by))
    document = _document(document_id)
    if document.state != "failed":
        raise Refusal("document_not_failed", status=CONFLICT)
    change(document, state="to_seal", failure="")
    news = events.SealAsked(document_id=document_id, facts_sha256=document.facts_sha256)
    tell(news, story=document.story, office_id=document.office_id)


OVERLAP = timedelta(hours=1)
"""For so long an old key is believed after a new one was pinned."""


@action
def add_key(
    *,
    by: Actor,
    at: datetime,
    key: str,
    key_id: str,
    use: str,
    public_pem: str,
    certificate_pem: str,
    issuer: str,
) -> str:
    """Begin to use a signing key: pin its public half. Keys of the same use are believed for :data:`OVERLAP` more.

    In that time a worker that had begun with an old key ends what it began, and other machines get the new one.
    """
    allow(rules.may_manage_keys(by))
    if not Key.objects.filter(key_id=key_id).exists():
        for old in Key.objects.select_for_update().filter(use=use, valid_until__isnull=True):
            change(old, valid_until=at + OVERLAP)
            tell(events.KeyRetired(key_id=old.key_id, compromised=False))
        put(
            Key(
                key_id=key_id,
                use=use,
                public_pem=public_pem,
                certificate_pem=certificate_pem,
                issuer=issuer,
                valid_from=at,
            )
        )
        tell(events.KeyAdded(key_id=key_id, use=use))
        queries.forget_ring()
    return key_id


@action
def distrust_key(*, by: Actor, at: datetime, key: str, key_id: str, since: datetime) -> None:
    """Say that a key was compromised: what it signed from ``since`` on is no longer believed."""
    allow(rules.may_manage_keys(by))
    row = Key.objects.select_for_update().filter(key_id=key_id).first()
    if row is None:
        raise not_found()
    change(row, compromised_at=since, valid_until=row.valid_until or at)
    tell(events.KeyRetired(key_id=key_id, compromised=True))
    queries.forget_ring()


def _blobs(blob_ids: Sequence[UUID]) -> list[Blob]:
    """Return these blobs without their bytes, held to the end of the act, in an order that is the same for everyone."""
    rows = Blob.objects.select_for_update().defer("content").filter(pk__in=blob_ids)
    return list(rows.order_by("pk"))


@action
def note_stored(*, by: Actor, at: datetime, key: str, blob_ids: Sequence[UUID]) -> int:
    """Let go of bytes that the document store was seen to have; return of how many.

    What another worker was quicker with is left as it is.
    """
    allow(rules.may_store(by))
    waiting = [row for row in _blobs(blob_ids) if row.stored_at is None]
    for row in waiting:
        change(row, content=None, stored_at=at)
    if waiting:
        tell(events.Stored(count=len(waiting)))
    return len(waiting)


@action
def bring_back(*, by: Actor, at: datetime, key: str, contents: Mapping[UUID, bytes]) -> int:
    """Keep bytes from the document store in the database again; return of how many papers.

    Raises:
        Refusal: ``document_not_whole`` where they are not the bytes that were recorded.

    """
    allow(rules.may_store(by))
    away = [row for row in _blobs(list(contents)) if row.stored_at is not None]
    for row in away:
        if hashlib.sha256(contents[row.id]).hexdigest() != row.sha256:
            raise Refusal("document_not_whole", status=UNAVAILABLE)
        change(row, content=contents[row.id], stored_at=None)
    if away:
        tell(events.Fetched(count=len(away)))
    return len(away)


@action
def discard(*, by: Actor, at: datetime, key: str, blob_ids: Sequence[UUID]) -> list[str]:
    """Know of these papers no more, where no matter has taken them up again; return the SHA-256 of those that go."""
    allow(rules.may_store(by))
    rows = _blobs(blob_ids)  # held from here on, so that nobody takes one up again unseen
    users = (model.objects.filter(blob_id__in=blob_ids) for model in (Attachment, Document))
    held = {blob_id for found in users for blob_id in found.values_list("blob_id", flat=True)}
    gone = [row for row in rows if row.id not in held]
    for row in gone:
        remove(row)
    if gone:
        tell(events.Removed(count=len(gone)))
    return [row.sha256 for row in gone]

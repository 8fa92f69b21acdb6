"""What documents does inside other rooms' actions: keep a received file, and issue a document."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from janaseva.core.action import change, empty, put, remove, step, tell
from janaseva.core.actor import Actor
from janaseva.core.canonical import Plain, plain
from janaseva.core.ids import public_code, uuid7
from janaseva.core.refusal import CONFLICT, Refusal, not_found
from janaseva.core.text import TONGUES
from janaseva.documents import events, queries, rules
from janaseva.documents.models import Attachment, Blob, Document, Revocation, Suspension
from janaseva.ledger import queries as ledger


@step
def keep(*, by: Actor, at: datetime, content: bytes, media_type: str) -> Blob:
    """Keep bytes once, however often they are given, and return their blob; for this room alone."""
    sha256 = hashlib.sha256(content).hexdigest()
    known = Blob.first_where(sha256=sha256, order=(), lock=True)
    if known is not None:
        return known
    return put(Blob(sha256=sha256, media_type=media_type, size_bytes=len(content), content=content))


@step
def attach(
    *, by: Actor, at: datetime, story: UUID, received: rules.Received, kind: str, office_id: UUID | None = None
) -> UUID:
    """Keep a received file with a matter; ``kind`` is the key of the field or evidence that it answers.

    The bytes are in the database when the action commits: what was acknowledged is durable.
    """
    blob = keep(by=by, at=at, content=received.content, media_type=received.media_type)
    attachment = put(
        Attachment(
            story=story,
            office_id=office_id,
            kind=kind,
            filename=received.filename,
            blob=blob,
            pages=received.pages,
            attached_at=at,
            person_id=by.person_id,
        )
    )
    tell(events.Attached(attachment_id=attachment.id, sha256=received.sha256), story=story, office_id=office_id)
    return attachment.id


@step
def issue(
    *,
    by: Actor,
    at: datetime,
    story: UUID,
    office_id: UUID | None,
    kind: str,
    number: str,
    title: Mapping[str, str],
    facts: Mapping[str, Any],
    letter: str,
    languages: Sequence[str],
    valid_from: date,
    valid_until: date | None = None,
    holder_person_id: UUID | None = None,
) -> rules.Issued:
    """Issue a document: from now on it exists, with its number; the worker typesets and seals it shortly after.

    ``letter`` is the name of a shipped letter (``certificate``, ``acknowledgement``, ``receipt``, ``order``) or a path
    inside the packs folder. The shape of ``facts`` is told in :mod:`janaseva.documents.rules.issuing`.

    Raises:
        Refusal: ``document_letter_unknown``, ``document_languages`` for what no letter can be set from;
            ``document_number_taken`` where another document of this kind has the number; ``log_silent`` (see
            :func:`_hold_that_the_log_publishes`).

    """
    if not rules.is_letter(letter):
        raise Refusal("document_letter_unknown")
    if not languages or not set(languages) <= set(TONGUES):
        raise Refusal("document_languages")
    if queries.number_taken(kind=kind, number=number):
        raise Refusal("document_number_taken", status=CONFLICT)
    document_id, code, stable = uuid7(), public_code(length=8), Plain(plain(facts))
    _hold_that_the_log_publishes(document_id, letter)
    composed = rules.Composed(
        document_id=document_id,
        kind=kind,
        number=number,
        code=code,
        title=dict(title),
        facts=stable,
        languages=list(languages),
        issued_at=at,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    facts_sha256 = rules.facts_hash(composed)
    put(
        Document(
            id=document_id,
            story=story,
            office_id=office_id,
            kind=kind,
            number=number,
            code=code,
            title=dict(title),
            facts=stable,
            facts_sha256=facts_sha256,
            letter=letter,
            languages=list(languages),
            valid_from=valid_from,
            valid_until=valid_until,
            holder_person_id=holder_person_id,
            issued_at=at,
        )
    )
    news = events.Issued(document_id=document_id, kind=kind, facts_sha256=facts_sha256)
    tell(news, story=story, office_id=office_id)
    return rules.Issued(document_id=document_id, number=number, code=code)


def _hold_that_the_log_publishes(document_id: UUID, letter: str) -> None:
    """Refuse to issue what nobody could find in the public log: while it has published nothing for too long.

    What was received is acknowledged all the same.

    Raises:
        Refusal: ``log_silent``.

    """
    if letter in rules.ACKNOWLEDGING:
        return
    if ledger.unpublished_seconds(document_id) > rules.LOG_GRACE_SECONDS:
        raise Refusal("log_silent", status=CONFLICT)


@step
def revoke(*, by: Actor, at: datetime, document_id: UUID, reason: str, words: str = "") -> None:
    """End a document before its time; whoever verifies it is told why. The action above has asked who may.

    Raises:
        Refusal: ``not_found``; ``document_revoked_already``; ``document_revocation_reason``.

    """
    if reason not in (*rules.REVOCATION_REASONS, rules.SURRENDERED):
        raise Refusal("document_revocation_reason")
    document = _held(document_id)
    put(
        Revocation(
            document=document,
            office_id=document.office_id,
            reason=reason,
            words=words,
            revoked_at=at,
            post_id=by.post_id,
        )
    )
    tell(events.Revoked(document_id=document_id, reason=reason), story=document.story, office_id=document.office_id)


@step
def suspend(*, by: Actor, at: datetime, document_id: UUID, reason: str, words: str) -> None:
    """Let a document not hold until the suspension is lifted.

    Raises:
        Refusal: ``not_found``; ``document_revoked_already``; ``document_suspended_already``;
            ``document_revocation_reason``.

    """
    if reason not in rules.REVOCATION_REASONS:
        raise Refusal("document_revocation_reason")
    document = _held(document_id)
    if queries.suspended_since(document_id) is not None:
        raise Refusal("document_suspended_already", status=CONFLICT)
    put(
        Suspension(
            document=document,
            office_id=document.office_id,
            reason=reason,
            words=words,
            suspended_at=at,
            post_id=by.post_id,
        )
    )
    tell(events.Suspended(document_id=document_id, reason=reason), story=document.story, office_id=document.office_id)


@step
def lift(*, by: Actor, at: datetime, document_id: UUID, words: str) -> None:
    """Let a suspended document hold again.

    Raises:
        Refusal: ``not_found``; ``document_not_suspended``.

    """
    document = Document.locked(document_id)
    if document is None:
        raise not_found()
    row = Suspension.objects.select_for_update().filter(document_id=document_id, lifted_at__isnull=True).first()
    if row is None:
        raise Refusal("document_not_suspended", status=CONFLICT)
    change(row, lifted_at=at, lifted_words=words)
    tell(events.SuspensionLifted(document_id=document_id), story=document.story, office_id=document.office_id)


def _held(document_id: UUID) -> Document:
    document = Document.locked(document_id)
    if document is None:
        raise not_found()
    if Revocation.objects.filter(document_id=document_id).exists():
        raise Refusal("document_revoked_already", status=CONFLICT)
    return document


def _stays(blob_id: UUID, story: UUID) -> bool:
    """Return whether other matters hold the same bytes."""
    others = (model.objects.filter(blob_id=blob_id).exclude(story=story) for model in (Attachment, Document))
    return any(found.exists() for found in others)


@step
def erase(*, by: Actor, at: datetime, story: UUID) -> None:
    """Erase the papers of a matter and what its documents state; their numbers, validity and hashes stay.

    Bytes that other matters hold too stay with those.

    Raises:
        Refusal: ``document_not_sealed`` while one waits for its seal.

    """
    papers = Attachment.where(story=story, lock=True)
    issued = Document.where(story=story, lock=True)
    if any(one.state == "to_seal" for one in issued):
        raise Refusal("document_not_sealed", status=CONFLICT)
    blobs = {one.blob_id for one in papers} | {one.blob_id for one in issued if one.blob_id is not None}
    for paper in papers:
        remove(paper)
    for one in issued:
        stated = {name: one.facts[name] for name in rules.NOT_PERSONAL if name in one.facts}
        change(one, **{**one.emptied(), "facts": stated, "blob_id": None, "erased_at": at})
    ids = tuple(one.id for one in issued)
    empty(Revocation.where(document_id=ids, lock=True))
    empty(Suspension.where(document_id=ids, lock=True))
    gone = [blob for blob in Blob.objects.filter(pk__in=blobs).defer("content") if not _stays(blob.id, story)]
    for blob in gone:
        if blob.stored_at is None:
            remove(blob)
    if away := tuple(blob.id for blob in gone if blob.stored_at is not None):
        tell(events.Discarded(blob_ids=away), story=story)

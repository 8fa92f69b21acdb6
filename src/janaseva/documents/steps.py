"""What documents does inside other rooms' actions: keep a received file, and issue a document."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from janaseva.core.action import put, step, tell
from janaseva.core.actor import Actor
from janaseva.core.canonical import plain
from janaseva.core.ids import public_code, uuid7
from janaseva.core.refusal import CONFLICT, Refusal
from janaseva.core.text import LANGUAGES
from janaseva.documents import events, queries, rules
from janaseva.documents.models import Attachment, Blob, Document


@step
def keep(*, by: Actor, at: datetime, content: bytes, media_type: str) -> Blob:
    """Keep bytes once, however often they are given, and return their blob; for this room alone."""
    sha256 = hashlib.sha256(content).hexdigest()
    known = Blob.objects.filter(sha256=sha256).defer("content").first()
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
            ``document_number_taken`` where another document of this kind has the number.

    """
    if not rules.is_letter(letter):
        raise Refusal("document_letter_unknown")
    if not languages or not set(languages) <= set(LANGUAGES):
        raise Refusal("document_languages")
    if queries.number_taken(kind=kind, number=number):
        raise Refusal("document_number_taken", status=CONFLICT)
    document_id, code, stable = uuid7(), public_code(length=8), plain(facts)
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

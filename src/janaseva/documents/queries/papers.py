"""Questions about documents and what was given for them: what they are, their states, their bytes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from janaseva.core.actor import Actor
from janaseva.core.questions import Question
from janaseva.core.refusal import CONFLICT, Refusal, not_found
from janaseva.documents import rules
from janaseva.documents.models import Attachment, Document, Revocation
from janaseva.documents.queries.stored import bytes_of

_ENDED_AT = Subquery(Revocation.objects.filter(document_id=OuterRef("pk")).values("revoked_at")[:1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Bytes for a door to hand out, always as an attachment with this name."""

    filename: str
    media_type: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """An issued document as its holder and the officers of its matter see it; ``state``: to_seal, sealed, failed."""

    document_id: UUID
    kind: str
    number: str
    code: str
    title: Mapping[str, str]
    issued_at: datetime
    valid_from: date
    valid_until: date | None
    state: str
    failure: str
    sha256: str
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """An issued document with what it states, for those who are asked for it again; ``story`` is its matter."""

    document: DocumentView
    story: UUID
    size_bytes: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentView:
    """A file that was given for a matter."""

    attachment_id: UUID
    kind: str
    filename: str
    media_type: str
    size_bytes: int
    pages: int
    sha256: str
    attached_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSeal:
    """A document that waits for its seal, with everything that is needed to typeset it."""

    composed: rules.Composed
    letter: str
    story: UUID
    photograph: bytes = b""
    """Of the holder, as it was given, where the facts name one."""


def number_taken(*, kind: str, number: str) -> bool:
    """Answer whether a document of this kind has the number already."""
    return Document.count_where(kind=kind, number=number) > 0


def _may_read(by: Actor, holder_person_id: UUID | None, *, story_visible: bool) -> bool:
    own = by.person_id is not None and by.kind == "person" and by.person_id == holder_person_id
    return own or story_visible or by.kind == "system"


def content(by: Actor, document_id: UUID, *, story_visible: bool = False) -> Content:
    """Return the bytes of a sealed document or of an attachment.

    ``story_visible`` is what the room above found: whether ``by`` may see the matter that it belongs to. Without it,
    only the holder of a document and the giver of an attachment may read.

    Raises:
        Refusal: ``not_found``; ``document_not_sealed`` while the file is not there yet; ``document_store_away`` and
            ``document_not_whole`` where its bytes cannot be had.

    """
    document = Document.objects.select_related("blob").filter(pk=document_id).first()
    if document is not None:
        if not _may_read(by, document.holder_person_id, story_visible=story_visible):
            raise not_found()
        if document.state != "sealed":
            raise Refusal("document_not_sealed", status=CONFLICT)
        return _content(f"{document.kind}-{document.number}.pdf", document)
    attachment = Attachment.objects.select_related("blob").filter(pk=document_id).first()
    if attachment is None or not _may_read(by, attachment.person_id, story_visible=story_visible):
        raise not_found()
    return _content(attachment.filename, attachment)


def _content(filename: str, row: Any) -> Content:
    return Content(
        filename=rules.tidy_filename(filename),
        media_type=row.blob.media_type,
        content=bytes_of(row.blob),
        sha256=row.blob.sha256,
    )


def documents_of(by: Actor, story: UUID, *, story_visible: bool = False) -> list[DocumentView]:
    """Return the documents issued in a matter, oldest first: all where the matter is visible, else those one holds."""
    everything = story_visible or by.kind == "system"
    return [_view(row) for row in _issued(story=story) if everything or _is(by, row.holder_person_id)]


@Question
def _issued(*, story: UUID) -> QuerySet[Document]:
    rows = Document.objects.defer("facts").filter(story=story).order_by("issued_at", "id")
    return rows.annotate(ended_at=_ENDED_AT)


def documents_held(by: Actor) -> list[DocumentView]:
    """Return every document of which ``by`` is the holder, newest first."""
    if by.person_id is None:
        return []
    rows = Document.objects.defer("facts").filter(holder_person_id=by.person_id).order_by("-issued_at", "-id")
    return [_view(row) for row in rows.annotate(ended_at=_ENDED_AT)]


def stated(
    by: Actor, *, stories: Collection[UUID] = (), document_ids: Collection[UUID] = (), story_visible: bool = False
) -> list[Stated]:
    """Return what the documents of these matters, and these documents, state: what ``by`` holds or may see.

    The latest stand first; ``story_visible`` is what the room above found, as in :func:`content`.
    """
    rows = Document.objects.filter(Q(story__in=stories) | Q(pk__in=document_ids))
    if not story_visible and by.kind != "system":
        rows = rows.filter(holder_person_id=by.person_id, holder_person_id__isnull=False)
    return [
        Stated(
            document=_view(row),
            story=row.story,
            size_bytes=row.blob.size_bytes if row.blob is not None else 0,
            facts=row.facts,
        )
        for row in rows.select_related("blob")
        .defer("blob__content")
        .annotate(ended_at=_ENDED_AT)
        .order_by("-issued_at", "-id")
    ]


def failed(by: Actor) -> list[DocumentView]:
    """Return the documents that could not be sealed, for administrators; nothing for others."""
    if not by.is_official:
        return []
    rows = Document.objects.defer("facts").filter(state="failed").order_by("issued_at")
    return [_view(row) for row in rows.annotate(ended_at=_ENDED_AT)]


def _view(row: Any) -> DocumentView:
    return DocumentView(
        document_id=row.id,
        kind=row.kind,
        number=row.number,
        code=row.code,
        title=row.title,
        issued_at=row.issued_at,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        state=row.state,
        failure=row.failure,
        sha256=row.sha256,
        revoked_at=row.ended_at,
    )


def attachments_of(by: Actor, story: UUID, *, story_visible: bool = False) -> list[AttachmentView]:
    """Return the files given in a matter, oldest first: all where the matter is visible, else those one gave."""
    return [
        AttachmentView(
            attachment_id=row.id,
            kind=row.kind,
            filename=row.filename,
            media_type=row.blob.media_type,
            size_bytes=row.blob.size_bytes,
            pages=row.pages,
            sha256=row.blob.sha256,
            attached_at=row.attached_at,
        )
        for row in _given(story=story)
        if story_visible or by.kind == "system" or _is(by, row.person_id)
    ]


def _is(by: Actor, person_id: UUID | None) -> bool:
    return person_id is not None and person_id == by.person_id


@Question
def _given(*, story: UUID) -> QuerySet[Attachment]:
    rows = Attachment.objects.select_related("blob").defer("blob__content").filter(story=story)
    return rows.order_by("attached_at", "id")


def attachment_kinds(story: UUID, attachment_ids: frozenset[UUID]) -> dict[UUID, str]:
    """Return the kind of each of these attachments that belongs to the matter; for rooms above, in their actions."""
    rows = Attachment.objects.filter(story=story, pk__in=attachment_ids)
    return dict(rows.values_list("id", "kind"))


def state_of(document_id: UUID) -> str:
    """Return ``to_seal``, ``sealed``, ``failed`` or ``revoked``; for rooms above and the worker.

    Raises:
        Refusal: ``not_found``.

    """
    row = Document.objects.filter(pk=document_id).annotate(ended_at=_ENDED_AT).values_list("state", "ended_at").first()
    if row is None:
        raise not_found()
    return "revoked" if row[1] is not None else str(row[0])


def good_until(document_id: UUID) -> date | None:
    """Return the last good day of an issued document, ``None`` where it has none; for rooms above.

    Raises:
        Refusal: ``not_found``.

    """
    row = Document.objects.filter(pk=document_id).values_list("valid_until").first()
    if row is None:
        raise not_found()
    return row[0]


def to_seal(by: Actor, document_id: UUID) -> ToSeal | None:
    """Return what is needed to typeset a document, or ``None`` where it is sealed or failed already."""
    if not rules.may_seal(by):
        raise not_found()
    document = Document.first_where(id=document_id, state="to_seal")
    if document is None:
        return None
    photograph: Attachment | None = None
    if "photograph" in document.facts:
        given = Attachment.objects.select_related("blob").filter(story=document.story)
        photograph = given.filter(blob__sha256=document.facts["photograph"]).first()
    return ToSeal(
        composed=_composed(document),
        letter=document.letter,
        story=document.story,
        photograph=bytes_of(photograph.blob) if photograph is not None else b"",
    )


def _composed(document: Document) -> rules.Composed:
    return rules.Composed(
        document_id=document.id,
        kind=document.kind,
        number=document.number,
        code=document.code,
        title=document.title,
        facts=document.facts,
        languages=document.languages,
        issued_at=document.issued_at,
        valid_from=document.valid_from,
        valid_until=document.valid_until,
    )


def is_unsealed(stories: Collection[UUID]) -> bool:
    """Return whether a document of these matters waits for its seal; for rooms above, in their actions."""
    return Document.objects.filter(story__in=stories, state="to_seal").exists()

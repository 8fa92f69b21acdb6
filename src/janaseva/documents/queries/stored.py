"""Questions about where the bytes of papers lie: in the database, or in the document store."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Sum

from janaseva.core.actor import Actor
from janaseva.core.outside import fetched
from janaseva.core.refusal import not_found
from janaseva.documents import rules
from janaseva.documents.models import Blob, Document

KIND: Final = "documents.blob"
"""What the bytes of a paper are called outside: their name is their SHA-256."""
MOST_COUNTED: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper's bytes by their hash; ``content`` is empty unless it was asked for and lies in the database."""

    blob_id: UUID
    sha256: str
    size_bytes: int
    content: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """How many papers lie where, and their bytes."""

    here: int
    here_bytes: int
    stored: int
    stored_bytes: int


def bytes_of(blob: Blob) -> bytes:
    """Return the bytes of a paper wherever they lie.

    Raises:
        Refusal: ``document_store_away``; ``document_not_whole`` for what the store lost or holds altered.

    """
    if blob.content is not None:
        return bytes(blob.content)
    return fetched(KIND, blob.sha256)


def to_store(by: Actor, *, most: int, most_bytes: int) -> list[Paper]:
    """Return the papers, oldest first, that wait in the database for the document store, with their bytes."""
    if not rules.may_store(by):
        raise not_found()
    rows = Blob.objects.filter(stored_at__isnull=True, content__isnull=False).order_by("pk")
    taken: list[UUID] = []
    room = most_bytes
    for key, size in rows.values_list("pk", "size_bytes")[:most]:
        if taken and size > room:
            break
        taken.append(key)
        room -= size
    return [
        Paper(blob_id=row.id, sha256=row.sha256, size_bytes=row.size_bytes, content=bytes(row.content or b""))
        for row in Blob.objects.filter(pk__in=taken).order_by("pk")
    ]


def stored(by: Actor, *, after: UUID | None = None, most: int = 1_000) -> list[Paper]:
    """Return the papers that lie in the document store, in the order of their ids, from the one after ``after``."""
    if not rules.may_store(by):
        raise not_found()
    rows = Blob.objects.filter(stored_at__isnull=False)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = rows.order_by("pk").values_list("pk", "sha256", "size_bytes")[:most]
    return [Paper(blob_id=key, sha256=sha256, size_bytes=size) for key, sha256, size in found]


def all_stored(by: Actor) -> Iterator[Paper]:
    """Yield every paper that lies in the document store, a thousand rows at a time."""
    after: UUID | None = None
    while some := stored(by, after=after):
        yield from some
        after = some[-1].blob_id


def is_stored(by: Actor, blob_id: UUID) -> bool:
    """Answer whether a paper's bytes are to be in the document store now."""
    if not rules.may_store(by):
        raise not_found()
    return Blob.objects.filter(pk=blob_id, stored_at__isnull=False).exists()


def photograph_is_stored(by: Actor, document_id: UUID) -> bool:
    """Answer whether a document is to be set with a photograph that lies in the document store."""
    if not rules.may_store(by):
        raise not_found()
    sha256 = Document.objects.filter(pk=document_id).values_list("facts__photograph", flat=True).first()
    return bool(sha256) and Blob.objects.filter(sha256=sha256, stored_at__isnull=False).exists()


def all_hashes(by: Actor, *, after: UUID | None = None) -> Iterator[str]:
    """Yield the SHA-256 of every paper, wherever it lies; of those alone whose ids follow ``after``."""
    if not rules.may_store(by):
        raise not_found()
    rows = Blob.objects.filter(pk__gt=after) if after is not None else Blob.objects.all()
    yield from rows.values_list("sha256", flat=True).iterator(chunk_size=10_000)


def places(by: Actor) -> Places:
    """Return how many papers lie where."""
    if not rules.may_store(by):
        raise not_found()
    rows = Blob.objects.order_by()
    counted = {
        away: rows.filter(stored_at__isnull=not away).aggregate(count=Count("pk"), bytes=Sum("size_bytes"))
        for away in (False, True)
    }
    return Places(
        here=counted[False]["count"],
        here_bytes=counted[False]["bytes"] or 0,
        stored=counted[True]["count"],
        stored_bytes=counted[True]["bytes"] or 0,
    )


def waiting(at: datetime) -> tuple[int, timedelta]:
    """Return how many papers wait for the store (:data:`MOST_COUNTED` at most), and for how long the oldest."""
    rows = Blob.objects.filter(stored_at__isnull=True, content__isnull=False).order_by("pk")
    oldest = rows.values_list("pk", flat=True).first()
    if oldest is None:
        return 0, timedelta(0)
    since = datetime.fromtimestamp((oldest.int >> 80) / 1000, tz=UTC)
    return rows[:MOST_COUNTED].count(), max(timedelta(0), at - since)

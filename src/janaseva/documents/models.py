"""Tables of what is written.

Bytes are kept in the database first, so that what was acknowledged is durable with its act. Where a document store is
set, the worker brings them there afterwards (docs/decisions/0012-papers-move-to-a-store-after-the-act.md).
"""

from typing import ClassVar

from django.db import models

from janaseva.core.row import Row

SHA256_HEX = 64


class Blob(Row):
    """Bytes, kept once however often they are referred to; never changed.

    ``content`` is empty where they lie in the document store, since ``stored_at``.
    """

    sha256 = models.CharField(max_length=SHA256_HEX, unique=True)
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    content = models.BinaryField(null=True)
    stored_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(content__isnull=True) | models.Q(stored_at__isnull=True), name="documents_one_place"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(stored_at__isnull=True), name="documents_to_store"),
        ]


class Attachment(Row):
    """A file that somebody gave for a matter, cleaned; ``kind`` is what it is meant to prove, as the form calls it."""

    story = models.UUIDField(db_index=True)
    office_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=100)
    filename = models.CharField(max_length=200)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    pages = models.PositiveSmallIntegerField(default=1)
    attached_at = models.DateTimeField()
    person_id = models.UUIDField(null=True)


class Document(Row):
    """A certificate, letter or receipt that the state issued: what it says, and, once sealed, the signed file.

    Of one that was erased (``erased_at``) there are number, code, validity and the file's SHA-256: whoever holds it can
    still have it verified.
    """

    personal: ClassVar[tuple[str, ...]] = ("facts", "facts_sha256", "qr", "holder_person_id")

    STATES: ClassVar = [("to_seal", "to seal"), ("sealed", "sealed"), ("failed", "failed")]

    story = models.UUIDField(db_index=True)
    office_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=60)
    number = models.CharField(max_length=80)
    code = models.CharField(max_length=16)
    title = models.JSONField()
    facts = models.JSONField()
    facts_sha256 = models.CharField(max_length=SHA256_HEX)
    letter = models.CharField(max_length=200)
    languages = models.JSONField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    holder_person_id = models.UUIDField(null=True, db_index=True)
    issued_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=STATES, default="to_seal", db_index=True)
    failure = models.CharField(max_length=60, default="", blank=True)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True)
    sha256 = models.CharField(max_length=SHA256_HEX, default="", blank=True)
    sealed_at = models.DateTimeField(null=True)
    key_id = models.CharField(max_length=32, default="", blank=True)
    qr = models.TextField(default="", blank=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "number"], name="documents_number_once"),
            models.CheckConstraint(
                condition=models.Q(state="sealed", erased_at__isnull=True) ^ models.Q(blob__isnull=True),
                name="documents_sealed_has_file",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["number"], name="documents_number")]


class Revocation(Row):
    """The end of a document before its time: why, in coded and in plain words, by which post, since when."""

    fixed_but: ClassVar[tuple[str, ...] | None] = ()
    personal: ClassVar[tuple[str, ...]] = ("words",)
    erased_where: ClassVar[str] = (
        "EXISTS (SELECT 1 FROM documents_document AS held JOIN ledger_erasure AS named "
        'ON named."story" = held."story" WHERE held."id" = {row}."document_id")'
    )

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    office_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=60)
    words = models.TextField(blank=True, default="")
    revoked_at = models.DateTimeField()
    post_id = models.UUIDField(null=True)


class Suspension(Row):
    """A time in which a document does not hold: since when, why, by which post, and since when it holds again."""

    personal: ClassVar[tuple[str, ...]] = ("words", "lifted_words")

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    office_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=60)
    words = models.TextField()
    suspended_at = models.DateTimeField()
    post_id = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_words = models.TextField(default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document"], condition=models.Q(lifted_at__isnull=True), name="documents_suspended_once"
            ),
        ]


class Key(Row):
    """The public half of a signing key, with the time in which it signed; the private half is never in the database.

    ``use`` is ``seal`` (PAdES, X.509 certificate) or ``qr`` (Ed25519). ``compromised_at`` says from when on nothing
    that the key signed is to be believed.
    """

    USES: ClassVar = [("seal", "seal of files"), ("qr", "codes on paper")]

    key_id = models.CharField(max_length=32, unique=True)
    use = models.CharField(max_length=4, choices=USES)
    public_pem = models.TextField()
    certificate_pem = models.TextField(blank=True, default="")
    issuer = models.CharField(max_length=200)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    compromised_at = models.DateTimeField(null=True)

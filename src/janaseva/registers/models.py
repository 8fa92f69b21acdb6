"""Tables of registers."""

from typing import ClassVar

from django.db import models

from janaseva.core.row import Row


class Register(Row):
    """One book that the state keeps, such as the certificates of one service; opened by a pack."""

    key = models.CharField(max_length=80, unique=True)
    title = models.JSONField()
    pack = models.CharField(max_length=80)


class Entry(Row):
    """One matter in a register under its number; what is known of it stands in its versions."""

    personal: ClassVar[tuple[str, ...]] = ("holder_person_id",)

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=80)
    story = models.UUIDField(db_index=True)
    office_id = models.UUIDField()
    holder_person_id = models.UUIDField(null=True, db_index=True)
    current = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["register", "number"], name="entry_number_once_a_register"),)


class Version(Row):
    """What was known of an entry from one moment on: added, never changed.

    ``folded`` holds the facts that are text as they are compared; it is made from ``facts`` alone.
    """

    personal: ClassVar[tuple[str, ...]] = ("facts", "folded", "why")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    facts = models.JSONField()
    folded = models.JSONField(default=dict)
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()
    why = models.TextField(default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "number"], name="version_number_once_an_entry"),)

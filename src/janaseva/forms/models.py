"""What people answered."""

from typing import ClassVar

from django.db import models

from janaseva.core.row import Row


class AnswerSheet(Row):
    """The answers of one matter to one version of one form, as they are kept (see :mod:`janaseva.forms.rules`)."""

    personal: ClassVar[tuple[str, ...]] = ("values",)

    story = models.UUIDField(unique=True)
    office_id = models.UUIDField(null=True)
    form_key = models.CharField(max_length=60)
    form_version = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    kept_at = models.DateTimeField()

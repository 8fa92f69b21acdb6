"""Tables of monitor."""

from django.db import models

from janaseva.core.row import Row
from janaseva.monitor import rules


class Incident(Row):
    """Something that hurt, or may have hurt, what the platform keeps: what, noticed when, and how it ended.

    ``cause`` is the event by which the platform noticed it itself; each such event makes one incident.
    """

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=30, choices=[(kind, kind) for kind in rules.KINDS])
    words = models.TextField()
    personal_data = models.BooleanField()
    occurred_at = models.DateTimeField(null=True)
    noticed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    cause = models.UUIDField(null=True, unique=True)
    closed_at = models.DateTimeField(null=True)
    closed_words = models.TextField(default="", blank=True)

    class Meta:
        indexes = (models.Index(fields=["noticed_at"], name="incidents_open", condition=models.Q(closed_at=None)),)


class Affected(Row):
    """A person whose data an incident concerns, and since when they have been told."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["incident", "person_id"], name="affected_once_an_incident"),)


class Report(Row):
    """That an authority was told of an incident: when, and under which reference it took it."""

    fixed_but = ()

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    authority = models.CharField(max_length=30, choices=[(one.key, one.key) for one in rules.AUTHORITIES])
    sent_at = models.DateTimeField()
    reference = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["incident", "authority"], name="report_once_an_authority"),)

"""The days on which offices are open, what closed them, and when the platform itself was out of order."""

from django.db import models

from janaseva.core.row import Row


class WorkCalendar(Row):
    """One layer of the days on which offices are open: a state's calendar, or what a district or office has otherwise.

    A layer stands on its ``parent`` and is for an ``area`` or one ``office``; of its weekly rule and hours, what is
    empty is as below. ``time_zone`` is the state's in every layer. ``closed_at`` is when a closure of it was last
    declared or lifted.
    """

    key = models.CharField(max_length=80, unique=True)
    parent = models.ForeignKey("workflow.WorkCalendar", on_delete=models.PROTECT, related_name="+", null=True)
    area = models.ForeignKey("people.Area", on_delete=models.PROTECT, related_name="+", null=True)
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+", null=True)
    names = models.JSONField(default=dict)
    time_zone = models.CharField(max_length=60)
    weekly_off = models.JSONField(null=True)
    saturdays_off = models.JSONField(null=True)
    opens = models.TimeField(null=True)
    closes = models.TimeField(null=True)
    known_until = models.DateField(null=True)
    source = models.JSONField(default=list)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office"], name="workflow_one_calendar_an_office"),
            models.UniqueConstraint(
                fields=["area"], condition=models.Q(office=None), name="workflow_one_calendar_an_area"
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=False)
                | models.Q(weekly_off__isnull=False, opens__isnull=False, closes__isnull=False),
                name="workflow_calendar_whole_or_layer",
            ),
        ]


class WorkDay(Row):
    """A day that is otherwise than the weekly rule says. ``kind``: holiday, closure, working, half_day."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    kind = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    closes = models.TimeField(null=True)
    source = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "day", "kind"], name="workflow_one_day_a_kind")]


class Closure(Row):
    """Days on which an officer with authority closed one office, or all offices of an area; kept when it is lifted.

    ``from_time``: on each of these days the office closes at that hour and is open before.
    """

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="+", null=True)
    charge_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    first_day = models.DateField()
    last_day = models.DateField()
    from_time = models.TimeField(null=True)
    why = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    lifted_at = models.DateTimeField(null=True)
    lifted_by_person_id = models.UUIDField(null=True)


class Outage(Row):
    """A time in which the platform itself was out of order, recorded by an administrator or by the worker's return.

    Who corrects one lifts it with a reason, and records what it was instead.
    """

    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    why = models.CharField(max_length=200)
    source = models.CharField(max_length=300, blank=True)
    person_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by_person_id = models.UUIDField(null=True)
    lifted_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(to_at__gt=models.F("from_at")), name="workflow_outage_ends"),
            models.UniqueConstraint(
                fields=["from_at", "to_at"], condition=models.Q(lifted_at=None), name="workflow_one_outage_a_time"
            ),
        ]

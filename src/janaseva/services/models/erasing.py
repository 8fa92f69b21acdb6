"""What is to be erased, or was, and what must not be."""

from django.db import models
from django.db.models import Q

from janaseva.core.row import Row
from janaseva.services.models.applications import Application
from janaseva.services.rules import erasing


class Erasure(Row):
    """That an application is to be erased, or was: on which ground, by whose proposal and whose word, and when.

    ``words`` say why, and name nobody. What is due by a definition's schedule the clock announces, with nobody's word.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    office_id = models.UUIDField(null=True)
    ground = models.CharField(max_length=8)
    words = models.TextField(default="")
    state = models.CharField(max_length=9)
    proposed_at = models.DateTimeField()
    proposed_by_id = models.UUIDField(null=True)
    proposed_post_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_post_id = models.UUIDField(null=True)
    erases_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=erasing.STATES), name="erasure_state_known"),
            models.CheckConstraint(condition=Q(ground__in=erasing.GROUNDS), name="erasure_ground_known"),
            models.CheckConstraint(
                condition=Q(erases_at=None)
                | Q(ground__in=erasing.BY_ITSELF)
                | (Q(decided_by_id__isnull=False) & ~Q(decided_by_id=models.F("proposed_by_id"))),
                name="erasure_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("announced", "done")) | Q(erases_at__isnull=False), name="erasure_announced"
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(state__in=erasing.OPEN), name="erasure_open_once"
            ),
        )
        indexes = (
            models.Index(fields=["erases_at"], name="erasure_to_do", condition=Q(state="announced")),
            models.Index(fields=["-proposed_at"], name="erasure_latest"),
        )


class Hold(Row):
    """That an application, or all of one person, must not be erased: why, by whose order, until a second person lifts.

    ``application`` is the one that was named; with ``of_person`` it holds for all of its applicant.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()
    of_person = models.BooleanField(default=False)
    office_id = models.UUIDField(null=True)
    order = models.CharField(max_length=200)
    words = models.TextField()
    placed_at = models.DateTimeField()
    placed_by_id = models.UUIDField()
    placed_post_id = models.UUIDField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by_id = models.UUIDField(null=True)
    lifted_post_id = models.UUIDField(null=True)
    lifted_words = models.TextField(default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(lifted_at=None)
                | (Q(lifted_by_id__isnull=False) & ~Q(lifted_by_id=models.F("placed_by_id"))),
                name="hold_lifted_by_second_person",
            ),
        )
        indexes = (
            models.Index(fields=["application"], name="hold_of_application", condition=Q(lifted_at=None)),
            models.Index(fields=["person_id"], name="hold_of_person", condition=Q(lifted_at=None, of_person=True)),
            models.Index(fields=["-placed_at"], name="hold_latest"),
        )

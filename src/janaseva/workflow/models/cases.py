"""Cases, the tasks that hang on posts, and all that is written and done on the way."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from janaseva.core.row import Row

_OPEN = Q(state__in=["waiting", "held"])
_LYING = Q(state__in=["waiting", "held", "paused"])


class Case(Row):
    """One matter on its way through one process; it keeps the process with which it began, as text.

    ``state`` is a step's key, or the outcome once ``ended_at`` is set. ``desks`` holds the post resolved for each step
    and report: ``{step or step/report: {post_id, office_id}}``. ``arrived_at`` is when the application was received:
    the order in which desks serve. ``facts`` are those answers, with their kinds, on which the rules of its automatic
    steps look.
    """

    personal: ClassVar[tuple[str, ...]] = ("facts", "applicant_person_id", "made_by_person_id")
    shared: ClassVar[tuple[str, ...]] = ("process",)

    story = models.UUIDField(db_index=True)
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="+", null=True)
    area = models.ForeignKey("people.Area", on_delete=models.PROTECT, related_name="+")
    definition_key = models.CharField(max_length=80)
    definition_version = models.CharField(max_length=80)
    process = models.JSONField()
    desks = models.JSONField()
    facts = models.JSONField(default=dict)
    calendar_key = models.CharField(max_length=80, blank=True)
    applicant_person_id = models.UUIDField(null=True)
    made_by_person_id = models.UUIDField(null=True)
    state = models.CharField(max_length=63)
    arrived_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["office", "arrived_at", "id"], name="workflow_case_open", condition=Q(ended_at=None))
        ]


class Task(Row):
    """Work that waits on a post (or for the applicant, or for time to pass) and is held by one person at most.

    ``kind``: main (the step's own), branch (one of several at once), report, applicant, time. ``state``: waiting, held,
    paused (while another task of the case is answered), done, void. ``arrived_at`` repeats the case's, so that the
    queue is one index. ``silent_at`` is when the silence of an office that was asked means something, ``reminded_at``
    when it was last reminded, ``awaits`` for what a wait waits: ``register/number`` of an entry, or ``fee``.
    """

    personal: ClassVar[tuple[str, ...]] = ("out_of_turn", "question")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=9)
    step = models.CharField(max_length=63)
    report = models.CharField(max_length=63, blank=True)
    title = models.JSONField(default=dict)
    other_person = models.BooleanField(default=False)
    state = models.CharField(max_length=7)
    arrived_at = models.DateTimeField()
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    held_by_charge_id = models.UUIDField(null=True)
    held_by_person_id = models.UUIDField(null=True)
    held_at = models.DateTimeField(null=True)
    out_of_turn = models.TextField(blank=True)
    question = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)
    silent_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    awaits = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["silent_at"], name="workflow_task_silent", condition=Q(silent_at__isnull=False)),
            models.Index(fields=["awaits"], name="workflow_task_awaits", condition=~Q(awaits="")),
            models.Index(fields=["post", "state", "arrived_at", "id"], name="workflow_task_on_desk", condition=_LYING),
            models.Index(
                fields=["post", "due_at", "arrived_at", "id"], name="workflow_task_due_first", condition=_OPEN
            ),
            models.Index(
                fields=["post", "arrived_at", "id"], name="workflow_task_reports", condition=_OPEN & Q(kind="report")
            ),
            models.Index(fields=["kind", "state", "due_at"], name="workflow_task_time"),
            models.Index(
                fields=["held_at", "case", "office"],
                name="workflow_task_held",
                condition=Q(kind="main", held_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(kind__in=["main", "time"], state__in=["waiting", "held", "paused"]),
                name="workflow_one_main_task",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(kind__in=["report", "applicant"], state__in=["waiting", "held"]),
                name="workflow_one_side_task",
            ),
            models.UniqueConstraint(
                fields=["case", "step", "report"],
                condition=Q(kind="branch", state__in=["waiting", "held"]),
                name="workflow_one_branch_task",
            ),
            models.CheckConstraint(
                condition=Q(state="held", held_by_charge_id__isnull=False)
                | (~Q(state="held") & Q(held_by_charge_id__isnull=True))
                | Q(state="done"),
                name="workflow_held_by_someone",
            ),
        ]


class Move(Row):
    """One thing that was done with a case: a move of the process, a question, an answer, a report, a transfer.

    ``ordinal`` counts from 1 within the case. ``documents`` are the ids of what came with it, ``place`` is where it was
    found: words, latitude and longitude. ``found`` is what the officer found, by the keys of the move's ``finds``.
    """

    personal: ClassVar[tuple[str, ...]] = ("note", "place", "found")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="+", null=True)
    ordinal = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=63, blank=True)
    source = models.CharField(max_length=130)
    target = models.CharField(max_length=130)
    charge_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    reason = models.CharField(max_length=63, blank=True)
    checked = models.JSONField(default=list)
    recommends = models.CharField(max_length=7, blank=True)
    documents = models.JSONField(default=list)
    place = models.JSONField(null=True)
    found = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "ordinal"], name="workflow_move_ordinal")]


class Note(Row):
    """What an officer wrote down beside a case; the applicant does not read it here."""

    personal: ClassVar[tuple[str, ...]] = ("text",)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="+", null=True)
    charge_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    text = models.TextField()


class Deadline(Row):
    """A clock of a case: the whole case's, or (with ``step``) one step's own.

    ``limit`` is the limit as the definition gave it. ``due_at`` is empty while no date can be said: the limit is
    unknown, the clock has not begun, or it stands still (``standing``).
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=63, blank=True)
    limit = models.JSONField(null=True)
    began_at = models.DateTimeField(null=True)
    standing = models.CharField(max_length=9)
    due_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "case"], name="workflow_deadline_runs", condition=Q(step="", met_at=None))
        ]


class Pause(Row):
    """A time in which the clock of a case stood still."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=20)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(to_at__isnull=True), name="workflow_one_open_pause")
        ]


class Look(Row):
    """That an officer opened a case, once a day and charge: the applicant may see who looked, and when."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="+", null=True)
    charge_id = models.UUIDField()
    person_id = models.UUIDField(null=True)
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "charge_id", "day"], name="workflow_one_look_a_day")]


class Notice(Row):
    """What is public of a case while a step of it waits: the words that the definition publishes, and until when."""

    personal: ClassVar[tuple[str, ...]] = ("statement",)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("people.Area", on_delete=models.PROTECT, related_name="+")
    definition_key = models.CharField(max_length=80)
    step = models.CharField(max_length=63)
    title = models.JSONField()
    statement = models.JSONField()
    takes_objections = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["closed_at", "-published_at"], name="workflow_notice_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(closed_at__isnull=True), name="workflow_one_open_notice"
            )
        ]


class Objection(Row):
    """What somebody has against a case whose notice is public, in their words, until they take it back."""

    personal: ClassVar[tuple[str, ...]] = ("name", "text")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=60, unique=True)
    person_id = models.UUIDField()
    name = models.CharField(max_length=200)
    text = models.TextField()
    documents = models.JSONField(default=list)
    lodged_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person_id", "-lodged_at"], name="workflow_objection_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "person_id"],
                condition=Q(withdrawn_at__isnull=True),
                name="workflow_one_objection_a_person",
            )
        ]


class Hearing(Row):
    """A day on which those whom a case concerns are heard: fixed with notice, then held or adjourned.

    ``attended`` names who came: ``applicant``, and the numbers of objections. ``record`` is what was said, or why it
    was adjourned; officers read it.
    """

    personal: ClassVar[tuple[str, ...]] = ("place", "record")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="+", null=True)
    charge_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    hearing_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    state = models.CharField(max_length=9)
    fixed_at = models.DateTimeField()
    attended = models.JSONField(default=list)
    record = models.TextField(blank=True)
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="fixed"), name="workflow_one_hearing_to_come")
        ]


class Lapse(Row):
    """That a case will end by itself as lapsed: which of its process's lapses, counted since when, and by when.

    It is over (``over_at``) when it happened, when what it waited for was done, or when no way leads to it any more.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=63)
    began_at = models.DateTimeField()
    last_day = models.DateField()
    lapses_at = models.DateTimeField()
    remind_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["lapses_at"], name="workflow_lapse_to_come", condition=Q(over_at=None)),
            models.Index(
                fields=["remind_at"], name="workflow_lapse_remind", condition=Q(over_at=None, reminded_at=None)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], condition=Q(over_at=None), name="workflow_one_lapse_a_key")
        ]

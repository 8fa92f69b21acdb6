"""Tables of services: what can be asked for, in which words and law, and every application with what became of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from janaseva.core.row import Row
from janaseva.services.rules import afterwards, appealing, emergencies, proposing, purposes, rights, states


class Service(Row):
    """One thing that people can ask the state for; its definitions say what that means from which day on."""

    key = models.CharField(max_length=80, unique=True)
    pack = models.CharField(max_length=80)


class EmptyPack(Row):
    """What a pack says of itself as long as none of its services is published: the first is written on it.

    From then on the latest definition says it.
    """

    key = models.CharField(max_length=80, unique=True)
    files = models.JSONField()
    files_sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()


class Definition(Row):
    """One version of a service, as its pack's files said it; never changed, since running cases keep theirs.

    ``packed`` is what the files compiled to on publication, so that it loads at once.
    """

    fixed_but: ClassVar[tuple[str, ...] | None] = ()

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    effective_from = models.DateField()
    files = models.JSONField()
    packed = models.TextField()
    files_sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["service", "version"], name="definition_version_once"),)


class Proposal(Row):
    """A version of a service that somebody writes, until a second person publishes or rejects it.

    ``files`` are those of a definition. ``writers`` are the persons who saved any of it, in order; none of them may
    decide on it. ``decision_words`` are the words of who did.
    """

    service_key = models.CharField(max_length=80)
    pack = models.CharField(max_length=80)
    office_id = models.UUIDField()
    state = models.CharField(max_length=12, default="draft")
    files = models.JSONField()
    files_sha256 = models.CharField(max_length=64)
    writers = models.JSONField(default=list)
    words = models.TextField(default="")
    saved_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)
    decision_words = models.TextField(default="")
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=proposing.STATES), name="proposal_state_known"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(definition__isnull=False), name="proposal_published_has_version"
            ),
            models.UniqueConstraint(
                fields=["service_key"], condition=Q(state__in=("draft", "proposed")), name="proposal_open_once"
            ),
        )
        indexes = (models.Index(fields=["pack", "-saved_at"], name="proposal_by_pack"),)


class Application(Row):
    """One person's request for one service, from the first page to the decision. Its id is the story of the matter.

    ``missing`` are the groups of papers that are still to come before it is complete, where the law counts from that
    day; ``missing_words`` what the office said of them. ``number`` is given at submission; ``received_at`` is the legal
    time of receipt (of payment, where a fee is due); ``missed_at`` is when the clock noticed that the limit had passed
    without a decision, ``erased_at`` when all that was told in it was erased. ``purpose`` is empty for a first
    application; a renewal, a correction or a second copy rests on the certificate of the ``earlier`` one.
    """

    personal: ClassVar[tuple[str, ...]] = ("missing_words",)

    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="+")
    service_key = models.CharField(max_length=80)
    applicant = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=8)
    channel = models.CharField(max_length=16)
    state = models.CharField(max_length=16, default="draft")
    outcome = models.CharField(max_length=16, default="")
    number = models.CharField(max_length=60, null=True, unique=True)  # noqa: DJ001 - null: no number yet, and unique
    office_id = models.UUIDField(null=True)
    area = models.CharField(max_length=80, default="")
    variant = models.CharField(max_length=60, default="")
    purpose = models.CharField(max_length=12, default="")
    earlier = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    demand_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    missing = models.JSONField(default=list)
    missing_words = models.TextField(default="")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=states.STATES), name="application_state_known"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(state="discarded") | Q(number__isnull=False),
                name="application_submitted_has_number",
            ),
            models.CheckConstraint(
                condition=Q(purpose="", earlier__isnull=True) | Q(purpose__in=purposes.PURPOSES, earlier__isnull=False),
                name="application_purpose_has_earlier",
            ),
            models.UniqueConstraint(
                fields=["earlier"], condition=Q(state__in=("submitted", "begun")), name="one_open_again_an_application"
            ),
        )
        indexes = (
            models.Index(fields=["applicant", "-started_at"], name="application_by_applicant"),
            models.Index(fields=["office_id", "state", "received_at"], name="application_by_office"),
            models.Index(fields=["case_id"], name="application_by_case"),
            models.Index(fields=["demand_id"], name="application_by_demand"),
            models.Index(
                fields=["submitted_at", "service_key"],
                name="application_handed_in",
                condition=Q(submitted_at__isnull=False),
            ),
            models.Index(fields=["due_at"], name="application_to_notice", condition=Q(state="begun", missed_at=None)),
            models.Index(
                fields=["area", "due_at"],
                name="application_late",
                condition=Q(state="begun", missed_at__isnull=False),
            ),
            models.Index(
                fields=["service_key", "office_id", "due_at"],
                name="application_waiting",
                condition=Q(state="begun"),
            ),
            models.Index(
                fields=["ended_at", "service_key", "office_id"],
                name="application_ended",
                condition=Q(state="decided"),
            ),
            models.Index(
                fields=["service_key", "ended_at"], name="application_service_ended", condition=Q(state="decided")
            ),
            models.Index(
                fields=["office_id", "ended_at"], name="application_office_ended", condition=Q(state="decided")
            ),
            models.Index(
                fields=["ended_at", "service_key", "office_id"],
                name="application_lapsed",
                condition=Q(state="lapsed"),
            ),
        )


class Attachment(Row):
    """A paper given with an application: for which group of documents, as which of its alternatives."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=60)
    choice = models.CharField(max_length=60)
    document_id = models.UUIDField()
    given_at = models.DateTimeField()
    office_id = models.UUIDField(null=True)

    class Meta:
        indexes = (models.Index(fields=["application"], name="attachment_by_application"),)


class Query(Row):
    """A question from the office to the applicant; while it is open the applicant, not the office, is awaited."""

    personal: ClassVar[tuple[str, ...]] = ("question", "answer")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    office_id = models.UUIDField()
    post_id = models.UUIDField()
    question = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application"], condition=Q(answered_at__isnull=True), name="one_open_query_an_application"
            ),
        )


class Decision(Row):
    """What was decided on an application: by which post and person, with which reason in which words.

    There is one that stands; an order in appeal may set it aside (``set_aside_at``), and then it is decided again.
    ``renewal_told_on`` is the day from which its holder is to be told that the renewal may be asked for; once.
    """

    personal: ClassVar[tuple[str, ...]] = ("words", "facts")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=16)
    reason = models.CharField(max_length=60, default="")
    words = models.TextField(default="")
    facts = models.JSONField(default=dict)
    office_id = models.UUIDField()
    post_id = models.UUIDField()
    charge_id = models.UUIDField()
    person_id = models.UUIDField()
    decided_at = models.DateTimeField()
    document_id = models.UUIDField(null=True)
    certificate_number = models.CharField(max_length=60, default="")
    revoked_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)
    renewal_told_on = models.DateField(null=True)
    renewal_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application"], condition=Q(set_aside_at__isnull=True), name="one_standing_decision"
            ),
        )
        indexes = (
            models.Index(
                fields=["renewal_told_on"],
                name="decision_renewal_to_tell",
                condition=Q(renewal_told_on__isnull=False, renewal_told_at=None),
            ),
        )


class Appeal(Row):
    """An appeal in the matter of one application: a case of its own before an authority, with a number of its own.

    ``opened_by`` is the law itself, the applicant, or the authority on its own motion; ``cause`` is what it rests on.
    ``order`` is empty until it is decided; then ``comply_by`` is the day by which the office must have obeyed it.
    """

    personal: ClassVar[tuple[str, ...]] = ("grounds", "late_cause", "words", "hearing_place")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    office_id = models.UUIDField()
    number = models.CharField(max_length=60, unique=True)
    level = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=16)
    opened_by = models.CharField(max_length=16)
    grounds = models.TextField(default="")
    late_cause = models.TextField(default="")
    case_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    hearing_at = models.DateTimeField(null=True)
    hearing_place = models.CharField(max_length=200, default="")
    order = models.CharField(max_length=16, default="")
    reason = models.CharField(max_length=60, default="")
    words = models.TextField(default="")
    penalty_paise = models.BigIntegerField(default=0)
    compensation_paise = models.BigIntegerField(default=0)
    post_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    comply_by = models.DateTimeField(null=True)
    complied_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(level__in=rights.LEVELS), name="appeal_level_known"),
            models.CheckConstraint(condition=Q(cause__in=appealing.CAUSES), name="appeal_cause_known"),
            models.CheckConstraint(condition=Q(opened_by__in=appealing.OPENERS), name="appeal_opener_known"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, order="") | Q(ended_at__isnull=False) & ~Q(order=""),
                name="appeal_ended_has_order",
            ),
            models.UniqueConstraint(
                fields=["application", "level"], condition=Q(ended_at__isnull=True), name="one_open_appeal_a_level"
            ),
        )
        indexes = (
            models.Index(fields=["application", "opened_at"], name="appeal_by_application"),
            models.Index(fields=["case_id"], name="appeal_by_case"),
            models.Index(fields=["comply_by"], name="appeal_by_compliance"),
        )


class DeemedRequest(Row):
    """The applicant's written request after the limit passed, where the law then deems a thing granted.

    ``granted_at`` is when it was deemed granted, since nobody had answered by ``answer_by``.
    """

    personal: ClassVar[tuple[str, ...]] = ("words",)

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="+")
    office_id = models.UUIDField()
    number = models.CharField(max_length=60, unique=True)
    words = models.TextField(default="")
    requested_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    granted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["granted_at", "answer_by"], name="deemed_by_day"),)


class ShowCause(Row):
    """A notice to a holder that their certificate is to be revoked: why, until when they may answer, and the answer.

    It ends with the revocation, or is dropped where the answer satisfied the office; either with words.
    """

    personal: ClassVar[tuple[str, ...]] = ("words", "answer", "ended_words")

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    office_id = models.UUIDField()
    post_id = models.UUIDField()
    reason = models.CharField(max_length=60)
    words = models.TextField()
    given_at = models.DateTimeField()
    answer_until = models.DateField()
    answer = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, default="open")
    ended_at = models.DateTimeField(null=True)
    ended_words = models.TextField(default="")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=afterwards.STATES), name="show_cause_state_known"),
            models.UniqueConstraint(fields=["decision"], condition=Q(state="open"), name="show_cause_open_once"),
        )


class Emergency(Row):
    """An officer's access to one application outside of their charge, to read it, for some minutes.

    Asked with a ``reason`` by one person and decided by another; ``reads`` counts what was opened.
    """

    personal: ClassVar[tuple[str, ...]] = ("reason",)

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()
    charge_id = models.UUIDField()
    post_id = models.UUIDField()
    office_id = models.UUIDField()
    reason = models.TextField()
    minutes = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, default="asked")
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_post_id = models.UUIDField(null=True)
    ends_at = models.DateTimeField(null=True)
    reads = models.PositiveIntegerField(default=0)
    first_read_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=emergencies.STATES), name="emergency_state_known"),
            models.CheckConstraint(condition=Q(minutes__lte=emergencies.MINUTES[-1]), name="emergency_an_hour"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | (Q(decided_by_id__isnull=False) & ~Q(decided_by_id=models.F("person_id"))),
                name="emergency_second_person",
            ),
            models.CheckConstraint(condition=~Q(state="allowed") | Q(ends_at__isnull=False), name="emergency_ends"),
        )
        indexes = (
            models.Index(fields=["-asked_at"], name="emergency_latest"),
            models.Index(fields=["state", "ends_at"], name="emergency_to_end"),
        )

"""Who there is, where they sit, what they hold, and how they show who they are."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from janaseva.core.row import Row
from janaseva.people import rules


class Person(Row):
    """A citizen, known by phone number, or an officer, known by login name; somebody may be both.

    ``phone`` is E.164. ``names`` are words by language; empty for a citizen, whose name is asked for in forms.
    ``demonstration`` people can sign in only where the demonstration is on.
    """

    phone = models.CharField(max_length=16, null=True, unique=True)  # noqa: DJ001 - many officers have no phone here
    login = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - citizens have no login
    names = models.JSONField(default=dict)
    language = models.CharField(max_length=8, default="en")
    is_demonstration = models.BooleanField(default=False)
    made_at = models.DateTimeField()


class Area(Row):
    """A state, district, sub-district ... of a coding scheme. ``source`` says whence, ``note`` what is doubtful."""

    scheme = models.CharField(max_length=32)
    code = models.CharField(max_length=64)
    level = models.CharField(max_length=16, choices=[(level, level) for level in rules.AREA_LEVELS])
    parent = models.ForeignKey("people.Area", on_delete=models.PROTECT, related_name="+", null=True)
    names = models.JSONField()
    time_zone = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["scheme", "code"], name="one_area_a_code"),)


class Department(Row):
    """A department of the state."""

    key = models.CharField(max_length=64, unique=True)
    names = models.JSONField()


class OfficeKind(Row):
    """What people call a kind of office that a state brought itself; of its own kinds the platform has words."""

    key = models.CharField(max_length=40, unique=True)
    names = models.JSONField()


class Role(Row):
    """What people call a role; what it may do are its grants."""

    key = models.CharField(max_length=40, unique=True)
    names = models.JSONField()


class Office(Row):
    """An office, the area it serves, and the office it stands under.

    ``arranged_at`` is when it was last arranged at the desk: then its text changes nothing of it any more. One that
    closes names its ``successor``, to which its cases go; from ``ended_at`` on it is no more.
    """

    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=40)
    area = models.ForeignKey("people.Area", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("people.Department", on_delete=models.PROTECT, related_name="+")
    superior = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+", null=True)
    names = models.JSONField()
    is_demonstration = models.BooleanField(default=False)
    arranged_at = models.DateTimeField(null=True)
    successor = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["kind", "area"], name="office_by_kind_and_area"),)


class Coverage(Row):
    """A further area that an office serves besides its own, as a revenue division serves several taluks."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("people.Area", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["office", "area"], name="one_coverage_an_area"),)


class Post(Row):
    """A seat in an office until ``ended_at``: what is permitted hangs here, by ``role``, and never on a person."""

    key = models.CharField(max_length=120, unique=True)
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    names = models.JSONField()
    ended_at = models.DateTimeField(null=True)


class Charge(Row):
    """Who holds a post, from when to when. A ``stand_in`` acts beside the substantive holder, for a while.

    ``order`` names the order or reason by which it was given.
    """

    post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in rules.CHARGE_KINDS])
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    for_charge = models.ForeignKey("people.Charge", on_delete=models.PROTECT, related_name="+", null=True)
    order = models.CharField(max_length=200, blank=True)
    office_id = models.UUIDField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["post"], condition=Q(kind="substantive", to_at__isnull=True), name="one_holder_a_post"
            ),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gte=F("from_at")), name="charge_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(kind="stand_in") | Q(to_at__isnull=False), name="stand_in_has_an_end"),
        )


class Grant(Row):
    """A permission (``room.verb``) that a role carries."""

    role = models.CharField(max_length=40)
    permission = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["role", "permission"], name="one_grant_a_permission"),)


class Credential(Row):
    """One way in which an officer shows who it is.

    ``secret`` is a password hash, a sealed TOTP seed, or a passkey's public key. ``counter`` is the last TOTP time step
    accepted or the passkey's signature count: nothing at or before it is accepted again.
    """

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in rules.CREDENTIAL_KINDS])
    secret = models.TextField()
    handle = models.CharField(max_length=1400, null=True, unique=True)  # noqa: DJ001 - passkeys alone have one
    counter = models.BigIntegerField(default=0)
    label = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(ended_at__isnull=True) & ~Q(kind="passkey"),
                name="one_password_and_one_seed_a_person",
            ),
        )


class Session(Row):
    """One sign-in, known by the SHA-256 of a token that only the browser holds; bound to one charge or none."""

    recorded: ClassVar[bool] = False

    token_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    charge = models.ForeignKey("people.Charge", on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in rules.SESSION_KINDS])
    language = models.CharField(max_length=8)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["ends_at"], name="session_ends"),)


class Challenge(Row):
    """A question put to one who signs in: a one-time code, the second step after a password, or a passkey challenge.

    ``answer_hash`` is keyed. ``sealed`` is what must be read back: the code until it was sent, a passkey challenge.
    """

    recorded: ClassVar[bool] = False

    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in rules.CHALLENGE_KINDS])
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", null=True)
    phone = models.CharField(max_length=16, blank=True)
    language = models.CharField(max_length=8, default="en")
    answer_hash = models.CharField(max_length=64, blank=True)
    sealed = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["ends_at"], name="challenge_ends"),)


class Budget(Row):
    """How much of an allowance a number or a login has spent since when; ``subject`` is a keyed hash."""

    recorded: ClassVar[bool] = False

    subject = models.CharField(max_length=64, unique=True)
    since_at = models.DateTimeField()
    spent = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["ends_at"], name="budget_ends"),)


class Arrangement(Row):
    """An order about an office or its posts: one administrator proposes it, and a second person puts it in force.

    ``facts`` say what is ordered, ``lines`` what it changes, as it stood when it was proposed: ``[what, was, now]``,
    each in words. ``state``: proposed, in_force, withdrawn. ``office`` is the one that it changes, or has made.
    """

    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in rules.ARRANGEMENTS])
    area = models.ForeignKey("people.Area", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+", null=True)
    facts = models.JSONField()
    lines = models.JSONField()
    order = models.CharField(max_length=300)
    state = models.CharField(max_length=9)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        indexes = (models.Index(fields=["state", "-made_at"], name="arrangement_by_state"),)

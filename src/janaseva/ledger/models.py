"""The ledger's tables. None is ``recorded``: they are the record, and the audit recomputes them by other means."""

from typing import ClassVar

from django.db import models

from janaseva.core.row import Row


class Event(Row):
    """One thing that happened, chained to the event before it in its story.

    ``hash`` is SHA-256 over the salt and the canonical record (:func:`janaseva.ledger.rules.event_hash`). The first
    event of an act carries the hashes of all rows that the act wrote and all numbers that it was given. An
    :class:`Erasure` leaves neither facts nor rows nor salt, and no person who acted for themselves: the hash stays.
    """

    recorded: ClassVar[bool] = False
    fixed_but: ClassVar[tuple[str, ...] | None] = ()
    personal: ClassVar[tuple[str, ...]] = ("facts", "rows", "salt", "person_id")
    erased_where: ClassVar[str] = (
        "EXISTS (SELECT 1 FROM ledger_erasure AS named "
        'WHERE named."story" = {row}."story" AND named."through" >= {row}."ordinal")'
    )

    story = models.UUIDField()
    ordinal = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    office_id = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=10)
    actor_name = models.CharField(max_length=120, blank=True)
    person_id = models.UUIDField(null=True)
    charge_id = models.UUIDField(null=True)
    post_id = models.UUIDField(null=True)
    act_id = models.UUIDField()
    act = models.CharField(max_length=80)
    facts = models.JSONField(null=True)
    rows = models.JSONField(null=True)
    numbers = models.JSONField()
    salt = models.BinaryField(max_length=16, null=True)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["story", "ordinal"], name="one_event_a_place_in_a_story"),)


class Erasure(Row):
    """That what the events of a story tell was erased, up to the one with the ordinal ``through``.

    It is recorded, unlike the rest of the record: one that nobody told is found. ``remains`` is the SHA-256 over what
    is left of those events (:func:`janaseva.ledger.rules.remains_hash`), which their own hashes can no longer show.
    """

    fixed_but: ClassVar[tuple[str, ...] | None] = ()

    story = models.UUIDField(unique=True)
    through = models.PositiveIntegerField()
    events = models.PositiveIntegerField()
    remains = models.CharField(max_length=64)
    erased_at = models.DateTimeField()


class Story(Row):
    """The head of one chain of events; its row is locked while an act adds to the chain."""

    recorded: ClassVar[bool] = False

    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)


class Leaf(Row):
    """An event's place in the transparency log. Its key is the event's; ``index`` is given by the sequencer."""

    recorded: ClassVar[bool] = False
    fixed_but: ClassVar[tuple[str, ...] | None] = ("index",)

    index = models.BigIntegerField(null=True, unique=True)
    data = models.CharField(max_length=160)

    class Meta:
        indexes = (models.Index(fields=["id"], name="leaves_to_sequence", condition=models.Q(index__isnull=True)),)


class Tile(Row):
    """One tile of hashes as far as it is filled (C2SP tlog-tiles), written in the sequencer's transaction."""

    recorded: ClassVar[bool] = False

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField(max_length=8192)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["level", "number"], name="one_tile_a_place"),)


class Checkpoint(Row):
    """The head of the log: a single row, locked by the sequencer and swapped by the publisher.

    ``sequenced`` leaves have an index; ``size`` of them are published under the signed ``note``.
    """

    recorded: ClassVar[bool] = False

    sequenced = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    root = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    verifier = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField(null=True)


class Key(Row):
    """An idempotency key with what was asked under it and what was answered."""

    recorded: ClassVar[bool] = False

    scope = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    act = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    answer = models.TextField(null=True)  # noqa: DJ001 - null: not yet answered, which no text can say

    class Meta:
        constraints = (models.UniqueConstraint(fields=["scope", "key"], name="one_act_a_key"),)


class Series(Row):
    """The last number given in one gapless series of one year."""

    recorded: ClassVar[bool] = False

    series = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["series", "year"], name="one_counter_a_series"),)


class Delivery(Row):
    """One event on its way to one listener.

    ``waiting`` rows are taken when ``due_at`` has come; taking one moves ``due_at`` to the end of the lease, so that
    what a killed worker held comes back by itself.
    """

    recorded: ClassVar[bool] = False

    class State(models.TextChoices):
        """Where a delivery stands."""

        WAITING = "waiting"
        DONE = "done"
        DEAD = "dead"

    event = models.ForeignKey("ledger.Event", on_delete=models.PROTECT, related_name="+")
    listener = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    error = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["event", "listener"], name="one_delivery_a_listener"),)
        indexes = (
            models.Index(fields=["due_at", "id"], name="deliveries_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["id"], name="deliveries_dead", condition=models.Q(state="dead")),
        )


class Round(Row):
    """When a handler that the clock calls last ran, and how that ended."""

    recorded: ClassVar[bool] = False

    name = models.CharField(max_length=120, unique=True)
    last_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=120, blank=True)

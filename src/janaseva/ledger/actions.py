"""What an administrator may do with the ledger itself, and what its worker tells of itself."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.ledger import events, queries, rules
from janaseva.ledger.models import Delivery


@action
def retry(*, by: Actor, at: datetime, key: str) -> int:
    """Put every delivery that was given up back to be tried again at ``at``; return how many.

    Args:
        by: the system, or an officer who may ``ledger.retry``.
        at: when they are due.
        key: the idempotency key.

    Raises:
        Refusal: ``not_permitted`` for anybody else.

    """
    allow(by.may("ledger.retry"), code="not_permitted")
    dead = list(Delivery.objects.select_for_update().filter(state=Delivery.State.DEAD).order_by("pk"))
    for delivery in dead:
        change(delivery, state=Delivery.State.WAITING, attempts=0, due_at=at)
    tell(events.Retried(count=len(dead)))
    return len(dead)


@action
def report_audit(
    *, by: Actor, at: datetime, key: str, count: int, found: list[tuple[str, str, str]], seen: dict[str, int]
) -> int:
    """Record what an audit found, among the audits' own story; return how many disagreements there were.

    Args:
        by: the worker that audited.
        at: when the audit began.
        key: the idempotency key.
        count: how many disagreements were found.
        found: code, table and key of each, the first of them where there are very many.
        seen: how many events, log entries, rows and stored papers were recomputed.

    Raises:
        Refusal: ``not_permitted`` for anybody but the system.

    """
    allow(by.may("ledger.audit"), code="not_permitted")
    tell(events.Audited(count=count, found=tuple(found), seen=seen), story=queries.AUDITS)
    return count


@action
def note_return(*, by: Actor, at: datetime, key: str, from_at: datetime) -> None:
    """Tell that no worker was heard of since ``from_at``, and that one works again. Only the worker itself tells so."""
    allow(by.kind == "system")
    tell(events.WorkerReturned(from_at=from_at.isoformat(), to_at=at.isoformat()))


@action
def note_backup(
    *, by: Actor, at: datetime, key: str, backup: str, kind: str, manifest: str, log_size: int, size_bytes: int
) -> None:
    """Record that a backup was made, so that its manifest's hash is in the log.

    Args:
        by: the system.
        at: when it was on the shelf.
        key: the idempotency key.
        backup: its id.
        kind: ``full`` or ``increment``.
        manifest: the SHA-256 of its manifest.
        log_size: how many entries of the log it covers.
        size_bytes: how much it takes on the shelf.

    Raises:
        Refusal: ``not_permitted`` for anybody else.

    """
    allow(by.may("ledger.backup"), code="not_permitted")
    news = events.BackedUp(backup=backup, kind=kind, manifest=manifest, log_size=log_size, size_bytes=size_bytes)
    tell(news, story=rules.BACKUPS)


@action
def note_backup_verified(*, by: Actor, at: datetime, key: str, backup: str, log_size: int, findings: int) -> None:
    """Record that a backup was restored into a scratch place and compared with the log.

    Args:
        by: the system.
        at: when.
        key: the idempotency key.
        backup: its id.
        log_size: how many entries of the log the restored copy had.
        findings: how many things were not as recorded.

    Raises:
        Refusal: ``not_permitted`` for anybody else.

    """
    allow(by.may("ledger.backup"), code="not_permitted")
    tell(events.BackupVerified(backup=backup, log_size=log_size, findings=findings), story=rules.BACKUPS)


@action
def search_record(
    *,
    by: Actor,
    at: datetime,
    key: str,
    reason: str,
    from_at: datetime,
    to_at: datetime,
    person_id: UUID | None = None,
    post_id: UUID | None = None,
    story: UUID | None = None,
) -> tuple[UUID, ...]:
    """Return the ids of the events of a time in which a person or a post acted, or of one story, oldest first.

    The search is itself an event, with its reason and by what was searched; it is told also where nothing was found.

    Raises:
        Refusal: ``not_permitted``; ``search_reason_missing``; ``search_too_wide`` where neither person, post nor story
            is named, or more than :data:`MOST_FOUND` events fit.

    """
    allow(rules.may_search(by), code="not_permitted")
    if len(reason.strip()) < rules.SHORTEST_REASON:
        raise Refusal("search_reason_missing", count=rules.SHORTEST_REASON)
    if person_id is None and post_id is None and story is None:
        raise Refusal("search_too_wide", count=rules.MOST_FOUND)
    found = queries.matching(by, from_at=from_at, to_at=to_at, person_id=person_id, post_id=post_id, story=story)
    if len(found) > rules.MOST_FOUND:
        raise Refusal("search_too_wide", count=rules.MOST_FOUND)
    tell(
        events.RecordSearched(
            reason=reason.strip(),
            person_id=person_id,
            post_id=post_id,
            story=story,
            from_at=from_at.isoformat(),
            to_at=to_at.isoformat(),
            count=len(found),
        ),
        story=rules.SEARCHES,
    )
    return found


@action
def note_export(*, by: Actor, at: datetime, key: str, sha256: str, count: int) -> None:
    """Tell that what a search found was handed out as a file.

    Raises:
        Refusal: ``not_permitted``.

    """
    allow(rules.may_search(by), code="not_permitted")
    tell(events.RecordExported(sha256=sha256, count=count), story=rules.SEARCHES)


@action
def note_log_key(*, by: Actor, at: datetime, key: str, verifier: str, before: str) -> None:
    """Tell that another key begins to sign the log.

    Raises:
        Refusal: ``not_permitted`` for anybody but the administrator's command.

    """
    allow(by.may("ledger.rotate"), code="not_permitted")
    tell(events.LogKeyChanged(verifier=verifier, before=before), story=rules.LOG_KEYS)

"""What monitor does on hearing that something is not as it was recorded: an incident, whose clocks run from then."""

from typing import Final
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.news import Heard, hears
from janaseva.ledger import events as ledger
from janaseva.monitor import actions, queries

WATCH: Final = Actor.system("monitor.watch")
AUDIT_WORDS: Final = (
    "The nightly audit found what is not as it was recorded ({count}), in {tables}. "
    "`janaseva log verify` names each with the event that recorded it."
)
BACKUP_WORDS: Final = (
    "The proof of backup {backup} found {count} things that are not as they were recorded. "
    "`janaseva log verify` tells whether the served database has them too."
)


@hears(ledger.Audited)
def record_tampering(heard: Heard[ledger.Audited]) -> None:
    """Record an incident where the audit found something; the audit is the moment at which it was noticed."""
    if heard.news.count:
        tables = ", ".join(sorted({table for _, table, _ in heard.news.found})) or "the log"
        _record(heard.event_id, heard, AUDIT_WORDS.format(count=heard.news.count, tables=tables))


@hears(ledger.BackupVerified)
def record_bad_backup(heard: Heard[ledger.BackupVerified]) -> None:
    """Record an incident where a copy that was restored is not as recorded."""
    if heard.news.findings:
        words = BACKUP_WORDS.format(backup=heard.news.backup, count=heard.news.findings)
        _record(heard.event_id, heard, words)


def _record(event_id: UUID, heard: Heard[ledger.Audited] | Heard[ledger.BackupVerified], words: str) -> None:
    """Record it as of the event, and as a matter of personal data until somebody has looked: both clocks run.

    What is found again every night while nobody has closed it is still the one incident; each audit is an event itself.
    """
    if any(one.by_platform for one in queries.incidents(WATCH, heard.at, open_only=True)):
        return
    actions.record_incident(
        by=WATCH,
        at=heard.at,
        key=f"found:{event_id}",
        kind="tampering",
        words=words,
        noticed_at=heard.happened_at,
        personal_data=True,
        cause=event_id,
    )

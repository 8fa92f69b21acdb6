"""The audit with what lies outside the database: the log's files and the signing key."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from janaseva.core.actor import Actor
from janaseva.core.news import Round
from janaseva.ledger import actions, queries
from janaseva.ledger.handlers.publishing import key_store, own_verifiers, tile_store
from janaseva.ledger.handlers.rounds import run_round

AUDITOR: Final = Actor.system("ledger.audit")
MOST_NAMED: Final = 1_000
_log = logging.getLogger("janaseva.ledger")


def audit(
    *,
    verifier: str = "",
    files: bool = True,
    night: int | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> Iterator[queries.Finding]:
    """Return every finding of :func:`janaseva.ledger.queries.audit`, reading the files of the log too.

    Args:
        verifier: the log's public keys as its auditor holds them, a line each; empty: that of the key file here.
        files: read the published files, and what rooms keep outside the database, too; not for a restored copy, whose
            files are of another moment.
        night: of what rooms keep outside read the share of this night alone; ``None``: read all of it.
        progress: called with what is being looked at and how many were looked at.

    """
    own = own_verifiers(key_store())
    yield from queries.audit(files=tile_store().read if files else None, verifier=verifier or own, progress=progress)
    for look in queries.looks if files else ():
        yield from look(night, progress or (lambda _what, _count: None))


def audit_and_report(at: datetime) -> None:
    """Audit everything as of ``at`` and record what was found: as an event, in the log, and in the worker's words."""
    seen: Counter[str] = Counter({"events": 0, "log": 0, "rows": 0})

    def count(what: str, more: int) -> None:
        seen[what] += more

    found: list[tuple[str, str, str]] = []
    number = 0
    for finding in audit(night=at.toordinal(), progress=count):
        number += 1
        _log.error("the audit found %s in %s: %s", finding.code, finding.table, finding.key)
        if len(found) < MOST_NAMED:
            found.append((finding.code, finding.table, finding.key))
    key = f"audit:{at.isoformat()}"
    actions.report_audit(by=AUDITOR, at=at, key=key, count=number, found=found, seen=dict(seen))


NIGHTLY: Final = Round(name="ledger.handlers.auditing.audit_and_report", seconds=86_400, function=audit_and_report)
"""Once a day, apart from the other rounds: it takes as long as everything takes to read."""


def audit_turn(at: datetime) -> bool:
    """Audit where a day has gone since the last time; nothing is left over, so return ``False``."""
    run_round(NIGHTLY, at)
    return False

"""The audit: everything recomputed from the rows, and each thing named that is not as it was recorded.

It reads while work goes on: what looks wrong at first sight is looked at again with what was committed meanwhile.
What events recorded is kept beside, some 110 bytes a row, on disk where it is much: reading takes no memory that grows.
"""

from collections.abc import Iterator

from janaseva.ledger.models import Event
from janaseva.ledger.queries.auditing.chains import audit_events
from janaseva.ledger.queries.auditing.counted import audit_numbers, series_now
from janaseva.ledger.queries.auditing.finding import Finding, Kind, Progress, beyond, looks
from janaseva.ledger.queries.auditing.memory import Memory
from janaseva.ledger.queries.auditing.published import ReadFile, audit_log
from janaseva.ledger.queries.auditing.rows import audit_rows, recorded_models
from janaseva.ledger.queries.recorded import head


def audit(*, files: ReadFile | None = None, verifier: str = "", progress: Progress | None = None) -> Iterator[Finding]:
    """Return every disagreement between tables, events, log and numbers; nothing where all is as recorded.

    Args:
        files: reads a published file of the log by path; ``None``: only the database is audited.
        verifier: the log's public key as the auditor holds it; empty: the one kept beside the checkpoint, which
            whoever can alter the database could have replaced.
        progress: called as the audit goes on.

    """
    tick: Progress = progress or (lambda _what, _count: None)
    counters, newest, held = series_now(), Event.objects.order_by("-pk").values_list("pk", flat=True).first(), head()
    with Memory() as memory:
        yield from audit_events(memory, tick)
        yield from audit_log(held, files=files, verifier=verifier, progress=tick)
        yield from audit_rows(memory, newest=newest, progress=tick)
        yield from audit_numbers(memory, before=counters)


__all__ = ["Finding", "Kind", "Progress", "ReadFile", "audit", "beyond", "looks", "recorded_models"]

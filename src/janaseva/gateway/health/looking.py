"""How everything is at one moment, part by part: for ``/ready``, for ``/metrics``, and forced to fail in tests.

A part that this process cannot serve without fails the whole; one that only somebody must look at (an old backup, work
that waits) is a warning: taking a web server out of service for it would make it worse. So is safe mode while receipts
are given: a balancer that takes every server out would refuse what can still be received.
"""

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from django.db import Error, connection

from janaseva.core.actor import Actor
from janaseva.core.durability import weaknesses
from janaseva.core.ids import uuid7
from janaseva.core.postgresql.lending import is_misnamed
from janaseva.core.promises import broken, receives
from janaseva.documents import queries as documents
from janaseva.ledger import queries as ledger
from janaseva.monitor import queries as monitor
from janaseva.settings import OPTIONS

OLDEST_WORK: Final = timedelta(minutes=5)
OLDEST_BACKUP: Final = timedelta(hours=26)
OLDEST_PROOF: Final = timedelta(days=8)
LATEST_LOG: Final = timedelta(minutes=1)
CLOCK_OFFSET: Final = timedelta(seconds=1)
CERTIFICATE_LEFT: Final = timedelta(days=30)
"""So long before a certificate ends somebody must have another made."""
OLDEST_SIGNATURES: Final = timedelta(days=7)
LEAST_DISK_BYTES: Final = 256 * 1024 * 1024

_log = logging.getLogger("janaseva.gateway")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that was looked at: what is wrong with it (nothing where all is well) and the figures seen."""

    name: str
    wrong: str
    serves: bool
    """Whether this process can serve while the part is wrong."""
    figures: tuple[tuple[str, float], ...] = ()


Look = Callable[[datetime], Iterator[Part]]


def _promises(_at: datetime) -> Iterator[Part]:
    code = broken()
    figures = (("safe_mode", float(bool(code))), ("safe_mode_receives", float(bool(code) and receives())))
    yield Part(name="record", wrong=f"safe mode: {code}" if code else "", serves=receives(), figures=figures)


def _database(_at: datetime) -> Iterator[Part]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    yield Part(name="database", wrong="", serves=False)


def _quorum(_at: datetime) -> Iterator[Part]:
    found = "; ".join(weaknesses())
    yield Part(name="quorum", wrong=found, serves=False)


def _pooler(_at: datetime) -> Iterator[Part]:
    wrong = "it lends for a transaction, JANASEVA_DATABASE_POOLER says for a session" if is_misnamed() else ""
    yield Part(name="pooler", wrong=wrong, serves=True)


def _clock(at: datetime) -> Iterator[Part]:
    """Compare this clock with the database server's, and with the log's last signature, which cannot lie ahead."""
    offset = timedelta(0)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            offset = abs(cursor.fetchone()[0] - at)
    head = ledger.head()
    if head is not None and head.signed_at is not None:
        offset = max(offset, head.signed_at - at)
    seconds = offset.total_seconds()
    wrong = f"the clock is {seconds:.1f} s away from the database's or the log's" if offset > CLOCK_OFFSET else ""
    yield Part(name="clock", wrong=wrong, serves=False, figures=(("clock_offset_seconds", seconds),))


def _log_head(_at: datetime) -> Iterator[Part]:
    seconds = ledger.unpublished_seconds(uuid7())
    head = ledger.head()
    late = seconds > LATEST_LOG.total_seconds()
    wrong = f"an event has been waiting for a checkpoint for {seconds} s: is the worker running?" if late else ""
    figures = (("log_size", float(head.size if head else 0)), ("log_unpublished_seconds", float(seconds)))
    yield Part(name="log", wrong=wrong, serves=True, figures=figures)


def _queue(at: datetime) -> Iterator[Part]:
    worker = ledger.worker_status()
    waits = (at - worker.oldest_due_at).total_seconds() if worker.oldest_due_at else 0.0
    late = waits > OLDEST_WORK.total_seconds()
    figures = (("queue_waiting", float(worker.waiting)), ("queue_oldest_seconds", max(0.0, waits)))
    wrong = "work waits longer than five minutes: is the worker running?" if late else ""
    yield Part(name="queue", wrong=wrong, serves=True, figures=figures)
    wrong = "" if worker.healthy else f"{worker.dead} deliveries were given up: janaseva worker --status"
    yield Part(name="failed", wrong=wrong, serves=True, figures=(("queue_given_up", float(worker.dead)),))


def _papers(at: datetime) -> Iterator[Part]:
    """Tell where papers wait in the database for a store that does not take them; nothing is refused for it."""
    if not OPTIONS.document_store:
        return
    count, age = documents.waiting(at)
    late = age > OLDEST_WORK
    wrong = f"papers wait for the document store for {age}: janaseva documents status" if late else ""
    figures = (("papers_waiting", float(count)), ("papers_oldest_seconds", age.total_seconds()))
    yield Part(name="papers", wrong=wrong, serves=True, figures=figures)


def _scanner(at: datetime) -> Iterator[Part]:
    """Tell where the scanner does not answer, for then no file is taken, and where its signatures are old."""
    found = documents.scanner_answers()
    if found is None:
        return
    answers, made_at = found
    figures = [("scanner_answers", float(answers))]
    figures += [("scanner_signatures_age_seconds", (at - made_at).total_seconds())] if made_at is not None else []
    wrong = "" if answers else "the scanner does not answer: no file is taken"
    if answers and (made_at is None or at - made_at > OLDEST_SIGNATURES):
        wrong = "the scanner's signatures are older than a week, or it does not say of when they are"
    yield Part(name="scanner", wrong=wrong, serves=True, figures=tuple(figures))


def _backup(at: datetime) -> Iterator[Part]:
    found = ledger.backup_standing()
    age = at - found.made_at if found.made_at else None
    proof = at - found.verified_at if found.verified_at else None
    if age is None:
        wrong = "no backup was ever made: docs/operations/backup.md"
    elif age > OLDEST_BACKUP:
        wrong = f"the newest backup is {age.total_seconds() / 3600:.0f} hours old"
    elif found.findings:
        wrong = f"the last proof of a backup found {found.findings} things that are not as recorded"
    else:
        wrong = "no backup was proven in the last eight days" if proof is None or proof > OLDEST_PROOF else ""
    figures = [("backup_findings", float(found.findings))]
    figures += [("backup_age_seconds", age.total_seconds())] if age is not None else []
    figures += [("backup_proof_age_seconds", proof.total_seconds())] if proof is not None else []
    yield Part(name="backup", wrong=wrong, serves=True, figures=tuple(figures))


def _incidents(at: datetime) -> Iterator[Part]:
    """Tell of clocks that run out: an authority that must hear of an incident within hours and has not."""
    found = monitor.standing(Actor.system("health"), at)
    wrong = f"{found.late} reports of incidents are late: janaseva incidents list" if found.late else ""
    figures = [("incidents_open", float(found.open)), ("incidents_late", float(found.late))]
    figures += [("incident_next_due_seconds", found.next_due.total_seconds())] if found.next_due is not None else []
    yield Part(name="incidents", wrong=wrong, serves=True, figures=tuple(figures))


def _ends(pem: bytes) -> Iterator[datetime]:
    yield from (one.not_valid_after_utc for one in x509.load_pem_x509_certificates(pem))


def _certificates(at: datetime) -> Iterator[Part]:
    """Tell of the certificate that ends first: of the files named in the settings, and of the seal's own."""
    ends, wrong = [], ""
    for path in OPTIONS.certificates:
        try:
            ends += [(end, path.name) for end in _ends(path.read_bytes())]
        except (OSError, ValueError) as error:
            wrong = f"{path.name} cannot be read: {type(error).__name__}"
    ends += [(end, "the seal's") for pem in documents.seal_certificates() for end in _ends(pem.encode())]
    figures: tuple[tuple[str, float], ...] = ()
    if ends:
        end, whose = min(ends)
        left = end - at
        figures = (("certificate_left_seconds", left.total_seconds()),)
        if left < CERTIFICATE_LEFT:
            wrong = f"a certificate ends on {end:%A %d %B %Y} ({whose})"
    yield Part(name="certificates", wrong=wrong, serves=True, figures=figures)


def _disk(_at: datetime) -> Iterator[Part]:
    free = shutil.disk_usage(OPTIONS.data_dir.resolve()).free
    wrong = "" if free >= LEAST_DISK_BYTES else f"only {free // 2**20} MB are free"
    yield Part(name="disk", wrong=wrong, serves=True, figures=(("disk_free_bytes", float(free)),))


LOOKS: Final[tuple[tuple[str, Look], ...]] = (
    ("database", _database), ("record", _promises), ("quorum", _quorum), ("pooler", _pooler), ("log", _log_head),
    ("clock", _clock), ("queue", _queue), ("papers", _papers), ("scanner", _scanner), ("backup", _backup),
    ("incidents", _incidents), ("disk", _disk), ("certificates", _certificates),
)  # fmt: skip


def looked_at(at: datetime) -> list[Part]:
    """Return every part as it is; where the database does not answer, what needs it is told so and not waited for."""
    parts: list[Part] = []
    for name, look in LOOKS:
        try:
            parts += look(at)
        except Error as error:
            _log.error("%s could not be looked at: %s", name, type(error).__name__)
            if not any(part.name == "database" for part in parts):
                parts.append(Part(name="database", wrong="does not answer", serves=False))
    return parts

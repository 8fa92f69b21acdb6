"""What the log holds and how to check it; one entry with its proof recomputed; and whether everything is up."""

import base64
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from janaseva.core.audience import audience
from janaseva.core.promises import broken, receives
from janaseva.core.refusal import Fault
from janaseva.design.headers import public
from janaseva.documents import queries as documents
from janaseva.doorway.visitor import at
from janaseva.ledger import queries, rules
from janaseva.portal.page import show
from janaseva.workflow import queries as workflow

SLOW: Final = timedelta(minutes=2)
STOPPED: Final = timedelta(minutes=15)
MONTH: Final = timedelta(days=30)
HIGHEST: Final = 10**15
_DIGITS: Final = len(str(HIGHEST))


def _head() -> tuple[str, rules.Head | None]:
    """Return the newest checkpoint and what it says."""
    note, line = queries.checkpoint(), queries.verifier()
    return note, rules.open_checkpoint(note, rules.Verifier.parse(line)) if note and line else None


@audience("anyone")
@require_safe
@public(5)
def log(request: HttpRequest) -> HttpResponse:
    """Say what the log is, how long it is, and where its files are."""
    return _log(request)


def _log(request: HttpRequest, *faults: Fault, typed: str = "") -> HttpResponse:
    note, head = _head()
    context: dict[str, Any] = {
        "note": note,
        "head": head,
        "root": base64.b64encode(head.root).decode() if head else "",
        "verifier": queries.verifier(),
        "typed": typed,
        "signed_at": queries.worker_status().signed_at,
    }
    return show(request, "portal/ledger/log.html", context, faults=faults, status=422 if faults else 200)


def _index(typed: str) -> int | None:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS):
        return None
    return int(typed)


@audience("anyone")
@require_safe
def entry(request: HttpRequest) -> HttpResponse:
    """Show one entry of the log and recompute, hash by hash, that the signed checkpoint covers it."""
    typed = request.GET.get("index", "").replace(",", "").strip()
    index = _index(typed)
    found = queries.proof_at(index) if index is not None else None
    if index is None or found is None:
        return _log(request, Fault(place="index", code="log_entry_unknown"), typed=typed[:_DIGITS])
    leaf = queries.entries(first=index, last=index + 1)[0]
    try:
        head: rules.Head | None = rules.prove(found, leaf=leaf, verifier=rules.Verifier.parse(queries.verifier()))
    except rules.ProofError:
        head = None
    hashed, _, name = leaf.decode("utf-8", "replace").partition(" ")
    context = {
        "index": index,
        "head": head,
        "leaf": leaf.decode("utf-8", "replace"),
        "hash": hashed,
        "name": name,
        "leaf_hash": rules.leaf_hash(leaf).hex(),
        "path": [one.hex() for one in found.path],
        "root": head.root.hex() if head else "",
        "proof": found.text(),
    }
    return show(request, "portal/ledger/entry.html", context)


@audience("anyone")
@require_safe
def proof(request: HttpRequest, index: int) -> HttpResponse:
    """Answer the proof of one entry in the C2SP form, for programs."""
    del request
    found = queries.proof_at(index) if index <= HIGHEST else None
    if found is None:
        raise Http404
    response = HttpResponse(found.text(), content_type="text/plain; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response


@audience("anyone")
@require_safe
@public(5, alone=0)
def status(request: HttpRequest) -> HttpResponse:
    """Say whether applying, deciding's follow-up, verifying and the log are up. It holds no personal data."""
    moment = at(request)
    try:
        worker = queries.worker_status()
        keys = bool(documents.key_ring().keys)
    except DatabaseError:
        parts = [("apply", "stopped"), ("work", "unknown"), ("verify", "stopped"), ("log", "unknown")]
        return show(request, "portal/ledger/status.html", {"parts": parts, "worker": None}, status=503)
    work, paused = _pace(worker.oldest_due_at, moment), bool(broken())
    parts = [
        ("apply", ("receiving" if receives() else "stopped") if paused else "good"),
        ("work", "stopped" if paused else work),
        ("verify", "good" if keys else "stopped"),
        ("log", "stopped" if paused else _log_state(worker, work, moment)),
    ]
    context = {
        "parts": parts,
        "worker": worker,
        "checked_at": moment,
        "backup": queries.backup_standing(),
        **_service(moment),
    }
    return show(request, "portal/ledger/status.html", context)


def _service(moment: datetime) -> dict[str, Any]:
    """Return the outages of the last month and the share of it that was none, in hundredths of a percent."""
    begun = moment - MONTH
    outages = workflow.outages_between(begun, moment)
    lost = sum(((last - first) for first, last in outages), timedelta(0))
    share = 10_000 - -(-min(lost, MONTH) * 10_000 // MONTH)
    return {"outages": outages, "in_service": f"{share // 100}.{share % 100:02d} %"}


def _pace(oldest: datetime | None, moment: datetime) -> str:
    """Return how work keeps up whose oldest piece has been due since ``oldest``."""
    if oldest is None or moment - oldest < SLOW:
        return "good"
    return "slow" if moment - oldest < STOPPED else "stopped"


def _log_state(worker: queries.WorkerStatus, work: str, moment: datetime) -> str:
    """Return how the log keeps up; it has stopped only where nothing is published and other work waits as well."""
    if worker.signed_at is None:
        return "unknown"
    behind = worker.leaves_unpublished and moment - worker.signed_at > SLOW
    return "good" if not behind else "stopped" if work == "stopped" else "slow"

"""``/health``: the process answers; ``/ready``: it can keep its promises. Neither holds personal data."""

import shutil
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from janaseva.core.audience import audience
from janaseva.doorway.visitor import at
from janaseva.ledger import queries as ledger

OLDEST_WORK: Final = timedelta(minutes=5)
LEAST_DISK_BYTES: Final = 256 * 1024 * 1024
UNAVAILABLE: Final = 503


@audience("anyone")
def health(request: HttpRequest) -> HttpResponse:
    """Answer that this process serves requests."""
    del request
    return JsonResponse({"status": "ok"})


@audience("anyone")
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 where database, log, queue and disk are as they should be, 503 with what is not."""
    parts: dict[str, str] = {}
    try:
        worker = ledger.worker_status()
    except DatabaseError:
        return JsonResponse({"status": "not ready", "database": "does not answer"}, status=UNAVAILABLE)
    oldest = worker.oldest_due_at
    late = oldest is not None and at(request) - oldest > OLDEST_WORK
    parts["database"] = "ok"
    parts["queue"] = "work waits longer than five minutes: is the worker running?" if late else "ok"
    parts["failed"] = "ok" if worker.healthy else f"{worker.dead} deliveries were given up: janaseva worker --status"
    free = shutil.disk_usage(settings.OPTIONS.data_dir.resolve()).free
    parts["disk"] = "ok" if free >= LEAST_DISK_BYTES else f"only {free // 2**20} MB are free"
    good = all(value == "ok" for value in parts.values())
    answer = {"status": "ready" if good else "not ready", **parts, "log_size": worker.log_size}
    return JsonResponse(answer, status=200 if good else UNAVAILABLE)

"""``/health``: the process answers; ``/ready``: it can keep its promises; ``/metrics``: figures for who may ask."""

import hmac
import ipaddress
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from janaseva.core.audience import audience
from janaseva.doorway.visitor import at, client_address
from janaseva.gateway.health.looking import looked_at
from janaseva.settings import OPTIONS

UNAVAILABLE: Final = 503


@audience("anyone")
def health(request: HttpRequest) -> HttpResponse:
    """Answer that this process serves requests."""
    del request
    return JsonResponse({"status": "ok"})


@audience("anyone")
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 where this process can serve, with what somebody must look at; 503 with what it cannot do without."""
    parts = looked_at(at(request))
    failing = [part.name for part in parts if part.wrong and not part.serves]
    warnings = [part.name for part in parts if part.wrong and part.serves]
    answer = {
        "status": "not ready" if failing else "ready",
        "warnings": warnings,
        **{part.name: part.wrong or "ok" for part in parts},
    }
    return JsonResponse(answer, status=UNAVAILABLE if failing else 200)


def _may_read_metrics(request: HttpRequest) -> bool:
    """Return whether the request comes from a configured address, or carries the configured token."""
    held = OPTIONS.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if held and hmac.compare_digest(given.encode(), held.encode()):
        return True
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in OPTIONS.metrics_addresses)


@audience("machine")
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the figures in Prometheus' form; they hold no personal data, and still not everybody's business.

    Raises:
        Http404: for whoever may not read them, so that a stranger does not learn that they are there.

    """
    if not _may_read_metrics(request):
        raise Http404
    registry = CollectorRegistry()
    ok = Gauge("janaseva_ok", "1 where the part is as it should be.", ["part"], registry=registry)
    for part in looked_at(at(request)):
        ok.labels(part=part.name).set(not part.wrong)
        for name, value in part.figures:
            Gauge(f"janaseva_{name}", f"See docs/operations/watching.md: {name}.", registry=registry).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

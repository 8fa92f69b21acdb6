"""Pay a demand, see how it went, print the receipt; what is shown is what the database knows."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from janaseva.core.refusal import Refusal, not_found
from janaseva.design.headers import FORM_TARGETS
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.payments import actions, queries
from janaseva.payments.queries import DemandView, PaymentView
from janaseva.people import queries as people
from janaseva.portal.page import APPLICATIONS, for_person, language, show
from janaseva.services import queries as services
from janaseva.services.queries import ApplicationView

LOOKS: Final = 12
"""How often the page of a payment that is under way looks again by itself; then the person does."""
SECONDS: Final = 5
UNDER_WAY: Final = timedelta(minutes=30)


def _currency(view: ApplicationView) -> str:
    return "PKR" if view.definition.pack_country == "PK" else "INR"


def _own_page(application_id: UUID) -> str:
    return f"{APPLICATIONS}{application_id}/"


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def pay(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Show what is due, line by line, and lead to the bank."""
    by = actor(request)
    view = services.application(by, application_id)
    demand = services.to_pay(by, application_id)
    if demand is None:
        return HttpResponseRedirect(reverse("apply", args=[application_id]))
    if demand.state != "open":
        return HttpResponseRedirect(_own_page(application_id))
    if request.method == "POST":
        try:
            started = perform(request, actions.start, demand_id=demand.id)
            return HttpResponseRedirect(_gateway(request, started.payment_id))
        except Refusal as refusal:
            if refusal.code != "demand_not_open":
                raise
            return HttpResponseRedirect(reverse("pay", args=[application_id]))
    return _to_pay(request, view, demand)


def _gateway(request: HttpRequest, payment_id: UUID) -> str:
    return_path = reverse("payment-return", args=[payment_id])
    return queries.redirect(actor(request), payment_id, language=language(request), return_path=return_path)


def _later(request: HttpRequest, view: ApplicationView, demand: DemandView) -> services.FeeView | None:
    """Return the demand with its title and last day, where it fell due on the way; ``None`` for the first fee."""
    fees = services.fees_of(actor(request), view) if demand.step else ()
    return next((one for one in fees if one.demand.id == demand.id), None)


def _to_pay(request: HttpRequest, view: ApplicationView, demand: DemandView) -> HttpResponse:
    tries = queries.payments_of(actor(request), demand.id)
    last = tries[-1] if tries else None
    waiting = last is not None and last.state == "started" and at(request) - last.started_at < UNDER_WAY
    context = {
        "view": view,
        "demand": demand,
        "later": _later(request, view, demand),
        "currency": _currency(view),
        "last": last,
        "waiting": waiting,
        "connected": queries.gateway_connected(actor(request)),
    }
    response = show(request, "portal/payments/pay.html", context, here="applications")
    gateway = urlsplit(settings.OPTIONS.payment_gateway_url or str(settings.OPTIONS.public_url))
    setattr(response, FORM_TARGETS, (f"{gateway.scheme}://{gateway.netloc}",))
    return response


@require_http_methods(["GET", "HEAD"])
@for_person
def came_back(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """Show how a payment went; while nothing is known yet, look again by itself for a minute."""
    payment, demand, view = _payment(request, payment_id)
    looked = request.GET.get("look", "0")
    look = int(looked) if looked.isascii() and looked.isdigit() and len(looked) < len("100") else LOOKS
    shown_as = payment.state if demand.state != "paid" or payment.state != "started" else "received"
    again = payment.state in ("failed", "abandoned") and demand.state == "open"
    looks = shown_as == "started" and look < LOOKS
    context = {
        "payment": payment,
        "demand": demand,
        "view": view,
        "currency": _currency(view),
        "state": shown_as,
        "late": demand.step != "" and demand.state == "cancelled",
        "pay_again": reverse("pay", args=[view.id]) if again else "",
        "looks": looks,
        "own_page": _own_page(view.id),
    }
    response = show(request, "portal/payments/came_back.html", context, here="applications")
    if looks:
        response["Refresh"] = f"{SECONDS}; url={reverse('payment-return', args=[payment_id])}?look={look + 1}"
    return response


def _payment(request: HttpRequest, payment_id: UUID) -> tuple[PaymentView, DemandView, ApplicationView]:
    by = actor(request)
    payment = queries.payment(by, payment_id)
    demand = queries.demand(by, payment.demand_id)
    return payment, demand, services.application(by, demand.story)


@require_http_methods(["GET", "HEAD"])
@for_person
def receipt(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """Show the receipt of a payment that was received, for the printer.

    Raises:
        Refusal: ``not_found`` where nothing was received.

    """
    payment, demand, view = _payment(request, payment_id)
    if not payment.receipt_number or payment.debited_at is None:
        raise not_found()
    office = people.office(demand.office_id)
    context = {
        "payment": payment,
        "demand": demand,
        "later": _later(request, view, demand),
        "view": view,
        "currency": _currency(view),
        "office": office,
        "state": services.pack_of(view.definition_id).state,
        "own_page": _own_page(view.id),
    }
    return show(request, "portal/payments/receipt.html", context)

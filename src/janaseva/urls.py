"""Every address, door by door."""

from django.urls import URLPattern, URLResolver, include, path

from janaseva.core.addresses import Addresses

_all: list[URLPattern | URLResolver] = [
    # What has a word of its own comes first: addresses are looked for one after the other, and the portal's are many.
    path("log/", include("janaseva.gateway.ledger.urls")),
    path("api/", include("janaseva.gateway.api.urls")),
    path("desk/", include("janaseva.desk.urls")),
    path("demonstration/", include("janaseva.desk.people.urls")),
    path("demonstration/", include("janaseva.desk.contact.urls")),
    path("", include("janaseva.portal.home.urls")),
    path("", include("janaseva.portal.design.urls")),
    path("", include("janaseva.portal.applications.urls")),
    path("", include("janaseva.portal.documents.urls")),
    path("", include("janaseva.portal.ledger.urls")),
    path("", include("janaseva.portal.payments.urls")),
    path("", include("janaseva.portal.apply.urls")),
    path("", include("janaseva.portal.people.urls")),
    path("", include("janaseva.portal.services.urls")),
    path("", include("janaseva.portal.workflow.urls")),
    path("", include("janaseva.gateway.health.urls")),
    path("", include("janaseva.gateway.payments.urls")),
]
urlpatterns = [Addresses(_all)]

handler400 = "janaseva.design.errors.bad_request"
handler403 = "janaseva.design.errors.permission_denied"
handler404 = "janaseva.design.errors.page_not_found"
handler500 = "janaseva.design.errors.server_error"

"""Every address, door by door."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("janaseva.portal.design.urls")),
    path("", include("janaseva.gateway.health.urls")),
    path("", include("janaseva.gateway.payments.urls")),
    path("log/", include("janaseva.gateway.ledger.urls")),
    path("api/", include("janaseva.gateway.api.urls")),
    path("desk/", include("janaseva.desk.urls")),
    path("demonstration/", include("janaseva.desk.demonstration.urls")),
]

handler400 = "janaseva.design.errors.bad_request"
handler403 = "janaseva.design.errors.permission_denied"
handler404 = "janaseva.design.errors.page_not_found"
handler500 = "janaseva.design.errors.server_error"

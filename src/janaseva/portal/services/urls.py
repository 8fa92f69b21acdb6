"""Addresses of the catalogue, of each service's charter, and of how services go."""

from django.urls import path

from janaseva.portal.services import checking, performance, views

urlpatterns = [
    path("services/", views.catalogue, name="services"),
    path("services/<slug:service>/", views.service, name="service"),
    path("services/<slug:service>/check/", checking.check, name="service-check"),
    path("performance/", performance.everything, name="performance"),
    path("performance/<slug:service>/", performance.service, name="performance-service"),
    path("performance/offices/<slug:office>/", performance.office, name="performance-office"),
]

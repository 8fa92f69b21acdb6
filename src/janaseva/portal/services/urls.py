"""Addresses of the catalogue and of each service's charter."""

from django.urls import path

from janaseva.portal.services import checking, views

urlpatterns = [
    path("services/", views.catalogue, name="services"),
    path("services/<slug:service>/", views.service, name="service"),
    path("services/<slug:service>/check/", checking.check, name="service-check"),
]

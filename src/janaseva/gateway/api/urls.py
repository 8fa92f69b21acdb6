"""Addresses of the API, to be included under ``api/``."""

from django.urls import URLPattern, URLResolver, path

from janaseva.gateway.api import pages
from janaseva.gateway.api.app import API

urlpatterns: list[URLPattern | URLResolver] = [
    path("docs", pages.docs, name="api-docs"),
    path("openapi.json", pages.openapi, name="api-description"),
    path("problems/<slug:code>", pages.problem, name="api-problem"),
    path("v1/", API.urls),
]

"""Addresses of the log, to be included under ``log/``."""

from django.urls import URLPattern, path

from janaseva.gateway.ledger import views

urlpatterns: list[URLPattern] = [
    path("checkpoint", views.checkpoint, name="log-checkpoint"),
    path("verifier", views.verifier, name="log-verifier"),
    path("tile/<path:path>", views.tile, name="log-tile"),
]

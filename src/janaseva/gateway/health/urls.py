"""Addresses of the health of the platform."""

from django.urls import path

from janaseva.gateway.health import views

urlpatterns = [path("health", views.health), path("ready", views.ready), path("metrics", views.metrics)]

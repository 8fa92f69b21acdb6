"""Addresses of the log for people; its raw files are served by the gateway under the same ``log/``."""

from django.urls import path

from janaseva.portal.ledger import views

urlpatterns = [
    path("log/", views.log, name="log"),
    path("log/entry/", views.entry, name="log-entry"),
    path("log/proof/<int:index>", views.proof, name="log-proof"),
    path("status/", views.status, name="status"),
]

"""Addresses that only a demonstration has."""

from django.urls import path

from janaseva.desk.demonstration import views

urlpatterns = [
    path("officers/", views.officers, name="demonstration-officers"),
    path("mailbox/", views.mailbox, name="demonstration-mailbox"),
]

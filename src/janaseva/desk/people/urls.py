"""Addresses that only a demonstration has: who may sign in as whom."""

from django.urls import path

from janaseva.desk.people import demonstration

urlpatterns = [path("officers/", demonstration.officers, name="demonstration-officers")]

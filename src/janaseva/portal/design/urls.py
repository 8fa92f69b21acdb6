"""Addresses of the design language's living page."""

from django.urls import path

from janaseva.portal.design import views

urlpatterns = [
    path("design", views.gallery, name="design"),
    path("design/faults", views.faults, name="design-faults"),
    path("design/desk", views.desk, name="design-desk"),
    path("design/paper.svg", views.specimen, name="design-specimen"),
]

"""Addresses of signing in and out."""

from django.urls import path

from janaseva.portal.people import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", views.code, name="sign-in-code"),
    path("sign-in/code/again/", views.again, name="sign-in-again"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("sessions/", views.sessions, name="sessions"),
]

"""Addresses of the first pages."""

from django.urls import path

from janaseva.portal.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("policies/", views.policies, name="policies"),
    path("help/", views.help_, name="help"),
    path("contact/", views.contact, name="contact"),
    path("sitemap/", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
]

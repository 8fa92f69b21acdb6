"""Addresses of public notices and of objections to them."""

from django.urls import path

from janaseva.portal.workflow import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/<uuid:notice_id>/", views.notice, name="notice"),
    path("notices/<uuid:notice_id>/object/", views.lodge, name="notice-object"),
    path("notices/<uuid:notice_id>/paper/<uuid:document_id>/", views.paper, name="notice-paper"),
    path("notices/<uuid:notice_id>/take-back/", views.take_back, name="notice-take-back"),
]

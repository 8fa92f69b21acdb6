"""Addresses of an application that is being filled in."""

from django.urls import path

from janaseva.portal.apply import beginning, pages, papers, sending

urlpatterns = [
    path("apply/begin/<slug:service>/", beginning.begin, name="apply-begin"),
    path("apply/<uuid:application_id>/", beginning.tasks, name="apply"),
    path("apply/<uuid:application_id>/let-go/", beginning.let_go, name="apply-let-go"),
    path("apply/<uuid:application_id>/page/<slug:page>/", pages.page, name="apply-page"),
    path("apply/<uuid:application_id>/papers/", papers.papers, name="apply-papers"),
    path("apply/<uuid:application_id>/papers/take-back/", papers.take_back, name="apply-take-back"),
    path("apply/<uuid:application_id>/check/", sending.check, name="apply-check"),
]

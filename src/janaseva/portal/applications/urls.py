"""Addresses of one's own applications."""

from django.urls import path

from janaseva.portal.applications import afterwards, appealing, missing, views

urlpatterns = [
    path("applications/", views.mine, name="applications"),
    path("applications/<uuid:application_id>/", views.application, name="application"),
    path("applications/<uuid:application_id>/answer/", views.answer, name="application-answer"),
    path("applications/<uuid:application_id>/appeal/", appealing.appeal, name="application-appeal"),
    path("applications/<uuid:application_id>/deemed/", appealing.deemed, name="application-deemed"),
    path("applications/<uuid:application_id>/missing/", missing.give, name="application-missing"),
    path("applications/<uuid:application_id>/withdraw/", views.withdraw, name="application-withdraw"),
    path("applications/<uuid:application_id>/certificate/", afterwards.page, name="application-certificate"),
    path("applications/<uuid:application_id>/certificate/<slug:act>/", afterwards.act, name="application-holder-act"),
    path("applications/<uuid:application_id>/paper/<uuid:document_id>/", views.paper, name="application-paper"),
]

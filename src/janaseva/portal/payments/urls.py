"""Addresses of paying."""

from django.urls import path

from janaseva.portal.payments import views

urlpatterns = [
    path("pay/<uuid:application_id>/", views.pay, name="pay"),
    path("pay/return/<uuid:payment_id>/", views.came_back, name="payment-return"),
    path("pay/receipt/<uuid:payment_id>/", views.receipt, name="receipt"),
]

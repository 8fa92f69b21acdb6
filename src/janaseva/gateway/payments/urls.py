"""Addresses for payment gateways, and the simulator's where the demonstration is on; to be included at the root."""

from django.urls import URLPattern, path

from janaseva.gateway.payments import simulator, views
from janaseva.settings import OPTIONS

urlpatterns: list[URLPattern] = [
    path("gateway/payments/callback", views.callback, name="payments-callback"),
]

if OPTIONS.demonstration:
    urlpatterns += [
        path("simulator/pay/<str:reference>", simulator.pay, name="simulator-pay"),
        path("simulator/status", simulator.status, name="simulator-status"),
        path("simulator/refund", simulator.refund, name="simulator-refund"),
    ]

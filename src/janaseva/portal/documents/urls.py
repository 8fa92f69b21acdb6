"""Addresses of verification. What is verified is sent in the body: no address ever names a person or a paper."""

from django.urls import path

from janaseva.portal.documents import views

urlpatterns = [
    path("verify/", views.ways, name="verify"),
    path("verify/file/", views.by_file, name="verify-file"),
    path("verify/code/", views.by_code, name="verify-code"),
    path("verify/number/", views.by_number, name="verify-number"),
    path("verify/keys/", views.keys, name="verify-keys"),
    path("verify/keys.json", views.keys_file, name="verify-keys-file"),
]

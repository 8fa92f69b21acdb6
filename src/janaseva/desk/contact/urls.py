"""Addresses that only a demonstration has: messages."""

from django.urls import path

from janaseva.desk.contact import mailbox

urlpatterns = [path("mailbox/", mailbox.mailbox, name="demonstration-mailbox")]

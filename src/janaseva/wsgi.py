"""The web process's entry: ``granian --interface wsgi janaseva.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from janaseva.core.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "janaseva.settings")

application = get_wsgi_application()
_ = get_resolver().url_patterns  # the doors are imported now, and not by the first who knocks
settle()

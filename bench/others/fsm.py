"""A flow with django-fsm-2 and the ORM, as its documentation and Django's have it.

python -m bench.others.fsm DATABASE ANSWERS.json
"""

import sys
from pathlib import Path

import django
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict


def main() -> None:
    """Set Django up on a kept connection and do flows as they are asked for."""
    parts = conninfo_to_dict(sys.argv[1])
    database = {"NAME": parts["dbname"], "USER": parts["user"], "HOST": parts["host"], "CONN_MAX_AGE": None}
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", **database}},
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    from bench.others import fsm_app

    fsm_app.main(Path(sys.argv[2]))


if __name__ == "__main__":
    main()

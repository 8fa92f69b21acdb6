"""The flood before a deadline: what came in time counts as in time, however long it then waits for its turn.

How many get through such a flood, and how soon, is measured under load (bench); here it is who.
"""

import logging
import shutil
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from janaseva.core import waiting
from janaseva.core.clock import now
from janaseva.ledger import handlers as ledger
from janaseva.ledger.adapters import DirectoryTiles
from janaseva.ledger.handlers import publishing
from janaseva.services import queries
from janaseva.services.models import Appeal
from tests.attacks.guards import answers, attack, replaced
from tests.attacks.state import sign_in
from tests.attacks.test_matrix import undone
from tests.conftest import forget_what_was_published

pytestmark = [pytest.mark.django_db, pytest.mark.once]

SERVICE = ("jk-edistrict", "jk-character-certificate")
WAITS = timedelta(seconds=90)
"""How long the database, or the line to it, keeps each of them waiting."""
IN_TIME = (-3_600, -60, -30, -1)
TOO_LATE = (0, 1, 30)
"""Seconds before and after the midnight at which the days of appeal are over."""


@pytest.fixture
def late(given):
    """One whose matter was not decided, the browser they use, and the first moment at which it is too late."""
    given.loaded(*SERVICE)
    whose = sign_in(given, "late")
    by, application_id = whose.actor, given.begun(whose.actor)
    given.at += timedelta(days=40)
    given.officers.clear()
    given.tick()
    given.settle()
    found = queries.may_file(by, application_id, given.at)
    assert found is not None
    assert found.filing.last_day is not None, "the law names no days: nothing is shown"
    midnight = datetime.combine(found.filing.last_day, time(), ZoneInfo("Asia/Kolkata")) + timedelta(days=1)
    given.at = midnight - timedelta(hours=2)
    client = Client(raise_request_exception=False)
    client.cookies["citizen"] = sign_in(given, "late", whose.phone).token
    return application_id, client, midnight


def _moment_of_writing(real, request):
    return now()


@attack(
    "E11", "in the last minute before a deadline and in the first one after it, before a busy database",
    replaced("janaseva.doorway.visitor.at", _moment_of_writing),
    answers("janaseva.ledger.steps.recording.waited", value=timedelta(0)),
    answers("janaseva.services.rules.appealing.Filing.is_barred", value=False),
)  # fmt: skip
def test_the_last_minute(late, monkeypatch, tmp_path, tries):
    from janaseva.doorway import acts
    from janaseva.portal.applications import appealing

    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    (application_id, client, midnight), loot = late, []
    for second in (*IN_TIME, *TOO_LATE):
        with undone(), time_machine.travel(midnight + timedelta(seconds=second), tick=False) as travelled:
            steady = waiting.time.monotonic()

            store = DirectoryTiles(shutil.copytree(tmp_path / "log", tmp_path / f"log {second}"))
            monkeypatch.setattr(publishing, "tile_store", lambda store=store: store)
            forget_what_was_published()

            def waits(*given, travelled=travelled, steady=steady, **facts):
                travelled.shift(WAITS)
                monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: steady + WAITS.total_seconds()))
                ledger.publish(datetime.now(UTC))  # the worker signs the log while they wait
                return acts.perform(*given, **facts)

            monkeypatch.setattr(appealing, "perform", waits)
            monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda steady=steady: steady))
            response = client.post(
                f"/applications/{application_id}/appeal/",
                {
                    "key": f"appeal {second}",
                    "grounds": "Nobody has decided for more than a month.",
                    "late_cause": "The river stood in the road.",
                },
            )
            filed = Appeal.objects.filter(application_id=application_id).exists()
        tries()
        assert filed == (response.status_code == 302), (second, response.status_code)
        if filed != (second < 0):
            loot.append(f"{second} s: {'filed' if filed else 'refused'}")
    return loot

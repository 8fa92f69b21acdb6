"""The charter's versions: which is in force, from which day, and what each changed."""

from dataclasses import replace

import pytest
from django.test import Client

from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder
from janaseva.settings import OPTIONS
from tests.given import PACK, SERVICE, SYSTEM, Given
from tests.portal.reader import at_the_storys_time

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_a_version_to_come_says_what_it_changes(given: Given, monkeypatch: pytest.MonkeyPatch):
    at_the_storys_time(given, monkeypatch)
    text = PackFolder(OPTIONS.packs_dir).read(PACK).published(SERVICE)
    file = next(name for name in text.files if name.endswith("service.yaml"))
    changed = text.files[file]
    for old, new in (("version: 1", "version: 2"), ("from: 2026-01-01", "from: 2026-12-01"), ("days: 6", "days: 5")):
        assert old in changed
        changed = changed.replace(old, new, 1)
    given.act(actions.publish, SYSTEM, pack=PACK, definition_text=replace(text, files={**text.files, file: changed}))
    later, earlier = queries.versions(SERVICE, queries.today(given.at))
    assert (later.number, later.in_force, earlier.in_force, earlier.changes) == (2, False, True, None)
    assert ("6", "5") in [(change.was, change.now) for change in later.changes or ()]
    told = Client().get(f"/services/{SERVICE}/").content.decode()
    assert "2 versions of this service" in told
    assert "<del>6</del> <ins>5</ins>" in told

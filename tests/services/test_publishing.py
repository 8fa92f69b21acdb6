"""Publishing: what is published never changes under its version, and each application keeps the one it began with."""

from dataclasses import replace

import pytest

from janaseva.core.refusal import Refusal
from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder
from janaseva.services.models import Definition
from janaseva.services.rules.compiling import DefinitionError
from janaseva.services.rules.definition import PublishedText
from janaseva.settings import OPTIONS
from tests.given import PACK, SERVICE, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def text() -> PublishedText:
    return PackFolder(OPTIONS.packs_dir).read(PACK).published(SERVICE)


def altered(text: PublishedText, old: str, new: str) -> PublishedText:
    file = next(name for name, content in text.files.items() if name.endswith("service.yaml") and old in content)
    return replace(text, files={**text.files, file: text.files[file].replace(old, new, 1)})


def test_the_same_text_is_published_once(given, text):
    count = Definition.objects.count()
    assert given.act(actions.publish, SYSTEM, pack=PACK, definition_text=text) is None
    assert Definition.objects.count() == count


def test_another_text_needs_another_version(given, text):
    longer = altered(text, "days: 6", "days: 60")
    with pytest.raises(Refusal) as told:
        given.act(actions.publish, SYSTEM, pack=PACK, definition_text=longer)
    assert (told.value.code, told.value.facts["version"]) == ("definition_changed_without_version", 1)
    by = given.citizen()
    running = given.draft(by)
    new = given.act(actions.publish, SYSTEM, pack=PACK, definition_text=altered(longer, "version: 1", "version: 2"))
    assert queries.in_force(SERVICE, queries.today(given.at)).id == new
    assert queries.application(by, running).definition.version == 1, "what was begun keeps its version"
    later = given.act(actions.begin, by, service=SERVICE, language="en")
    assert queries.application(by, later).definition.version == 2


def test_a_version_of_tomorrow_is_not_in_force_today(given, text):
    tomorrow = altered(altered(text, "version: 1", "version: 2"), "from: 2026-01-01", "from: 2026-03-03")
    new = given.act(actions.publish, SYSTEM, pack=PACK, definition_text=tomorrow)
    today = queries.today(given.at)
    assert queries.in_force(SERVICE, today).definition.version == 1
    assert queries.in_force(SERVICE, today.replace(day=3)).id == new


def test_a_faulty_text_is_not_published(given, text):
    count = Definition.objects.count()
    with pytest.raises(DefinitionError):
        given.act(
            actions.publish, SYSTEM, pack=PACK, definition_text=altered(text, "annual_income > 0", "anual_income > 0")
        )
    assert Definition.objects.count() == count


@pytest.mark.parametrize("who", ["citizen", "tahsildar"])
def test_only_a_publisher_publishes(given, text, who):
    by = given.citizen() if who == "citizen" else given.seat("kl-taluk-adoor", "tahsildar")
    with pytest.raises(Refusal) as told:
        given.act(actions.publish, by, pack=PACK, definition_text=text)
    assert told.value.code == "not_permitted"

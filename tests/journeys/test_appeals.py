"""The stories that ``janaseva demo journey`` tells beside the journeys: each comes out as its law says."""

import pytest

from janaseva.cli import lives, stories
from tests.services.test_appeals import at_service

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("faultless")]


@pytest.mark.parametrize(
    ("pack", "service", "story"),
    [
        ("jk-edistrict", "jk-birth-certificate", stories.auto_appeal_to_compliance),
        ("mp-edistrict", "mp-income-certificate", stories.appeal_on_the_applicants_word),
        ("kl-edistrict", "kl-building-permit", stories.deemed_approval),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_story_comes_out_as_its_law_says(given, pack, service, story):
    told = story(at_service(given, pack, service))
    assert (told.service, told.outcome, told.right) == (service, "approved", True), told.states


@pytest.mark.parametrize(
    ("pack", "service", "story", "outcome"),
    [
        ("kl-edistrict", "kl-shops-registration", lives.slab_fees, ""),
        ("kl-edistrict", "kl-domicile-certificate", lives.waivers, ""),
        ("kl-edistrict", "kl-shops-registration", lives.renewal, "approved"),
        ("kl-edistrict", "kl-birth-registration", lives.correction, "approved"),
        ("kl-edistrict", "kl-income-certificate", lives.revocation_after_hearing, "approved"),
        ("jk-edistrict", "jk-legal-heir-certificate", lives.objections, "refused"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_life_comes_out_as_its_text_says(given, pack, service, story, outcome):
    told = story(at_service(given, pack, service))
    assert (told.service, told.outcome, told.right) == (service, outcome, True), told.states

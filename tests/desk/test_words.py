"""The translators' page: every officer sees how far each language is, and who has approved what."""

import pytest

from tests.desk.office import VILLAGE, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_every_officer_sees_how_far_the_words_are(office):
    client = office.at_desk(office.post(*VILLAGE).id)
    told = words(client.get("/desk/words?in=ml"))
    assert "Words of the interface" in told
    assert "portal_performance" in told
    assert "Income certificate" in told
    of_area = client.get("/desk/words?in=sd&area=portal_performance")
    assert "portal.performance.title" in words(of_area)
    assert 'lang="sd" dir="rtl"' in of_area.content.decode()
    assert "Draft" in words(of_area)
    assert client.get("/desk/words?in=xx&area=../..").status_code == 200

"""A fee by two sizes, where people meet it: on the charter, by API, and where their size lies beyond it."""

import re

import pytest
from django.test import Client

from janaseva.core.refusal import Invalid
from janaseva.services import actions, queries
from tests.given import PACK, SERVICE, Given
from tests.portal.reader import at_the_storys_time
from tests.services.test_numbers import licence

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def licensed(given: Given, monkeypatch: pytest.MonkeyPatch) -> Given:
    given.loaded(PACK, SERVICE, licence())
    at_the_storys_time(given, monkeypatch)
    return given


def test_the_charter_shows_every_amount_in_its_place_in_two_languages_and_by_api():
    told = Client().get(f"/services/{SERVICE}/").content.decode()
    table = told[told.index('class="table dense matrix"') :].partition("</table>")[0]
    cells = re.findall(r'data-label="([^"]*)"><span>(.*?)</span></t[hd]>', table)
    plain = [(label, re.sub(r"<[^>]*>", "", shown).replace("\u00a0", " ")) for label, shown in cells]
    assert plain[4:8] == [
        ("Workers employed", "21 to 50"),
        ("Horse power installed: Up to 7.5", "₹ 750.00"),
        ("Horse power installed: Above 7.5, up to 50", "₹ 1,500.00"),
        ("Horse power installed: Above 50", "₹ 3,000.00"),
    ]
    assert len(plain) == 12
    assert told.count('class="table dense matrix"') == told.count("The fee is the same as for:") == 1, (
        "two ways, read once"
    )
    for words in ("Rule 7 of an example", "Above 1,000 workers the Chief Inspector", "charged for what it is"):
        assert words in told
    assert "ജോലിക്കാർ" in Client().get(f"/services/{SERVICE}/", headers={"accept-language": "ml"}).content.decode()
    line, each = Client().get(f"/api/v1/services/{SERVICE}").json()["ways"][0]["fee"]
    assert line["schedule"]["across"]["bands"][1] == {"from": None, "above": "7.5", "up_to": "50", "below": None}
    assert line["schedule"]["amounts_paise"][2] == [150000, 300000, 1250000]
    assert each["rounding"] == {"to_paise": 100, "way": "nearest"}


@pytest.mark.once
def test_a_size_beyond_the_schedule_is_refused_in_its_words_and_any_other_is_charged(licensed):
    by, example = licensed.citizen(), licensed.example()

    def draft(**sizes):
        stated = example.model_copy(update={"answers": {**example.answers, **sizes}})
        return licensed.fill_in(by, licensed.definition, stated, language="en")

    with pytest.raises(Invalid) as caught:
        licensed.act(actions.submit, by, application_id=draft(workers=1001, power="10.50"))
    (fault,) = caught.value.faults
    assert (fault.code, fault.words["en"]) == ("fee_outside", "Above 1,000 workers the Chief Inspector fixes the fee.")
    assert {one.state for one in queries.mine(by)} == {"draft"}
    sent = licensed.act(actions.submit, by, application_id=draft(workers=50, power="7.51"))
    assert sent.total_paise == (1500 + 56) * 100

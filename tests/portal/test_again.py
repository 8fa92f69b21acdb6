"""Asking again at the doors: on the certificate's page, on the officer's, in the charter, by API."""

import pytest
from django.urls import reverse

from janaseva.desk.services.changes import changes
from janaseva.doorway import limits
from janaseva.services import actions, queries
from tests.gateway.given import Api
from tests.portal.reader import at_the_storys_time, fresh, signed_in
from tests.services.test_again import SHOPS, TEXT, decided, written

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def shops(given, monkeypatch):
    limits.forget_all()
    given.loaded(TEXT.key, SHOPS, written())
    at_the_storys_time(given, monkeypatch)
    return given


def test_a_holder_renews_from_the_certificates_page_and_the_officer_sees_what_is_otherwise(shops):
    client, by = signed_in(shops)
    first = shops.submitted(by)
    moved = decided(shops, by, first)
    page = client.get(f"/applications/{first}/certificate/").content.decode()
    for word in ("Renew", "Correct", "Ask for a second copy", "Renewal of the registration"):
        assert word in page
    begun = client.post(f"/applications/{first}/certificate/renewal/", {"key": fresh()})
    assert begun.status_code == 302
    again = next(one.id for one in queries.mine(by) if one.state == "draft")
    assert begun["Location"] == f"/apply/{again}/"
    tasks = client.get(begun["Location"]).content.decode()
    assert "Renewal of the registration" in tasks
    assert "The earlier certificate" in tasks
    fixed = client.get(reverse("apply-page", args=[again, "establishment"])).content.decode()
    assert moved.certificate_number in fixed
    assert "Go on with what you began" in client.get(f"/applications/{first}/certificate/").content.decode()
    answers = {**queries.application(by, again).answers, "declared": True, "female_workers": 4}
    shops.act(actions.save_answers, by, application_id=again, answers=answers)
    check = client.get(reverse("apply-check", args=[again])).content.decode()
    assert "#f-female_workers" in check
    assert "#f-establishment_name" not in check, "what must stay as it was offers no change"
    shops.act(actions.submit, by, application_id=again)
    shops.pay(by, again)
    officer = shops.holder(again)
    found = changes(officer, queries.application(officer, again), "en", today=queries.today(shops.at))
    assert found.number == moved.certificate_number
    assert [(line.label["en"], line.was, line.now) for line in found.lines] == [
        ("Women", "2", "4"),
        ("Workers in all", "3", "5"),
    ]
    assert changes(by, queries.application(by, first), "en", today=queries.today(shops.at)) is None
    shops.act(actions.take_next, officer)
    shops.approve(officer, again, move="register")
    shops.settle()
    assert "Replaced by a newer one" in client.get("/applications/").content.decode()
    old = client.get(f"/applications/{first}/").content.decode()
    assert f"/applications/{again}/" in old
    assert "Replaced by a newer one" in client.get(f"/applications/{first}/certificate/").content.decode()


def test_the_charter_tells_what_may_be_asked_for_afterwards(shops, client):
    page = client.get(f"/services/{SHOPS}/").content.decode()
    assert "At least 30 days before the last day." in page
    assert "An entry in a register" in page
    assert page.count("As long as the earlier certificate") == 2, "a correction and a second copy"
    charter = client.get(f"/api/v1/services/{SHOPS}").json()
    lines = {line["purpose"]: line for line in charter["again"]}
    assert charter["kind"] == "entry"
    assert (lines["renewal"]["by_days"], lines["renewal"]["from_days"], lines["renewal"]["late_days"]) == (
        30,
        None,
        None,
    )
    assert lines["correction"]["ways"][0]["fee"][0]["amount_paise"] == 2500


def test_asking_again_by_api(shops):
    client, by = signed_in(shops)
    first = shops.submitted(by)
    decided(shops, by, first)
    api = Api(client=client, token=client.cookies["citizen"].value)
    lines = api.get(f"applications/{first}/again").json()["items"]
    assert [(line["purpose"], line["refusal"]) for line in lines] == [
        ("renewal", ""), ("correction", ""), ("duplicate", ""),
    ]  # fmt: skip
    made = api.post(f"applications/{first}/again", {"purpose": "correction"})
    assert made.status_code == 201, made.content
    view = api.get(f"applications/{made.json()['id']}").json()
    assert (view["purpose"], view["earlier"]) == ("correction", str(first))
    assert api.post(f"applications/{first}/again", {"purpose": "revival"}).status_code == 422
    wanted = {"group": "challan", "document_id": str(first)}
    assert api.post(f"applications/{made.json()['id']}/papers/issued", wanted).status_code == 404

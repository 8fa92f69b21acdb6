"""A fee that fell due on the way, on the screens of who pays it and of who decides: what, why, until when, and how."""

import re

import pytest

from janaseva.desk.services import reading
from janaseva.payments import actions as payment_actions
from janaseva.services import handlers
from tests.portal.reader import at_the_storys_time, fresh, signed_in
from tests.services.test_demands import demanded, later, published, report

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def words(response):
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_it_is_shown_with_its_lines_and_last_day_and_paid(given, monkeypatch):
    published(given)
    at_the_storys_time(given, monkeypatch)
    client, by = signed_in(given)
    application_id, officer = demanded(given, by)
    assert "Pay the fee that fell due" in words(client.get("/applications/"))
    told = words(client.get(f"/applications/{application_id}/"))
    assert "Last day to pay: Tuesday, 17 March 2026" in told
    assert "G.O. 9/2026" in told
    assert "stands still until the fee is paid" in told
    told = words(client.get(f"/pay/{application_id}/"))
    assert "Paid for Permit fee" in told
    assert "305.00" in told
    assert "Permit fee Falls due after the application was received" in words(
        client.get("/services/kl-building-permit/")
    )
    context = reading.case_context(officer, application_id, given.at, "en")
    assert context["awaited_fee"].demand.total_paise == 30_500
    led = client.post(f"/pay/{application_id}/", {"key": fresh()})
    assert led.status_code == 302
    assert "amount_paise=30500" in led["Location"]
    payment = later(by, application_id)[0].account.tries[0]
    report(given, payment)
    given.settle()
    assert "Paid for Permit fee" in words(client.get(f"/pay/receipt/{payment.id}/"))
    assert "Your application goes on by itself" in words(client.get(f"/pay/return/{payment.id}/"))
    assert client.get(f"/pay/{application_id}/")["Location"] == f"/applications/{application_id}/"


def test_who_paid_too_late_reads_it(given, monkeypatch):
    published(given)
    at_the_storys_time(given, monkeypatch)
    client, by = signed_in(given)
    application_id, _ = demanded(given, by)
    fee = later(by, application_id)[0]
    payment = given.act(payment_actions.start, by, demand_id=fee.demand.id)
    report(given, payment, "failed")
    handlers.notice_what_passed(fee.pay_by)
    report(given, payment)
    told = words(client.get(f"/pay/return/{payment.payment_id}/"))
    assert "You paid after the last day" in told
    assert "It was not paid in time and is no longer owed" in words(client.get(f"/applications/{application_id}/"))

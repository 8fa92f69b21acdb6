"""The gateway's callback and the demonstration's bank, over HTTP."""

import json
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client

from janaseva.core.actor import Actor
from tests.payments.conftest import SYSTEM, Given

pytestmark = [pytest.mark.django_db, pytest.mark.urls("janaseva.gateway.payments.urls")]

CALLBACK = "/gateway/payments/callback"
HEADER = "HTTP_X_PAYMENT_SIGNATURE"


@pytest.fixture
def given(at):
    return Given(at=at, payer=Actor.person(uuid4()), office_id=uuid4())


@pytest.fixture
def started(given):
    return given.start(given.demand(2500))


@pytest.fixture
def address(given, started):
    from janaseva.payments import queries

    whole = urlsplit(queries.redirect(given.payer, started.payment_id, language="en", return_path="/back"))
    return f"{whole.path}?{whole.query}"


@pytest.fixture
def posted(client, monkeypatch):
    """The bank's callbacks: each goes straight to the platform, in the test's own thread and transaction."""
    from janaseva.gateway.payments import simulator
    from janaseva.payments.adapters.bank import Bank

    found = []
    made = simulator.bank

    def call_back(self, book, *, after_seconds=0):
        from janaseva.payments.rules import signing

        body = signing.written(book.report())
        found.append((body, signing.sign(self.key, "callback", body), after_seconds))

    monkeypatch.setattr(Bank, "call_back", call_back)
    monkeypatch.setattr(simulator, "bank", made)
    return found


def send(client, body, signature):
    return client.post(CALLBACK, body, content_type="application/json", **{HEADER: signature})


def test_the_bank_debits_and_its_signed_word_alone_pays(client, given, started, address, posted):
    from janaseva.payments import queries

    page = client.get(address)
    assert page.status_code == 200
    assert "25.00" in page.content.decode()
    back = client.post(address, {"choice": "succeed"})
    assert (back.status_code, back["Location"]) == (302, "http://localhost:8000/back")
    assert queries.payment(given.payer, started.payment_id).state == "started"
    ((body, signature, _),) = posted
    assert send(client, body, "0" * 64).status_code == 403
    assert send(client, body.replace(b"2500", b"2501"), signature).status_code == 403
    answers = [send(client, body, signature) for _ in range(16)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert json.loads(answers[0].content)["payment_state"] == "received"
    assert queries.payment(given.payer, started.payment_id).state == "received"
    client.post(address, {"choice": "again"})
    client.post(address, {"choice": "fail"})
    assert [posted_body for posted_body, *_ in posted] == [body, body, body]


@pytest.mark.parametrize("choice", ["close", "late", "lost", "fail"])
def test_other_ends(client, given, started, address, posted, choice):  # noqa: PLR0917 - fixtures
    from janaseva.gateway.payments import simulator

    client.post(address, {"choice": choice})
    book = simulator.bank().book(started.reference)
    if choice == "close":
        assert (book, posted) == (None, [])
    else:
        assert book.outcome == ("failed" if choice == "fail" else "debited")
        assert [wait for *_, wait in posted] == {"late": [20], "lost": [], "fail": [0]}[choice]
        assert "<form" in client.get(address).content.decode()


def test_an_altered_address_opens_nothing(client, address):
    for altered in (
        address.replace("2500", "2499"),
        address.replace("back", "evil"),
        address.replace("sign=", "sign=0"),
        address.split("?")[0],
        address.replace("2500", "２５００"),
    ):
        assert client.get(altered).status_code == 404
        assert client.post(altered, {"choice": "succeed"}).status_code == 404


def test_choosing_nothing_says_so(client, address):
    page = client.post(address, {"choice": "steal"})
    assert page.status_code == 422
    assert "Choose what the bank should do" in page.content.decode()


@pytest.mark.parametrize("language", ["en", "ml", "hi", "ur", "sd"])
def test_the_page_speaks_every_language(client, address, language):
    page = client.get(address.replace("lang=en", f"lang={language}"))
    assert page.status_code == 200
    assert f'lang="{language}"' in page.content.decode()


def test_forms_need_their_token(address):
    assert Client(enforce_csrf_checks=True).post(address, {"choice": "succeed"}).status_code == 403


def test_bad_callbacks_are_refused_and_never_fall_over(client):
    assert client.get(CALLBACK).status_code == 405
    for body in (b"", b"{", b"[" * 3000, b"\xff", b"x" * 5000):
        assert send(client, body, "").status_code in (403, 413)
        assert send(client, body, "é").status_code in (403, 413)
    for path in ("/simulator/status", "/simulator/refund"):
        assert client.get(path).status_code == 405
        assert client.post(path, b"{}", content_type="application/json").status_code == 403


class Through:
    """``requests.post`` that goes to the views."""

    def __init__(self, client):
        self.client = client

    def __call__(self, url, *, data, headers, **_):
        signature = headers["X-Payment-Signature"]
        answer = self.client.post(urlsplit(url).path, data, content_type="application/json", **{HEADER: signature})
        answer.text = answer.content.decode()
        return answer


def test_the_platform_asks_the_bank_and_gets_money_back_once(client, at, given, started, address, posted, monkeypatch):  # noqa: PLR0917 - fixtures
    import requests

    from janaseva.payments import handlers, queries

    monkeypatch.setattr(requests, "post", Through(client))
    demand_id = queries.payment(SYSTEM, started.payment_id).demand_id
    handlers.poll(at + timedelta(minutes=2))
    assert queries.payment(SYSTEM, started.payment_id).state == "started"
    client.post(address, {"choice": "lost"})
    handlers.poll(at + timedelta(minutes=3))
    assert queries.payment(SYSTEM, started.payment_id).state == "received"
    given.cancel(demand_id)
    (refund,) = queries.refunds_of(SYSTEM, demand_id)

    from janaseva.core.news import Heard
    from janaseva.payments import events

    news = events.RefundOrdered(
        demand_id=demand_id, payment_id=started.payment_id, refund_id=refund.id, amount_paise=2500, why="withdrawn"
    )
    for _ in range(2):
        handlers.send_back(Heard(event_id=uuid4(), story=None, happened_at=at, at=at, news=news))
    assert queries.refund(SYSTEM, refund.id).state == "done"

    from janaseva.gateway.payments import simulator

    assert simulator.bank().book(started.reference).refunds == {str(refund.id): 2500}
    other = simulator.bank().give_back(started.reference, refund_id="another", amount_paise=1)
    assert other.outcome == "refused"


def test_the_bank_s_callback_is_sent_again_while_nobody_answers(tmp_path, at, monkeypatch):
    from janaseva.payments.adapters import bank as module

    tried = []

    def third_time(url, body, signature):
        tried.append((url, body, signature))
        return len(tried) == 3

    monkeypatch.setattr(module, "PAUSE_SECONDS", 0)
    bank = module.Bank(folder=tmp_path, key="k", callback_url="http://x/", send=third_time)
    bank.call_back(bank.debit("r", amount_paise=1, at=at)).join(timeout=5)
    assert len(tried) == 3
    assert len(set(tried)) == 1


def test_the_bank_keeps_to_its_folder(tmp_path, at):
    from janaseva.payments.adapters.bank import Bank

    bank = Bank(folder=tmp_path / "bank", key="k", callback_url="http://x/")
    for name in ("../r", "", "a/b", "a" * 65, "r\0"):
        assert bank.book(name) is None
        with pytest.raises(ValueError):
            bank.debit(name, amount_paise=1, at=at)

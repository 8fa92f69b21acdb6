"""An officer's own sign-in and sessions, at the desk."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client

from tests.desk.office import VILLAGE, post, words
from tests.portal.reader import at_the_storys_time, signed_in

pytestmark = pytest.mark.django_db


def sign_in_again(office, client, seat):
    office.now()
    who = office.who(seat.id)
    post(client, "/desk/sign-in", login=who.login, password=who.password)
    return post(client, "/desk/sign-in/code", code=who.totp_now)


def test_a_new_sign_in_ends_the_old_session_and_its_token_is_long(office):
    seat = office.post(*VILLAGE)
    client = office.at_desk(seat.id)
    first = client.cookies["officer"].value
    sign_in_again(office, client, seat)
    second = client.cookies["officer"].value
    assert first != second
    assert len(bytes.fromhex(first)) == len(bytes.fromhex(second)) == 32
    assert client.get("/desk/").status_code == 200
    client.cookies["officer"] = first
    assert client.get("/desk/").status_code == 302


def test_a_forged_half_sign_in_opens_nothing(office):
    seat, client = office.post(*VILLAGE), Client()
    office.now()
    who = office.who(seat.id)
    post(client, "/desk/sign-in", login=who.login, password=who.password)
    step = client.cookies["officer_step"].value
    assert client.get("/desk/sign-in/code").status_code == 200
    whole = signing.loads(step, salt="officer_step")
    for forged in (
        step[:-1] + ("A" if step[-1] != "A" else "B"),
        signing.dumps(whole, salt="something else"),
        signing.dumps(whole, salt="officer_step", key="another key"),
        whole,
        "",
    ):
        client.cookies["officer_step"] = forged
        assert client.get("/desk/sign-in/code")["Location"] == "/desk/sign-in", forged
    client.cookies["officer_step"] = step
    office.given.at += timedelta(minutes=6)
    office.now()
    assert client.get("/desk/sign-in/code")["Location"] == "/desk/sign-in"


def test_sign_out_is_on_every_page_of_who_is_signed_in(office, monkeypatch):
    client = office.at_desk(office.post(*VILLAGE).id)
    for where in ("/desk/account", "/desk/charge"):
        assert 'action="/desk/sign-out"' in client.get(where).content.decode(), where
    at_the_storys_time(office.given, monkeypatch)
    citizen, _ = signed_in(office.given)
    for where in ("/", "/sessions/"):
        assert 'action="/sign-out/"' in citizen.get(where).content.decode(), where


def test_sign_out_lets_the_browser_forget(office, monkeypatch):
    client = office.at_desk(office.post(*VILLAGE).id)
    assert post(client, "/desk/sign-out")["Clear-Site-Data"] == '"cache", "storage"'
    at_the_storys_time(office.given, monkeypatch)
    citizen, _ = signed_in(office.given)
    answer = citizen.post("/sign-out/", {"key": "out"})
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert (answer.cookies["citizen"].value, answer.cookies["citizen"]["max-age"]) == ("", 0)


def test_the_own_password_is_changed_soon_after_signing_in(office):
    seat = office.post(*VILLAGE)
    client, who = office.at_desk(seat.id), office.who(seat.id)
    page = client.get("/desk/account/password").content.decode()
    assert page.count('type="password"') == 2
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="new-password"' in page
    wrong = post(client, "/desk/account/password", old="not this one", password="copper lantern walks upstream")
    assert wrong.status_code == 422
    assert "until now is not right" in words(wrong)
    weak = post(client, "/desk/account/password", old=who.password, password="kerala-123456")
    assert "words that everybody here would try" in words(weak)
    assert "kerala-123456" not in weak.content.decode()
    done = post(client, "/desk/account/password", old=who.password, password="copper lantern walks upstream")
    assert done["Location"] == "/desk/account?done=password_changed"
    assert client.get("/desk/").status_code == 200
    office.given.at += timedelta(minutes=11)
    office.now()
    late = client.get("/desk/account").content.decode()
    assert "/desk/sign-in?again=1&amp;next=/desk/account" in late
    assert "data-passkey=" not in late
    assert "Sign in again" in words(client.get("/desk/account/password"))
    refused = post(client, "/desk/account/password", old="copper lantern walks upstream", password="x" * 14)
    assert refused.status_code == 403
    assert client.post("/desk/account/passkey/begin", {}).status_code == 403


def test_who_has_to_choose_a_password_comes_to_nothing_else(office):
    from janaseva.core.secret import Secret
    from janaseva.people import actions
    from tests.given import SYSTEM

    seat, client, made = office.post(*VILLAGE), Client(), "made for you, once"
    who = office.who(seat.id)
    office.given.act(
        actions.enrol_officer, SYSTEM, login=who.login, names={"en": "Anu"}, password=Secret(made),
        totp_seed=Secret(who.totp_seed),
    )  # fmt: skip
    office.now()
    post(client, "/desk/sign-in", login=who.login, password=made)
    post(client, "/desk/sign-in/code", code=office.who(seat.id).totp_now)
    assert client.get("/desk/")["Location"] == "/desk/charge"
    assert client.get("/desk/charge")["Location"] == "/desk/account/password"
    assert "made for you" in words(client.get("/desk/account/password"))
    chosen = post(client, "/desk/account/password", old=made, password="copper lantern walks upstream")
    assert chosen["Location"] == "/desk/charge"
    assert client.get("/desk/charge").status_code == 200

"""An officer's own sign-in and sessions, at the desk."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client

from tests.desk.office import VILLAGE, post
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

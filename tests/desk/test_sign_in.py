import pytest
from django.test import Client

from janaseva.core import secret_keys
from janaseva.core.ids import secret_token, uuid7
from janaseva.core.secret import Secret
from janaseva.desk.people.entry import safe_next
from janaseva.people import actions, queries, rules
from tests.desk.office import VILLAGE, post, words

pytestmark = pytest.mark.django_db


def test_a_stranger_is_sent_to_sign_in_and_back(office):
    application_id = office.begun()
    answer = Client().get(f"/desk/case/{application_id}")
    assert answer.status_code == 302
    assert answer["Location"] == f"/desk/sign-in?next=%2Fdesk%2Fcase%2F{application_id}"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/desk/",
        "/portal",
        "/desk/../x",
        "/desk/\\evil",
        "/desk//x",
        "/desk/no",
        "",
    ],
)
def test_sign_in_leads_nowhere_but_to_the_desk(rf, wanted):
    assert safe_next(rf.get("/desk/sign-in", {"next": wanted})) == "/desk/"


def test_sign_in_leads_back_to_the_page_asked_for(rf):
    assert safe_next(rf.get("/desk/sign-in", {"next": "/desk/figures?lang=ml"})) == "/desk/figures?lang=ml"


def test_sign_in_carries_the_page_asked_for_through_both_steps(office):
    seat, client = office.post(*VILLAGE), Client()
    office.now()
    who = office.who(seat.id)
    first = post(client, "/desk/sign-in?next=/desk/figures", login=who.login, password=who.password)
    assert first["Location"] == "/desk/sign-in/code?next=%2Fdesk%2Ffigures"
    assert post(client, first["Location"], code=who.totp_now)["Location"] == "/desk/figures"
    assert client.get("/desk/figures").status_code == 200


def test_what_is_wrong_is_said_and_the_name_is_kept(office):
    client = Client()
    empty = post(client, "/desk/sign-in", login="", password="")
    assert empty.status_code == 422
    assert "Enter your login name" in words(empty)
    assert "Enter your password" in words(empty)
    wrong = post(client, "/desk/sign-in", login="nobody", password="wrong password")
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.content.decode()
    assert "wrong password" not in wrong.content.decode()
    assert client.get("/desk/sign-in/code")["Location"] == "/desk/sign-in"


def test_a_wrong_code_opens_nothing(office):
    seat, client = office.post(*VILLAGE), Client()
    office.now()
    who = office.who(seat.id)
    post(client, "/desk/sign-in", login=who.login, password=who.password)
    wrong = "000000" if who.totp_now != "000000" else "000001"
    answer = post(client, "/desk/sign-in/code", code=wrong)
    assert answer.status_code == 422
    assert "The code is not right" in words(answer)
    assert client.get("/desk/")["Location"] == "/desk/sign-in"


def test_a_change_of_the_secret_key_between_the_steps_shuts_nobody_out(office, tmp_path, settings):
    (tmp_path / secret_keys.OWN).write_text(settings.SECRET_KEY, encoding="ascii")
    settings.SECRET_KEY_FOLDER = tmp_path
    seat, client, inside = office.post(*VILLAGE), Client(), office.at_desk(office.post(*VILLAGE).id)
    office.now()
    who = office.who(seat.id)
    post(client, "/desk/sign-in", login=who.login, password=who.password)
    secret_keys.take_over()
    assert client.get("/desk/sign-in/code").status_code == 200
    assert post(client, "/desk/sign-in/code", code=who.totp_now)["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200
    assert inside.get("/desk/").status_code == 200, "sessions do not rest on it"
    assert (office.who(seat.id).password, office.who(seat.id).totp_seed) == (who.password, who.totp_seed)


def test_the_same_form_sent_twice_opens_one_session(office):
    seat, client = office.post(*VILLAGE), Client()
    office.now()
    who = office.who(seat.id)
    post(client, "/desk/sign-in", login=who.login, password=who.password)
    form = {"key": "twice" * 4, "code": who.totp_now}
    step = client.cookies["officer_step"].value
    first = client.post("/desk/sign-in/code", form).cookies["officer"].value
    client.cookies["officer_step"] = step
    del client.cookies["officer"]  # the second was sent before the first was answered
    assert client.post("/desk/sign-in/code", form).cookies["officer"].value == first


def test_a_citizens_session_opens_no_desk(office):
    given = office.given
    anyone, token = given.citizen(), secret_token()
    asked = given.act(actions.request_code, anyone, phone="+919847111111", language="en", region="IN")
    sent = queries.code_to_send(type(anyone).system("test"), asked.challenge_id, given.at)
    given.act(
        actions.confirm_code,
        anyone,
        challenge_id=asked.challenge_id,
        code=Secret(sent.code),
        token_hash=rules.token_hash(token),
    )
    office.now()
    client = Client()
    client.cookies["citizen"] = client.cookies["officer"] = token
    assert client.get("/desk/")["Location"] == "/desk/sign-in"


def test_signing_out_ends_the_session(office):
    client = office.at_desk(office.post(*VILLAGE).id)
    cookie = client.cookies["officer"].value
    assert client.get("/desk/").status_code == 200
    assert post(client, "/desk/sign-out")["Location"] == "/desk/sign-in?done=signed_out"
    client.cookies["officer"] = cookie
    assert client.get("/desk/").status_code == 302


def test_an_officer_without_a_charge_is_told_so(office):
    given, seat = office.given, office.post(*VILLAGE)
    who = office.who(seat.id)
    other = next(one for one in queries.colleagues(given.officer(seat.id)) if one.id != who.person_id)
    charge = who.charges[0]
    given.act(
        actions.hand_over_charge, type(given.officer(seat.id)).system("test"), charge_id=charge.id,
        to_person_id=other.id, order="Order 1",
    )  # fmt: skip
    office.now()
    client = Client()
    post(client, "/desk/sign-in", login=who.login, password=who.password)
    signs = queries.demonstration_sign_ins(type(given.officer(seat.id)).system("test"), given.at)
    post(client, "/desk/sign-in/code", code=next(one.totp_now for one in signs if one.login == who.login))
    assert client.get("/desk/")["Location"] == "/desk/charge"
    page = client.get("/desk/charge")
    assert page.status_code == 200
    assert "You hold no charge now" in words(page)


def test_own_sessions_are_shown_and_ended(office):
    seat = office.post(*VILLAGE)
    first, second = office.at_desk(seat.id), office.at_desk(seat.id)
    page = second.get("/desk/account")
    assert page.status_code == 200
    assert "Passkeys work only where scripts are switched on" in words(page)
    other = next(line for line in page.content.decode().split('name="session" value="')[1:])[:36]
    assert post(second, "/desk/account/end", session=other)["Location"] == "/desk/account?done=session_ended"
    assert post(second, "/desk/account/end", session=str(uuid7())).status_code == 404
    assert second.get("/desk/").status_code == 200
    assert post(second, "/desk/account/end", session="all").status_code == 302
    assert first.get("/desk/").status_code == second.get("/desk/").status_code == 302


def test_passkeys_begin_and_refuse_what_is_none(office):
    client = office.at_desk(office.post(*VILLAGE).id)
    begun = client.post("/desk/account/passkey/begin").json()
    assert '"challenge"' in begun["options"]
    answer = post(
        client, "/desk/account/passkey", challenge_id=begun["challenge_id"], response="{}", label="My key of blue"
    )
    assert answer.status_code == 422
    assert "could not be added" in words(answer)
    stranger = Client()
    begun = stranger.post("/desk/sign-in/passkey/begin").json()
    refused = post(stranger, "/desk/sign-in/passkey", challenge_id=begun["challenge_id"], response="{}")
    assert refused.status_code == 422
    assert stranger.get("/desk/").status_code == 302

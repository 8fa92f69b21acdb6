"""Signing in at the portal: a phone number, a code, a cookie that only we can read."""

import pytest
from django.test import Client, RequestFactory

from janaseva.people import queries as people
from janaseva.portal.page import own_path
from janaseva.portal.people import waiting
from tests.given import SYSTEM, Given
from tests.portal.reader import at_the_storys_time, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def story(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    from janaseva.doorway.limits import forget_all

    forget_all()
    at_the_storys_time(given, monkeypatch)


def ask(client: Client, given: Given, phone: str = "98470 12345", onward: str = "/services/"):
    return client.post(f"/sign-in/?next={onward}", {"key": given.key(), "phone": phone})


def code(client: Client, given: Given) -> str:
    request = RequestFactory().get("/")
    request.COOKIES["sign_in"] = client.cookies["sign_in"].value
    wait = waiting.kept(request, given.at)
    assert wait is not None
    sent = people.code_to_send(SYSTEM, wait.challenge_id, given.at)
    assert sent is not None
    return sent.code


def give(client: Client, given: Given, digits: str, key: str = ""):
    return client.post("/sign-in/code/", {"key": key or given.key(), "code": digits})


def test_in_and_on_to_where_one_wanted_to_go(given):
    client = Client()
    assert ask(client, given)["Location"] == "/sign-in/code/"
    assert "98470" not in client.cookies["sign_in"].value
    shown = client.get("/sign-in/code/").content.decode()
    assert "98470" not in shown
    assert "2345" in shown
    assert "/demonstration/mailbox/" in shown
    digits, key = code(client, given), given.key()
    first = give(client, given, digits, key)
    assert first["Location"] == "/services/"
    cookie = client.cookies["citizen"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert client.get("/sessions/").status_code == 200


def test_the_same_answer_sent_twice_signs_in_once(given):
    client = Client()
    ask(client, given)
    digits, key, half_done = code(client, given), given.key(), client.cookies["sign_in"].value
    first = give(client, given, digits, key).cookies["citizen"].value
    client.cookies["sign_in"] = half_done
    assert give(client, given, digits, key)["Location"] == "/services/", "who is in already goes on"
    impatient = Client()
    impatient.cookies["sign_in"] = half_done
    assert give(impatient, given, digits, key).cookies["citizen"].value == first


def test_wrong_codes_count_and_say_how_many_tries_are_left(given):
    client = Client()
    ask(client, given)
    right = code(client, given)
    wrong = "000000" if right != "000000" else "000001"
    for left in (4, 3, 2, 1):
        answer = give(client, given, wrong)
        assert answer.status_code == 422
        assert f"{left} tr" in answer.content.decode()
    assert "no longer be used" in give(client, given, wrong).content.decode()
    assert give(client, given, right).status_code == 422, "the right one comes too late"
    assert "citizen" not in client.cookies
    again = client.post("/sign-in/code/again/", {"key": given.key()})
    assert again["Location"] == "/sign-in/code/?again=1"
    assert give(client, given, code(client, given)).status_code == 302


def test_known_and_unknown_numbers_are_answered_alike(given):
    signed_in(given)
    known, unknown = Client(), Client()
    ask(known, given, "98470 12345")
    give(known, given, code(known, given))
    pages = []
    for client, phone in ((Client(), "98470 12345"), (unknown, "98470 92345")):
        assert ask(client, given, phone).status_code == 302
        page = client.get("/sign-in/code/").content.decode()
        pages.append(page.count("\n"))
    assert pages[0] == pages[1]


def test_a_number_that_is_none_is_kept_as_typed(given):
    answer = ask(Client(), given, "12 <b>")
    assert answer.status_code == 422
    assert "12 &lt;b&gt;" in answer.content.decode()


def test_too_many_codes_must_wait(given):
    answers = [ask(Client(), given).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\nb", "/" * 600]
)
def test_only_own_paths_are_gone_on_to(path):
    assert own_path(path) == "/applications/"


def test_the_code_page_needs_a_number_first():
    assert Client().get("/sign-in/code/")["Location"] == "/sign-in/"
    forged = Client()
    forged.cookies["sign_in"] = "x" * 40
    assert forged.get("/sign-in/code/")["Location"] == "/sign-in/"


def test_a_sign_in_half_done_ends_with_its_time(given):
    client = Client()
    ask(client, given)
    assert client.get("/sign-in/code/").status_code == 200
    given.at += waiting.LIFE
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert client.post("/sign-in/code/again/", {"key": given.key()})["Location"] == "/sign-in/"


def test_out_and_out_everywhere(given):
    client, _ = signed_in(given)
    assert client.post("/sign-out/", {"key": given.key()})["Location"] == "/"
    assert client.get("/sessions/").status_code == 302
    other, _ = signed_in(given)
    assert other.post("/sessions/", {"key": given.key(), "all": "1"})["Location"] == "/"
    assert other.get("/sessions/").status_code == 302


def test_another_persons_session_is_not_there(given):
    client, _ = signed_in(given)
    _, stranger = signed_in(given)
    foreign = people.sessions_of(stranger, given.at)[0]
    assert client.post("/sessions/", {"key": given.key(), "session": str(foreign.id)}).status_code == 404
    assert client.post("/sessions/", {"key": given.key(), "session": "x"}).status_code == 404
    assert people.sessions_of(stranger, given.at)


def test_the_language_chosen_is_kept_for_messages(given):
    client, actor = signed_in(given, "ml")
    client.get("/services/?lang=ur")
    found = people.signed_in(client.cookies["citizen"].value, given.at)
    assert found is not None
    assert found.language == "ur"
    assert people.person(actor, actor.person_id).language == "ur"

"""The ways in: codes, passwords, sessions, forms from elsewhere, addresses that lead away, caches, guessed numbers."""

import itertools
import logging
import re
import secrets

import pytest
from django.http import HttpRequest
from django.test import Client

from janaseva.core.actor import Actor
from janaseva.core.ids import secret_token
from janaseva.core.refusal import Refusal
from janaseva.core.secret import Secret
from janaseva.people import actions as people
from janaseva.people import queries, rules
from tests.attacks.cells import table
from tests.attacks.guards import answers, attack, replaced, size, unmounted
from tests.attacks.state import sign_in
from tests.given import SYSTEM
from tests.hostile.test_routes import NEXT
from tests.house.test_routes import sample

database = pytest.mark.django_db


@pytest.fixture
def door(given, monkeypatch):
    """The doors at the story's time; refusals by the hundred are not news."""
    from janaseva.doorway import limits, visitor

    limits.forget_all()
    monkeypatch.setattr(visitor, "now", lambda: given.at)
    for name in ("django.request", "django.security.csrf", "janaseva.refused"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)
    yield given
    limits.forget_all()


@database
@attack(
    "E1", "codes guessed over many challenges of one number, and sent without end",
    answers("janaseva.people.rules.limits.wait_seconds", value=0),
    answers("janaseva.people.rules.codes.is_open", value=True),
)  # fmt: skip
def test_codes(given, tries):
    phone, loot, guessed, sent = "+919847012399", [], 0, 0
    for _ in range(8):
        try:
            asked = given.act(people.request_code, Actor.anyone(), phone=phone, language="en", region="IN")
        except Refusal:
            continue
        sent += 1
        right = queries.code_to_send(SYSTEM, asked.challenge_id, given.at).code
        wrong = f"{(int(right) + 1) % 1_000_000:06d}"
        for _ in range(rules.CODE_TRIES + 3):
            facts = {
                "challenge_id": asked.challenge_id,
                "code": Secret(wrong),
                "token_hash": rules.token_hash(secret_token()),
            }
            answer = given.act(people.confirm_code, Actor.anyone(), **facts)
            guessed += answer.left >= 0
        last = {
            "challenge_id": asked.challenge_id,
            "code": Secret(right),
            "token_hash": rules.token_hash(secret_token()),
        }
        loot += ["the right code after all tries"] if given.act(people.confirm_code, Actor.anyone(), **last).ok else []
    tries(guessed + sent)
    return loot + ([f"{sent} codes to one number within the hour"] if sent > rules.CODES.most else [])


@database
@attack(
    "E1", "which numbers and logins are known, told by the answer",
    replaced(
        "janaseva.people.rules.phone.masked",
        lambda real, number: real(number) + (" known" if queries.persons.Person.objects.filter(phone=number) else ""),
    ),
)  # fmt: skip
def test_numbers_are_not_told(door, tries):
    known, unknown = sign_in(door, "known").phone, "+919847099999"
    told = []
    for phone in (known, unknown):
        client = Client()
        first = client.post("/sign-in/", {"key": secret_token(), "phone": phone})
        page = client.get("/sign-in/code/").content.decode()
        shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>|[0-9a-f-]{36}|\d", "", page))
        told.append((first.status_code, sorted(first.cookies), shown))
    tries(2)
    return [] if told[0] == told[1] else ["a known number is answered otherwise than an unknown one"]


FIXED = "fixed-by-a-stranger"


@database
@attack(
    "E2", "a session fixed before the sign-in, and one used after the sign-out",
    replaced(
        "janaseva.portal.people.views.keyed_hash",
        lambda real, purpose, *parts: FIXED if purpose == "citizen-session" else real(purpose, *parts),
    ),
    replaced("janaseva.people.actions.sessions.sign_out", lambda real, **facts: None),
)  # fmt: skip
def test_sessions(door, tries):
    client, loot = Client(), []
    client.cookies["citizen"] = FIXED
    client.post("/sign-in/", {"key": secret_token(), "phone": "9847012388"})
    challenge = queries.sign_in.Challenge.objects.latest("made_at")
    code = queries.code_to_send(SYSTEM, challenge.id, door.at).code
    client.post("/sign-in/code/", {"key": secret_token(), "code": code})
    token = client.cookies["citizen"].value
    assert client.get("/applications/").status_code == 200, "the sign-in itself failed: nothing is shown"
    loot += ["the stranger's token opens the session"] if token == FIXED else []
    client.post("/sign-out/", {"key": secret_token()})
    again = Client()
    again.cookies["citizen"] = token
    tries(2)
    return loot + (["the session lives on"] if again.get("/applications/").status_code == 200 else [])


@database
@attack(
    "E3", "every form sent from another site, without its token and with a strange one",
    unmounted("django.middleware.csrf.CsrfViewMiddleware"),
)  # fmt: skip
def test_forms_from_elsewhere(door, monkeypatch, tries):
    from janaseva.doorway import limits

    monkeypatch.setattr(limits.Window, "wait", lambda self, name, moment: 0)
    whose, loot = sign_in(door, "csrf"), []
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["citizen"] = whose.token
    for route in table():
        if route.door == "api" or getattr(route.view, "csrf_exempt", False) or route.audience == {"machine"}:
            continue  # these take no cookie: a token in a header, or a signature of the body
        where = sample(route.pattern)
        for method, more in itertools.product(("POST", "PUT", "DELETE"), ELSEWHERE):
            facts = {"content_type": "application/x-www-form-urlencoded", **more}
            response = client.generic(method, where, f"key={secret_token()}&csrfmiddlewaretoken={'x' * 64}", **facts)
            tries()
            loot += [] if response.status_code == 403 else [f"{method} {where} {response.status_code}"]
    return loot


ELSEWHERE = (
    {}, {"headers": {"Origin": "https://elsewhere.example"}}, {"headers": {"Origin": "null"}},
    {"headers": {"X-HTTP-Method-Override": "GET"}}, {"content_type": "text/plain"},
    {"content_type": "application/json"},
)  # fmt: skip


@database
@attack(
    "E6", "fifty ways to be led elsewhere after the sign-in",
    replaced("janaseva.portal.page.own_path", lambda real, path, **facts: path),
    replaced("janaseva.desk.people.entry.safe_next", lambda real, request: request.GET.get("next", "")),
)  # fmt: skip
def test_led_elsewhere(door, monkeypatch, tries):
    from janaseva.desk.people import entry
    from janaseva.portal import page

    loot = []
    for wanted in NEXT:
        request = HttpRequest()
        request.GET["next"] = wanted if "\x00" not in wanted else ""
        request.GET._mutable = False
        for went in (page.own_path(wanted), entry.safe_next(request)):
            tries()
            strange = not went.startswith("/") or went[1:2] in ("/", "\\") or set(went) & set("\r\n\t\x00")
            loot += [f"{wanted!r} leads to {went!r}"] if strange else []
    return loot


@database
@attack(
    "E7", "pages of a person under names that caches keep, and answers under another host's name",
    unmounted("janaseva.design.middleware.headers"),
)  # fmt: skip
def test_caches(door, tries):
    whose, loot = sign_in(door, "cache"), []
    client = Client(raise_request_exception=False)
    client.cookies["citizen"] = whose.token
    ends = ("", "x.css", ";/x.css", "%2fx.css", "..%2fx.js", "?x.css", "//x.png", "%00.css", ".css", "/../static/x.css")
    for base in ("/applications/", "/sessions/", "/services/", "/"):
        for end in ends:
            response = client.get(f"{base}{end}")
            tries()
            kept = response.get("Cache-Control", "public")
            if response.status_code == 200 and ("public" in kept or "no-store" not in kept):
                loot.append(f"{base}{end}: {kept}")
    for name in ("Host", "X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Proto", "Forwarded"):
        response = Client(raise_request_exception=False).get("/services/", headers={name: "evil.example"})
        tries()
        loot += [f"{name} comes back"] if b"evil.example" in response.content else []
    return loot


@database
@attack(
    "E8", "three passwords tried on a thousand logins, of which one has the last",
    replaced(
        "janaseva.people.rules.limits.wait_seconds",
        lambda real, allowance, spending, at: 0 if allowance.name == "same_password" else real(allowance, spending, at),
    ),
    quick=True,
)  # fmt: skip
def test_one_password_on_many(given, tries):
    victim = next(one for one in queries.demonstration_sign_ins(SYSTEM, given.at) if one.login == "kl-vo-adoor")
    logins = [f"guessed-{number}" for number in range(size(rules.SAME_PASSWORD.most + 2, 1_000))] + [victim.login]
    loot = []
    for guessed, login in itertools.product(("Password1", "kerala123", victim.password), logins):
        checked = given.act(people.check_password, Actor.anyone(), login=login, password=Secret(guessed))
        loot += [f"{login} has it"] if checked.ok else []
    tries(3 * len(logins))
    other = given.act(people.check_password, Actor.anyone(), login=victim.login, password=Secret("another password"))
    assert not other.wait_seconds, "the officer is locked out by a stranger"
    return loot


@database
@attack(
    "E10", "numbers and codes of certificates guessed at the public page",
    answers("janaseva.doorway.limits.Window.wait", value=0),
)  # fmt: skip
def test_guessed_certificates(door, tries, one_window):
    client, answered = Client(raise_request_exception=False), 0
    wanted = size(30, 2_000)
    for number in range(wanted):
        code = "".join(secrets.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(8))
        posted = {"number": f"KL-VILLAGE-ADOOR-2026-{number:05d}", "code": code}
        answered += client.post("/verify/number/", posted).status_code != 429
    tries(wanted)
    return [f"{answered} of {wanted} guesses were answered"] if answered > 10 else []

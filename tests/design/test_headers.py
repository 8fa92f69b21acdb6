"""What browsers are told beside the page, what is never served, and what is off unless asked for."""

import logging

import pytest
from django.test import Client
from pydantic import ValidationError

from janaseva.settings import Options
from tests.house.source import TREE

pytestmark = pytest.mark.once


def test_over_https_every_cookie_is_of_this_host_alone(settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.CSRF_COOKIE_NAME = "__Host-csrftoken"
    given = Client().get("/desk/sign-in?lang=ml&theme=dark").cookies
    assert sorted(given) == ["__Host-csrftoken", "__Host-language", "__Host-theme"]
    for cookie in given.values():
        assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
        assert cookie["samesite"] == "Lax"


def test_https_is_known_from_the_public_address():
    def options(**given):
        return Options(_env_file=None, **given)

    assert options(public_url="https://seva.example").secure
    assert not options(public_url="http://localhost:8000").secure
    assert options(public_url="http://localhost:8000", secure_cookies=True).secure
    assert not options(public_url="https://seva.example", secure_cookies=False).secure
    told = (TREE / "src" / "janaseva" / "settings.py").read_text("utf-8")
    assert 'CSRF_COOKIE_NAME = "__Host-csrftoken" if OPTIONS.secure' in told


@pytest.mark.parametrize("name", ["secret_key_fallbacks", "payment_gateway_key_fallbacks"])
def test_a_key_that_is_believed_is_never_empty(name):
    assert getattr(Options(_env_file=None, **{name: ["former"]}), name) == ["former"]
    with pytest.raises(ValidationError, match=name):
        Options(_env_file=None, **{name: ["former", ""]})


def test_browsers_are_told_to_come_by_https_alone(settings):
    assert "Strict-Transport-Security" not in Client().get("/nowhere")
    settings.SESSION_COOKIE_SECURE = True
    for where in ("/nowhere", "/desk/sign-in", "/api/openapi.json"):
        assert Client().get(where)["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains", where


def test_pages_stand_alone():
    answer = Client().get("/nowhere")
    policy = {part.split()[0]: part.split()[1:] for part in answer["Content-Security-Policy"].split(";")}
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["script-src"] == policy["connect-src"] == ["'self'"]
    assert answer["Cross-Origin-Opener-Policy"] == answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.django_db
def test_nothing_but_what_is_shipped_for_browsers_is_served():
    strange = (
        "/.git/config",
        "/.git/HEAD",
        "/janaseva.env",
        "/settings.py",
        "/static/",
        "/static/fonts/",
        "/static/..",
    )
    for where in (*strange, "/static/%2e%2e/settings.py", "/static//etc/passwd"):
        assert Client().get(where).status_code == 404, where


@pytest.mark.django_db
def test_what_sends_back_what_was_sent_is_taken_nowhere():
    for where in ("/", "/desk/sign-in", "/sign-in/", "/api/v1/services", "/nowhere"):
        answer = Client().generic("TRACE", where, headers={"Cookie": "citizen=secret"})
        assert answer.status_code == 405, where
        assert b"secret" not in answer.content
    assert Client().generic("BREW", "/").status_code == 405


def test_what_helps_developers_is_off_unless_asked_for():
    for name in ("debug", "demonstration", "metrics_token", "metrics_addresses"):
        assert not Options.model_fields[name].default, name


@pytest.mark.django_db
def test_what_is_refused_at_a_door_is_noted(monkeypatch):
    from janaseva.core.logs import JsonLines
    from janaseva.doorway import limits

    lines = []
    handler = logging.Handler()
    handler.setFormatter(JsonLines())
    handler.emit = lambda record: lines.append(handler.format(record))
    log = logging.getLogger("janaseva.refused")
    monkeypatch.setattr(log, "handlers", [handler])
    assert log.getEffectiveLevel() == logging.INFO
    monkeypatch.setattr(limits.windows["verify-number"], "wait", lambda who, moment: 30)
    Client().post("/verify/number/", {"number": "KL-SECRET-1", "code": "SECRET"})
    Client(enforce_csrf_checks=True).post("/sign-in/", {"phone": "9847012345"})
    Client().get("/api/v1/applications", headers={"Authorization": "Bearer SECRET"})
    Client().post("/api/v1/verify/number", "{}", content_type="text/plain")
    said = [line.partition('"message": "')[2].partition('"')[0] for line in lines]
    assert said == [
        "too_many_requests 429 at POST verify/number/ by anyone",
        "form_not_ours 403 at POST sign-in/ by anyone",
        "token 401 at GET api/v1/applications by anyone",
        "content_type_not_taken 415 at POST api/v1/verify/number by anyone",
    ]
    assert all('"request_id": "' in line for line in lines)
    assert "SECRET" not in "".join(lines)

import gzip

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.test import Client, RequestFactory

from janaseva.core.audience import audience
from janaseva.design import errors
from janaseva.design.headers import frameable, posts_on_to, public
from janaseva.design.middleware import accepted, headers


@pytest.fixture
def client():
    return Client(headers={"host": "localhost"})


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ml-IN,ml;q=0.9,en;q=0.8", "ml"),
        ("fr,en;q=0.3,ur;q=0.7", "ur"),
        ("sd-Arab-PK", "sd"),
        ("fr", None),
        ("", None),
        ("en;q=x,hi;q=0.1", "hi"),
    ],
)
def test_the_browsers_wish(header, language):
    assert accepted(header) == language


def test_language_is_asked_for_then_kept_then_guessed(client):
    assert client.get("/design", headers={"accept-language": "hi"})["Content-Language"] == "hi"
    first = client.get("/design", {"lang": "ur"})
    assert first["Content-Language"] == "ur"
    assert first.cookies["language"]["samesite"] == "Lax"
    assert first.cookies["language"]["httponly"]
    assert client.get("/design", headers={"accept-language": "hi"})["Content-Language"] == "ur"
    assert client.get("/design", {"lang": "xx"})["Content-Language"] == "ur"


def test_theme_is_kept(client):
    assert 'data-theme="dark"' in client.get("/design", {"theme": "dark"}).content.decode()
    assert 'data-theme="dark"' in client.get("/design").content.decode()
    assert "data-theme" not in client.get("/design", {"theme": "auto"}).content.decode()


def test_every_answer_is_guarded(client):
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert len(answer["X-Request-Id"]) == 20
    assert answer["X-Request-Id"][:10] in answer.content.decode()


def test_a_view_may_loosen_by_name_alone():
    def view(_request):
        return HttpResponse("x")

    request = RequestFactory().get("/")
    assert headers(frameable(view))(request)["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in headers(frameable(view))(request)["Content-Security-Policy"]
    assert (
        "form-action 'self' https://pay.example;"
        in headers(posts_on_to("https://pay.example")(view))(request)["Content-Security-Policy"]
    )
    assert headers(public(60)(view))(request)["Cache-Control"] == "public, max-age=60"
    request.signed_in = object()
    assert headers(public(60)(view))(request)["Cache-Control"] == "no-store"


def test_text_is_compressed_and_varies(client):
    answer = client.get("/design", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(answer.content)
    assert {"Cookie", "Accept-Language", "Accept-Encoding"} <= set(answer["Vary"].split(", "))


def test_fonts_are_left_out_where_data_is_dear(client):
    assert "fonts.css" in client.get("/design").content.decode()
    assert "fonts.css" not in client.get("/design", headers={"save-data": "on"}).content.decode()


def test_shipped_files_are_served_and_kept(client, db):  # closing the answer looks at the connection
    answer = client.get("/static/janaseva.css")
    assert answer.status_code == 200
    assert "max-age=31536000" in answer["Cache-Control"]
    assert b":root" in answer.getvalue()
    answer.close()


def test_too_large_and_too_old_forms_have_their_own_pages():
    request = RequestFactory().post("/")
    assert errors.bad_request(request, RequestDataTooBig()).status_code == 413
    assert errors.bad_request(request, ValueError()).status_code == 400
    stale = errors.csrf_failure(request, "no cookie")
    assert stale.status_code == 403
    assert "open too long" in stale.content.decode()


def test_audiences_are_few():
    def view(_request):
        return HttpResponse()

    assert audience("officer")(view).audience == "officer"
    with pytest.raises(ValueError, match="everybody"):
        audience("everybody")


def test_a_further_language_is_offered_where_the_installation_names_it(client, settings):
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"languages": ["en", "hi", "mr"]})
    page = client.get("/design", {"lang": "mr"})
    words = page.content.decode()
    assert page["Content-Language"] == "mr"
    assert '<html lang="hi"' in words
    assert ">मराठी<" in words
    assert "lang=mr-en" in words
    assert "lang=ml" not in words
    assert (
        Client(headers={"host": "localhost"}).get("/design", headers={"accept-language": "ml"})["Content-Language"]
        == "en"
    )

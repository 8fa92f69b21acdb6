import gzip

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.test import Client, RequestFactory

from janaseva.core.audience import audience
from janaseva.design import errors, page, vocabulary
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


def test_what_is_public_is_kept_by_all_and_sent_once():
    def view(_request):
        return HttpResponse("x")

    asked = RequestFactory()
    kept = headers(public(60, "days", alone=7)(view))
    first = kept(asked.get("/?days=30"))
    assert first["Cache-Control"] == "public, max-age=60, stale-while-revalidate=60, stale-if-error=7"
    again = kept(asked.get("/?days=30", headers={"If-None-Match": f'"y", W/{first["ETag"]}'}))
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == first["Cache-Control"]
    assert "stale-if-error" not in headers(public(5, alone=0)(view))(asked.get("/"))["Cache-Control"]


def with_cookie(_request):
    answer = HttpResponse("x")
    answer.set_cookie("one", "x")
    return answer


def with_key(request):
    with page.making(page.page_for(request)):
        return HttpResponse(vocabulary.form_key())


@pytest.mark.parametrize(
    ("view", "facts"),
    [
        (with_cookie, {}),
        (with_key, {}),
        (lambda _request: HttpResponse("x", status=404), {}),
        (lambda _request: HttpResponse("x"), {"signed_in": object()}),
        (lambda _request: HttpResponse("x"), {"method": "POST"}),
        (lambda _request: HttpResponse("x"), {"headers": {"Authorization": "Bearer x"}}),
        *((lambda _request: HttpResponse("x"), {"query": q}) for q in ("x=1", "a=1&a=2", "%61=1", "a=1&", "a=%31")),
    ],
)
def test_what_may_be_one_readers_own_is_kept_by_nobody(view, facts):
    request = RequestFactory().get(f"/?{facts.pop('query', '')}", headers=facts.pop("headers", {}))
    for name, value in facts.items():
        setattr(request, name, value)
    answer = headers(public(60, "a")(view))(request)
    assert answer["Cache-Control"] == "no-store"
    assert "ETag" not in answer


def test_a_shipped_file_is_kept_under_its_own_fingerprint_alone(client, db):
    for address, kept in ((vocabulary.static("janaseva.css"), True), ("/static/janaseva.css?v=0123456789ab", False)):
        answer = client.get(address)
        assert ("max-age=31536000" in answer["Cache-Control"]) == kept, address
        answer.close()


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

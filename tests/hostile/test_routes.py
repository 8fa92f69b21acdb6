"""Every address of every door, called as it should not be: no fault of ours, no way out, nothing kept by strangers."""

# ruff: noqa: E501 - a hostile thing reads best on one line

import itertools
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.house.test_routes import declared, routes

pytestmark = pytest.mark.django_db

METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
SAMPLES = {"int": "1", "uuid": "00000000-0000-0000-0000-000000000007", "slug": "x", "str": "x", "path": "x"}
ODD = {
    "int": ["9" * 400, "0"],
    "uuid": ["ffffffff-ffff-ffff-ffff-ffffffffffff"],
    "slug": ["x" * 3_000, "-", "_"],
    "str": ["%00", "..", "x" * 3_000, "%ff", "%F0%9F%98%80", "'%20OR%201=1--"],
    "path": ["%00", "../../etc/passwd", "x/" * 1_000, "%2e%2e/%2e%2e/etc/passwd", "x000/000", "tile/0/x999/999"],
}


def addresses():
    """Yield every address with samples in its places, and with odd things in each place in turn."""
    for address, view in routes(get_resolver().url_patterns):
        if any(sign in address for sign in "^$("):
            continue
        parts = address.replace("<", "\0<").replace(">", ">\0").split("\0")
        kinds = dict.fromkeys(_kind(part) for part in parts if part.startswith("<"))
        for odd in [None, *itertools.chain.from_iterable(ODD[kind] for kind in kinds)]:
            filled = "".join(_fill(part, odd) if part.startswith("<") else part for part in parts)
            yield f"/{filled}", view, odd is None


def _kind(part):
    """Return the kind of a place; django-ninja names its own after Django's."""
    kind = part[1:-1].partition(":")[0].removeprefix("ninja").removesuffix("str") if ":" in part else "str"
    return kind if kind in SAMPLES else "str"


def _fill(part, odd):
    kind = _kind(part)
    return odd if odd is not None and odd in ODD[kind] else SAMPLES[kind]


EVERY = list(addresses())
PLAIN = [(where, view) for where, view, plain in EVERY if plain]


@pytest.fixture
def nobody(clock):
    return Client(raise_request_exception=False)


def fits(response, where):
    """Hold what is true of every answer of ours, whatever was asked."""
    assert response.status_code < 500 or response.status_code == 503, where
    assert response["X-Content-Type-Options"] == "nosniff", where
    assert "default-src 'none'" in response["Content-Security-Policy"], where
    assert "unsafe" not in response["Content-Security-Policy"], where
    assert response["X-Frame-Options"] in ("DENY", "SAMEORIGIN"), where
    assert response["Referrer-Policy"] == "same-origin", where
    assert response["Cache-Control"], where
    assert response["X-Request-Id"], where
    assert response.get("Access-Control-Allow-Origin", "*") == "*", where
    assert "Access-Control-Allow-Credentials" not in response, where
    kind = response.get("Content-Type", "")
    assert kind or response.status_code in (204, 301, 302, 304), where
    assert not kind.startswith("text/") or "charset=utf-8" in kind, where
    for cookie in response.cookies.values():
        assert cookie["httponly"], (where, cookie.key)
        assert cookie["samesite"] in ("Lax", "Strict"), (where, cookie.key)
    if 300 <= response.status_code < 400 and "Location" in response:
        parts = urlsplit(response["Location"])
        assert parts.netloc in ("", "testserver"), where
        assert parts.scheme in ("", "http"), where


def test_there_are_doors():
    assert len(PLAIN) > 20


@pytest.mark.once
def test_every_method_at_every_address_for_nobody(nobody):
    for method, (where, _) in itertools.product(METHODS, PLAIN):
        fits(getattr(nobody, method)(where), f"{method} {where}")


@pytest.mark.once
def test_every_method_at_every_address_for_a_citizen(visitor):
    for method, (where, _) in itertools.product(("get", "post", "put", "delete"), PLAIN):
        own = where.replace(SAMPLES["uuid"], str(visitor.application_id))
        if "sign-out" in own or "let-go" in own or "sessions" in own:
            continue
        for address in dict.fromkeys((where, own)):
            response = getattr(visitor.client, method)(address, {"key": f"routes-{address}"[:90]})
            fits(response, f"{method} {address}")


READING = {
    "people.session_kept", "people.language_set", "people.searched", "ledger.refused",
    "services.application_read", "services.paper_read",
}  # fmt: skip
"""What reading may leave behind: that it was read, and in which language."""


@pytest.mark.once
def test_reading_changes_nothing_but_that_it_was_read(visitor):
    from janaseva.ledger.models import Event

    before = visitor.answers(), Event.objects.count()
    for where, _ in PLAIN:
        own = where.replace(SAMPLES["uuid"], str(visitor.application_id))
        visitor.client.get(f"{own}?key=x&all=1&state=decided&_method=POST")
    told = set(Event.objects.order_by("pk").values_list("name", flat=True)[before[1] :])
    assert told <= READING, told
    assert visitor.answers() == before[0]
    assert visitor.client.get(visitor.page).status_code == 200, "the session was ended by reading"


def test_odd_things_in_addresses(nobody, visitor):
    for where, _, plain in EVERY:
        if not plain:
            for client in (nobody, visitor.client):
                fits(client.get(where), where[:200])
                fits(client.post(where, {"key": "x"}), where[:200])


QUERIES = [
    "q=%00", "q=" + "x" * 8_000, "q=%ff%fe", "q=%F0%9F%98%80", "lang=%00", "lang=../../etc", "theme=%00", "page=-1",
    "page=" + "9" * 5_000, "after=%00", "after=AAAA", "after=" + "9" * 5_000, "limit=-1", "limit=" + "9" * 5_000,
    "before=0001-01-01T00:00:00%2B23:59", "before=9999-12-31T23:59:59-23:59", "again=" + "9" * 5_000, "index=-1",
    "index=" + "9" * 5_000, "mend=1", "back=%00", "next=//x", "done=%00", "pack=%00", "q=%D8%A7%00&q=x", "&&&===&",
    "size=%00", "index=%00", "number=%00", "phone=%00", "state=%00", "district=%00", "tab=%00", "in=%00", "level=%00",
    "parent=%00", "list=%00", "query=%00", "department=%00", "order=%00", "sort=;--", "ref=" + "%F0%9F%98%80" * 500,
]  # fmt: skip


NAMED = {query.partition("=")[0]: query for query in QUERIES}
TOGETHER = [
    "&".join(NAMED.values()),
    "&".join({query.partition("=")[0]: query for query in reversed(QUERIES)}.values()),
    "&".join(f"{name}=%00" for name in NAMED),
    "&".join(f"{name}={'9' * 300}" for name in NAMED),
    "after=AAAA&index=%00",
]


def test_odd_queries_at_every_address(visitor):
    for query, (where, _) in itertools.product((*QUERIES, *TOGETHER), PLAIN):
        if where.startswith("/desk/") or (query in QUERIES) != where.startswith("/api/"):
            continue  # an officer's own test asks the desk; the API refuses a query with any name that it does not know
        own = where.replace(SAMPLES["uuid"], str(visitor.application_id))
        fits(visitor.client.get(f"{own}?{query}"), f"{own}?{query[:80]}")


HEADERS = {
    "Accept-Language": ["\u00ff", "ml;q=x", "*", "en;q=1e400, ml;q=nan", "x-" * 4_000, ", " * 4_000],
    "Cookie": [
        "citizen=\u00ff; language=\x00",
        "citizen=" + "x" * 8_000,
        "csrftoken=x",
        ";;;=;=",
        "language=../../x; theme=<",
    ],
    "Authorization": ["Bearer", "Bearer " + "x" * 8_000, "Bearer \u00ff", "Basic eDp4", "\x00"],
    "Idempotency-Key": ["", "\u00ff", "x" * 8_000, "\x7f"],
    "Accept": ["application/x-unknown", "*/*;q=x"],
    "If-None-Match": ["*", "W/", '"' * 1_000],
    "If-Modified-Since": ["yesterday", "Thu, 01 Jan 99999 00:00:00 GMT"],
    "Range": ["bytes=0-", "bytes=9999999999999999999-", "x"],
    "Host": ["evil.example", "testserver:99999", "testserver@evil.example", "127.0.0.1/x"],
    "X-Forwarded-Host": ["evil.example"],
    "X-Forwarded-For": ["127.0.0.1, x"],
    "X-HTTP-Method-Override": ["DELETE"],
    "Content-Type": ["", "application/json", "text/xml", "multipart/form-data", "multipart/form-data; boundary=\u00ff"],
    "Content-Length": ["-1", "x", "9" * 30],
    "Content-Encoding": ["gzip"],
    "Transfer-Encoding": ["chunked"],
    "Origin": ["null", "\x00"],
    "Referer": ["javascript:alert(1)", "x" * 8_000],
}


@pytest.mark.once
def test_odd_headers_at_every_kind_of_address(nobody, visitor):
    some = ["/services/", "/desk/", "/api/v1/services", "/api/v1/applications", visitor.page, "/log/checkpoint"]
    for name, value in ((name, value) for name, values in HEADERS.items() for value in values):
        for where in some:
            for client in (visitor.client,) if where == visitor.page else (nobody,):
                response = client.get(where, headers={name: value})
                fits(response, f"{where} {name}: {value[:40]!r}")
                assert b"evil.example" not in response.content
                key = "CONTENT_TYPE" if name == "Content-Type" else None
                more = {"content_type": value} if key and value else {"headers": {name: value}}
                fits(client.generic("POST", where, b"key=x&a_text=y", **more), f"{where} {name}: {value[:40]!r}")


NEXT = [
    "//evil.example", "///evil.example", "////evil.example", "http://evil.example", "https://evil.example",
    "https:evil.example", "http:///evil.example", "\\\\evil.example", "/\\evil.example", "\\/evil.example",
    "/\\/evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", " //evil.example",
    "\t//evil.example", "\x00//evil.example", "/\x00/evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
    "ftp://evil.example", "//evil.example@testserver", "//testserver@evil.example", "http://testserver@evil.example",
    "http://testserver.evil.example", "//evil\u3002example", "//\uff45vil.example", "/\u2028/evil.example",
    "/%5cevil.example", "/%2f%2fevil.example", "/%09/evil.example", "/.//evil.example", "/..//evil.example",
    "/desk/..//evil.example", "/applications/../..//evil.example", "//[::1]", "//127.1", "//2130706433", "?next=//evil.example",
    "#//evil.example", ";//evil.example", "/x" * 2_000, "", "/\\\\evil.example", "http:\\\\evil.example", "//%65vil.example",
    "/desk//evil.example", "/desk/\\evil.example", "\u202e//evil.example", "x//evil.example",
]  # fmt: skip


def test_nobody_is_led_elsewhere(nobody, visitor):
    assert len(NEXT) >= 50
    for door, wanted in itertools.product(("/sign-in/", "/desk/sign-in"), NEXT):
        for client in (nobody, visitor.client):
            where = f"{door}?next={quote(wanted)}"
            response = client.get(where)
            fits(response, where)
            assert 'href="//' not in response.content.decode()
            if "Location" in response:
                location = response["Location"]
                assert location.startswith("/"), where
                assert location[1:2] not in ("/", "\\"), where
                assert not {"\r", "\n", "\t", "\x00", "\\"} & set(location), where


def test_a_form_without_its_token_is_refused_at_every_address(visitor):
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.cookies["citizen"] = visitor.token
    free = ("/api/", "/pay/callback", "/payments/callback", "/simulator")
    for where, view in PLAIN:
        own = where.replace(SAMPLES["uuid"], str(visitor.application_id))
        for more in (
            {},
            {"headers": {"Origin": "https://evil.example"}},
            {"headers": {"Referer": "https://evil.example/"}},
        ):
            response = strict.post(own, {"key": "x", "csrfmiddlewaretoken": "x" * 64}, **more)
            if own.startswith(free) or getattr(view, "csrf_exempt", False):
                assert response.status_code < 500
                continue
            assert response.status_code in (403, 404, 405), (own, response.status_code)
    assert visitor.answers()


def test_a_token_of_another_browser_is_refused(visitor):
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.cookies["citizen"] = visitor.token
    page = strict.get(visitor.page)
    token = page.content.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    posted = {"key": "token-1", "a_text": "x", "csrfmiddlewaretoken": token}
    assert strict.post(visitor.page, posted, headers={"Origin": "https://evil.example"}).status_code == 403
    assert strict.post(visitor.page, posted, headers={"Origin": "null"}).status_code == 403
    other = Client(enforce_csrf_checks=True)
    other.cookies["citizen"] = visitor.token
    assert other.post(visitor.page, posted).status_code == 403
    assert "a_text" not in visitor.answers()
    assert strict.post(visitor.page, posted).status_code == 302


def test_pages_of_a_person_are_kept_by_nobody(visitor):
    for where, view in PLAIN:
        if not set(declared(view)) <= {"person", "officer", "machine"}:
            continue
        own = where.replace(SAMPLES["uuid"], str(visitor.application_id))
        for client in (visitor.client, Client()):
            assert "no-store" in client.get(own)["Cache-Control"], own
    for where in ("/", "/services/", "/services/kl-income-certificate/"):
        response = visitor.client.get(where)
        if response.status_code == 200:
            assert "public" not in response["Cache-Control"], where


def test_where_it_is_secure_cookies_say_so(visitor, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    for where in ("/sign-in/?lang=ml&theme=dark", "/services/?lang=ur"):
        response = Client().get(where)
        assert response.cookies
        for cookie in response.cookies.values():
            assert cookie["secure"], (where, cookie.key)

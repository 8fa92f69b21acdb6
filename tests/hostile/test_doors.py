"""Hostile values by the portal's pages and by the API: 4xx in words, or kept; shown again escaped; never a fault of ours."""

# ruff: noqa: E501 - a hostile thing reads best on one line

import html
import itertools
import json
from urllib.parse import urlencode

import pytest

from janaseva.core.writing import tidy
from tests.hostile.every_field import PAGE, form, spread
from tests.hostile.values import SENT, TYPED

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ASKED = next(page for page in form().pages if page.key == PAGE)
LARGE = [name for name in TYPED if len(TYPED[name]) > 40_000]
USUAL = [name for name in TYPED if name not in LARGE and not name.startswith("control")] + [
    "control U+0000",
    "control U+0085",
]
RUNNING = ("<script>alert", "<img src=x", "<svg/onload", "<!DOCTYPE a", "</textarea></title>", "<title></style>")


def in_words(response):
    """Hold that an answer is a refusal in words, not a fault of ours."""
    text = response.content.decode()
    assert response.status_code < 500, text[-2_000:]
    assert not any(running in text for running in RUNNING)
    return text


def post_of(name):
    posted = {key: values[0] for key, values in spread(ASKED, TYPED[name]).items()}
    return {key: value.encode("utf-8", "replace").decode() for key, value in posted.items()}


@pytest.mark.parametrize("group", range(2))
def test_a_page_of_the_portal_takes_or_refuses_every_value(visitor, group):
    before = visitor.answers()
    for name in USUAL[group::2]:
        try:
            text = in_words(response := visitor.post(visitor.page, post_of(name)))
            if response.status_code == 422:
                assert visitor.answers() == before
                assert 'class="' in text
                typed = post_of(name)["a_text"]
                if typed.strip() and "\x00" not in typed and "\r" not in typed and len(typed) < 1_000:
                    assert html.escape(typed, quote=False)[:20].split("\n")[0] in html.unescape(text).replace(
                        "\x00", ""
                    ) or typed[:20].split("\n")[0] in html.unescape(text)
            else:
                assert response.status_code in (200, 302)
            before = visitor.answers()
        except Exception as error:
            error.add_note(f"the value was: {name}")
            raise


def test_very_large_values_are_refused_in_words(visitor):
    before = visitor.answers()
    for name in LARGE:
        response = visitor.post(visitor.page, {"a_text": TYPED[name]})
        assert response.status_code in (413, 422), name
        assert len(response.content) < 1_000_000
        in_words(response)
    assert visitor.answers() == before


def test_text_alone_is_kept_tidied_and_shown_escaped(visitor):
    for name in USUAL[:60]:
        response = visitor.post(visitor.page, {"a_long_text": TYPED[name].encode("utf-8", "replace").decode()})
        in_words(response)
        if response.status_code == 302 and TYPED[name].strip():
            kept = visitor.answers().get("a_long_text", "")
            assert kept == tidy(TYPED[name].encode("utf-8", "replace").decode()), name
            shown = in_words(visitor.client.get(visitor.page))
            if kept:
                assert html.escape(kept.split("\n")[0][:30], quote=False)[:25] in shown.replace("&#39;", "'").replace(
                    "&#34;", '"'
                ), name
    in_words(visitor.client.get(f"/apply/{visitor.application_id}/check/"))
    in_words(visitor.client.get(f"/apply/{visitor.application_id}/"))


DIGITS = "9" * 5_000


POSTED = [
    {f"some_rows.{DIGITS}.who": "x"},
    {"some_rows.999.who": "x"},
    {"some_rows.-1.who": "x"},
    {"some_rows.\u0661.who": "x"},
    {"_rows.some_rows": DIGITS, "_add": "some_rows"},
    {"_remove": f"some_rows.{DIGITS}"},
    {"_remove": "some_rows.0", f"some_rows.{DIGITS}.who": "x"},
    {"_remove": ".0", "_add": "\x00"},
    {"_add": "nowhere"},
    {"_show": "1", "an_area": "\x00", "an_area.in0": "\x00"},
    {"_show": "1", "an_area": "lgd-state:" + DIGITS, "an_area.in0": "x:" + DIGITS, "an_area.in1": "::"},
    {"an_area.in0": "lgd-state:32'; --"},
    {"a_date.day": DIGITS, "a_date.month": DIGITS, "a_date.year": DIGITS},
    {"a_datetime.day": DIGITS, "a_datetime.month": "0", "a_datetime.year": "0", "a_datetime.time": "99:99"},
    {"key": "\x00"},
    {"key": "x" * 10_000},
    {"key": ""},
    {"_next": "\x00", "_shown": "," * 10_000},
    {f"{number}": "x" for number in range(2_500)},
    {"__proto__": "x", "__class__": "x", "is_admin": "1", "state": "decided", "applicant_id": "x"},
    {"csrfmiddlewaretoken": "\x00"},
]


def test_the_machinery_of_a_form_bears_anything(visitor):
    before = visitor.answers()
    base = f"/apply/{visitor.application_id}"
    for posted, path in itertools.product(POSTED, (visitor.page, f"{base}/papers/", f"{base}/check/")):
        in_words(visitor.post(path, posted))
        plain = urlencode({"key": "again", **posted})
        in_words(visitor.client.post(path, plain, content_type="application/x-www-form-urlencoded"))
    assert {key: visitor.answers()[key] for key in before} == before


@pytest.mark.parametrize("group", range(2))
def test_the_api_takes_or_refuses_every_value(visitor, group):
    path = f"applications/{visitor.application_id}/answers"
    names = [key for question in ASKED.fields for key in question.keys]
    sent = [name for name in SENT if not name.startswith("text: control") and "5,000 digits" not in name]
    before = visitor.answers()
    for name in [*sent, "text: control U+0000"][group::2]:
        try:
            everywhere = dict.fromkeys(names if len(str(SENT[name])) < 1_000 else names[:2], SENT[name])
            for answers in ({"a_text": SENT[name]},) if name.startswith("text") else (everywhere,):
                response = visitor.api("put", path, {"page": PAGE, "answers": answers})
                text = in_words(response)
                if response.status_code >= 400:
                    problem = json.loads(text)
                    assert problem["title"]
                    assert visitor.answers() == before
                before = visitor.answers()
        except Exception as error:
            error.add_note(f"the value was: {name}")
            raise


BODIES = {
    "nothing": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"page": "\xff"}',
    "UTF-16": '{"page": "x"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"page": "x", "answers": {}}',
    "a key twice": b'{"page": "everything", "page": "x", "answers": {}}',
    "an answer twice": b'{"page": "everything", "answers": {"a_text": "x", "a_text": "y"}}',
    "escaped NUL": b'{"page": "everything", "answers": {"a_text": "\\u0000"}}',
    "escaped surrogate": b'{"page": "everything", "answers": {"a_text": "\\ud800"}}',
    "NUL in a key": b'{"page": "everything", "answers": {"\\u0000": "x"}}',
    "NaN": b'{"page": "everything", "answers": {"a_money": NaN}}',
    "infinity": b'{"page": "everything", "answers": {"a_money": -Infinity}}',
    "1e400": b'{"page": "everything", "answers": {"a_money": 1e400}}',
    "fraction": b'{"page": "everything", "answers": {"a_money": 0.5}}',
    "minus nought": b'{"page": "everything", "answers": {"a_money": -0.0}}',
    "100,000 digits": b'{"page": "everything", "answers": {"a_money": ' + b"9" * 100_000 + b"}}",
    "exponent bomb": b'{"page": "everything", "answers": {"a_money": 1e999999999}}',
    "deep list": b'{"page": "everything", "answers": {"a_text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "deep object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "many keys": json.dumps({"page": PAGE, "answers": {f"k{n}": n for n in range(20_000)}}).encode(),
    "many rows": json.dumps({"page": PAGE, "answers": {"some_rows": [{"who": "A"}] * 20_000}}).encode(),
    "a megabyte": json.dumps({"page": PAGE, "answers": {"a_text": "x" * 1_000_000}}).encode(),
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "answers a list": b'{"page": "everything", "answers": []}',
    "page a list": b'{"page": ["everything"], "answers": {}}',
    "more fields": b'{"page": "everything", "answers": {}, "state": "decided", "applicant_id": "x"}',
    "prototype": b'{"page": "everything", "answers": {"__proto__": {"is_admin": true}, "constructor": 1}}',
    "page of NUL": b'{"page": "\\u0000", "answers": {}}',
    "page of no page": b'{"page": "../everything", "answers": {}}',
}


def test_bodies_of_the_api_are_read_or_refused_in_words(visitor):
    before = visitor.answers()
    for name, body in BODIES.items():
        response = visitor.api("put", f"applications/{visitor.application_id}/answers", body)
        assert 400 <= response.status_code < 500 or name == "minus nought", (name, response.status_code)
        if response.status_code >= 400:
            assert response["Content-Type"] == "application/problem+json"
            assert len(response.content) < 200_000, name
            assert json.loads(response.content)["title"]
            assert visitor.answers() == before, name
        before = visitor.answers()


KINDS = ["", "text/plain", "text/html", "application/xml", "application/x-yaml", "multipart/form-data", "x" * 10_000,
     "multipart/form-data; boundary=" + "x" * 500, "application/json; charset=utf-7", "application/json;x=\u00ff"]  # fmt: skip


def test_other_content_types_are_refused(visitor):
    path = f"applications/{visitor.application_id}/answers"
    for kind in KINDS:
        response = visitor.api("put", path, b'{"page": "everything", "answers": {"a_text": "x"}}', content_type=kind)
        assert response.status_code in (200, 400, 415)
        assert response.status_code != 200 or kind.startswith("application/json")

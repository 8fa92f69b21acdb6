"""Hostile text that was kept, wherever it comes out again: on pages, in the API, on the certificate, in messages."""

import io
import json
import re

import pytest
from django.test import Client
from pypdf import PdfReader

from janaseva.contact import queries as contact
from janaseva.core.actor import Actor
from janaseva.core.ids import secret_token
from janaseva.core.refusal import Refusal
from janaseva.core.secret import Secret
from janaseva.people import actions as people_actions
from janaseva.people import queries as people
from janaseva.people import rules as people_rules
from janaseva.services import actions, queries
from tests.given import SYSTEM
from tests.hostile.every_field import KEY, PAGE
from tests.hostile.test_routes import PLAIN, QUERIES, SAMPLES, TOGETHER, fits
from tests.hostile.values import TYPED

pytestmark = [pytest.mark.django_db, pytest.mark.once]

SCRIPT = "<script>alert('x')</script>"
TYPST = '#panic("x") #read("/etc/passwd") $x^2$ *b* _i_ `c` @l <l> \\u{41} // /* ~'
TEMPLATE = "{{7*7}} {% x %} ${7*7} {applicant_name} {0.__class__} %s"
ANSWERS = {
    "a_text": SCRIPT,
    "a_long_text": f"=cmd|' /C calc'!A0\n{TYPST}",
    "a_name": "Anil \"onmouseover='alert(1)' O'Brien",
    "a_name_ml": "\u0d05\u0d28\u0d3f\u0d7d <img src=x onerror=alert(1)>",
}
RESIDENCE = {
    "house": f"House {TEMPLATE}",
    "house_ml": "\u0d35\u0d40\u0d1f\u0d4d </textarea><svg/onload=alert(1)>",
    "village": TYPST[:60],
}
RUNNING = ("<script>alert", "<img src=x", "<svg/onload", "</textarea><svg", "\"onmouseover='")


def officer(given, application_id):
    """Return the officer on whose desk the application lies, with a session's token of their own."""
    view = queries.application(SYSTEM, application_id)
    from janaseva.workflow import queries as workflow

    post_id = workflow.case(SYSTEM, view.case_id, given.at, visible=True).post_id
    who = next(
        one
        for one in people.demonstration_sign_ins(SYSTEM, given.at)
        if any(charge.post.id == post_id for charge in one.charges)
    )
    given.tick()
    checked = given.act(people_actions.check_password, Actor.anyone(), login=who.login, password=Secret(who.password))
    given.tick()
    now = next(one for one in people.demonstration_sign_ins(SYSTEM, given.at) if one.login == who.login)
    token = secret_token()
    people_actions.confirm_totp(
        by=Actor.anyone(), at=given.at, key=given.key(), challenge_id=checked.challenge_id,
        code=Secret(now.totp_now), token_hash=people_rules.token_hash(token),
    )  # fmt: skip
    found = people.signed_in(token, given.at)
    assert not found.needs_charge
    return found.actor, token


@pytest.fixture
def story(visitor):
    """Such an application in hand, with hostile words of the office and of the applicant in its history."""
    given, mine = visitor.given, visitor.application_id
    given.service = KEY
    residence = {
        **{key: value for key, value in visitor.answers().items() if key in ("district", "taluk", "pin")},
        **RESIDENCE,
    }
    given.act(actions.save_page, visitor.actor, application_id=mine, page=PAGE, answers=ANSWERS)
    given.act(actions.save_page, visitor.actor, application_id=mine, page="residence", answers=residence)
    given.act(actions.submit, visitor.actor, application_id=mine)
    given.pay(visitor.actor, mine)
    by, token = officer(given, mine)
    assert given.act(actions.take_next, by) == mine
    given.act(actions.note, by, application_id=mine, text=f"{SCRIPT} {TEMPLATE}")
    query_id = given.act(
        actions.ask, by, application_id=mine, question=f"{SCRIPT} <img src=x onerror=alert(1)> {TEMPLATE}"
    )
    visitor.shown_asked = visitor.client.get(f"/applications/{mine}/")
    given.act(actions.answer, visitor.actor, application_id=mine, query_id=query_id, text=f"{SCRIPT} {TYPST}")
    given.act(actions.take_next, by)
    desk = Client(raise_request_exception=False)
    desk.cookies["officer"] = token
    return visitor, by, desk


def harmless(response, *told):
    text = response.content.decode()
    assert response.status_code == 200, (response.status_code, response.get("Location"))
    for running in RUNNING:
        assert running not in text, text[max(0, text.find(running) - 300) :][:600]
    for words in told:
        assert words in text.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    return text


ESCAPED = "&lt;script&gt;alert('x')&lt;/script&gt;"


ISOLATED = re.compile(r'(?:<bdi[^>]*>|dir="auto"[^>]*>|<textarea[^>]*>)[^<]*&lt;script')


def isolated(text):
    """Hold that what people wrote stands in an element of its own direction, wherever the page shows it."""
    assert len(ISOLATED.findall(text)) == text.count("&lt;script"), [
        text[max(0, found.start() - 160) : found.end()] for found in re.finditer("&lt;script", text)
    ]


@pytest.mark.papers
def test_pages_the_api_the_letter_and_messages(story):
    visitor, by, desk = story
    given, mine = visitor.given, visitor.application_id
    isolated(harmless(visitor.shown_asked, ESCAPED, "{{7*7}}"))
    isolated(harmless(desk.get(f"/desk/case/{mine}"), ESCAPED, "{{7*7}}"))
    for where in ("/desk/", "/desk/?found=" + SCRIPT, "/desk/figures", "/desk/account"):
        harmless(desk.get(where))
    given.approve(by, mine, note=f"{SCRIPT} {TYPST}")
    given.settle()
    isolated(harmless(visitor.client.get(f"/applications/{mine}/")))
    harmless(visitor.client.get("/applications/"))
    said = visitor.api("get", f"applications/{mine}")
    assert said["Content-Type"].startswith("application/json")
    assert json.loads(said.content)["state"] == "decided"
    for message in contact.mailbox(SYSTEM, None):
        assert "<" not in message.text
        assert "{" not in message.text
    certificate(visitor, mine)


def certificate(visitor, mine):
    from janaseva.documents import queries as documents

    issued = [
        one for one in documents.documents_of(SYSTEM, mine, story_visible=True) if one.kind == "income-certificate"
    ]
    assert len(issued) == 1
    content = documents.content(visitor.actor, issued[0].document_id).content
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    for words in (SCRIPT, "=cmd|", '#panic("x")', '#read("/etc/passwd")', "{{7*7}}", "{applicant_name}", "*b*", "_i_"):
        assert words in text, (words, text[:3_000])
    assert "root:" not in text
    assert b"/JavaScript" not in content


BAD = (
    "control U+0000",
    "control U+001B",
    "bidi override",
    "isolate left open",
    "high surrogate",
    "one megabyte",
    "piled marks",
)


def test_words_that_cannot_be_kept_are_refused_and_change_nothing(story):
    visitor, by, _ = story
    given, mine = visitor.given, visitor.application_id
    before = queries.application(by, mine)
    for name in BAD:
        for act, words in (
            (actions.note, {"text": TYPED[name]}),
            (actions.ask, {"question": TYPED[name]}),
            (actions.request_report, {"report": "enquiry", "question": TYPED[name]}),
            (actions.move, {"move": "refuse", "reason": "income-not-proved", "note": TYPED[name]}),
        ):
            with pytest.raises(Refusal, match="text_"):
                given.act(act, by, application_id=mine, **words)
    assert queries.application(by, mine) == before
    given.act(actions.note, by, application_id=mine, text="x" * 4_000)


def test_the_desk_bears_odd_queries_and_posts(story):
    visitor, _, desk = story
    mine = visitor.application_id
    where_it_is = [where.replace(SAMPLES["uuid"], str(mine)) for where, _ in PLAIN if where.startswith("/desk/")]
    assert len(where_it_is) > 10
    for where in where_it_is:
        if "sign-out" in where or "account/end" in where:
            continue
        for query in TOGETHER if "find" not in where else QUERIES:
            fits(desk.get(f"{where}?{query}"), f"{where}?{query[:60]}")
    posted = [TYPED[name].encode("utf-8", "replace").decode() for name in BAD]
    for act in ("note", "ask", "report", "recall", "move", "take", "request-report", "put-back", "x" * 500):
        for words in posted:
            fields = dict.fromkeys(
                ("text", "note", "question", "reason", "move", "report", "task", "area", "answer"), words
            )
            fits(
                desk.post(f"/desk/case/{mine}/{act}", {"key": f"{act[:9]}-{len(words)}", **fields}),
                f"{act} {words[:20]!r}",
            )
    for name in ("control U+0000", "SQL", "bidi override", "digits of many scripts"):
        fits(desk.post("/desk/sign-in", {"key": "k", "login": TYPED[name], "password": TYPED[name]}), name)
        fits(desk.get("/desk/find", {"q": TYPED[name]}), name)
        fits(visitor.client.post("/sign-in/", {"key": "k", "phone": TYPED[name]}), name)
        for way in ("number", "code"):
            fields = dict.fromkeys(("number", "secret", "code"), TYPED[name])
            fits(visitor.client.post(f"/verify/{way}/", {"key": "k", **fields}), name)

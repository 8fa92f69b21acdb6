"""The whole journey by API alone: from the catalogue to a verified certificate, and what a stranger sees of it."""

from datetime import timedelta
from urllib.parse import parse_qs, urlparse
from uuid import UUID

from django.conf import settings

from janaseva.cli.journey import GATEWAY, Traveller
from janaseva.core.actor import Actor
from janaseva.core.clock import now
from janaseva.ledger.handlers import settle
from janaseva.payments import actions as payment_actions
from janaseva.payments import queries as payments
from janaseva.payments.rules import signing
from janaseva.payments.rules.states import Report
from janaseva.services import actions, queries
from janaseva.workflow import queries as workflow


def pay(api, application_id):
    started = api.post(f"applications/{application_id}/payment")
    assert started.status_code == 201, started.content
    assert parse_qs(urlparse(started.json()["redirect"]).query)
    found = payments.payment(Actor.system("test"), UUID(started.json()["payment_id"]), story_visible=True)
    report = Report(
        reference=found.reference,
        outcome="debited",
        amount_paise=found.amount_paise,
        debited_at=now(),
        gateway_number="DEMO1",
    )
    body = signing.written(report)
    signature = signing.sign(settings.PAYMENT_GATEWAY_KEY, "callback", body)
    payment_actions.hear_gateway(by=GATEWAY, at=now(), key="paid", body=body, signature=signature)
    settle(now())
    return started


def decide(application_id, *, api):
    """Let the officer ask, hear the answer by API, and approve."""
    traveller = Traveller(at=now())
    view = queries.application(Actor.system("test"), UUID(application_id))
    case = workflow.case(Actor.system("test"), view.case_id, traveller.at, visible=True)
    officer = traveller.officer(case.post_id)
    actions.take_next(by=officer, at=traveller.tick(), key=traveller.key())
    asked = actions.ask(
        by=officer, at=traveller.tick(), key=traveller.key(), application_id=view.id, question="Which land is it?"
    )
    waiting = api.get("applications").json()["items"][0]
    assert waiting["has_question"] is True
    question = api.get(f"applications/{application_id}").json()["queries"][0]
    assert question["question"] == "Which land is it?"
    assert api.post(f"applications/{application_id}/queries/{asked}/answer", {"text": "Peringanad"}).status_code == 204
    case = workflow.case(officer, view.case_id, traveller.tick())
    actions.take_next(by=officer, at=traveller.tick(), key=traveller.key())
    case = workflow.case(officer, view.case_id, traveller.tick())
    actions.move(
        by=officer,
        at=traveller.tick(),
        key=traveller.key(),
        application_id=view.id,
        move="approve",
        note="The papers agree.",
        checked=tuple(item.key for item in case.checklist),
        task_id=case.task.task_id if case.task else None,
    )
    traveller.at += timedelta(minutes=1)
    settle(traveller.at)


def test_the_whole_journey(api):
    found = api.get("services?q=വരുമാന").json()["items"]
    assert any(line["key"] == "kl-income-certificate" for line in found)
    charter = api.get("services/kl-income-certificate").json()
    assert charter["ways"]
    form = api.get("services/kl-income-certificate/form?lang=ml").json()
    assert form["properties"]["applicant_name"]["title"]
    may = api.post("services/kl-income-certificate/eligibility", {"answers": {}}, key="")
    assert may.status_code == 200
    api.sign_in()
    application_id = api.hand_in()
    before = api.get(f"applications/{application_id}").json()
    assert before["state"] == "submitted"
    assert before["number"]
    assert before["owed"]["total_paise"] == sum(line["amount_paise"] for line in before["owed"]["lines"])
    pay(api, application_id)
    begun = api.get(f"applications/{application_id}").json()
    assert begun["state"] == "begun"
    assert begun["due_at"].endswith("Z")
    why = api.get(f"applications/{application_id}/due").json()
    assert (why["standing"], why["due_at"], why["missing"]) == ("running", begun["due_at"], [])
    assert [why["days"][0]["reason"], why["days"][-1]["reason"]] == ["began", "due"]
    assert all(day["words"] for day in why["days"])
    decide(application_id, api=api)
    view = api.get(f"applications/{application_id}").json()
    assert view["outcome"] == "approved"
    certificate = next(one for one in view["documents"] if one["kind"] != "acknowledgement")
    assert certificate["state"] == "sealed"
    file = api.get(f"documents/{certificate['document_id']}")
    assert file["Content-Type"] == "application/pdf"
    assert file.content.startswith(b"%PDF")
    anyone = type(api)(client=api.client)
    assert anyone.upload("verify/file", file.content, key="").json()["outcome"] == "genuine"
    printed = {"number": certificate["number"], "code": certificate["code"]}
    assert anyone.post("verify/number", printed, key="").json()["genuine"] is True
    assert anyone.post("verify/number", {**printed, "code": "XXXX-XXXX"}, key="").json()["outcome"] == "not_found"
    assert anyone.upload("verify/file", file.content + b"x", key="").json()["outcome"] == "appended"
    assert anyone.get("keys").json()["format"] == "janaseva-keys/1"
    log = anyone.get("log").json()
    assert log["size"] > 0
    assert log["checkpoint"].startswith(log["origin"])
    assert any(step["log_index"] is not None for step in view["timeline"])

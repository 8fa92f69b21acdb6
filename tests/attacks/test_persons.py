"""Persons: what one citizen may neither see nor do of another's, and what nobody may set."""

import itertools
import json
from contextlib import suppress
from datetime import timedelta

import pytest
from django.test import Client

from janaseva.core.refusal import Invalid, Refusal
from janaseva.payments import actions as payments
from janaseva.services import actions, queries
from janaseva.services.models import Application
from janaseva.services.models import Query as Question
from tests.attacks.cells import MASS
from tests.attacks.guards import Guard, answers, attack, replaced
from tests.given import SERVICE

pytestmark = pytest.mark.django_db


@attack(
    "A1", "a citizen asks for another's application by its id",
    answers("janaseva.services.queries.applications.may_see", value=True), quick=True,
)  # fmt: skip
def test_another_citizens_application(given, tries):
    whose, another = given.citizen(), given.citizen()
    application_id = given.submitted(whose)
    tries()
    try:
        return [f"saw {queries.application(another, application_id).number}"]
    except Refusal as refusal:
        return [] if refusal.code == "not_found" else [f"was told {refusal.code}"]


def tried(given, by, acts, tries):
    """Do each act as ``by`` and return the names of those that were not simply not found."""
    loot = []
    for action, facts in acts:
        tries()
        try:
            given.act(action, by, **facts)
        except Refusal as refusal:
            loot += [] if refusal.code == "not_found" else [f"{action.__name__}: {refusal.code}"]
        else:
            loot.append(f"{action.__name__} was done")
    return loot


@attack(
    "A2", "a citizen changes, hands in, pays, answers for and takes back what is another's",
    answers("janaseva.services.rules.permissions.is_applicant", value=True),
)  # fmt: skip
def test_changing_anothers(given, tries):
    whose, another = given.citizen(), given.citizen()
    draft = given.draft(whose)
    unpaid = given.submitted(whose)
    asked, officer = given.taken(whose)
    query_id = given.act(actions.ask, officer, application_id=asked, question="Which papers show this, please?")
    before = dict(Application.objects.values_list("id", "revision"))
    acts = (
        (actions.save_answers, {"application_id": draft, "answers": {}}),
        (actions.save_page, {"application_id": draft, "page": "applicant", "answers": {}}),
        (actions.submit, {"application_id": draft}),
        (payments.start, {"demand_id": queries.application(whose, unpaid).demand_id}),
        (actions.answer, {"application_id": asked, "query_id": query_id, "text": "An answer of somebody else."}),
        (actions.withdraw, {"application_id": asked}),
        (actions.begin_again, {"application_id": asked, "purpose": "correction", "language": "en"}),
    )
    loot = tried(given, another, acts, tries)
    assert loot or Question.objects.get(pk=query_id).answered_at is None
    return loot + (["changed"] if dict(Application.objects.values_list("id", "revision")) != before else [])


OTHERS = {**MASS, "applicant": "x", "applicant_person_id": MASS["office_id"], "id": MASS["office_id"], "revision": 99,
          "case_id": MASS["office_id"], "definition_id": MASS["office_id"], "submitted_at": "2020-01-01T00:00:00Z",
          "__class__": "x", "_state": "x"}  # fmt: skip
"""What a programme might send along, by names that rows of the platform have."""


def _anything_given(monkeypatch):
    """Let the API take, as other platforms do, whatever else stands in a body."""
    from janaseva.gateway.api.app import API
    from janaseva.gateway.services import shapes

    def lax(model):
        for name in ("__pydantic_validator__", "__pydantic_core_schema__", "__pydantic_serializer__"):
            monkeypatch.setattr(model, name, getattr(model, name))
        model.model_rebuild(force=True)

    shapes_given = [*shapes.Given.__subclasses__()]
    for model in shapes_given:
        monkeypatch.setattr(model, "model_config", {**model.model_config, "extra": "allow"})
        lax(model)
    for router in API._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                for model in operation.models:
                    lax(model)


@attack(
    "A2", "bodies for the API with a state, an owner, an office and a fee sent along",
    Guard("gateway.services.shapes.Given: nothing else is taken", _anything_given),
)  # fmt: skip
def test_fields_that_are_not_theirs_by_programme(given, monkeypatch, tries):
    from janaseva.doorway import visitor

    token, whose = given.session()
    draft = given.draft(whose)
    given.at += timedelta(minutes=1)
    monkeypatch.setattr(visitor, "now", lambda: given.at)
    client, keys, loot = Client(), itertools.count(1), []
    for (method, where, body), (name, value) in itertools.product(
        (("post", "applications", {"service": SERVICE, "language": "en"}),
         ("put", f"applications/{draft}/answers", {"answers": {}}),
         ("post", f"applications/{draft}/papers/issued", {"group": "income", "document_id": MASS["office_id"]}),
         ("post", f"applications/{draft}/again", {"purpose": "correction"})),
        [*OTHERS.items()],
    ):  # fmt: skip
        tries()
        response = getattr(client, method)(
            f"/api/v1/{where}", json.dumps({**body, name: value}), content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"mass-{next(keys)}"},
        )  # fmt: skip
        loot += [] if response.status_code in (422, 429) else [f"{where} with {name}: {response.status_code}"]
        assert response.status_code < 500, (where, name)
    assert queries.application(whose, draft).state == "draft"
    return loot


def _only_asked(real, form, given, *rest, **more):
    return real(form, {name: value for name, value in given.items() if name in form.by_key}, *rest, **more)


@attack(
    "A2", "answers to what was never asked, by names of columns",
    replaced("janaseva.forms.rules.checking.check", _only_asked), quick=True,
)  # fmt: skip
def test_fields_that_are_not_theirs_in_answers(given, tries):
    whose = given.citizen()
    draft = given.draft(whose)
    had = dict(queries.application(whose, draft).answers)
    loot = []
    for name, value in OTHERS.items():
        tries()
        with suppress(Invalid):
            given.act(actions.save_answers, whose, application_id=draft, answers={**had, name: value})
            loot.append(f"{name} was taken")
    return loot

"""Who asks for the same twice is told, with the way to the first; refused only where a service is given once."""

import pytest
from django.urls import reverse

from janaseva.core.refusal import Invalid
from janaseva.services import actions, queries
from janaseva.services.models import Application
from janaseva.services.rules.sameness import sameness
from tests.portal.reader import at_the_storys_time, signed_in
from tests.services.test_definition import PACKS, changed

MALAYALAM = ("അനില\u0d4d\u200dകുമാര\u0d4d\u200d", "അനിൽകുമാർ")
ARABIC = ("علي كمال", "علی کمال")


@pytest.mark.once
@pytest.mark.parametrize(("one", "other"), [MALAYALAM, ARABIC, ("K. ANIL", "K. Anil")])
def test_letters_that_people_exchange_are_the_same(one, other):
    definition = changed().definition
    assert definition is not None
    assert sameness(definition, {"applicant_name": one}) == sameness(definition, {"applicant_name": other})
    assert sameness(definition, {"applicant_name": one}) != sameness(definition, {"applicant_name": "Another"})


@pytest.mark.django_db
def test_a_second_application_for_the_same_is_warned_of_and_may_be_sent(given, monkeypatch):
    at_the_storys_time(given, monkeypatch)
    client, by = signed_in(given)
    first, second = given.submitted(by), given.draft(by)
    number = queries.application(by, first).number
    assert [(one.id, one.number) for one in queries.alike(by, second)] == [(first, number)]
    assert queries.alike(given.citizen(), second) == []
    page = client.get(reverse("apply-check", args=[second])).content.decode()
    assert "You have already asked for the same" in page
    assert reverse("application", args=[first]) in page
    given.act(actions.submit, by, application_id=second)
    given.act(actions.withdraw, by, application_id=first)
    given.act(actions.withdraw, by, application_id=second)
    assert queries.alike(by, given.draft(by)) == []


@pytest.mark.django_db
def test_what_is_given_once_is_refused_while_the_first_is_under_way(given):
    pack, key = PACKS.read("kl-edistrict"), "kl-domicile-certificate"
    files = dict(pack.services[key])
    files["service.yaml"] = files["service.yaml"].replace("who:\n", "who:\n  once: true\n  same: [date_of_birth]\n", 1)
    given.loaded(pack.key, key, files)
    by = given.citizen()
    first, second = given.submitted(by), given.draft(by)
    with pytest.raises(Invalid) as invalid:
        given.act(actions.submit, by, application_id=second)
    (fault,) = invalid.value.faults
    assert (fault.code, fault.facts["number"]) == ("already_under_way", queries.application(by, first).number)
    assert Application.objects.get(pk=second).state == "draft"
    given.act(actions.withdraw, by, application_id=first)
    given.act(actions.submit, by, application_id=second)

"""A condition that is told and stops nobody: said on every page before it is sent, and shown to the officer."""

import re

import pytest
from django.test import Client

from janaseva.services import queries
from janaseva.services.adapters import PackFolder
from janaseva.settings import OPTIONS
from tests.desk.office import words
from tests.given import PACK, SERVICE, SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.once]

CONDITION = """
  eligibility:
    - key: outside
      title: It is used outside the state
      rule: purpose == 'outside'
      message: Within the state no certificate is needed.
      told: true
      law: Order 7 of 2026

ask:"""
REASON = "title: The income stated is not proved by the documents}"


def with_told():
    """The service with a condition that no example within the state meets."""
    files = dict(PackFolder(OPTIONS.packs_dir).read(PACK).services[SERVICE])
    service = re.sub(r"(?m)^version: \d+", "version: 99", files["service.yaml"])
    service = re.sub(r"(?m)^from: .*", "from: 2026-03-01", service).replace("\n\nask:", CONDITION, 1)
    assert REASON in service
    files["service.yaml"] = service.replace(REASON, f"{REASON[:-1]}, rules: [outside]}}")
    return files


def test_who_fails_is_told_and_hands_in_and_the_officer_reads_which_refusal_follows(office):
    given = office.given
    given.loaded(PACK, SERVICE, with_told(), at=given.at)
    token, citizen = given.session()
    application_id = given.draft(citizen)
    office.now()
    client = Client()
    client.cookies["citizen"] = token
    for address in (f"/apply/{application_id}/page/purpose/", f"/apply/{application_id}/check/"):
        said = words(client.get(address))
        for part in ("A refusal is to be expected", "Within the state no certificate", "Order 7 of 2026", "not proved"):
            assert part in said, address
    begun = given.begun(citizen)
    assert queries.application(SYSTEM, begun).number
    office.now()
    said = words(office.took(begun).get(f"/desk/case/{begun}"))
    for part in ("Not met", "Order 7 of 2026", "Reason of refusal that follows: The income stated is not proved"):
        assert part in said
    assert "handed in all the same" in said

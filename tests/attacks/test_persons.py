"""Persons: what one citizen may neither see nor do of another's."""

import pytest

from janaseva.core.refusal import Refusal
from janaseva.services import queries
from tests.attacks.guards import answers, attack

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

"""A certificate of heirs on its way past the public notice: nobody objects, or a neighbour does."""

import pytest

from tests.given import examples
from tests.services.test_appeals import at_service

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.papers, pytest.mark.usefixtures("faultless")]

PACK, SERVICE = "jk-edistrict", "jk-legal-heir-certificate"


@pytest.mark.parametrize("way", ["notice.unopposed", "notice.opposed"])
def test_the_journey_waits_out_its_notice_and_goes_the_way_that_objections_choose(given, way):
    example = next(
        one for one in examples(PACK, SERVICE) if any(step.move == way for step in one.steps) and not one.expect.faults
    )
    told = at_service(given, PACK, SERVICE).travel(SERVICE, example, language="en")
    assert (told.outcome, told.right) == (example.expect.ends, True)
    assert "workflow.notice_published" in told.states
    assert ("workflow.objection_lodged" in told.states) == (way == "notice.opposed")

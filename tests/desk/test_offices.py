"""Offices and posts ordered at the desk: proposed by one, put in force by another; no case is orphaned."""

import re

import pytest

from janaseva.core.refusal import Refusal
from janaseva.people import queries as people
from janaseva.people.models import Arrangement, Office
from janaseva.services import actions, queries
from janaseva.workflow import queries as workflow
from tests.desk.office import VILLAGE, post, words
from tests.given import SYSTEM
from tests.portal.reader import counting

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SECRETARIAT = "kl-secretariat-it"
ORDER = "GO 7/2026"


@pytest.fixture
def two(office):
    """The administrator and the publisher of the state, signed in."""
    return [office.at_desk(office.post(SECRETARIAT, role).id) for role in ("administrator", "publisher")]


def proposed(client, address, **form):
    answer = post(client, address, order=ORDER, **form)
    assert answer.status_code == 302, words(answer)
    return answer["Location"].partition("?")[0]


def in_force(client, order):
    return post(client, f"{order}/confirm")


def made(two, address, **form):
    first, second = two
    order = proposed(first, address, **form)
    answer = in_force(second, order)
    assert answer.status_code == 302, words(answer)
    return order


def of(key):
    return people.office_by_key(key)


def test_a_gap_is_seen_an_office_is_made_its_post_given_and_the_gap_is_gone(office, two):
    first, second = two
    page = words(first.get("/desk/offices/gaps"))
    assert "Village Officer, Village Office" in page
    assert "No office for 72 of 78 places" in page
    kollam = next(
        one for one in people.areas(people.area_by_reference("lgd-state:32").id) if one.names["en"] == "Kollam"
    )
    area = people.areas(kollam.id)[0].reference
    assert area in first.get("/desk/offices/new", {"within": kollam.reference}).content.decode()
    wrong = post(first, "/desk/offices/new", order="", within=kollam.reference, **{"names.ml": "വില്ലേജ്"})
    assert wrong.status_code == 422
    assert "വില്ലേജ്" in wrong.content.decode()
    form = {"kind": "village_office", "department": "kl-revenue", "role": "village_officer", "within": kollam.reference}
    form |= {"area": area, "names.en": "Village Office, New", "names.ml": "വില്ലേജ് ഓഫീസ്"}
    order = proposed(first, "/desk/offices/new", **form)
    told = words(first.get(order))
    assert "Village Office, New" in told
    assert "Another person must put this order in force" in told
    own = in_force(first, order)
    assert own.status_code == 403
    assert not Office.objects.filter(names__en="Village Office, New").exists(), "nothing changed"
    assert in_force(second, order).status_code == 302
    again = in_force(second, order)
    assert again.status_code == 409
    view = office_named("Village Office, New")
    (seat,) = people.posts_of(view.id)
    _given(office, two, seat)
    assert "No office for 71 of 78 places" in words(first.get("/desk/offices/gaps"))
    assert post(office.at_desk(office.post(*VILLAGE).id), "/desk/offices/new", order=ORDER).status_code == 404


def office_named(name):
    return people.office(Office.objects.get(names__en=name).id)


def _given(office, two, seat):
    first, second = two
    person = office.who(office.post(SECRETARIAT, "publisher").id).person_id
    address = f"/desk/offices/posts/{seat.id}/give"
    to_second = proposed(first, address, person=str(person))
    assert in_force(second, to_second).status_code == 403, "nobody gives a post to themselves"
    assert people.holder_of(seat.id, office.given.at) is None
    assert post(second, f"{to_second}/withdraw").status_code == 302
    clerk = office.who(office.post(*VILLAGE).id).person_id
    made(two, address, person=str(clerk))
    assert people.holder_of(seat.id, office.given.at).person_id == clerk
    made(two, f"/desk/offices/posts/{seat.id}/vacate")
    assert people.holder_of(seat.id, office.given.at) is None


def test_an_office_does_not_close_over_cases_and_its_successor_takes_them(office, two):
    given = office.given
    first, second = two
    application_id, officer = given.taken(given.citizen())
    office.now()
    old, case = of(VILLAGE[0]), office.case(application_id)
    assert case.office_id == old.id
    address = f"/desk/offices/{old.id}/close"
    assert office.number(application_id) in words(first.get(address))
    closed = proposed(first, address)
    refused = in_force(second, closed)
    assert refused.status_code == 409
    assert "1 running cases lie there" in words(refused)
    assert of(VILLAGE[0]).ended_at is None
    post(first, f"{closed}/withdraw")
    heir = next(one for one in people.offices(kind="village_office") if one.id != old.id)
    made(two, address, successor=heir.key)
    assert people.office_for("village_office", old.area_id).id == heir.id, "what is new goes to the successor"
    assert of(VILLAGE[0]).ended_at is None, "until what lies there has gone over"
    given.settle()
    after = office.case(application_id)
    assert (after.office_id, after.task.state, after.due_at) == (heir.id, "waiting", case.due_at)
    assert after.arrived_at == case.arrived_at
    assert of(VILLAGE[0]).ended_at is not None
    assert people.posts_of(old.id) == []
    assert workflow.lying(SYSTEM, old.id).count == 0
    with pytest.raises(Refusal):
        given.act(actions.note, officer, application_id=application_id, text="Too late.")
    officer = given.holder(application_id)
    given.act(actions.take_next, officer)
    assert queries.application(officer, application_id).state == "begun"


def test_a_post_ends_only_when_nothing_lies_there_and_what_was_overtaken_is_not_done(office, two):
    first, second = two
    seat = office.post("kl-taluk-adoor", "tahsildar")
    office.begun()
    order = proposed(first, f"/desk/offices/posts/{office.post(*VILLAGE).id}/end")
    assert in_force(second, order).status_code == 409
    view = of("kl-taluk-adoor")
    address = f"/desk/offices/{view.id}/change"
    page = first.get(address).content.decode()
    assert f'value="{view.names["en"]}"' in page
    one = proposed(first, address, **{"names.en": "Taluk Office, One", "names.ml": "ഒന്ന്"})
    two_ = proposed(first, address, **{"names.en": "Taluk Office, Two", "names.ml": "രണ്ട്"})
    assert in_force(second, one).status_code == 302
    overtaken = in_force(second, two_)
    assert overtaken.status_code == 409
    assert "has changed since it was proposed" in words(overtaken)
    assert overtaken.content.decode().count("<del>") == 2, "the name in both languages"
    assert of("kl-taluk-adoor").names["en"] == "Taluk Office, One"
    post_address = f"/desk/offices/{view.id}/post"
    made(two, post_address, role="taluk_clerk", **{"names.en": "Second Clerk"})
    assert "Second Clerk" in [one.names["en"] for one in people.posts_of(view.id)]
    assert people.post(seat.id).office_id == view.id


def test_the_pages_ask_a_constant_number_of_questions(office, two):
    first, _ = two
    for address in (
        "/desk/offices",
        "/desk/offices/gaps",
        f"/desk/offices/{of(VILLAGE[0]).id}",
        "/desk/offices/orders",
    ):
        first.get(address)
        with counting() as asked:
            page = first.get(address)
        assert page.status_code == 200
        assert len(asked) <= 26, (address, len(asked))
        assert not re.findall(r"desk\.offices\.\w+", page.content.decode())
    assert not Arrangement.objects.exists()

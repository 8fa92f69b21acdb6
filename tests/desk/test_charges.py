from datetime import timedelta

import pytest

from janaseva.people import queries
from tests.desk.office import VILLAGE, post, words

pytestmark = pytest.mark.django_db


def colleague(office, post_id):
    holder = office.who(post_id).person_id
    return next(one for one in queries.colleagues(office.given.officer(post_id)) if one.id != holder)


def test_handing_over_ends_the_old_holders_sessions_at_once(office):
    seat = office.post(*VILLAGE)
    client, elsewhere = office.at_desk(seat.id), office.at_desk(seat.id)
    charge = office.who(seat.id).charges[0]
    address = f"/desk/charges/{charge.id}/hand-over"
    assert "end at once" in words(client.get(address))
    bare = post(client, address, to_person="", order="")
    assert bare.status_code == 422
    assert "Choose an officer" in words(bare)
    assert "Enter the order" in words(bare)
    same = post(client, address, to_person=str(charge.person_id), order="G.O. 7")
    assert same.status_code == 422
    assert 'value="G.O. 7"' in same.content.decode()
    taker = colleague(office, seat.id)
    done = post(client, address, to_person=str(taker.id), order="G.O. 7 of 2 March 2026")
    assert done["Location"] == "/desk/sign-in?done=handed_over"
    assert client.get("/desk/").status_code == elsewhere.get("/desk/").status_code == 302
    holder = queries.holder_of(seat.id, office.given.at)
    assert holder is not None
    assert holder.person_id == taker.id
    new = office.at_desk(seat.id)
    assert "G.O. 7 of 2 March 2026" in new.get("/desk/charges").content.decode()


def test_a_colleague_stands_in_and_is_ended(office):
    seat = office.post(*VILLAGE)
    client = office.at_desk(seat.id)
    address = f"/desk/charges/{office.who(seat.id).charges[0].id}/stand-in"
    today = office.given.at + timedelta(hours=6)
    last = today + timedelta(days=2)
    days = {"from_day.day": today.day, "from_day.month": today.month, "from_day.year": today.year}
    ends = {"to_day.day": last.day, "to_day.month": last.month, "to_day.year": last.year}
    taker = colleague(office, seat.id)
    bad = post(client, address, to_person=str(taker.id), order="Leave", **days, **(ends | {"to_day.day": "32"}))
    assert bad.status_code == 422
    assert 'value="32"' in bad.content.decode()
    past = post(client, address, to_person=str(taker.id), order="Leave", **days, **(ends | {"to_day.year": "2020"}))
    assert past.status_code == 422
    done = post(client, address, to_person=str(taker.id), order="Leave", **days, **ends)
    assert done["Location"] == "/desk/charges?done=stands_in"
    standing = queries.stand_ins_of(seat.id, office.given.at)
    assert [one.person_id for one in standing] == [taker.id]
    assert post(client, f"/desk/charges/{standing[0].charge_id}/end").status_code == 302
    assert queries.stand_ins_of(seat.id, office.given.at + timedelta(minutes=1)) == []


def test_nobody_hands_over_the_charge_of_another_office(office):
    seat = office.post(*VILLAGE)
    other = next(one for one in queries.offices(kind=queries.office(seat.office_id).kind) if one.id != seat.office_id)
    foreign = next(one for one in queries.posts_of(other.id) if queries.holder_of(one.id, office.given.at))
    client = office.at_desk(seat.id)
    holder = queries.holder_of(foreign.id, office.given.at)
    answer = post(
        client,
        f"/desk/charges/{holder.charge_id}/hand-over",
        to_person=str(office.who(seat.id).person_id),
        order="Mine",
    )
    assert answer.status_code == 404


def test_figures_are_drawn_and_told(office):
    application_id = office.begun()
    client = office.at_desk(office.case(application_id).post_id)
    page = client.get("/desk/figures")
    assert "<svg" in page.content.decode()
    assert "Open cases by age" in words(page)


def test_the_demonstration_shows_sign_ins_and_messages(office, client, settings):
    given = office.given
    given.begun(given.citizen())
    given.settle()
    office.now()
    page = client.get("/demonstration/officers/")
    assert office.who(office.post(*VILLAGE).id).totp_now in words(page)
    assert client.get("/demonstration/mailbox/").status_code == 200
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"demonstration": False})
    assert client.get("/demonstration/officers/").status_code == 404
    assert client.get("/demonstration/mailbox/").status_code == 404

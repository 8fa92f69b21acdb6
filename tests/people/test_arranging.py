"""Orders about offices and posts: done by two, refused, overtaken, repeated; loading a pack again undoes none of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from janaseva.core.refusal import Invalid, Refusal
from janaseva.people import actions, queries, rules
from janaseva.people.models import Arrangement, Coverage, Office, Post
from tests.people.acts import AT, SYSTEM, directory, key, person_of, sign_in

ADMIN = rules.RoleRow(role="administrator", names={"en": "Administrator"}, may=("people.arrange",))
SEATS = rules.OfficeRow(
    key="kl-secretariat",
    kind="secretariat",
    area="lgd-state:32",
    department="revenue",
    names={"en": "Secretariat"},
    posts=(rules.PostRow(role="administrator"), rules.PostRow(role="administrator", suffix="2")),
)
LATER = AT + timedelta(hours=1)


def whole():
    own = directory()
    officers = [
        rules.OfficerRow(login=login, names={"en": login}, charges=(f"kl-secretariat/{post}",))
        for login, post in (("ad-one", "administrator"), ("ad-two", "administrator2"))
    ]
    return replace(own, roles=(*own.roles, ADMIN), offices=(*own.offices, SEATS), officers=(*own.officers, *officers))


@pytest.fixture
def two(db):
    actions.load_directory(by=SYSTEM, at=AT, key=key(), directory=whole())
    actions.enrol_demonstration(by=SYSTEM, at=AT, key=key())
    return [sign_in(login).actor for login in ("ad-one", "ad-two")]


def propose(by, what, /, order="GO 7", **facts):
    return actions.propose_arrangement(by=by, at=AT, key=key(), kind=what, facts=facts, order=order)


def confirm(by, made, at=AT, again=None):
    return actions.confirm_arrangement(by=by, at=at, key=again or key(), arrangement_id=made)


NEW = {
    "key": "kl-village-kollam",
    "kind": "village_office",
    "area": "lgd-district:555",
    "department": "revenue",
    "under": "to-kollam",
    "also": ["lgd-subdistrict:5683"],
    "names": {"en": "Village Office, Kollam", "ml": "കൊല്ലം"},
    "roles": ["village_officer"],
}


def test_an_office_is_made_by_two_and_a_repeat_makes_no_second(two):
    first, second = two
    made = propose(first, "open_office", **NEW)
    view = queries.arrangement(second, made)
    assert [one.now for one in view.lines if one.what == "name"] == [{"en": NEW["names"]["en"]}, {"ml": "കൊല്ലം"}]
    assert {one.what: one.now["en"] for one in view.lines if "en" in one.now} == {
        "name": "Village Office, Kollam",
        "kind": "Village Office",
        "covers": "Kollam, Adoor",
        "department": "Revenue",
        "under": "Taluk Office, Kollam",
        "posts": "Village Officer",
    }
    assert not queries.arrangement(first, made).may_confirm
    with pytest.raises(Refusal, match="second_person_needed"):
        confirm(first, made)
    assert queries.office_by_key(NEW["key"]) is None, "nothing changed"
    again = key()
    office_id = confirm(second, made, again=again)
    assert confirm(second, made, again=again) == office_id
    with pytest.raises(Refusal, match="arrangement_decided"):
        confirm(second, made)
    assert queries.office_for("village_office", queries.area_by_reference("lgd-district:555").id).id == office_id
    assert [one.names["en"] for one in queries.posts_of(office_id)] == ["Village Officer"]


def test_everything_wrong_is_told_at_once_and_nothing_is_kept(two):
    first, _ = two
    wrong = {**NEW, "kind": "castle", "area": "lgd-district:0", "department": "magic", "names": {"ml": "പേര്"}}
    with pytest.raises(Invalid) as faults:
        propose(first, "open_office", **wrong)
    assert {one.place for one in faults.value.faults} == {"names.en", "kind", "area", "department"}
    with pytest.raises(Refusal, match="arrangement_needs_order"):
        propose(first, "open_office", order=" ", **NEW)
    with pytest.raises(Invalid):
        propose(first, "change_office", office="to-kollam", names={"en": "Taluk Office, Kollam"}, also=[])
    assert not Arrangement.objects.exists()


def test_one_who_may_not_and_one_of_elsewhere_arrange_nothing(two):
    (first, _), vo = two, sign_in("vo").actor
    with pytest.raises(Refusal, match="not_found"):
        propose(vo, "vacate_post", post="to-adoor/tahsildar")
    made = propose(first, "vacate_post", post="vo-adoor/village_officer")
    with pytest.raises(Refusal, match="not_found"):
        queries.arrangement(vo, made)
    there = rules.OfficeRow(
        key="kl-elsewhere", kind="secretariat", area="lgd-state:27", department="revenue", names={"en": "E"}, posts=()
    )
    state = rules.AreaRow(scheme="lgd-state", code="27", level="state", names={"en": "Elsewhere"})
    extra = rules.Directory(areas=(state,), offices=(there,))
    actions.load_directory(by=SYSTEM, at=AT, key=key(), directory=extra)
    with pytest.raises(Refusal, match="not_found"):
        propose(first, "change_office", office="kl-elsewhere", names={"en": "Mine"}, also=[])
    assert "kl-elsewhere" not in {one.key for one in queries.arranged_offices(first)}


def test_a_post_is_given_by_two_never_to_one_of_them_and_left_vacant(two):
    first, second = two
    post = queries.post_in(queries.office_by_key("to-kollam").id, "tahsildar")
    mine = propose(first, "fill_post", post=post.key, person=str(second.person_id))
    with pytest.raises(Refusal, match="second_person_needed"):
        confirm(second, mine)
    vo = person_of("vo")
    given = propose(first, "fill_post", post=post.key, person=str(vo))
    confirm(second, given, LATER)
    assert queries.holder_of(post.id, LATER).person_id == vo
    empty, stale = (propose_at(LATER, first, post), propose_at(LATER, first, post))
    confirm(second, empty, LATER)
    assert queries.holder_of(post.id, LATER) is None
    with pytest.raises(Invalid):
        confirm(second, stale, LATER)
    actions.withdraw_arrangement(by=second, at=LATER, key=key(), arrangement_id=stale)
    with pytest.raises(Refusal, match="arrangement_decided"):
        actions.withdraw_arrangement(by=first, at=LATER, key=key(), arrangement_id=stale)


def propose_at(at, by, post):
    facts = {"post": post.key}
    return actions.propose_arrangement(by=by, at=at, key=key(), kind="vacate_post", facts=facts, order="GO 9")


def test_loading_the_pack_again_undoes_nothing_that_was_ordered(two):
    first, second = two
    confirm(second, propose(first, "open_office", **NEW))
    changed = {"en": "Taluk Office, Quilon"}
    confirm(second, propose(first, "change_office", office="to-kollam", names=changed, also=["lgd-subdistrict:5683"]))
    confirm(second, propose(first, "open_post", office="to-kollam", role="village_clerk", names={}))
    text = whole()
    kollam = replace(next(one for one in text.offices if one.key == "to-kollam"), posts=())
    rest = tuple(one for one in text.offices if one.key != "to-kollam")
    loaded = actions.load_directory(by=SYSTEM, at=LATER, key=key(), directory=replace(text, offices=(*rest, kollam)))
    assert (loaded.changed, loaded.added, loaded.kept) == (0, 0, 1)
    assert Office.objects.get(key="to-kollam").names == changed
    assert Coverage.objects.filter(office__key="to-kollam").count() == 1
    assert Post.objects.filter(key="to-kollam/village_clerk").exists()
    assert queries.office_by_key(NEW["key"]) is not None
    other = replace(rest[0], names={"en": "Renamed in the text"})
    told = actions.load_directory(by=SYSTEM, at=LATER, key=key(), directory=replace(text, offices=(other, *rest[1:])))
    assert told.changed == 1, "the text still says what nobody ordered otherwise"

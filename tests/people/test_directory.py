"""The directory: loaded as often as one likes, asked by everybody."""

import dataclasses
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from janaseva.core.actor import Actor
from janaseva.core.refusal import Invalid, Refusal
from janaseva.people import actions, queries, rules
from janaseva.people.models import Area, Charge, Grant, Office, Post
from tests.people.acts import AT, SYSTEM, directory, key, person_of, sign_in


def load(given, at=AT):
    return actions.load_directory(by=SYSTEM, at=at, key=key(), directory=given)


def area_id(reference):
    return queries.area_by_reference(reference).id


def test_loading_again_changes_nothing(loaded):
    assert loaded.added > 0
    again = load(directory())
    assert (again.added, again.changed) == (0, 0)
    assert (again.areas, again.offices, again.posts, again.officers) == (4, 3, 4, 5)
    assert Area.objects.count() == 4


def test_what_differs_is_changed_and_nothing_is_lost(loaded):
    given = directory()
    office = dataclasses.replace(given.offices[0], names={"en": "Adoor Village Office"}, under=None)
    role = dataclasses.replace(given.roles[0], may=("services.take", "services.report"))
    area = dataclasses.replace(given.areas[3], parent="")
    done = load(rules.Directory(areas=(area,), offices=(office,), roles=(role, *given.roles[1:])))
    assert done.changed == 4
    assert Office.objects.get(key="vo-adoor").names == {"en": "Adoor Village Office"}
    assert queries.area_by_code("lgd-district", "555").parent_id is None
    kept = set(Grant.objects.filter(role="village_officer").values_list("permission", flat=True))
    assert kept == {"services.take", "services.report"}
    assert Post.objects.count() == 4


def test_a_post_that_passed_on_stays_passed_on(loaded):
    vo = sign_in("vo").actor
    actions.hand_over_charge(
        by=vo, at=AT, key=key(), charge_id=vo.charge_id, to_person_id=person_of("spare"), order="x"
    )
    load(directory(), AT + timedelta(hours=1))
    assert queries.holder_of(vo.post_id, AT + timedelta(hours=1)).person_id == person_of("spare")
    assert Charge.objects.filter(post_id=vo.post_id).count() == 2


def test_names_that_lead_nowhere_are_all_told_and_nothing_is_kept(db):
    given = directory()
    with pytest.raises(Invalid) as caught:
        load(rules.Directory(offices=given.offices, officers=given.officers))
    assert len(caught.value.faults) > 5
    assert not Office.objects.exists()


def test_only_the_system_loads(db):
    with pytest.raises(Refusal, match="not_found"):
        actions.load_directory(by=Actor(kind="officer"), at=AT, key=key(), directory=directory())
    assert not Area.objects.exists()


def test_the_office_for_an_area_is_its_own_or_the_nearest_around_it(loaded):
    adoor, district, state = map(area_id, ("lgd-subdistrict:5683", "lgd-district:564", "lgd-state:32"))
    assert queries.office_for("village_office", adoor).key == "vo-adoor"
    assert queries.office_for("taluk_office", adoor).key == "to-adoor"
    assert queries.office_for("taluk_office", district).key == "to-adoor"
    assert queries.office_for("village_office", district) is None
    assert queries.office_for("taluk_office", state) is None


def test_areas_are_walked_up_and_down(loaded):
    adoor = area_id("lgd-subdistrict:5683")
    assert [view.reference for view in queries.area_path(adoor)] == [
        "lgd-subdistrict:5683",
        "lgd-district:564",
        "lgd-state:32",
    ]
    assert queries.time_zone_of(adoor) == "Asia/Kolkata"
    assert [view.names["en"] for view in queries.areas(area_id("lgd-state:32"))] == ["Kollam", "Pathanamthitta"]
    assert [view.code for view in queries.areas(None)] == ["32"]
    assert queries.area_by_reference("nonsense") is None


def test_posts_are_named_as_their_role_is(loaded):
    office = queries.office_for("village_office", area_id("lgd-subdistrict:5683"))
    post = queries.post_in(office.id, "village_officer")
    assert post.names["ml"] == "വില്ലേജ് ഓഫീസർ"
    assert queries.post_in(office.id, "tahsildar") is None
    assert {view.role for view in queries.posts_of(office.id)} == {"village_officer", "village_clerk"}
    assert queries.holder_of(post.id, AT).names == {"en": "Latha"}
    assert queries.holder_of(post.id, AT - timedelta(days=9)) is None


def test_colleagues_are_found_by_part_of_a_name_and_by_officials_only(loaded):
    clerk = sign_in("clerk").actor
    assert [view.login for view in queries.colleagues(clerk, "LAT")] == ["vo"]
    assert len(queries.colleagues(clerk)) == 5
    with pytest.raises(Refusal, match="not_found"):
        queries.colleagues(Actor.person(clerk.person_id))
    with pytest.raises(Refusal, match="not_found"):
        queries.person(Actor.anyone(), clerk.person_id)


def test_an_office_serves_further_areas_and_stops_where_they_are_taken_away(loaded):
    given = directory()
    office = dataclasses.replace(given.offices[2], also=("lgd-subdistrict:5683",))
    load(rules.Directory(roles=given.roles, offices=(office,)))
    adoor = area_id("lgd-subdistrict:5683")
    assert queries.office_for("taluk_office", adoor).key == "to-kollam"
    load(rules.Directory(roles=given.roles, offices=(given.offices[2],)))
    assert queries.office_for("taluk_office", adoor).key == "to-adoor"


PACKS = Path(__file__).resolve().parents[2] / "packs"


def shipped() -> rules.Directory:
    def read(kind, pattern):
        return [kind(path.read_text("utf-8"), path.name) for path in sorted(PACKS.glob(pattern))]

    return rules.merged(
        *read(rules.read_areas, "*/areas.csv"),
        *read(rules.read_roles, "*/roles.yaml"),
        *read(rules.read_offices, "*/offices.yaml"),
        *read(rules.read_people, "*/people.demo.yaml"),
    )


@pytest.mark.django_db
def test_the_shipped_directory_loads_whole_and_every_post_is_held():
    done = load(shipped())
    assert Area.objects.filter(scheme="lgd-district").count() == 86
    assert Area.objects.filter(scheme="lgd-subdistrict").count() == 704
    assert Area.objects.filter(scheme="pk-district").count() == 30
    assert Area.objects.filter(scheme="pk-taluka").count() == 134
    assert done.posts == Charge.objects.count() == Post.objects.count()
    again = load(shipped())
    assert (again.added, again.changed) == (0, 0)
    for taluk, division in (("5943", "kl-rdo-adoor"), ("5681", "kl-rdo-thiruvalla")):
        assert queries.office_for("revenue_division", area_id(f"lgd-subdistrict:{taluk}")).key == division
    for taluk in ("5679", "5680", "5681", "5682", "5683", "5943"):
        for kind in ("village_office", "taluk_office", "local_body", "labour_office", "collectorate"):
            assert queries.office_for(kind, area_id(f"lgd-subdistrict:{taluk}"))


def test_shipped_offices_and_people_are_marked_as_demonstration():
    whole = shipped()
    assert all(office.demonstration for office in whole.offices)
    assert all(one.names["en"].endswith(("(demonstration)", "(model)")) for one in whole.offices)
    assert len(whole.officers) == sum(len(office.posts) for office in whole.offices)
    assert {len(role.names) for role in whole.roles} == {5}


def test_names_in_the_directory_are_written_as_people_write_them():
    shouting = [area.names["en"] for area in shipped().areas if area.names["en"].isupper()]
    assert shouting == []


def test_a_key_that_is_there_again_is_told_at_its_second_line_with_the_first():
    text = "departments:\n  - {key: revenue, names: {en: Revenue}}\noffices: []\n"
    with pytest.raises(Invalid) as caught:
        rules.merged(rules.read_offices(text, "a/offices.yaml"), rules.read_offices(f"\n{text}", "b/offices.yaml"))
    (fault,) = caught.value.faults
    assert fault.place == "b/offices.yaml:3"
    assert fault.facts["why"] == (
        "department revenue is there 2 times, first at a/offices.yaml:2; take one out, or give it another key"
    )


@pytest.mark.parametrize("at_once", [1, 2, 3, 4])
def test_many_offices_are_read_in_parts_and_each_once(loaded, monkeypatch, at_once):
    everyone = queries.offices()
    monkeypatch.setattr(sys.modules[queries.offices.__module__], "_MOST_AT_ONCE", at_once)
    asked = [*(str(office.id) for office in everyone), everyone[0].id]
    assert len(everyone) == 3
    assert sorted(office.key for office in queries.offices_by_id(asked)) == [office.key for office in everyone]
    assert queries.offices_by_id([]) == []

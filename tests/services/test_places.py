"""From every place to an officer: offices and roles of the directory, as `packs check` reads them."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from janaseva.cli.loading import read_ground
from janaseva.cli.packs import command
from janaseva.core.refusal import Invalid
from janaseva.core.source import read
from janaseva.core.text import LANGUAGES
from janaseva.people.rules.directory import RowPlace, read_offices
from janaseva.services.rules.checking import check_pack
from janaseva.services.rules.pack import PackText
from janaseva.services.rules.persons import alike_kinds, too_few, untold, wordless
from janaseva.services.rules.places import Ground
from janaseva.settings import OPTIONS
from janaseva.workflow.rules.parts import Branch
from tests.services.test_definition import PACKS

pytestmark = pytest.mark.once

SHIPPED = read_ground([OPTIONS.packs_dir])
SERVICE = "kl-income-certificate"


def checked(*changes, ground=SHIPPED):
    pack = PACKS.read("kl-edistrict")
    files = dict(pack.services[SERVICE])
    for before, after in changes:
        assert before in files["service.yaml"], before
        files["service.yaml"] = files["service.yaml"].replace(before, after)
    text = PackText(key=pack.key, folder=pack.folder, files=pack.files, services={SERVICE: files})
    return check_pack(text, only=SERVICE, ground=ground).services[0]


def line_of(words):
    content = PACKS.read("kl-edistrict").services[SERVICE]["service.yaml"]
    return content[: content.index(words)].count("\n") + 1


def test_demonstration_offices_leave_places_to_do_and_no_fault():
    found = checked()
    assert found.faults == ()
    assert [one.message for one in found.to_do] == [
        "no village_office is written for 72 of 78 places",
        "no taluk_office is written for 72 of 78 places",
    ]
    assert found.to_do[0].line == line_of("officer: {role: village_officer")


def test_a_district_with_a_real_office_must_have_one_for_each_of_its_places():
    offices = tuple(
        replace(office, demonstration=False) for office in SHIPPED.directory.offices if office.key == "kl-taluk-adoor"
    )
    ground = Ground(replace(SHIPPED.directory, offices=offices))
    found = next(fault for fault in checked(ground=ground).faults if "taluk_office" in fault.message)
    assert found.message.startswith("no taluk_office for ")
    assert found.message.endswith(" in Pathanamthitta")
    assert "Adoor" not in found.message
    assert found.line == line_of("officer: {role: tahsildar")


def test_a_role_that_nobody_has_is_told_with_the_one_meant():
    found = checked(("role: tahsildar", "role: tahsilder"))
    assert [(fault.message, fault.mend) for fault in found.faults] == [
        ("there is no role 'tahsilder'", "did you mean 'tahsildar'?")
    ]
    assert found.faults[0].line == line_of("officer: {role: tahsildar")


def test_a_state_has_offices_of_its_own_kinds_and_a_kind_that_nobody_wrote_is_told():
    """No list of the platform's says which offices a state has; a slip of the pen is still a slip."""
    renamed = replace(
        SHIPPED.directory,
        offices=tuple(
            replace(one, kind="fire_station") if one.kind == "taluk_office" else one
            for one in SHIPPED.directory.offices
        ),
    )
    office = ("office: taluk_office", "office: fire_station")
    assert not checked(office, ground=Ground(renamed)).faults
    assert {fault.message for fault in checked(office).faults} == {"there is no kind of office 'fire_station'"}
    assert "write an office of this kind" in checked(office).faults[0].mend


def test_people_read_words_for_every_role_and_kind_of_office():
    """What the shipped packs name has words in the languages of its pack; what has none is told where it stands."""
    assert list(wordless(SHIPPED)) == []
    for pack, languages in (("kl-edistrict", ("en", "ml")), ("roles", LANGUAGES)):
        assert list(untold(SHIPPED, pack, languages)) == []
    text = """
kinds:
  fire_station: {en: Fire Station}
offices:
  - {key: ka-a, kind: fire_station, area: "ka-x:1", department: d, names: {en: A}, posts: []}
  - {key: ka-b, kind: forest_range, area: "ka-x:1", department: d, names: {en: B}, posts: []}
  - {key: ka-c, kind: forest_range, area: "ka-x:1", department: d, names: {en: C}, posts: []}
"""
    ground = Ground(read_offices(text, "ka-services/offices.yaml"))
    (found,) = wordless(ground)
    assert (found.line, found.message) == (6, "nobody says what people call the kind of office 'forest_range'")
    assert "kinds: {forest_range: {en: ...}}" in found.mend
    (warned,) = untold(ground, "ka-services", ("en", "ur"))
    assert (warned.line, warned.message) == (3, "kind fire_station has no words in ur")
    with pytest.raises(Invalid) as faults:
        read_offices("kinds: {police_range: {en: Range}}\noffices: []\n", "a.yaml")
    assert "the platform has words for police_range already" in str(faults.value.faults[0].facts["why"])


def test_a_kind_that_resembles_another_is_a_kind_where_an_office_has_it_and_is_only_warned_of():
    resembling = ("office: taluk_office", "office: taluk_ofice")
    assert [(fault.message, fault.mend) for fault in checked(resembling).faults] == [
        ("there is no kind of office 'taluk_ofice'", "did you mean 'taluk_office'?")
    ]
    offices = [replace(one, kind="taluk_ofice", key=f"{one.key}-x") for one in SHIPPED.directory.offices]
    own = next(one for one in offices if one.key == "kl-taluk-adoor-x")
    place = RowPlace(row="office kl-taluk-adoor-x", file="kl/offices.yaml", line=7)
    ground = Ground(
        replace(SHIPPED.directory, offices=(*SHIPPED.directory.offices, own), places=(*SHIPPED.directory.places, place))
    )
    assert not checked(resembling, ground=ground).faults
    (warned,) = alike_kinds(ground)
    assert (warned.file, warned.line) == ("kl/offices.yaml", 7)
    assert "if that was meant" in warned.mend
    assert not list(alike_kinds(SHIPPED))


SCRUTINY = """    - key: scrutiny
      title: Scrutiny
      kind: decision
      role: "@officer"
      office: "@officer"
      moves: [{key: on, title: Send on, to: decision}]
"""


@pytest.mark.parametrize(
    ("posts", "warned"), [(("",), ["'decision' needs another person than 'scrutiny'"]), (("", "2"), [])]
)
def test_a_second_person_is_warned_of_where_an_office_has_one_post_of_the_role(posts, warned):
    twice = tuple(
        replace(one, posts=tuple(replace(post, suffix=suffix) for post in one.posts for suffix in posts))
        for one in SHIPPED.directory.offices
    )
    head = "    - key: decision\n      title: Decision of the officer\n"
    changes = [(head, f"{SCRUTINY}{head}      other_person: true\n")]
    found = checked(*changes, ground=Ground(replace(SHIPPED.directory, offices=twice)))
    assert found.definition is not None
    told = [one for one in found.warnings if "too few posts" in one.message]
    assert sorted({one.message.partition(",")[0] for one in told}) == warned
    assert all("second post" in one.mend and one.place == "happens.steps.1.other_person" for one in told)
    step = found.definition.happens.steps[1]
    seats = [Branch(key=key, title={"en": key}, role="tahsildar", office="taluk_office") for key in ("one", "two")]
    joint = step.model_copy(update={"joint": tuple(seats), "role": None, "office": None, "other_person": False})
    happens = found.definition.happens.model_copy(update={"steps": (joint,)})
    definition = found.definition.model_copy(update={"happens": happens})
    source = read(PACKS.read("kl-edistrict").services[SERVICE]["service.yaml"], "service.yaml")
    few = {one.message for one in too_few(definition, source, Ground(replace(SHIPPED.directory, offices=twice)))}
    assert any("2 seats of 'decision'" in one for one in few) is bool(warned)


def test_a_list_of_places_that_is_empty_is_told_with_the_schemes_that_are_there():
    found = checked(("within: lgd-state:32", "within: pk-province:PK-SD"))
    assert [fault.message for fault in found.faults if "no place of" in fault.message] == [
        "no place of 'lgd-district' lies in pk-province:PK-SD"
    ]
    assert any("pk-district" in fault.mend for fault in found.faults)


def test_an_office_without_a_post_of_the_role_is_a_fault():
    found = checked(("officer: {role: tahsildar", "officer: {role: assistant_labour_officer"))
    assert any("has no post of a assistant_labour_officer" in fault.message for fault in found.faults)


def test_rules_over_places_are_judged_with_the_directory_and_doubted_without():
    adoor = "within(taluk, 'lgd-subdistrict:5683')"
    state, outside = "when: purpose == 'state'", "when: purpose == 'outside'"
    split = ((state, f"when: {adoor}"), (outside, f'when: "!{adoor}"'))
    assert checked(*split).faults == ()
    assert "is a place, and no directory" in checked(*split, ground=None).warnings[0].message
    both = (split[0], (outside, "when: within(taluk, 'lgd-district:564')"))
    said = [fault.message for fault in checked(*both).faults]
    assert any("variants state and outside both when taluk is lgd-subdistrict:5683" in words for words in said)
    assert any(words.startswith("no variant when taluk is lgd-subdistrict:") for words in said)


def test_the_command_tells_warnings_and_places_to_do(tmp_path):
    folder = tmp_path / "kl-edistrict"
    service = folder / "services" / SERVICE
    service.mkdir(parents=True)
    pack = PACKS.read("kl-edistrict")
    for name, text in pack.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name, text in pack.services[SERVICE].items():
        changed = text.replace("when: purpose == 'state'", "when: size(applicant_name) > 3").replace(
            "when: purpose == 'outside'", "when: size(applicant_name) <= 3"
        )
        (service / name).write_text(changed, encoding="utf-8")
    told = CliRunner().invoke(command, ["check", str(service), "--todo"])
    assert told.exit_code == 0, told.output
    assert "cannot be judged: 'size(applicant_name) > 3' compares more than a field with a constant" in told.output
    assert "no village_office is written for 72 of 78 places" in told.output
    assert "1 services, 0 faults" in told.output


def test_a_state_may_have_a_role_and_a_kind_of_office_that_the_model_state_has_too(tmp_path):
    """The shipped model state is no neighbour of a real one: it is read where it is itself meant, and nowhere else."""
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    for folder, name in ((shipped, "model"), (own, "xx-services")):
        (folder / name).mkdir(parents=True)
        for file in ("pack.yaml", "roles.yaml", "offices.yaml"):
            text = (OPTIONS.packs_dir / "model" / file).read_text()
            (folder / name / file).write_text(text if folder == shipped else text.replace("model: true", "") + "\n#\n")
    with pytest.raises(Invalid):
        read_ground([shipped, own], models=shipped)
    ground = read_ground([shipped, own])
    assert "fire_station" in {row.kind for row in ground.directory.kinds}

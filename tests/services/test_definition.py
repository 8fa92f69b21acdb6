"""Services as text: every fault with its line, everything shipped sound, kept and loaded again as it was."""

import re
import time
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from janaseva.core.source import SourceError
from janaseva.forms.rules import Unknown, apply, with_computed
from janaseva.services.adapters import PackFolder
from janaseva.services.rules.appealing import level_law
from janaseva.services.rules.charter import charter
from janaseva.services.rules.checking import check_pack
from janaseva.services.rules.compiling import DefinitionError, compile_text, examine, packed, unpacked
from janaseva.services.rules.deciding import certificate_facts, choose, eligibility, letter_languages, valid_until
from janaseva.services.rules.definition import AppealLevel, PublishedText
from janaseva.services.rules.pack import CalendarText
from janaseva.services.rules.parts import Validity
from janaseva.services.rules.rights import known
from janaseva.services.rules.wording import wordy

TREE = Path(__file__).resolve().parents[2]
PACKS = PackFolder(TREE / "packs")
KERALA = PACKS.read("kl-edistrict").published("kl-income-certificate")
SINDH = PACKS.read("sd-services").published("sd-permanent-residence-certificate")
TODAY = date(2026, 3, 2)


def changed(*changes, file="service.yaml", text=KERALA):
    content = text.files[file]
    for before, after in changes:
        assert before in content, before
        content = content.replace(before, after, 1)
    return examine(PublishedText(files={**text.files, file: content}))


def line_of(words, file="service.yaml"):
    return KERALA.files[file][: KERALA.files[file].index(words)].count("\n") + 1


@pytest.mark.parametrize("key", PACKS.keys())
def test_every_shipped_pack_is_sound_and_its_examples_come_out(key):
    checked = check_pack(PACKS.read(key), with_examples=True)
    assert [str(fault) for fault in checked.faults] == []
    assert [(s.key, o.name, o.differences) for s in checked.services for o in s.outcomes if o.differences] == []
    assert all(service.outcomes for service in checked.services)


@pytest.mark.parametrize("key", PACKS.keys())
def test_what_is_kept_loads_as_it_was(key):
    pack = PACKS.read(key)
    for service in pack.services:
        definition = compile_text(pack.published(service))
        assert unpacked(packed(definition)).model_dump() == definition.model_dump()
        assert unpacked(packed(definition)) is unpacked(packed(definition))
        charter(definition)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("purpose == 'outside'", "purpose == 'outsid'", "'outsid' is no choice"),
        ("purpose == 'outside'", "purpose == 'state'", "variants state and outside both"),
        ("annual_income > 0", "annual_incom > 0", "undeclared reference to 'annual_incom'"),
        ("annual_income > 0", "applicant_name > 0", "overload"),
        ("m.land > 0", "m.lnd > 0", "no column 'lnd'"),
        ("place: taluk", "place: village", "no area field"),
        ("key: pin", "key: house", "second time"),
        ('"[1-9][0-9]{5}"', '"(?=a)"', "not a pattern"),
        ("to: refused", "to: refusd", "refusd"),
        ("source: [mlp_rev]", "source: [mlp_rv]", "sources.yaml has no 'mlp_rv'"),
        ("department: kl-revenue", "department: revenue", "no department"),
        ("holder: applicant_name", "holder: applicant", "no fact"),
        ("places: [members]", "places: [member]", "no field 'member'"),
        ("rupees: 15", "rupees: 15.555", "write rupees"),
        ("kind: date", "kind: dat", "Input should be"),
        ("summary: States", "summary: [S]  # States", "what.summary must be one line of text"),
        ("place: taluk", "place: [taluk]", "must be one line of text (write it after 'place:'"),
        ("  name: Income certificate", "  name: 7", 'put it in quotes: "7"'),
        ("who:\n", "who:\n  conditions: []\n", "written under 'eligibility:'"),
        ("what:\n", "what:\n  conditions: []\n", "remove it, or move it"),
        ("label: Name", "lable: Name", "did you mean 'label'"),
        ("days: 6", "days: six", "a whole number"),
        ("  days: 6\n", "", "days"),
        ("version: 1", "versoin: 1", "lacks 'version'"),
        ("when: applicant_is == 'nri'", "when: applicant_is", "yes_no is wanted"),
        ('role: "@enquirer"', 'role: "@nobody"', "does not say who that is"),
        ("key: kl-income-certificate", "key: Kerala", "not a name"),
        ("scheme: lgd-district\n", "scheme: lgd-district\n          longest: 5\n", "'longest' belongs to"),
        ("members.filter(m", "members.all(a, members.all(b, members.all(m, true))) || members.filter(m", "deep"),
    ],
)
def test_each_slip_is_told_in_words(before, after, says):
    examined = changed((before, after))
    assert examined.definition is None
    told = [str(fault) for fault in examined.faults]
    assert any(says in one for one in told), told
    assert all(fault.mend and fault.line >= 1 for fault in examined.faults)


def test_days_of_appeal_that_a_service_leaves_out_are_the_acts():
    whole = PACKS.read("jk-edistrict").published("jk-birth-certificate")
    text = re.sub(r"(?m)^    (file|decide)_days: .*\n", "", whole.files["service.yaml"])
    assert text != whole.files["service.yaml"]
    definition = examine(PublishedText(files={**whole.files, "service.yaml": text})).definition
    law = level_law(definition, 1)
    assert law.file_days == known(definition.rights.first.file_days) is not None
    alone = {name: content for name, content in whole.files.items() if name != "rights.yaml"}
    told = [fault.message for fault in examine(PublishedText(files={**alone, "service.yaml": text})).faults]
    assert "appeal.first lacks 'file_days', and no rights.yaml without faults says it" in told


def test_faults_stand_at_their_lines():
    examined = changed(("annual_income > 0", "annual_incom > 0"), ("purpose == 'outside'", "purpose == 'outsid'"))
    lines = {fault.line for fault in examined.faults}
    assert {line_of("rule: annual_income > 0"), line_of("when: purpose == 'outside'")} <= lines
    formula = next(fault for fault in examined.faults if "annual_incom'" in fault.message)
    assert formula.column == len("    rule: ") + 1


def test_formulas_on_several_lines_are_found_too():
    examined = changed(("sum(members.labour)", "sum(members.labor)"))
    fault = next(fault for fault in examined.faults if "labor" in fault.message)
    assert abs(fault.line - line_of("sum(members.labour)")) <= 1


def test_words_that_belong_nowhere_are_faults():
    examined = changed(("        certificate_use:", "        certificate_us:"), file="words.ml.yaml")
    assert any("certificate_us.label" in fault.message and fault.file == "words.ml.yaml" for fault in examined.faults)
    examined = changed(("{annual_income}", "{income}"), file="words.ml.yaml")
    assert any("statement (ml) names 'income'" in fault.message for fault in examined.faults)


def test_an_unknown_stays_visible():
    definition = compile_text(SINDH)
    places = {todo.place for todo in definition.todo()}
    assert {"fee", "limit", "appeal", "ask.documents", "out.certificate.validity", "ask.pages.applicant"} <= places
    assert "limit" in {todo.place for todo in compile_text(KERALA).todo() if todo.kind == "conflicting"}


def test_eligibility_explains_itself():
    definition = compile_text(SINDH)
    for since, outcome in (("2023-03-02", "may"), ("2023-03-03", "may_not"), (None, "cannot_tell")):
        told = eligibility(definition, {"living_since": since}, today=TODAY)
        assert told.outcome == outcome
        assert told.conditions[0].reason.facts["living_since"] == since
    assert told.conditions[0].missing == ("living_since",)


def test_what_is_computed_counts_before_the_form_is_filled_in():
    rule = "{key: small, title: Small, message: Too large., rule: annual_income < rupees(100000)}"
    start = KERALA.files["service.yaml"].index("\nask:")
    head = KERALA.files["service.yaml"][:start]
    definition = changed((head, f"{head.rstrip()}\n  eligibility:\n    - {rule}\n")).definition
    assert definition is not None
    rich = {"members": [{"name": "K", "relation": "self", "salary": 20_000_000}]}
    for answers, outcome in (({}, "cannot_tell"), ({"members": []}, "may"), (rich, "may_not")):
        known = with_computed(definition.form, answers, today=TODAY)
        assert eligibility(definition, known, today=TODAY).outcome == outcome


@pytest.mark.parametrize(
    ("first", "years", "ends", "last"),
    [
        ("2026-11-23", 1, "12-31", "2026-12-31"),
        ("2026-12-31", 1, "12-31", "2026-12-31"),
        ("2027-01-01", 5, "12-31", "2031-12-31"),
        ("2026-04-01", 1, "03-31", "2027-03-31"),
        ("2026-03-31", 3, "03-31", "2028-03-31"),
    ],
)
def test_years_of_a_licence_end_on_the_day_that_the_rules_name(first, years, ends, last):
    assert Validity(years=years, ends=ends).last_day(date.fromisoformat(first)) == date.fromisoformat(last)


@pytest.mark.parametrize("wrong", [{"months": 6, "ends": "12-31"}, {"years": 1, "ends": "02-29"}])
def test_an_end_that_not_every_year_has_is_refused(wrong):
    with pytest.raises(ValueError, match="ends"):
        Validity(**wrong)


def test_a_fact_of_a_register_may_have_the_key_of_words():
    tree = {"title": "T", "out": {"register": {"facts": {"name": "child_name", "title": "rank"}}}}
    assert [path for path, _, _ in wordy(tree)] == [("title",)]


def test_a_second_copy_keeps_the_reasons_that_follow_from_rules():
    copy = "afterwards:\n  duplicate: {title: A second copy, fee: {unknown: What it costs}}\nout:"
    found = changed(("\nout:", f"\n{copy}"), text=SINDH)
    assert found.faults == ()


def test_the_certificate_states_its_facts_in_every_language():
    definition = compile_text(KERALA)
    given = {
        "purpose": "state", "applicant_name": "K. Anil", "applicant_name_ml": "കെ. അനിൽ", "house": "A", "house_ml": "അ",
        "village": "V", "taluk": "lgd-subdistrict:5683", "district": "lgd-district:564",
        "members": [{"name": "K", "relation": "self", "salary": 12_345_678}],
    }  # fmt: skip
    applied = apply(definition.form, given, today=TODAY)
    names = {"lgd-subdistrict:5683": {"en": "Adoor", "ml": "അടൂർ"}, "lgd-district:564": {"en": "Pathanamthitta"}}
    facts = certificate_facts(definition, applied.facts, area_names=names.__getitem__)
    assert facts["holder"] == {"name": "K. Anil"}
    assert "Adoor" in facts["statement"]["en"]
    assert "അടൂർ" in facts["statement"]["ml"]
    assert "{" not in "".join(facts["statement"].values())
    assert {"key": "annual_income", "label": definition.out.certificate.facts["annual_income"].label,
            "value": {"paise": 12_345_678, "currency": "INR"}, "in_code": True} in facts["rows"]  # fmt: skip
    assert facts["values"]["taluk"] == "lgd-subdistrict:5683"
    assert letter_languages(definition, ["en", "ml", "ur"]) == ["en", "ml"]
    assert choose(definition, applied.facts).key == "state"


def test_numbers_are_not_read_backwards_in_words_from_right_to_left():
    definition = compile_text(SINDH)
    applied = apply(definition.form, {"cnic": "41304-1234567-2", "applicant_name": "Sassui"}, today=TODAY)
    facts = certificate_facts(definition, applied.facts, area_names=lambda area: {"en": area})
    assert "\u206841304-1234567-2\u2069" in facts["statement"]["sd"]
    assert "\u2068" not in facts["statement"]["en"]


@pytest.mark.parametrize(
    ("validity", "until"),
    [
        ({"months": 12}, date(2027, 3, 1)), ({"years": 3}, date(2029, 3, 1)), ({"days": 1}, TODAY),
        ({"lifetime": True}, None),
    ],
)  # fmt: skip
def test_validity_counts_its_first_day(validity, until):
    assert valid_until(Validity.model_validate(validity), TODAY) == until


def test_the_variants_officer_takes_the_officers_place():
    definition = compile_text(KERALA)
    state, outside = definition.variants
    assert definition.process_for(state).steps[0].role == "village_officer"
    assert definition.process_for(outside).steps[0].role == "tahsildar"
    assert definition.process_for(outside).steps[0].reports[0].role == "village_officer"
    assert {reason.key for reason in definition.process.reasons} == {reason.key for reason in definition.out.reasons}


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"service.yaml": ""},
        {"service.yaml": "- 1"},
        {"service.yaml": "a: &x 1"},
        {"service.yaml": "key: 1\nwhat: 2\nask: [1]"},
        {"service.yaml": KERALA.files["service.yaml"], "words.xx.yaml": "a: b"},
        {"service.yaml": KERALA.files["service.yaml"], "words.ml.yaml": "- 1"},
        {"service.yaml": "x: " + "y" * 600_000},
        {"service.yaml": "key: kl-x\n", **{f"words.{n}.yaml": "x" * 500_000 for n in range(6)}},
    ],
)
def test_hostile_files_are_refused_in_words(files):
    with pytest.raises(DefinitionError) as caught:
        compile_text(PublishedText(files=files))
    assert all(fault.mend for fault in caught.value.faults)


def test_the_command_line_tells_file_line_and_what_to_do(tmp_path):
    from janaseva.cli.packs import command

    folder = tmp_path / "kl-edistrict"
    service = folder / "services" / "kl-income-certificate"
    service.mkdir(parents=True)
    for name, text in KERALA.files.items():
        (service if name in PACKS.read("kl-edistrict").services["kl-income-certificate"] else folder).joinpath(
            name
        ).write_text(text, encoding="utf-8")
    (folder / "calendars").mkdir()
    (folder / "calendars" / "kerala.yaml").write_text(PACKS.read("kl-edistrict").files["calendars/kerala.yaml"])
    ran = CliRunner().invoke(command, ["check", str(service)])
    assert (ran.exit_code, ran.output) == (0, "1 services, 0 faults\n")
    glossary = folder / "glossary.ml.yaml"
    kept = glossary.read_text(encoding="utf-8")
    glossary.write_text(kept.replace("District:", "Distrikt:", 1), encoding="utf-8")
    ran = CliRunner().invoke(command, ["check", str(service), "--todo"])
    assert "words.ml.yaml lacks" in ran.output
    assert re.search(r"(?m)^ +district:\n +label: \"District\"$", ran.output), "with its English, to be copied"
    glossary.write_text(kept, encoding="utf-8")
    (folder / "services" / "kl-other").mkdir()
    (folder / "services" / "kl-other" / "Service.yml").write_text("key: kl-other", encoding="utf-8")
    ran = CliRunner().invoke(command, ["check", str(folder)])
    assert "kl-other:1:1: this folder holds no service.yaml" in ran.output
    empty = tmp_path / "kl-new"
    empty.mkdir()
    (empty / "pack.yaml").write_text(KERALA.files["pack.yaml"], encoding="utf-8")
    ran = CliRunner().invoke(command, ["check", str(empty)])
    assert "there is no calendar 'kerala'" in ran.output, "a pack is looked at before its first service"
    (service / "service.yaml").write_text(KERALA.files["service.yaml"].replace("days: 6", "days: 0"))
    ran = CliRunner().invoke(command, ["check", str(folder)])
    assert ran.exit_code == 1
    assert re.search(r"service\.yaml:\d+:\d+: limit\.days: .* \(.+\)", ran.output)
    (service / "service.yaml").write_text(KERALA.files["service.yaml"].replace("days: 6", "days: 7"))
    ran = CliRunner().invoke(command, ["test", str(folder)])
    assert ran.exit_code == 1
    assert "expected 2026-03-13, found 2026-03-16" in ran.output
    (service / "service.yaml").write_bytes(b"\xff")
    assert "UTF-8" in CliRunner().invoke(command, ["check", str(folder)]).output


def test_a_link_out_of_the_pack_is_not_followed(tmp_path):
    service = tmp_path / "p" / "services" / "kl-x"
    service.mkdir(parents=True)
    (service / "service.yaml").symlink_to("/etc/hostname")
    with pytest.raises((LookupError, SourceError)):
        PackFolder(tmp_path).read("p")


def test_loading_and_deciding_are_fast():
    began = time.perf_counter()
    text = packed(compile_text(KERALA))
    read = time.perf_counter() - began
    definition = unpacked(text)
    began = time.perf_counter()
    for _ in range(50):
        applied = apply(definition.form, {"purpose": "state"}, today=TODAY)
        choose(definition, applied.facts)
    print(f"read {read * 1000:.0f} ms; apply and choose {(time.perf_counter() - began) * 20:.2f} ms")
    assert read < 1


def test_an_authority_that_nobody_found_is_unknown_and_not_a_language():
    level = AppealLevel.model_validate(
        {"authority": {"unknown": "Who hears it"}, "file_days": 30, "decide_days": {"unknown": "In how many days"}}
    )
    assert isinstance(level.authority, Unknown)
    named = AppealLevel.model_validate({"authority": "Collector", "file_days": 30, "decide_days": 45})
    assert named.authority == {"en": "Collector"}


def test_dates_beyond_the_years_that_have_holidays_are_forecasts():
    text = {"key": "t", "name": "T", "time_zone": "Asia/Kolkata"}
    holiday = {"day": "2026-10-02", "title": "Gandhi Jayanti"}
    found = CalendarText.model_validate({**text, "holidays": [holiday]}).calendar()
    assert [found.is_known(date(2026, 12, 31)), found.is_known(date(2027, 1, 1))] == [True, False]
    assert not CalendarText.model_validate(text).calendar().is_known(date(2026, 1, 1))
    said = CalendarText.model_validate({**text, "holidays": [holiday], "known_until": "2026-06-30"}).calendar()
    assert not said.is_known(date(2026, 7, 1))

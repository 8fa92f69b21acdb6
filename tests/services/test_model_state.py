"""The model state: loaded on request alone, never where real people are served; its pension waits for an entry."""

import pytest
from click.testing import CliRunner
from django.test import Client

from janaseva.cli import loading, others
from janaseva.cli.packs import command
from janaseva.core.refusal import Refusal
from janaseva.people import queries as people
from janaseva.portal.services.views import sources
from janaseva.services import queries
from janaseva.services.adapters import PackFolder
from janaseva.services.rules.charter import charter
from janaseva.services.rules.compiling import compile_text
from janaseva.settings import OPTIONS

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MODEL = OPTIONS.packs_dir / "model"


def loaded():
    return CliRunner().invoke(command, ["load", str(MODEL)])


def test_no_installation_shows_it_by_itself(given):
    assert loading.is_model(MODEL)
    assert not loading.is_model(OPTIONS.packs_dir / "kl-edistrict")
    assert people.area_by_reference("model-state:MO") is None, "the directory of the shipped packs has it"


def test_a_charter_names_all_who_decide_together():
    of = PackFolder(OPTIONS.packs_dir).read
    hall = charter(compile_text(of("model").published("mo-hall-licence")))
    both = (("district_collector", "collectorate"), ("executive_engineer", "works_division"))
    assert [way.together for way in hall.ways] == [both]
    assert [way.together for line in hall.again for way in line.ways] == [(), ()], (
        "a renewal and an amendment are decided by one"
    )
    fees = {line.purpose: [one.difference for one in line.ways[0].fee or ()] for line in hall.again}
    assert fees == {"renewal": [False, False], "amendment": [False, True]}, "what is more is due"
    permit = charter(compile_text(of("kl-edistrict").published("kl-building-permit")))
    assert [way.together for way in permit.ways] == [()]
    told = dict(sources(permit))
    assert {"kpbr7_5", "kpbr7_9"} <= told.keys(), "the laws are read where the sources are listed"


def test_how_long_it_is_kept_is_said_or_unknown():
    of = PackFolder(OPTIONS.packs_dir).read
    death = compile_text(of("model").published("mo-death-registration")).keeps
    pension = compile_text(of("model").published("mo-survivor-pension"))
    assert death is not None
    assert pension.keeps is not None
    assert (death.known("granted").years, death.register_) == (5, "stays")
    assert (pension.keeps.known("refused").months, pension.keeps.known("granted")) == (18, None)
    assert [one.kind for one in pension.todo() if one.place == "keeps.granted"] == ["unknown"]


def test_it_is_refused_where_real_people_are_served(given, monkeypatch):
    monkeypatch.setattr(OPTIONS, "demonstration", False)
    refused = loaded()
    assert refused.exit_code == 1
    assert "JANASEVA_DEMONSTRATION" in refused.output
    assert people.area_by_reference("model-state:MO") is None
    with pytest.raises(Refusal):
        queries.in_force("mo-hall-licence", queries.today(given.at))


def test_a_pension_waits_for_the_register_and_goes_on_with_the_entry(given, monkeypatch):
    monkeypatch.setattr("janaseva.cli.packs.now", lambda: given.at)
    done = loaded()
    assert (done.exit_code, done.output) == (0, "model: 3 services, 3 new versions\n")
    shown = Client().get("/services/mo-hall-licence/").content.decode()
    assert "District Collector, Collectorate<br>Executive Engineer, Works Division" in shown
    assert "each must agree" in shown
    told = others.an_entry_comes_at_last(given)
    assert (told.outcome, told.right) == ("approved", True), told.states

"""Versions to come: one person writes, a second publishes, and running cases keep what they began with."""

from dataclasses import replace
from datetime import date

import pytest

from janaseva.core.refusal import Invalid, Refusal
from janaseva.services import actions, queries
from janaseva.services.models import Definition, EmptyPack, Proposal
from janaseva.services.rules import proposing
from tests.given import PACK, SERVICE, SYSTEM

pytestmark = pytest.mark.django_db
OFFICE = "kl-secretariat-it"


@pytest.fixture
def definer(given):
    return given.seat(OFFICE, "definer")


@pytest.fixture
def publisher(given):
    return given.seat(OFFICE, "publisher")


def files(*changes: tuple[str, str]) -> dict[str, str]:
    text = dict(queries.published_files(SERVICE).files)
    for old, new in (("version: 1", "version: 2"), ("from: 2026-01-01", "from: 2026-12-01"), *changes):
        assert old in text["service.yaml"]
        text["service.yaml"] = text["service.yaml"].replace(old, new, 1)
    return text


def saved(given, by, text, **options):
    facts = {"service": SERVICE, "pack": PACK, "files": text, **options}
    return given.act(actions.save_proposal, by, **facts)


def proposed(given, by, text):
    draft = saved(given, by, text)
    given.act(actions.propose, by, proposal_id=draft.proposal_id, words="The fee order of November.")
    return draft


def refused(act, *arguments, **facts):
    before = [(row.id, row.revision) for row in Proposal.objects.order_by("id")], Definition.objects.count()
    with pytest.raises(Refusal) as told:
        act(*arguments, **facts)
    assert ([(row.id, row.revision) for row in Proposal.objects.order_by("id")], Definition.objects.count()) == before
    return told.value


def test_one_person_writes_and_a_second_publishes(given, definer, publisher):
    running = given.begun(given.citizen())
    text = files(("summary: ", "summary: Mended. "))
    draft = proposed(given, definer, text)
    seen = queries.proposal(publisher, draft.proposal_id)
    assert (seen.against, seen.may_approve, seen.state) == (1, True, "proposed")
    assert [one.path for one in seen.difference.changes] == ["version", "from", "what.summary"]
    key = given.key()
    again = {"proposal_id": draft.proposal_id, "seen_sha256": seen.files_sha256, "key": key}
    version = given.act(actions.approve, publisher, **again)
    assert given.act(actions.approve, publisher, **again) == version, "once"
    assert queries.proposal(definer, draft.proposal_id).state == "published"
    today = queries.today(given.at)
    assert queries.in_force(SERVICE, today).definition.version == 1
    assert queries.in_force(SERVICE, today.replace(month=12)).definition.what.summary["en"].startswith("Mended.")
    assert queries.application(SYSTEM, running).definition.version == 1, "running cases keep theirs"
    assert queries.proposal(publisher, draft.proposal_id).difference.changes, "still read beside the version before it"


def test_nobody_publishes_what_they_wrote(given, definer):
    """A post that may do both is refused as its own second person."""
    draft = proposed(given, definer, files())
    both = replace(definer, grants=definer.grants | {"services.publish"})
    seen = queries.proposal(both, draft.proposal_id)
    assert not seen.may_approve
    told = refused(given.act, actions.approve, both, proposal_id=draft.proposal_id, seen_sha256=seen.files_sha256)
    assert told.code == "proposal_needs_second_person"
    told = refused(given.act, actions.reject, both, proposal_id=draft.proposal_id, words="I do not like it.")
    assert told.code == "proposal_needs_second_person"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("role: village_officer", "role: vilage_officer", "there is no role 'vilage_officer'"),
        ("office: village_office", "office: guild_hall", "there is no kind of office 'guild_hall'"),
        (
            "kind: phone",
            "kind: phone\n          from: {certificate: kl-none, fact: mobile}",
            "there is no service 'kl-none'",
        ),
    ],
)
def test_what_leads_to_nobody_is_not_published_from_the_desk_either(given, definer, old, new, said):
    draft = saved(given, definer, files((old, new)))
    told = refused(given.act, actions.propose, definer, proposal_id=draft.proposal_id, words="More than ten letters.")
    assert said in [fault.facts["message"] for fault in told.faults]


def test_what_cannot_be_published_says_why_with_file_and_line(given, definer):
    text = files(("annual_income > 0", "anual_income > 0"))
    draft = saved(given, definer, text)
    told = refused(given.act, actions.propose, definer, proposal_id=draft.proposal_id, words="A change of the rule.")
    assert isinstance(told, Invalid)
    line = 1 + text["service.yaml"][: text["service.yaml"].index("anual_income")].count("\n")
    assert f"service.yaml:{line}" in {fault.place for fault in told.faults}
    wrong = files(("days: 6", "days: 60"))
    saved(given, definer, wrong, proposal_id=draft.proposal_id, seen_sha256=draft.files_sha256)
    told = refused(given.act, actions.propose, definer, proposal_id=draft.proposal_id, words="A longer limit.")
    assert {fault.code for fault in told.faults} == {"example_otherwise"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("version: 2", "version: 3", "version 1 is published"), ("from: 2026-12-01", "from: 2026-03-02", "has come")],
)
def test_the_number_and_the_day_of_a_version(given, definer, old, new, said):
    text = files()
    draft = saved(given, definer, {**text, "service.yaml": text["service.yaml"].replace(old, new, 1)})
    told = refused(given.act, actions.propose, definer, proposal_id=draft.proposal_id, words="Another version.")
    assert [said in fault.facts["message"] for fault in told.faults] == [True]


def test_the_second_person_may_fix_another_day(given, definer, publisher):
    draft = proposed(given, definer, files())
    day = queries.today(given.at).replace(month=5)
    facts = {"proposal_id": draft.proposal_id, "seen_sha256": draft.files_sha256}
    told = refused(given.act, actions.approve, publisher, from_day=queries.today(given.at), **facts)
    assert isinstance(told, Invalid)
    given.act(actions.approve, publisher, from_day=day, **facts)
    found = queries.published_files(SERVICE)
    assert (found.version, found.effective_from) == (2, day)


def test_given_back_with_words_mended_and_laid_again(given, definer, publisher):
    draft = proposed(given, definer, files())
    facts = {"proposal_id": draft.proposal_id}
    assert refused(given.act, actions.reject, publisher, words="no", **facts).code == "proposal_needs_words"
    given.act(actions.reject, publisher, words="The order is not named.", **facts)
    assert queries.proposal(definer, draft.proposal_id).decision_words == "The order is not named."
    assert refused(given.act, actions.propose, definer, words="Once more.", **facts).code == "proposal_wrong_state"
    mended = saved(given, definer, files(("summary: ", "summary: Mended. ")), seen_sha256=draft.files_sha256, **facts)
    stale = {"seen_sha256": draft.files_sha256, **facts}
    assert refused(saved, given, definer, files(), **stale).code == "proposal_changed_meanwhile"
    given.act(actions.propose, definer, words="With the order.", **facts)
    stale = {"seen_sha256": draft.files_sha256, **facts}
    assert refused(given.act, actions.approve, publisher, **stale).code == "proposal_changed_meanwhile"
    given.act(actions.approve, publisher, seen_sha256=mended.files_sha256, **facts)
    told = refused(given.act, actions.approve, publisher, seen_sha256=mended.files_sha256, **facts)
    assert told.code == "proposal_wrong_state"


def test_one_version_of_a_service_is_open_at_a_time(given, definer):
    draft = saved(given, definer, files())
    assert refused(saved, given, definer, files()).code == "proposal_open_already"
    given.act(actions.discard_proposal, definer, proposal_id=draft.proposal_id)
    saved(given, definer, files())


def test_only_text_of_a_service_is_kept(given, definer):
    told = refused(saved, given, definer, {**files(), "run.py": "print()"})
    assert (told.code, told.facts["files"]) == ("proposal_strange_files", "run.py")
    draft = saved(given, definer, {**files(), "pack.yaml": "key: mine"})
    assert "key: mine" not in queries.proposal(definer, draft.proposal_id).files["pack.yaml"]


@pytest.mark.parametrize("who", ["citizen", "tahsildar", "publisher"])
def test_who_writes(given, publisher, who):
    by = {"citizen": given.citizen, "tahsildar": lambda: given.seat("kl-taluk-adoor", "tahsildar")}
    actor = by[who]() if who in by else publisher
    assert refused(saved, given, actor, files()).code == "not_permitted"


def test_another_states_definers_see_nothing_of_it(given, definer):
    draft = saved(given, definer, files())
    other = given.seat("mp-secretariat-it", "definer")
    assert queries.proposals(other) == []
    assert refused(queries.proposal, other, draft.proposal_id).code == "not_found"
    assert refused(given.act, actions.discard_proposal, other, proposal_id=draft.proposal_id).code == "not_found"
    assert refused(saved, given, other, files()).code == "not_permitted"


def test_the_first_service_of_a_pack_that_has_none(given, definer, publisher):
    """A state begins without a service: its definers write the first on what the administrator loaded."""
    shared = {"pack.yaml": files()["pack.yaml"].replace(f"key: {PACK}", "key: kl-next"), "sources.yaml": "moved: here"}
    text = {**proposing.copied(files(), key="kl-next-certificate", version=1, first_day=date(2026, 4, 1)), **shared}
    new = {"pack": "kl-next", "service": "kl-next-certificate"}
    assert refused(given.act, actions.save_proposal, definer, files=text, **new).code == "not_permitted"
    told = refused(given.act, actions.load_empty_pack, definer, pack="kl-next", files=shared)
    assert told.code == "not_permitted"
    assert "kl-next" not in queries.pack_keys()
    for _ in range(2):
        given.act(actions.load_empty_pack, SYSTEM, pack="kl-next", files={"pack.yaml": shared["pack.yaml"]})
        given.act(actions.load_empty_pack, SYSTEM, pack="kl-next", files=shared, key="the same wish")
    assert EmptyPack.objects.get().files == {"pack.yaml": shared["pack.yaml"]}, "the same wish is granted once"
    given.act(actions.load_empty_pack, SYSTEM, pack="kl-next", files=shared)
    loaded = EmptyPack.objects.get().loaded_at
    given.act(actions.load_empty_pack, SYSTEM, pack="kl-next", files=shared)
    assert EmptyPack.objects.get().loaded_at == loaded, "what is known already is not written again"
    assert queries.shared_files("kl-next", "kl-next-certificate") == {"sources.yaml": "moved: here"}
    kept = given.act(actions.save_proposal, definer, files=text, **new)
    assert queries.proposal(publisher, kept.proposal_id).files["pack.yaml"] == shared["pack.yaml"]

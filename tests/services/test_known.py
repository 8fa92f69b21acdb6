"""Nobody uploads what was issued here: certificates stand for papers and fill in answers, one's own and good ones."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from janaseva.cli.loading import load_pack
from janaseva.core.ids import uuid7
from janaseva.core.refusal import Invalid, Refusal
from janaseva.doorway.forms import asking
from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder
from janaseva.services.models import Attachment
from janaseva.settings import OPTIONS
from tests.documents.acts import revoke
from tests.given import LOADED_AT, SERVICE, SYSTEM
from tests.portal.reader import at_the_storys_time, signed_in
from tests.registers.acts import enter

pytestmark = [pytest.mark.django_db, pytest.mark.once]
COMMUNITY = "kl-community-certificate"
PARENTS = "issued: [kl-community-certificate]"


@pytest.fixture
def community(given):
    """Publish the community certificate so that an income certificate stands for a paper of it; return who walks it."""
    text = PackFolder(OPTIONS.packs_dir).read("kl-edistrict")
    files = dict(text.services[COMMUNITY])
    assert PARENTS in files["service.yaml"]
    files["service.yaml"] = files["service.yaml"].replace(PARENTS, "issued: [kl-income-certificate]")
    files["service.yaml"] = files["service.yaml"].replace("fact: house}", "fact: house, fixed: true}")
    given.loaded(text.key, COMMUNITY, files, beside=SERVICE)
    return given


def certified(given, by):
    """Walk to a signed income certificate."""
    given.service, walked = SERVICE, given.service
    application_id, officer = given.decided(by)
    given.settle()
    given.service = walked
    held = queries.certificates_held(by, ["kl-income-certificate"], given.at)
    assert [one.is_good for one in held] == [True]
    return held[0], officer, application_id


def begun(given, by):
    application_id = given.draft(by)
    given.act(
        actions.take_back_paper,
        by,
        application_id=application_id,
        paper_id=next(one.id for one in queries.application(by, application_id).papers if one.group == "parents"),
    )
    recorded = {key: one.value for key, one in queries.known(by, given.definition, {}, given.at).items()}
    answers = {**queries.application(by, application_id).answers, **recorded}
    given.act(actions.save_answers, by, application_id=application_id, answers=answers)
    return application_id


def test_a_certificate_stands_for_a_paper_and_the_officer_reads_it(given, community):
    by = given.citizen()
    held, _, _ = certified(community, by)
    application_id = begun(community, by)
    facts = {"application_id": application_id, "group": "parents", "document_id": held.document_id}
    key = community.key()
    paper = community.act(actions.give_issued, by, key=key, **facts)
    assert community.act(actions.give_issued, by, key=key, **facts) == paper
    with pytest.raises(Refusal) as told:
        community.act(actions.give_issued, by, **facts)
    assert told.value.code == "certificate_given_already"
    given_now = next(one for one in queries.application(by, application_id).papers if one.id == paper)
    assert (given_now.number, given_now.title["en"]) == (held.number, "Income certificate")
    community.act(actions.submit, by, application_id=application_id)
    community.pay(by, application_id)
    officer = community.holder(application_id)
    assert queries.paper_content(officer, application_id, held.document_id).content.startswith(b"%PDF")
    with pytest.raises(Refusal) as told:
        community.act(actions.give_issued, by, **facts)
    assert told.value.code == "application_already_submitted"


def test_nobody_gives_anothers_certificate_or_one_of_another_service(given, community):
    owner, stranger = given.citizen(), given.citizen()
    held, officer, _ = certified(community, owner)
    assert queries.certificates_held(stranger, ["kl-income-certificate"], community.at) == []
    assert queries.certificates_held(officer, ["kl-income-certificate"], community.at) == []
    theirs, own = begun(community, stranger), begun(community, owner)
    count = Attachment.objects.count()
    for by, application_id, group in (
        (stranger, theirs, "parents"),
        (stranger, own, "parents"),
        (owner, own, "school"),
        (owner, own, "nothing"),
    ):
        with pytest.raises(Refusal) as told:
            community.act(
                actions.give_issued, by, application_id=application_id, group=group, document_id=held.document_id
            )
        assert told.value.code == "not_found"
    assert Attachment.objects.count() == count


def test_a_certificate_that_is_revoked_or_ends_meanwhile_is_a_fault_when_one_sends(given, community):
    by = given.citizen()
    held, _, _ = certified(community, by)
    application_id = begun(community, by)
    facts = {"application_id": application_id, "group": "parents", "document_id": held.document_id}
    community.act(actions.give_issued, by, **facts)
    answers = queries.application(by, application_id).answers
    elsewhere = {**answers, "house": "Elsewhere"}
    community.act(actions.save_answers, by, application_id=application_id, answers=elsewhere)
    with pytest.raises(Invalid) as invalid:
        community.act(actions.submit, by, application_id=application_id)
    (fault,) = invalid.value.faults
    assert (fault.place, fault.code, fault.facts["number"]) == ("house", "not_as_recorded", held.number)
    community.act(actions.save_answers, by, application_id=application_id, answers=answers)
    now = community.at
    assert held.valid_until is not None
    community.at = now + timedelta(days=(held.valid_until - queries.today(now)).days + 1)
    with pytest.raises(Invalid) as invalid:
        community.act(actions.submit, by, application_id=application_id)
    assert [(one.place, one.code) for one in invalid.value.faults] == [("documents.parents", "certificate_expired")]
    community.at = now
    community.act(revoke, SYSTEM, document_id=held.document_id, reason="obtained_by_fraud")
    with pytest.raises(Invalid) as invalid:
        community.act(actions.submit, by, application_id=application_id)
    (fault,) = invalid.value.faults
    assert (fault.place, fault.code, fault.facts["number"]) == ("documents.parents", "certificate_revoked", held.number)
    assert queries.application(by, application_id).state == "draft"
    with pytest.raises(Refusal) as told:
        community.act(actions.give_issued, by, **facts)
    assert told.value.code == "certificate_not_good"
    assert queries.known(by, community.definition, {}, community.at) == {}


def test_what_a_certificate_states_is_offered_with_its_source_and_may_be_mended(given, community, monkeypatch):
    at_the_storys_time(community, monkeypatch)
    client, by = signed_in(community)
    held, _, _ = certified(community, by)
    known = queries.known(by, community.definition, {}, community.at)
    assert set(known) == {"house", "house_ml", "district", "taluk"}
    assert (known["house"].number, known["taluk"].value) == (held.number, "lgd-subdistrict:5683")
    application_id = community.act(actions.begin, by, service=COMMUNITY, language="en")
    page = client.get(reverse("apply-page", args=[application_id, "residence"]))
    words = asking.sources(known, "en")
    assert words["taluk"].startswith("We know this already, from “Income certificate” KL-INC-")
    assert words["house"].endswith("It cannot be changed here.")
    assert words["taluk"] in page.content.decode()
    assert words["house"] in page.content.decode()
    assert known["house_ml"].value in page.content.decode()


def test_an_entry_of_ones_own_in_a_register_is_offered_by_its_number(given):
    pack = PackFolder(OPTIONS.packs_dir).read("kl-edistrict")
    birth = "kl-birth-registration"
    files = dict(pack.services[COMMUNITY])
    fact = "{certificate: kl-income-certificate, fact: house}"
    assert fact in files["service.yaml"]
    files["service.yaml"] = files["service.yaml"].replace(fact, "{register: kl-births, key: village, fact: child}")
    services = {COMMUNITY: files, birth: pack.services[birth], SERVICE: pack.services[SERVICE]}
    load_pack(replace(pack, services=services), at=LOADED_AT)
    walk = replace(given, service=COMMUNITY)
    by, other = walk.citizen(), walk.citizen()
    for holder, number, child in ((by, "B-1", "Anu"), (by, "B-2", "Binu"), (other, "B-3", "Charu")):
        walk.act(
            enter, SYSTEM, story=uuid7(), office_id=uuid7(), number=number, facts={"child": child},
            holder=holder.person_id, register="kl-births",
        )  # fmt: skip
    found = queries.known(by, walk.definition, {"village": "B-1"}, walk.at)
    assert {key: (one.value, one.number) for key, one in found.items()} == {"house": ("Anu", "B-1")}
    assert asking.sources(found, "en")["house"].startswith("We know this already, from the register, entry B-1 of ")
    for village in ("B-3", "B-9", None):
        assert queries.known(by, walk.definition, {"village": village}, walk.at) == {}

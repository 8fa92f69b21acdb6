"""Asking again: a renewal, a correction and a second copy rest on what was issued, and take its place."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from janaseva.contact.models import Message
from janaseva.core.refusal import Invalid, Refusal
from janaseva.documents import queries as documents
from janaseva.registers import queries as registers
from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder
from janaseva.services.handlers import tell_renewals
from janaseva.services.models import Application, Decision
from janaseva.services.rules import deciding, purposed, purposes
from janaseva.services.rules.compiling import examine
from janaseva.services.rules.definition import PublishedText
from janaseva.settings import OPTIONS
from tests.given import SYSTEM

SHOPS = "kl-shops-registration"
TEXT = PackFolder(OPTIONS.packs_dir).read("kl-edistrict")
UNKNOWN = "  correction: {unknown:"
KNOWN = """  correction:
    title: Correction of the registration
    changes: [employer_name, employer_name_ml]
    fee: {lines: [{key: correction, title: Correction, rupees: 25}]}
  duplicate:
    title: Second copy of the registration
    fee: {lines: []}
"""


def written(**changes) -> dict[str, str]:
    """Return the files of the shops with a correction and a second copy, which no source tells of."""
    files = dict(TEXT.services[SHOPS])
    text = files["service.yaml"]
    text = text[: text.index(UNKNOWN)] + KNOWN
    for was, now in changes.values():
        assert was in text
        text = text.replace(was, now)
    return {**files, "service.yaml": text, "examples.yaml": files["examples.yaml"] + EXAMPLES}


EXAMPLES = """
- {name: Corrected, like: A stationery shop in Konni with three workers, purpose: correction,
   steps: [registration.register], expect: {variant: correction, ends: approved}}
- {name: Copied, like: A stationery shop in Konni with three workers, purpose: duplicate,
   steps: [registration.register], expect: {variant: duplicate, ends: approved}}
"""


def examined(**changes):
    return examine(PublishedText(files={**TEXT.published(SHOPS).files, **written(**changes)}))


@pytest.fixture(scope="module")
def definition():
    found = examined()
    assert not found.faults
    return found.definition


# --- rules


@pytest.mark.once
@settings(max_examples=60)
@examples(
    days=st.tuples(*[st.integers(0, 90)] * 2),
    offset=st.integers(-120, 120),
    known=st.tuples(st.booleans(), st.booleans()),
)
def test_a_renewal_is_asked_for_in_its_days_and_what_is_unknown_holds_nobody_up(days, offset, known):
    unknown = {"unknown": "not found"}
    until, day = date(2027, 3, 1), date(2027, 3, 1) + timedelta(days=offset)
    text = purposes.Renewal.model_validate(
        {
            "title": {"en": "Renewal"},
            "fee": unknown,
            "from_days": days[0] if known[0] else unknown,
            "late_days": days[1] if known[1] else unknown,
            "counts_from": "end",
        }
    )
    refusal = purposes.refusal_of(text, until=until, today=day)
    early, late = known[0] and -offset > days[0], known[1] and offset > days[1]
    expected = "renewal_too_early" if early else "renewal_too_late" if late else None
    assert (refusal.code if refusal else None) == expected
    assert purposes.refusal_of(text, until=None, today=day).code == "renewal_not_needed"


@pytest.mark.once
def test_a_purpose_has_its_own_fee_papers_and_decider_and_leaves_the_rest(definition):
    renewal = purposed.for_purpose(definition, "renewal")
    assert [variant.key for variant in renewal.variants] == ["renewal"]
    assert renewal.variants[0].officer == definition.variants[0].officer
    assert renewal.form.pages[0].key == "issued"
    assert renewal.form.documents == ()
    assert definition.form.pages[0].key == "establishment", "the first purpose is untouched"
    correction = purposed.for_purpose(definition, "correction")
    assert correction.fee.lines[0].rupees == 2500
    with pytest.raises(LookupError):
        purposed.for_purpose(definition, "revival")


@pytest.mark.once
def test_what_may_change_may_and_declarations_are_made_anew(definition):
    correction = purposed.for_purpose(definition, "correction")
    earlier = purposed.Earlier(number="A-1", issued_on=date(2026, 3, 2), valid_until=date(2027, 3, 1))
    given = {"employer_name": "A", "district": "x", "declared": True, "workers": 3, "gone": 1}
    begun = purposed.taken_over(correction, given, earlier)
    assert begun == {
        "employer_name": "A", "district": "x", "issued_number": "A-1", "issued_on": "2026-03-02",
        "issued_until": "2027-03-01",
    }  # fmt: skip
    assert set(begun) - set(purposed.fixed_of(correction, given, earlier)) == {"employer_name"}
    assert purposed.fixed_of(definition, given, earlier) == {}


@pytest.mark.once
def test_for_how_long_what_is_issued_again_is_good(definition):
    earlier = purposed.Earlier(number="A-1", issued_on=date(2026, 3, 2), valid_until=date(2027, 3, 1))

    def until(purpose, text=definition):
        found = purposed.for_purpose(text, purpose)
        day = date(2027, 2, 10)
        return deciding.last_day(found, found.variants[0], day, earlier, facts=found.out_scope.facts({}, today=day))

    from_end = examined(a=("counts_from: {unknown:", "counts_from: end #")).definition
    assert until("renewal") == date(2028, 2, 9), "the day of issue, while nobody has found it"
    assert until("renewal", from_end) == date(2028, 3, 1)
    assert until("correction") == until("duplicate") == date(2027, 3, 1)


@pytest.mark.once
@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("changes: [employer_name,", "changes: [owner_name,", "there is no field 'owner_name'"),
        ("fee: {lines: []}", "fee: {lines: [{key: f, title: F, rupees: 1, when: late > 1}]}", "late"),
        ("kind: entry", "kind: licence", ""),
        ("      years: 1\n", "      lifetime: true\n", "needs no renewal"),
        (
            "- key: kind_of_establishment",
            "- {key: issued_on, kind: date, label: X}\n        - key: kind_of_establishment",
            "a second time",
        ),
        ("place: district, source", "place: taluk, source", ""),
    ],
)
def test_what_is_wrong_under_afterwards_is_told_at_its_line(was, now, told):
    faults = examined(a=(was, now)).faults
    assert bool(faults) == bool(told)
    assert told in " ".join(fault.message for fault in faults)
    assert all(fault.line > 1 for fault in faults)


@pytest.mark.once
def test_a_licence_says_how_it_is_renewed_and_under_which_conditions(definition):
    unsaid = examined(a=("kind: entry", "kind: licence"), b=("  renewal:", "  gone:"))
    assert unsaid.faults
    terms = "kind: licence\n  conditions: [{key: hours, title: Closed by ten in the evening}]"
    licence = examined(a=("kind: entry", terms)).definition
    assert licence.out.sort == "licence"
    assert examined(a=("kind: entry", terms.replace("licence", "entry"))).faults
    assert definition.out.sort == "entry"


# --- actions


@pytest.fixture
def shops(given):
    given.loaded(TEXT.key, SHOPS, written())
    return given


def decided(shops, by, application_id):
    shops.pay(by, application_id)
    officer = shops.holder(application_id)
    shops.act(actions.take_next, officer)
    moved = shops.approve(officer, application_id, move="register")
    shops.settle()
    return moved


def granted(shops, by):
    application_id = shops.submitted(by)
    return application_id, decided(shops, by, application_id)


def verdicts(shops, by, *ids):
    found = [one for key in ids for one in documents.documents_of(by, key) if one.kind.startswith("shops")]
    return [documents.verify_number(one.number, one.code, at=shops.at).outcome for one in found]


def begun_again(shops, by, application_id, purpose, **changes):
    again = shops.act(actions.begin_again, by, application_id=application_id, purpose=purpose, language="en")
    answers = {**queries.application(by, again).answers, "declared": True, **changes}
    shops.act(actions.save_answers, by, application_id=again, answers=answers)
    return again


def refused(shops, action, by, **facts) -> str:
    count = Application.objects.count()
    with pytest.raises(Refusal) as told:
        shops.act(action, by, **facts)
    assert Application.objects.count() == count
    return told.value.code


@pytest.mark.django_db
def test_a_renewal_takes_the_place_of_the_certificate_and_the_register_knows_both(shops):
    by, stranger = shops.citizen(), shops.citizen()
    first, moved = granted(shops, by)
    ask = {"application_id": first, "purpose": "renewal", "language": "en"}
    assert refused(shops, actions.begin_again, stranger, **ask) == "not_found"
    assert refused(shops, actions.begin_again, by, **{**ask, "purpose": "revival"}) == "not_found"
    draft = shops.act(actions.begin_again, by, key="one wish", **ask)
    assert shops.act(actions.begin_again, by, key="one wish", **ask) == draft
    assert shops.act(actions.begin_again, by, **ask) == draft, "what was begun is gone on with"
    with pytest.raises(Invalid) as told:
        begun_again(shops, by, first, "renewal", establishment_name="Another shop")
    assert [(fault.place, fault.code) for fault in told.value.faults] == [("establishment_name", "not_as_recorded")]
    begun_again(shops, by, first, "renewal", female_workers=4)
    assert queries.changed(by, draft) == ("female_workers",)
    shops.act(actions.submit, by, application_id=draft)
    assert refused(shops, actions.begin_again, by, **{**ask, "purpose": "duplicate"}) == "again_under_way"
    renewed = decided(shops, by, draft)
    assert verdicts(shops, by, first, draft) == ["superseded", "genuine"]
    stated = documents.stated(by, stories=[draft])
    replaces = next(one.facts["replaces"] for one in stated if one.document.number == renewed.certificate_number)
    assert replaces["number"] == moved.certificate_number
    (entry,) = registers.held_by(by, by.person_id)
    assert (entry.number, entry.version, entry.facts["female_workers"]) == (moved.certificate_number, 2, 4)
    assert refused(shops, actions.begin_again, by, **ask) == "earlier_ended"
    second = shops.act(actions.begin_again, by, **{**ask, "application_id": draft})
    assert queries.application(by, second).answers["issued_number"] == renewed.certificate_number


@pytest.mark.django_db
def test_a_correction_and_a_second_copy(shops):
    by = shops.citizen()
    first, _ = granted(shops, by)
    offered = {one.purpose: one.refusal for one in queries.again(by, first, shops.at)}
    assert offered == {"renewal": None, "correction": None, "duplicate": None}
    fixed = begun_again(shops, by, first, "correction", employer_name="Radhamani Kumar")
    assert shops.act(actions.submit, by, application_id=fixed).total_paise == 2500
    decided(shops, by, fixed)
    copy = begun_again(shops, by, fixed, "duplicate")
    shops.act(actions.submit, by, application_id=copy)
    last = decided(shops, by, copy)
    assert verdicts(shops, by, first, fixed, copy) == ["superseded", "superseded", "genuine"]
    (entry,) = registers.held_by(by, by.person_id)
    assert (entry.version, entry.facts["employer"]) == (2, "Radhamani Kumar"), "a copy changes nothing"
    until = {documents.good_until(queries.application(by, key).decision.document_id) for key in (first, fixed, copy)}
    assert len(until) == 1
    assert [line.is_replaced for line in queries.mine(by)] == [False, True, True]
    assert last.certificate_number


@pytest.mark.django_db
def test_nothing_rests_on_what_does_not_hold(shops):
    by = shops.citizen()
    first, _ = granted(shops, by)
    again = begun_again(shops, by, first, "duplicate")
    shops.act(actions.submit, by, application_id=again)
    shops.pay(by, again)
    officer = shops.holder(again)
    shops.act(actions.take_next, officer)
    why = {"application_id": first, "reason": "facts_changed", "words": "The shop was closed last month."}
    ending = (
        replace(officer, grants=officer.grants | {"documents.revoke"})
        if not officer.may("documents.revoke")
        else officer
    )
    shops.act(actions.suspend_certificate, ending, **why)
    with pytest.raises(Refusal) as told:
        shops.approve(officer, again, move="register")
    assert told.value.code == "earlier_suspended"
    shops.act(actions.restore_certificate, ending, application_id=first, words=why["words"])
    shops.act(actions.ask_cause, ending, **why)
    with pytest.raises(Refusal) as told:
        shops.approve(officer, again, move="register")
    assert told.value.code == "earlier_asked"
    assert queries.application(SYSTEM, again).state == "begun"
    assert refused(shops, actions.begin_again, by, application_id=first, purpose="duplicate", language="en") == (
        "again_under_way"
    )


@pytest.mark.django_db
def test_a_holder_is_told_once_of_the_renewal_and_not_when_there_is_nothing_to_renew(shops):
    by = shops.citizen()
    first, _ = granted(shops, by)
    copy = begun_again(shops, by, first, "duplicate")
    shops.act(actions.submit, by, application_id=copy)
    decided(shops, by, copy)
    until = documents.good_until(queries.application(by, copy).decision.document_id)
    told = Decision.objects.get(application_id=copy)
    assert told.renewal_told_on == until - timedelta(days=purposes.TOLD_DAYS), "nobody knows from when one may ask"
    day = datetime.combine(told.renewal_told_on, time(6), tzinfo=UTC)
    near = Message.objects.filter(template="message.renewal_near")
    tell_renewals(day - timedelta(days=1))
    assert not near.exists()
    assert not actions.tell_renewal(by=SYSTEM, at=day - timedelta(days=1), key="early", decision_id=told.id)
    tell_renewals(day)
    tell_renewals(day + timedelta(days=1))
    assert queries.renewals_to_tell(SYSTEM, day) == queries.renewals_to_tell(by, day) == []
    assert [one.person_id for one in near] == [by.person_id], "of the one that is good, not of the earlier one"
    with pytest.raises(Refusal, match="not_found"):
        actions.tell_renewal(by=by, at=day, key="mine", decision_id=told.id)

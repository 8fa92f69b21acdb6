"""The laws of appeal, penalty and deemed approval, each rule as a test named after it.

The pure rules are shown on the shipped packs' own law texts, so that a changed text shows here.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from janaseva.forms.rules import Unknown
from janaseva.services.adapters import PackFolder
from janaseva.services.rules import appealing, deeming
from janaseva.services.rules.compiling import compile_text
from janaseva.services.rules.rights import Compliance, Penalty
from janaseva.settings import OPTIONS

pytestmark = pytest.mark.once
NOON = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


@cache
def definition(pack, service):
    return compile_text(PackFolder(OPTIONS.packs_dir).read(pack).published(service))


KERALA = ("kl-edistrict", "kl-income-certificate")
JK = ("jk-edistrict", "jk-birth-certificate")
MP = ("mp-edistrict", "mp-income-certificate")


def law(pack, level=1):
    return appealing.level_law(definition(*pack), level)


def matter(**facts):
    plain = {"state": "begun", "outcome": "", "decided_at": None, "due_at": None, "missed_at": None, "appeals": []}
    return appealing.Matter(**{**plain, **facts})


def before(**facts):
    plain = {"level": 1, "due_at": None, "ended_at": None, "order": "", "missed_at": None}
    return appealing.Before(**{**plain, **facts})


def test_kerala_penalty_is_between_500_and_5000_rupees_for_the_authority_to_choose():
    found = appealing.proposal(definition(*KERALA).rights.penalty, days_late=3)
    assert (found.least_paise, found.most_paise, found.per_day_paise) == (50_000, 500_000, None)
    assert found.allows(0)
    assert found.allows(50_000)
    assert not found.allows(49_999)
    assert not found.allows(500_001)


def test_kerala_has_two_appeals_without_a_fee_and_authorities_with_the_powers_of_a_civil_court():
    act = definition(*KERALA).rights
    assert law(KERALA, 1).seat("village_officer").role == "tahsildar"
    assert law(KERALA, 2).seat("village_officer").role == "revenue_divisional_officer"
    assert act.appeal_fee_rupees == 0
    assert "civil court" in act.powers[0]["en"]


def test_kerala_days_of_appeal_are_unknown_and_an_unknown_number_bars_nobody():
    assert (law(KERALA).file_days, law(KERALA).decide_days) == (None, None)
    filing = appealing.filing(definition(*KERALA), law(KERALA), date(2026, 1, 1), date(2029, 1, 1))
    assert (filing.last_day, filing.is_late, filing.is_barred) == (None, False, False)


def test_jk_first_appeal_is_filed_in_30_days_and_decided_in_45():
    assert (law(JK).file_days, law(JK).decide_days) == (30, 45)
    filed = appealing.filing(definition(*JK), law(JK), date(2026, 3, 2), date(2026, 4, 1))
    assert (filed.last_day, filed.is_late) == (date(2026, 4, 1), False)
    late = appealing.filing(definition(*JK), law(JK), date(2026, 3, 2), date(2026, 4, 2))
    assert late.is_late
    assert late.is_barred  # nobody has found that a cause is heard


def test_jk_second_appeal_is_filed_in_60_days():
    assert (law(JK, 2).file_days, law(JK, 2).decide_days) == (60, None)


def test_jk_penalty_is_between_250_and_5000_rupees():
    found = appealing.proposal(definition(*JK).rights.penalty, days_late=1)
    assert (found.least_paise, found.most_paise) == (25_000, 500_000)


def test_jk_auto_appeal_opens_on_a_breach_or_a_refusal_first_then_second():
    assert law(JK).triggers == {"breach", "refusal"}
    assert law(JK, 2).triggers == {"undecided", "dismissed", "not_complied"}


def test_jk_auto_appeal_is_for_the_services_that_say_so():
    other = ("jk-edistrict", "jk-character-certificate")
    assert law(other).triggers == frozenset()
    assert law(other).file_days == 30


@pytest.mark.parametrize(("days", "rupees"), [(0, 0), (1, 250), (19, 4750), (20, 5000), (21, 5000), (365, 5000)])
def test_mp_penalty_is_250_rupees_a_day_and_at_most_5000(days, rupees):
    found = appealing.proposal(definition(*MP).rights.penalty, days_late=days)
    assert found.least_paise == found.most_paise == rupees * 100


def test_mp_penalty_is_paid_to_the_applicant_as_compensation():
    assert appealing.proposal(definition(*MP).rights.penalty, days_late=2).paid_to_applicant
    assert not appealing.proposal(definition(*JK).rights.penalty, days_late=2).paid_to_applicant


def test_mp_first_appeal_is_filed_in_30_days_or_later_for_sufficient_cause():
    late = appealing.filing(definition(*MP), law(MP), date(2026, 3, 2), date(2026, 4, 2))
    assert law(MP).file_days == 30
    assert late.is_late
    assert not late.is_barred


def test_mp_collector_takes_late_cases_into_second_appeal_on_his_own_motion():
    assert law(MP, 2).own_motion
    assert law(MP, 2).seat("tahsildar").role == "district_collector"
    assert not law(JK, 2).own_motion


def test_jk_domicile_order_is_obeyed_in_7_days_else_50000_rupees():
    text = {"days": 7, "penalty": {"min_rupees": 50_000, "max_rupees": 50_000}}
    own = definition(*JK)
    appeal = own.appeal.model_copy(update={"comply": Compliance.model_validate(text)})
    domicile = own.model_copy(update={"appeal": appeal})
    assert appealing.comply_days(domicile) == 7
    found = appealing.proposal(appealing.penalty_of(domicile, "not_complied"), days_late=1)
    assert (found.least_paise, found.most_paise) == (5_000_000, 5_000_000)
    ordinary = appealing.proposal(appealing.penalty_of(domicile, "breach"), days_late=1)
    assert ordinary.most_paise == 500_000


def test_what_nobody_has_found_proposes_no_penalty_and_no_days():
    unknown = Unknown(unknown="what it costs")
    assert appealing.proposal(unknown, days_late=9) is None
    assert appealing.comply_days(definition(*JK)) is None
    sindh = definition("sd-services", "sd-birth-registration")
    assert appealing.level_law(sindh, 1) is None


def test_a_service_of_which_nothing_is_late_or_refused_has_nothing_to_appeal():
    for facts in ({}, {"state": "decided", "outcome": "approved", "decided_at": NOON}, {"state": "withdrawn"}):
        assert appealing.opening(matter(**facts), NOON) is None


def test_a_breach_opens_the_first_appeal_and_a_first_one_in_hand_opens_none():
    late = {"missed_at": NOON, "due_at": NOON - timedelta(hours=1)}
    found = appealing.opening(matter(**late), NOON)
    assert (found.level, found.cause, found.since) == (1, "breach", late["due_at"])
    assert appealing.opening(matter(**late, appeals=[before(due_at=NOON + timedelta(days=3))]), NOON) is None


@pytest.mark.parametrize(
    ("last", "cause"),
    [
        ({"due_at": NOON - timedelta(days=1)}, "undecided"),
        ({"ended_at": NOON, "order": "dismissed"}, "dismissed"),
        ({"ended_at": NOON, "order": "allowed", "missed_at": NOON}, "not_complied"),
    ],
)
def test_the_second_appeal_follows_the_first_undecided_dismissed_or_not_obeyed(last, cause):
    found = appealing.opening(matter(missed_at=NOON, appeals=[before(**last)]), NOON)
    assert (found.level, found.cause) == (2, cause)


def test_after_the_second_appeal_there_is_none():
    ended = before(level=2, ended_at=NOON, order="dismissed")
    assert appealing.opening(matter(missed_at=NOON, appeals=[before(), ended]), NOON) is None


@drawn(
    per_day=st.integers(1, 10_000), over=st.integers(0, 100_000), first=st.integers(0, 4000), more=st.integers(0, 400)
)
def test_a_penalty_by_the_day_never_falls_with_delay_and_never_passes_its_maximum(per_day, over, first, more):
    penalty = Penalty(per_day_rupees=per_day, max_rupees=per_day + over)
    short, long = (appealing.proposal(penalty, days_late=days).most_paise for days in (first, first + more))
    assert short <= long <= penalty.max_rupees * 100
    assert short in (first * per_day * 100, penalty.max_rupees * 100)


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_rupees": 5},
        {"per_day_rupees": 9, "max_rupees": 5},
        {"per_day_rupees": 1, "min_rupees": 1, "max_rupees": 5},
    ],
)
def test_a_penalty_is_one_way_and_within_its_maximum(wrong):
    with pytest.raises(ValueError, match=r"penalty|maximum"):
        Penalty.model_validate(wrong)


def test_days_of_delay_begin_after_the_due_day():
    due = date(2026, 3, 2)
    assert [appealing.days_late(due, due + timedelta(days=n)) for n in (-3, 0, 1, 9)] == [0, 0, 1, 9]
    assert appealing.days_late(None, due) == 0


def test_the_way_of_an_appeal_hears_before_it_dismisses():
    way = appealing.process(law(JK).seat("municipal_registrar"), decide_days=45)
    assert [move.key for move in way.step("received").moves] == ["hear"]
    assert {move.to for move in way.step("hearing").moves} == set(appealing.ORDERS)
    assert way.limit.days == 45


PERMIT = ("kl-edistrict", "kl-building-permit")


def test_kerala_building_secretary_has_30_days_from_receipt():
    promise = definition(*PERMIT).limit
    assert (promise.days, promise.counts, promise.starts) == (30, "calendar", "receipt")


@pytest.mark.parametrize(
    ("asked", "until"), [(date(2026, 4, 5), date(2026, 5, 5)), (date(2026, 1, 31), date(2026, 2, 28))]
)
def test_kerala_building_panchayat_has_one_month_from_the_written_request(asked, until):
    moment = datetime(asked.year, asked.month, asked.day, 6, tzinfo=UTC)
    last = deeming.answer_by(definition(*PERMIT).deemed, moment, "Asia/Kolkata")
    assert last.date() == until
    assert (last.hour, last.minute) == (23, 59)


def test_kerala_building_says_that_the_permit_is_still_to_be_issued_and_nothing_may_contravene_the_act():
    words = definition(*PERMIT).deemed.message["en"]
    assert "still to be issued" in words
    assert "may not contravene the Act" in " ".join(words.split())


def test_deemed_approval_is_only_where_a_definition_names_it():
    assert definition(*KERALA).deemed is None
    assert definition(*JK).deemed is None

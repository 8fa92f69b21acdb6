"""The room's thinking."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.core.refusal import Invalid
from janaseva.people import rules

AT = datetime(2026, 11, 16, 4, 30, tzinfo=UTC)
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(year=2020 + moment.year % 20, day=1))


@pytest.mark.parametrize(
    ("given_number", "region", "expected"),
    [
        ("9447123456", "IN", "+919447123456"),
        ("+91 94471-23456", "PK", "+919447123456"),
        ("09447123456", "IN", "+919447123456"),
        ("۰۳۰۰۱۲۳۴۵۶۷", "PK", "+923001234567"),
        ("0300 1234567", "IN", "+923001234567"),
        ("0471 2323232", "IN", None),
        ("+44 7911 123456", "IN", None),
        ("12345", "IN", None),
        ("", "IN", None),
        ("9447123456 ext. 9", "IN", None),
        ("\x00" * 50, "IN", None),
    ],
)
def test_numbers_are_kept_in_one_form(given_number, region, expected):
    assert rules.normal_phone(given_number, region=region) == expected


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_none(text):
    number = rules.normal_phone(text)
    assert number is None or rules.normal_phone(number) == number


def test_a_masked_number_shows_four_digits():
    assert rules.masked("+919447123456") == "••••••••3456"


@given(MOMENTS)
def test_a_totp_code_is_good_once(at):
    code = rules.totp_at(SEED, at)
    step = rules.totp_step(SEED, code, at=at, after=0)
    assert step is not None
    again = rules.totp_step(SEED, code, at=at, after=step)
    assert again is None or again > step  # two windows may, once in a million, share one code


def test_a_totp_code_of_the_neighbouring_step_is_accepted_and_no_further():
    code = rules.totp_at(SEED, AT)
    for seconds, accepted in ((-30, True), (30, True), (-90, False), (90, False)):
        found = rules.totp_step(SEED, code, at=AT + timedelta(seconds=seconds), after=0)
        assert (found is not None) is accepted


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("123456", "123456"),
        (" 123 456 ", "123456"),
        ("१२३४५६", "123456"),
        ("۱۲۳۴۵۶", "123456"),
        ("12345", ""),
        ("x", ""),
    ],
)
def test_codes_are_read_from_any_keyboard(typed, code):
    assert rules.tidy_code(typed) == code


@given(st.integers(min_value=0, max_value=999_999))
def test_codes_are_six_digits_and_read_back(number):
    code = rules.code_of(number)
    assert rules.tidy_code(code) == code
    assert int(code) == number


@given(st.lists(st.integers(min_value=0, max_value=40_000), min_size=1, max_size=60))
def test_an_allowance_is_never_overspent(seconds):
    allowance = rules.Allowance(name="x", most=5, window=timedelta(hours=1))
    spending, at, done = None, AT, []
    for gap in seconds:
        at += timedelta(seconds=gap)
        wait = rules.wait_seconds(allowance, spending, at)
        if wait == 0:
            spending = rules.spend(allowance, spending, at)
            done.append(at)
        else:
            assert rules.wait_seconds(allowance, spending, at + timedelta(seconds=wait)) == 0
    for start in done:
        assert sum(start <= moment < start + allowance.window for moment in done) <= 2 * allowance.most - 1


def test_a_hundred_thousand_guesses_get_nowhere():
    """An attacker who asks for codes and guesses, every second for a day, at one number: few guesses are heard."""
    codes = wrong = None
    tries_left, heard, asked = 0, 0, 0
    for second in range(100_000):
        at = AT + timedelta(seconds=second)
        if tries_left == 0 and rules.wait_seconds(rules.CODES, codes, at) == 0:
            codes = rules.spend(rules.CODES, codes, at)
            asked, tries_left = asked + 1, rules.CODE_TRIES
        if tries_left and rules.wait_seconds(rules.WRONG_CODES, wrong, at) == 0:
            wrong = rules.spend(rules.WRONG_CODES, wrong, at)
            heard, tries_left = heard + 1, tries_left - 1
    days = 100_000 / 86_400
    assert heard <= rules.WRONG_CODES.most * (days * 4 + 1)
    assert heard / 10**rules.CODE_DIGITS < 1.2e-4
    assert rules.CODE_TRIES / 10**rules.CODE_DIGITS <= 5e-6
    assert asked <= 5 * 28


def test_sessions_end_idle_and_in_any_case():
    ends_at = rules.absolute_end("officer", AT)
    assert rules.is_live("officer", AT, ends_at, AT + timedelta(minutes=29))
    assert not rules.is_live("officer", AT, ends_at, AT + timedelta(minutes=30))
    assert not rules.is_live("officer", AT + timedelta(hours=11, minutes=59), ends_at, AT + timedelta(hours=12))
    assert rules.is_live("citizen", AT, rules.absolute_end("citizen", AT), AT + timedelta(hours=11))
    assert not rules.keep_due(AT, AT + timedelta(minutes=4))
    assert rules.keep_due(AT, AT + timedelta(minutes=5))


@given(
    st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["officer", "person", "anyone", "machine", "clock"])
)
def test_only_the_holder_or_one_permitted_above_hands_over(own, above, granted, kind):
    post, office, other = uuid7(), uuid7(), uuid7()
    charge_id = uuid7()
    by = Actor(
        kind=kind,
        person_id=uuid7(),
        charge_id=charge_id if own else uuid7(),
        office_id=office if above else other,
        grants=frozenset({"people.hand_over"}) if granted else frozenset(),
    )
    charge = rules.ChargeFacts(charge_id=charge_id, person_id=uuid7(), post_id=post, above=(uuid7(), office))
    assert rules.may_hand_over(by, charge) is (kind == "officer" and (own or (above and granted)))


def test_a_login_name_is_one_whatever_the_keyboard():
    assert rules.tidy_login("  KL.VO.Adoor ") == rules.tidy_login("ｋｌ.vo.adoor") == "kl.vo.adoor"
    assert rules.login_faults("a b")
    assert not rules.login_faults("kl.vo.adoor")


def test_passwords_are_long_and_not_the_login():
    assert rules.password_faults("short", login="vo")[0].code == "password_length"
    assert rules.password_faults("aaaaaaaaaaaaaaa", login="vo")[0].code == "password_too_simple"
    assert rules.password_faults("kl.vo.adoor.1234", login="kl.vo.adoor")[0].code == "password_too_simple"
    assert not rules.password_faults("four words in a row", login="kl.vo.adoor")
    assert rules.tidy_password("a\ud800b") == rules.tidy_password("x" * 10_000) == ""


def test_demonstration_sign_ins_hang_on_the_secret():
    one, other = rules.demonstration_password(b"1" * 32), rules.demonstration_password(b"2" * 32)
    assert one != other
    assert len(one) == 14
    assert not rules.password_faults(one, login="kl.vo")
    assert rules.demonstration_seed(b"1" * 32, "a") != rules.demonstration_seed(b"1" * 32, "b")


OFFICES = """\
demonstration: true
departments:
  - key: revenue
    names: {en: Revenue}
offices:
  - key: vo
    kind: vilage_office
    area: lgd-subdistrict:5683
    department: revenue
    names: {ml: വില്ലേജ് ഓഫീസ്}
    posts:
      - role: village_officer
        nmaes: {}
"""


def test_every_fault_of_a_file_is_told_with_its_line():
    with pytest.raises(Invalid) as caught:
        rules.read_offices(OFFICES, "offices.yaml")
    told = {(fault.facts["line"], fault.place.split(": ", 1)[1]) for fault in caught.value.faults}
    assert told == {(10, "offices.0.names"), (13, "offices.0.posts.0.nmaes")}, "a kind of its own a state may have"


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2", "", "[]", "x: !!python/object:os.system {}", "1"])
def test_what_is_no_directory_is_refused(text):
    with pytest.raises(Invalid):
        rules.read_offices(text, "offices.yaml")
    with pytest.raises(Invalid):
        rules.read_people(text, "people.demo.yaml")


def test_people_are_demonstration_or_refused():
    with pytest.raises(Invalid):
        rules.read_people("demonstration: false\nofficers: []", "people.demo.yaml")


def test_a_permission_that_does_not_exist_is_a_fault():
    with pytest.raises(Invalid) as caught:
        rules.read_roles("roles:\n  clerk:\n    names: {en: Clerk}\n    may: [services.everything]\n", "roles.yaml")
    assert caught.value.faults[0].facts["line"] == 4


def test_a_key_that_is_there_twice_is_a_fault():
    one = rules.read_roles("roles:\n  clerk:\n    names: {en: Clerk}\n", "roles.yaml")
    with pytest.raises(Invalid):
        rules.merged(one, one)


def test_areas_are_read_from_csv_with_old_chillu_made_new():
    text = "scheme,code,level,parent,name_en,name_ml,time_zone,source,note\nlgd-state,32,state,,Kerala,അവന്\u200d,,,\n"
    assert rules.read_areas(text, "areas.csv").areas[0].names["ml"] == "അവൻ"
    with pytest.raises(Invalid) as caught:
        rules.read_areas(text + "lgd-state,33,planet,,X,,,,\n", "areas.csv")
    assert caught.value.faults[0].facts["line"] == 3

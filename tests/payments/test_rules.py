"""The rules of payments, for every order of news and every amount."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janaseva.core.refusal import Refusal
from janaseva.payments.rules import entries, lines, signing, states
from janaseva.payments.rules.lines import Line
from janaseva.payments.rules.states import Report

NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
amounts = st.integers(min_value=0, max_value=10**11)
some_lines = st.lists(
    st.builds(lambda key, paise: Line(key=f"l{key}", title={"en": "Fee"}, amount_paise=paise, order={"en": "G.O."}),
              st.integers(0, 99), amounts),
    max_size=8,
)  # fmt: skip


@given(some_lines, amounts)
def test_every_entry_sums_to_zero(some, paise):
    for sides in (
        entries.demanded(some),
        entries.cancelled(some),
        entries.given_up(some),
        entries.received(paise),
        entries.received_for_nothing(paise),
        entries.refunded(paise),
    ):
        assert entries.balanced(sides)
        assert all(side.amount_paise for side in sides)
        assert all(side.account in entries.ACCOUNTS for side in sides)


@given(some_lines)
def test_a_demand_paid_and_returned_leaves_nothing_on_any_account(some):
    total = lines.total_paise(some)
    book: dict[str, int] = {}
    for sides in (entries.demanded(some), entries.received(total), entries.given_up(some), entries.refunded(total)):
        for side in sides:
            book[side.account] = book.get(side.account, 0) + side.amount_paise
    assert not any(book.values())


def test_a_line_below_zero_is_no_demand():
    with pytest.raises(ValueError):
        lines.total_paise([Line(key="a", title={}, amount_paise=-1, order={})])


outcomes = st.sampled_from(["debited", "failed", "pending"])
ages = st.integers(0, 7200).map(lambda seconds: timedelta(seconds=seconds))


@given(st.lists(st.tuples(st.integers(0, 2), outcomes, ages), max_size=30), st.booleans())
def test_in_any_order_of_news_a_demand_is_credited_once_and_the_rest_is_owed_back(news, cancelled):
    demand = "cancelled" if cancelled else "open"
    payments = ["started", "started", "started"]
    effects: list[tuple[int, str]] = []
    for which, outcome, age in news:
        course = states.course(payment=payments[which], demand=demand, outcome=outcome, age=age)
        payments[which], demand = course.payment, course.demand
        effects.append((which, course.effect))
    credited = [which for which, effect in effects if effect == "credit"]
    debited = {which for which, outcome, _ in news if outcome == "debited"}
    owed = [which for which, effect in effects if effect == "owe_back"]
    assert len(credited) == (1 if debited and not cancelled else 0)
    assert sorted(credited + owed) == sorted(debited)
    assert all(payments[which] in ("received", "refund_due") for which in debited)


def test_the_bank_s_time_of_debit_counts_within_reason():
    started = NOW - timedelta(minutes=10)
    bank = NOW - timedelta(minutes=5)
    assert states.counted_at(debited_at=bank, started_at=started, at=NOW) == bank
    assert states.counted_at(debited_at=None, started_at=started, at=NOW) == NOW
    assert states.counted_at(debited_at=NOW + timedelta(days=1), started_at=started, at=NOW) == NOW
    assert states.counted_at(debited_at=started - timedelta(days=1), started_at=started, at=NOW) == started


REPORT = Report(reference="r" * 22, outcome="debited", amount_paise=2500, debited_at=NOW, gateway_number="G1")


@given(st.builds(
    Report,
    reference=st.text("abc-_9", min_size=1, max_size=22),
    outcome=outcomes,
    amount_paise=amounts,
    debited_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    gateway_number=st.text("abc/9", max_size=64),
))  # fmt: skip
def test_a_report_survives_the_wire(report):
    assert signing.read(signing.written(report)) == report


def test_a_signature_is_for_one_key_one_purpose_and_these_bytes():
    body = signing.written(REPORT)
    signature = signing.sign("key", "callback", body)
    assert signing.genuine(("key",), "callback", body, signature)
    assert not signing.genuine(("other",), "callback", body, signature)
    assert not signing.genuine(("key",), "status", body, signature)
    assert not signing.genuine(("key",), "callback", body + b" ", signature)
    assert not signing.genuine(("key",), "callback", body, signature.upper() + "ÿ")
    assert not signing.genuine(("key",), "callback", body, "")


def test_while_a_key_is_exchanged_both_are_believed_and_an_empty_one_never():
    body = signing.written(REPORT)
    for key, believed in (("key", True), ("next", True), ("other", False), ("", False)):
        signature = signing.sign(key, "callback", body)
        assert signing.genuine(("key", "next", ""), "callback", body, signature) is believed
    assert not signing.genuine((), "callback", body, signing.sign("key", "callback", body))


BODY = signing.written(REPORT)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b"[" * 4000,
        b" " + BODY,
        BODY.replace(b"2500", b"2500.0"),
        BODY.replace(b"2500", b"true"),
        BODY.replace(b"2500", b"-1"),
        BODY.replace(b"2500", b"1" + b"0" * 30),
        BODY.replace(b'debited"', b'stolen"', 1),
        BODY.replace(b"+00:00", b""),
        BODY.replace(b"G1", b"G" * 65),
        BODY.replace(b"G1", b"\\u0000"),
        BODY.replace(b"G1", b"\\ud800"),
    ],
)
def test_what_is_not_a_canonical_report_is_not_read(body):
    with pytest.raises(Refusal, match="callback_unreadable"):
        signing.read(body)


def test_an_altered_address_of_the_gateway_s_page_is_noticed():
    facts = {"reference": "r", "amount_paise": 2500, "return_url": "http://x/y?z=1&a=b"}
    address = signing.redirect(base="http://bank/sim", key="key", language="ml", **facts)
    signature = address.rsplit("sign=", 1)[1]
    assert address.startswith("http://bank/sim/pay/r?amount_paise=2500&lang=ml&return_url=http%3A%2F%2Fx%2Fy%3Fz")
    assert signing.is_request(("key",), **facts, signature=signature)
    assert not signing.is_request(("key",), **{**facts, "amount_paise": 2499}, signature=signature)
    assert not signing.is_request(("key",), **{**facts, "return_url": "http://evil/"}, signature=signature)


def test_receipt_numbers_read_well_and_years_begin_where_the_office_is():
    assert lines.receipt_number(series="kl-tvm", year=2026, value=42) == "R/kl-tvm/2026/000042"
    assert lines.receipt_year(datetime(2026, 12, 31, 18, 31, tzinfo=UTC), "Asia/Kolkata") == 2027

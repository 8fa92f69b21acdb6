from datetime import UTC, date, datetime

import pytest

from janaseva.core import dates, money

DAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Thursday, 5 March 2026"),
        ("ml", "2026 മാർച്ച് 5, വ്യാഴാഴ്‌ച"),
        ("hi", "गुरुवार, 5 मार्च 2026"),
        ("ur", "جمعرات، 5 مارچ 2026"),
        ("sd", "خميس، 5 مارچ 2026"),
    ],
)
def test_a_day_in_words(language, said):
    assert dates.with_weekday(DAY, language) == said


def test_a_day_begins_in_its_zone():
    assert dates.day_in(datetime(2026, 3, 4, 19, 0, tzinfo=UTC)) == DAY
    assert dates.day_in(datetime(2026, 3, 4, 18, 45, tzinfo=UTC), "Asia/Karachi") == date(2026, 3, 4)
    assert dates.moment(datetime(2026, 3, 5, 10, 35, tzinfo=UTC), "en") == "Thursday, 5 March 2026, 4:05 pm"
    assert dates.moment(datetime(2026, 3, 4, 18, 31, tzinfo=UTC), "ur") == "جمعرات، 5 مارچ 2026، صبح 12:01"


def test_digits_and_distance():
    assert dates.numeric(DAY) == "05-03-2026"
    assert [dates.weekday_short(DAY, code) for code in ("en", "ml", "hi", "xx")] == ["Thu", "വ്യാഴം", "गुरु", "Thu"]
    assert dates.relative(DAY, DAY, "en") == "today"
    assert dates.relative(date(2026, 3, 6), DAY, "en") == "tomorrow"
    assert dates.relative(date(2026, 3, 9), DAY, "en") == "in 4 days"
    assert dates.relative(date(2026, 3, 2), DAY, "en") == "3 days ago"
    assert dates.relative(date(2027, 3, 2), DAY, "en") == "Tuesday, 2 March 2027"


@pytest.mark.parametrize(
    ("paise", "said"),
    [
        (0, "₹\xa00.00"),
        (5, "₹\xa00.05"),
        (99999, "₹\xa0999.99"),
        (100000, "₹\xa01,000.00"),
        (123456700, "₹\xa012,34,567.00"),
        (-150, "-₹\xa01.50"),
        (10**12, "₹\xa010,00,00,00,000.00"),
    ],
)
def test_money_is_grouped_by_lakh(paise, said):
    assert money.money(paise) == said


def test_rupees_of_pakistan():
    assert money.money(12345678, currency="PKR") == "Rs\xa01,23,456.78"

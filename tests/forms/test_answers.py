"""What is typed is read as its kind, judged all at once, and never does harm."""

import json
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janaseva.core.canonical import canonical
from janaseva.forms.rules import Form, apply, check, json_schema, parse, settle_shape, summary
from janaseva.forms.rules.numbers import masked_aadhaar, passes_verhoeff
from janaseva.forms.rules.values import pattern
from tests.forms.made import field

TODAY = date(2026, 3, 2)


CHOICES = {"a": "Letter A", "b": "Letter B"}
FORM = Form.model_validate(
    {
        "key": "t",
        "version": 1,
        "pages": [
            {
                "key": "one",
                "title": "One",
                "fields": [
                    field("name", "name", also_in="ml"),
                    field("text", "text"),
                    field("long", "long_text"),
                    field("born", "date", at_most="today"),
                    field("at", "datetime"),
                    field("count", "integer", at_least=1, at_most=99),
                    field("income", "money", at_most="rupees(1000000)"),
                    field("one", "choice", choices=CHOICES),
                    field("many", "choices", choices=CHOICES),
                    field("sure", "yes_no"),
                    field("place", "area", scheme="lgd-district", within="lgd-state:32"),
                    field("phone", "phone"),
                    field("email", "email"),
                    field("aadhaar", "aadhaar"),
                    field("cnic", "cnic"),
                    field("samagra", "samagra"),
                    field("survey", "survey_number", needed=False),
                    field("pin", "identifier", pattern="[1-9][0-9]{5}"),
                    field("declared", "declaration"),
                ],
            },
            {
                "key": "two",
                "title": "Two",
                "fields": [
                    field("other", "text", when="one == 'b'"),
                    field(
                        "members",
                        "table",
                        rows_at_least=1,
                        rows_at_most=3,
                        columns=[field("who", "name"), field("income", "money", needed=False)],
                    ),
                    field("total", "money", computed="sum(members.income)"),
                    field("large", "text", when="given.total && total > rupees(1000)"),
                ],
            },
        ],
        "documents": [
            {"key": "id", "title": "Identity", "any_of": {"card": "Card", "book": "Book"}},
            {"key": "b", "title": "For B", "any_of": {"x": "X"}, "needed": "when", "when": "one == 'b'"},
            {"key": "later", "title": "Later", "any_of": {"x": "X"}, "needed": "later"},
        ],
        "checks": [
            {"key": "some", "rule": "total > 0", "message": "State an income.", "places": ["members"]},
            {"key": "adult", "rule": "years_between(born, today) >= 18", "message": "Adults only."},
        ],
    }
)
GOOD = {
    "name": ["K. Anil"], "name_ml": ["കെ. അനിൽ"], "text": ["=SUM(A1)"], "long": ["one\r\ntwo"], "born.day": ["14"],
    "born.month": ["5"], "born.year": ["1978"], "at.date": ["2026-03-02"], "at.time": ["10:30"], "count": ["൧൨"],
    "income": ["₹ 1,20,000.50"], "one": ["a"], "many": ["a", "b", "a"], "sure": ["yes"], "place": ["lgd-district:564"],
    "phone": ["98470 12345"], "email": ["Someone@Example.ORG"], "aadhaar": ["2345 6789 0124"],
    "cnic": ["42101 1234567 1"], "samagra": ["123-456-789"], "pin": ["691551"], "declared": ["on"],
    "members.0.who": ["A"], "members.0.income": ["500"], "members.7.who": ["B"], "members.2.who": [""],
}  # fmt: skip


def answers(posted):
    return {key: value for page in FORM.pages for key, value in parse(page, posted).items()}


def codes(given, **more):
    return {f"{fault.place} {fault.code}" for fault in check(FORM, given, TODAY, **more)}


def test_what_is_typed_is_kept_as_its_kind():
    assert answers(GOOD) == {
        "name": "K. Anil", "name_ml": "കെ. അനിൽ", "text": "=SUM(A1)", "long": "one\ntwo", "born": "1978-05-14",
        "at": "2026-03-02T10:30", "count": 12, "income": 12000050, "one": "a", "many": ["a", "b"], "sure": True,
        "place": "lgd-district:564", "phone": "+919847012345", "email": "Someone@example.org",
        "aadhaar": "XXXX-XXXX-0124", "cnic": "42101-1234567-1", "samagra": "123456789", "pin": "691551",
        "declared": True, "members": [{"who": "A", "income": 50000}, {"who": "B"}],
    }  # fmt: skip
    assert codes(answers(GOOD), documents=["id.card"]) == set()


def test_every_fault_is_told_at_once():
    found = codes({}, documents=[])
    assert len([one for one in found if one.endswith(" needed")]) == 18
    assert {"members too_few_rows", "declared must_be_declared", "documents.id document_needed"} <= found


@pytest.mark.parametrize(
    ("key", "typed", "code"),
    [
        ("born", "31-02-2001", "not_a_date"),
        ("born", "03-03-2026", "too_late"),
        ("born", "01-01-1700", "not_a_date"),
        ("at", "soon", "not_a_moment"),
        ("count", "1.5", "not_a_number"),
        ("count", "0", "too_small"),
        ("count", "1e5", "not_a_number"),
        ("count", "9" * 40, "not_a_number"),
        ("income", "12.345", "not_an_amount"),
        ("income", "-5", "below_nought"),
        ("income", "NaN", "not_an_amount"),
        ("income", "1000000.01", "too_large"),
        ("one", "c", "not_a_choice"),
        ("many", "c", "not_a_choice"),
        ("sure", "perhaps", "not_yes_or_no"),
        ("place", "pk-district:badin", "unknown_area"),
        ("place", "lgd-district:'; DROP TABLE", "unknown_area"),
        ("phone", "12345", "not_a_phone"),
        ("email", "a@b", "not_an_email"),
        ("email", "a..b@example.org", "not_an_email"),
        ("aadhaar", "2345 6789 0123", "not_an_aadhaar"),
        ("cnic", "42101-1234567", "not_a_cnic"),
        ("samagra", "12345678", "not_a_samagra"),
        ("survey", "213/", "not_a_survey_number"),
        ("survey", "0213/4", "not_a_survey_number"),
        ("survey", "213//4", "not_a_survey_number"),
        ("survey", "house 7", "not_a_survey_number"),
        ("pin", "0691551", "not_the_pattern"),
        ("name", "...", "not_a_name"),
        ("name", "pаypal", "mixed_scripts"),
        ("name", "\u202egnp", "turned_text"),
        ("name", "a\x00b", "hidden_characters"),
        ("name", "\ud800", "hidden_characters"),
        ("name", "𝐀𝐧𝐢𝐥", "styled_letters"),
        ("text", "a" + "\u0301" * 9, "hidden_characters"),
        ("text", "x" * 1_000_000, "too_long"),
        ("long", "x" * 1_000_000, "too_long"),
    ],
)
def test_a_faulty_answer_is_named_and_kept_for_the_person_to_mend(key, typed, code):
    given = answers({**GOOD, **({"born.day": [], "born.month": [], "born.year": []} if key == "born" else {}),
                     **({"at.date": [], "at.time": []} if key == "at" else {}), key: [typed]})  # fmt: skip
    assert f"{key} {code}" in codes(given)
    assert key == "aadhaar" or given[key] not in (None, "", [])
    assert len(str(given[key])) < 6_000


def test_an_aadhaar_number_never_stays():
    assert passes_verhoeff("234123412346")
    assert masked_aadhaar("234123412346") == "XXXX-XXXX-2346"
    for typed in ("2345 6789 0124", "2345-6789-0124", "234567890124", "२३४५ ६७८९ ०१२४", "2345 6789 0123", "junk 1234"):
        for kept in (answers({"aadhaar": [typed]}), settle_shape(FORM, {"aadhaar": typed}),
                     settle_shape(FORM, {"aadhaar": 234567890124})):  # fmt: skip
            assert "6789" not in json.dumps(kept)
    assert settle_shape(FORM, {"aadhaar": "XXXX-XXXX-0124"}) == {"aadhaar": "XXXX-XXXX-0124"}


def test_what_is_not_asked_does_not_count_and_what_the_form_does_not_know_is_refused():
    given = {**answers(GOOD), "other": "\x00"}
    assert codes(given) == set()
    assert "other" not in apply(FORM, given, today=TODAY).answers
    assert "other hidden_characters" in codes({**given, "one": "b"})
    assert codes({**given, "is_admin": True}) == {"is_admin not_asked"}
    rows = [{"who": "A", "income": 5, "role": "x"}]
    assert codes({**given, "members": rows}) == {"members.0.role not_asked"}


def test_computed_fields_count_and_show_others():
    given = {**answers(GOOD), "members": [{"who": "A", "income": 200_000}], "total": 5}
    applied = apply(FORM, given, today=TODAY)
    assert applied.answers["total"] == 200_000
    assert "large" in applied.asked
    assert codes(given) == {"large needed"}


def test_rules_wait_for_their_answers_and_stand_beside_their_fields():
    given = answers(GOOD)
    del given["born"]
    assert codes(given) == {"born needed"}
    assert codes({**given, "born": "2020-01-01"}) == {"born rule"}
    assert codes({**given, "born": "1990-01-01", "members": [{"who": "A"}]}) == {"members rule"}


def test_a_page_is_checked_alone():
    assert codes({}, pages={"two"}) == {"members too_few_rows"}
    assert codes({"members": [{"who": "A"}]}, pages={"two"}) == {"members rule"}


def test_documents_any_one_of_a_group():
    given = {**answers(GOOD), "one": "b", "other": "x"}
    assert codes(given, documents=[]) == {"documents.id document_needed", "documents.b document_needed"}
    assert codes(given, documents=["id.book", "b.x"]) == set()


class Kerala:
    def knows(self, area):
        return area in ("lgd-district:564", "lgd-district:5")

    def within(self, area, outer):
        return (area, outer) == ("lgd-district:564", "lgd-state:32")


def test_areas_are_asked_of_the_directory():
    given = answers(GOOD)
    assert codes(given, directory=Kerala()) == set()
    assert codes({**given, "place": "lgd-district:5"}, directory=Kerala()) == {"place area_outside"}
    assert codes({**given, "place": "lgd-district:9"}, directory=Kerala()) == {"place unknown_area"}


def test_the_schema_and_the_summary_name_every_field():
    schema = json_schema(FORM, "ml")
    assert set(schema["properties"]) == set(FORM.by_key)
    assert "other" not in schema["required"]
    assert schema["properties"]["total"]["readOnly"]
    pages = summary(FORM, apply(FORM, answers(GOOD), today=TODAY), "en")
    shown = {line.place: line.value for page in pages for line in page.lines}
    assert shown["income"] == "₹\u00a01,20,000.50"
    assert shown["born"] == "14 May 1978"
    assert shown["one"] == "Letter A"
    assert [cell.value for cell in pages[1].lines[0].rows[0]] == ["A", "₹\u00a0500.00"]


HOSTILE = [
    "", " ", "\x00", "a\x00b", "\ud800",
    "\udfff\ud800", "\u202e", "\u2066abc", "pаypal", "𝓪", "e\u0301", "x" * 1_000_000,
    "\u0301" * 5_000, "<script>alert(1)</script>",
    "' OR 1=1 --", "=cmd|' /C calc'!A0", "+1+1", "@SUM(1)",
    "${7*7}", "{{7*7}}",
    "{name}", "%s%n", "../../etc/passwd", "\r\n\r\nHTTP/1.1", "\u2028\u2029", "\ufeff", "\u200b",
    "\u200d" * 50, "ﷺ" * 100,
    "NaN", "Infinity", "-0", "1e309", "9" * 5_000, "0x10", "1_000", "١٢٣", "2026-02-30",
    "0000-00-00", "9999-99-99", "true",
    "null", "[]", "{}", "[object Object]", "\\", "\x1b[31m", "😀" * 500, "🏳️‍🌈", "ക്‍ഷ", "ڪ۽۾", "\U0010ffff",
]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_no_value_in_any_field_does_harm(hostile):
    began = time.process_time()
    keys = [*FORM.by_key, "born.day", "born.year", "at.date", "at.time", "members.0.who", "members.0.income",
            "members.999.who", "members..who", "members.-1.who", "members.x.who"]  # fmt: skip
    given = answers({key: [hostile, hostile] for key in keys})
    for shape in (given, settle_shape(FORM, dict.fromkeys(FORM.by_key, hostile))):
        faults = check(FORM, shape, TODAY, documents=[hostile])
        assert faults
        canonical([fault.place for fault in faults])
        applied = apply(FORM, shape, today=TODAY)
        summary(FORM, applied, "ur")
        json.dumps(applied.answers).encode()
    assert time.process_time() - began < 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*FORM.by_key, "strange"]), JSON))
def test_no_json_does_harm(given):
    shape = settle_shape(FORM, given)
    check(FORM, shape, TODAY)
    applied = apply(FORM, shape, today=TODAY)
    summary(FORM, applied, "sd")


@given(st.integers(min_value=0, max_value=10**11 - 1))
def test_one_wrong_digit_is_always_found(number):
    body = f"{number:011d}"
    right = next(digit for digit in "0123456789" if passes_verhoeff(body + digit))
    whole = body + right
    for place in range(12):
        other = str((int(whole[place]) + 1) % 10)
        assert not passes_verhoeff(whole[:place] + other + whole[place + 1 :])


def test_patterns_that_hang_elsewhere_end_here():
    began = time.process_time()
    for text in (r"(a+)+$", r"(a|aa)+$", r"(.*a){20}"):
        pattern(text).fullmatch("a" * 5_000 + "!")
    assert time.process_time() - began < 1
    for text in (r"(?=a)", r"\1", "(", "a{1000}{1000}"):
        with pytest.raises(ValueError, match="not a pattern"):
            pattern(text)


def test_a_large_form_is_checked_fast():
    fields = [field(f"f{n}", "integer", when=f"f{n - 1} > 0" if n % 5 else None, at_least=1) for n in range(220)]
    large = Form.model_validate(
        {
            "key": "large",
            "version": 1,
            "pages": [{"key": f"p{n}", "title": "P", "fields": fields[n : n + 10]} for n in range(0, 220, 10)],
            "checks": [{"key": f"c{n}", "rule": f"f{n} < f{n + 1} || true", "message": "M"} for n in range(200)],
        }
    )
    given = {f"f{n}": n + 1 for n in range(220)}
    began = time.process_time()
    assert check(large, given, TODAY) == []
    first = time.process_time() - began
    began = time.process_time()
    for _ in range(10):
        check(large, given, TODAY)
    each = (time.process_time() - began) / 10
    print(f"compile and check {first * 1000:.0f} ms, then {each * 1000:.1f} ms")
    assert first < 1
    assert each < 0.1

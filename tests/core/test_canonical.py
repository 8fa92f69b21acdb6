"""The canonical form is the same for ever, by whichever writer; JSON is read as Python reads it."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from hypothesis import example
from hypothesis import given as given_any
from hypothesis import strategies as some

from janaseva.core.canonical import (
    Plain,
    Shared,
    canonical,
    of_columns,
    of_parts,
    plain,
    read_json,
    sha256_hex,
    shared,
    slowly,
    written_json,
)
from janaseva.core.ids import from_hex, uuid7

numbers = some.integers() | some.integers(min_value=-(2**63) - 2, max_value=-(2**63) + 2) | some.just(2**64)
words = some.text(some.characters(codec=None), max_size=30)
leaves = some.none() | some.booleans() | numbers | words
values = some.recursive(leaves, lambda inner: some.lists(inner) | some.dictionaries(words, inner), max_leaves=20)


@given_any(values)
@example({"": "\ud800", "\udfff": 2**70, "a": [True, 1, None, "\x00\x7f\x85\u2028"], "B": -(2**63)})
def test_the_quick_writer_writes_what_the_slow_one_does(value):
    assert canonical(value) == slowly(plain(value)).encode("utf-8", errors="surrogatepass")


@given_any(values | some.floats(allow_nan=False, allow_infinity=False))
@example(123456789012345678901234567890)
@example([-0, 0, -1, 10**18, 10**17, {"a": "1" * 40}])
def test_what_is_written_is_read_as_python_reads_it(value):
    for text in (written_json(value), json.dumps(value), json.dumps(value, ensure_ascii=False)):
        read = read_json(text)
        assert read == json.loads(text) == value
        assert repr(read) == repr(json.loads(text))


objects = some.dictionaries(words, values, max_size=5)
MOMENTS = some.datetimes(timezones=some.just(UTC) | some.just(timezone(timedelta(hours=5, minutes=30))))


@given_any(objects, objects, some.uuids(), MOMENTS)
@example({"a": "\ud800"}, {"b": 2**70}, UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC))
def test_what_is_plain_already_is_written_the_same_without_a_second_look(facts, more, key, at):
    parts = {"id": key, "at": at, "day": at.date(), "facts": facts, "rows": [more, "x", None], "none": None, "count": 7}
    kept = Plain(facts)
    expected = canonical(parts)
    assert of_parts(parts) == of_parts({**parts, "facts": kept}) == expected
    assert of_columns({**parts, "facts": kept}) == of_columns(parts) == sha256_hex(parts)
    assert json.loads(written_json(kept)) == json.loads(written_json(facts))
    assert plain(kept) == plain(facts)
    with pytest.raises(TypeError, match="share"):
        kept["a"] = 1


@pytest.mark.parametrize("text", ["", "{", "[1,]", "nul", '"\n"'])
def test_what_is_no_json_is_refused_as_ever(text):
    with pytest.raises(json.JSONDecodeError):
        read_json(text)


@dataclass(frozen=True)
class Fact:
    """A fact of several kinds."""

    key: UUID
    day: date
    at: datetime
    names: frozenset[str]
    more: tuple[object, ...] = ()


def test_each_kind_has_one_form_and_floats_have_none():
    at = datetime(2026, 11, 22, 10, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    key = UUID("0199aa00-0000-7000-8000-000000000001")
    fact = Fact(key=key, day=date(2026, 11, 22), at=at, names=frozenset({"b", "a"}), more=(b"x", at.time()))
    assert plain(fact) == {
        "key": str(key),
        "day": "2026-11-22",
        "at": "2026-11-22T05:00:00.000000+00:00",
        "names": ["a", "b"],
        "more": ["sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", "10:30:00"],
    }
    assert plain(at.astimezone(UTC)) == plain(at)
    for wrong in (1.5, [1.5], {"a": {"b": 1.5}}, object()):
        with pytest.raises(TypeError):
            canonical(wrong)
        with pytest.raises(TypeError):
            of_columns({"a": wrong})


@given_any(some.dictionaries(words, values))
def test_what_rows_share_has_the_hash_that_it_has_alone(value):
    columns = {"id": uuid4(), "process": value, "words": "x"}
    kept = shared(written_json(value)) if value else Shared()
    assert kept == value
    assert of_columns({**columns, "process": kept}) == of_columns(columns) == sha256_hex(columns)
    assert json.loads(written_json(kept)) == json.loads(written_json(value))
    assert canonical(kept) == canonical(value)


def test_what_rows_share_is_parsed_once_and_not_altered():
    text = '{"steps": [{"key": "a"}]}'
    kept = shared(text)
    assert shared(text) is kept
    assert shared("[1]") == [1]
    made = []
    assert kept.once(lambda one: made.append(one) or 7) == 7
    read = json.loads
    assert kept.once(read_of) is kept.once(read_of)
    with pytest.raises(TypeError):
        kept["steps"] = []
    assert kept == read(text)


def read_of(held):
    return list(held)


@given_any(some.uuids())
def test_a_key_is_read_from_its_digits(key):
    made = from_hex(key.hex)
    assert (made, hash(made), str(made), made.is_safe) == (key, hash(key), str(key), key.is_safe)
    assert from_hex(str(key)) == key


@pytest.mark.parametrize("digits", ["", "x" * 32, "0" * 31])
def test_what_is_no_key_is_refused(digits):
    with pytest.raises(ValueError, match=r"hexadecimal|invalid literal"):
        from_hex(digits)


def test_a_process_that_was_split_off_makes_keys_of_its_own():
    uuid7()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:  # nothing of the test may run twice: this process ends here, whatever happens
        try:
            os.write(writing, b"".join(uuid7().bytes for _ in range(100)))
        finally:
            os._exit(0)
    own = {uuid7().bytes[8:] for _ in range(100)}
    os.waitpid(child, 0)
    theirs = os.read(reading, 1600)
    os.close(reading)
    os.close(writing)
    assert len(theirs) == 1600
    assert not own & {theirs[place + 8 : place + 16] for place in range(0, 1600, 16)}

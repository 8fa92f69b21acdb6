"""What the audit remembers of the record is the last word on each row, in whatever order and parts it was told."""

import errno
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janaseva.ledger.queries.auditing import counted, memory
from janaseva.ledger.queries.auditing.memory import Memory, Seen

pytestmark = pytest.mark.once

LABELS = ("people.person", "services.application")
KEYS = [UUID(int=number << 100 | 5) for number in range(6)]
DIGESTS = ["aa" * 32, "bb" * 32]

rows = st.lists(
    st.tuples(
        st.sampled_from(LABELS), st.sampled_from(KEYS), st.sampled_from(DIGESTS), st.none() | st.integers(1, 1 << 70)
    ),
    max_size=30,
)


@given(rows, st.integers(1, 7), st.booleans())
def test_the_last_word_on_each_row_counts_and_a_removal_is_the_last(told, at_once, looks_between):
    expected: dict[tuple[str, UUID], tuple[int, Seen]] = {}
    with pytest.MonkeyPatch.context() as patch, Memory() as held:
        patch.setattr(memory, "_AT_ONCE", at_once)
        for number, (label, key, digest, revision) in enumerate(told):
            event = UUID(int=number)
            held.keep_rows(event, [(label, str(key), digest if revision else None, revision)])
            order = 1 << 62 if revision is None else min(revision, 1 << 62)
            before = expected.get((label, key))
            if before is None or before[0] <= order:
                expected[label, key] = order, Seen(order, bytes.fromhex(digest) if revision else None, event.bytes)
            if looks_between:
                assert held.seen(label, key) == expected[label, key][1]
        for label in LABELS:
            own = sorted((key.bytes, seen) for (of, key), (_, seen) in expected.items() if of == label)
            assert list(held.recorded(label)) == own
        assert held.seen("nobody.knows", KEYS[0]) is None


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from((2026, 2027)), st.integers(1, 9)), max_size=40),
    st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from((2026, 2027))), st.integers(0, 9)),
    st.integers(1, 5),
)
def test_each_number_missing_doubled_or_beyond_is_found_once(told, before, at_once):
    with pytest.MonkeyPatch.context() as patch, Memory() as held:
        patch.setattr(memory, "_AT_ONCE", at_once)
        patch.setattr(counted, "series_now", lambda: before)
        for number, one in enumerate(told):
            held.keep_numbers(UUID(int=number), [one])
        found = [(one.code, one.key, one.event_id) for one in counted.audit_numbers(held, before=before)]
    given_times, expected = Counter(told), []
    for (series, year, value), times in given_times.items():
        last = UUID(int=max(place for place, one in enumerate(told) if one == (series, year, value)))
        expected += [("number_doubled", f"{series}/{year}/{value}", last)] if times > 1 else []
        expected += (
            [("number_beyond", f"{series}/{year}/{value}", None)] if value > before.get((series, year), 0) else []
        )
    for (series, year), last in before.items():
        gone = [value for value in range(1, last + 1) if (series, year, value) not in given_times]
        expected += [("number_missing", f"{series}/{year}/{value}", None) for value in gone]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_a_number_altered_beyond_all_bounds_is_remembered_as_beyond():
    with Memory() as held:
        held.keep_numbers(UUID(int=1), [("a", 2026, 1 << 80)])
        assert list(held.numbers("a", 2026)) == [(1 << 63) - 1]
        assert held.series() == {("a", 2026)}


def test_where_the_disk_is_full_it_says_what_to_do():
    many = [(LABELS[0], str(UUID(int=number)), DIGESTS[0], 1) for number in range(20_000)]
    with Memory() as held:
        held._kept.execute("PRAGMA max_page_count = 30")
        with pytest.raises(OSError, match="TMPDIR") as full:
            held.keep_rows(UUID(int=1), many)
        assert full.value.errno == errno.ENOSPC

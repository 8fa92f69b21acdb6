"""How services go, as numbers that tell on nobody: bands, percentiles, and what of a count may be shown."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import product
from statistics import median_low

from hypothesis import given, settings
from hypothesis import strategies as st

from janaseva.services.rules import disclosure, performance
from janaseva.services.rules.disclosure import Count, branch, tree

AT = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
FEW = settings(max_examples=60, deadline=None)
numbers = st.integers(0, 9)


def possible(shown: Mapping[str, Count], together: int) -> dict[str, set[int]]:
    """Return every value that each hidden part may have, to whoever knows the rest: all are tried."""
    hidden = [key for key, count in shown.items() if not count.is_exact]
    rest = together - sum(count.value or 0 for count in shown.values())
    ranges = [range(1, 5) if shown[key].shown == "under_5" else range(5, rest + 1) for key in hidden]
    found: dict[str, set[int]] = {key: set() for key in hidden}
    for values in product(*ranges):
        if sum(values) == rest:
            for key, value in zip(hidden, values, strict=True):
                found[key].add(value)
    return found


@FEW
@given(st.lists(numbers, min_size=1, max_size=4))
def test_no_hidden_part_can_be_worked_out(counts):
    parts = {str(number): count for number, count in enumerate(counts)}
    found = branch(parts)
    for key, count in found.parts.items():
        assert count.value in (None, parts[key])
        assert not (count.is_exact and disclosure.is_small(parts[key]))
        if count.shown == "under_5":
            assert disclosure.is_small(parts[key])
    if found.total.is_exact:
        assert found.total.value == sum(counts)
        assert all(len(values) > 1 for values in possible(found.parts, sum(counts)).values())
    else:
        assert not any(count.is_exact for count in found.parts.values()), "parts would tell the total"


@FEW
@given(st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=2), min_size=1, max_size=3))
def test_no_hidden_leaf_can_be_worked_out_from_the_whole_tree(counts):
    """Every tree that would be shown the same is made: each hidden number has another value in one of them."""
    real = {str(s): {f"{s}.{o}": count for o, count in enumerate(offices)} for s, offices in enumerate(counts)}
    shown = tree(real)
    for service, offices in shown.offices.items():
        known = shown.services[service].value
        for office, count in offices.items():
            if count.is_exact:
                assert count.value == real[service][office]
        if known is None:
            assert not any(count.is_exact for count in offices.values())
        else:
            assert all(len(values) > 1 for values in possible(offices, known).values())
    if shown.total.value is not None:
        assert all(len(values) > 1 for values in possible(shown.services, shown.total.value).values())


@FEW
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=3))
def test_a_part_is_not_shown_where_its_rest_is_small(pairs):
    whole = {"s": {str(n): max(pair) for n, pair in enumerate(pairs)}}
    part = {"s": {str(n): min(pair) for n, pair in enumerate(pairs)}}
    shown_whole, shown_part = tree(whole), tree(part, of=whole)
    everywhere = [(shown_part.offices["s"][key], shown_whole.offices["s"][key]) for key in part["s"]]
    for one, other in [*everywhere, (shown_part.total, shown_whole.total)]:
        if one.value is not None and other.value is not None:
            assert not disclosure.is_small(other.value - one.value)


def test_a_single_small_part_takes_another_with_it():
    found = branch({"a": 3, "b": 20, "c": 7})
    assert [found.parts[key].shown for key in "abc"] == ["under_5", "exact", "withheld"]
    assert found.total == Count(30)
    assert branch({"a": 4, "b": 4}).total.shown == "withheld", "8 would say that both are 4"
    assert branch({"a": 3, "b": 2}).total == Count(5)
    assert branch({"a": 0, "b": 9}).parts["a"] == Count(0), "nobody is told by nought"


def test_shares_are_said_only_of_what_is_shown():
    assert disclosure.share(Count(5), Count(8)) == 63
    assert disclosure.share(disclosure.UNDER_5, Count(8)) is None
    assert disclosure.share(Count(0), Count(0)) is None


@FEW
@given(st.lists(st.integers(0, 40), min_size=1, max_size=60))
def test_the_median_and_the_ninetieth_are_the_nearest_rank(days):
    counted = {value: days.count(value) for value in days}
    assert performance.tenth(counted, 5) == median_low(days)
    ninetieth = performance.tenth(counted, 9)
    assert ninetieth in days
    assert sum(value <= ninetieth for value in days) * 10 >= 9 * len(days)
    assert sum(value < ninetieth for value in days) * 10 < 9 * len(days)


def test_nothing_has_no_median():
    assert performance.tenth({}, 5) is None


@FEW
@given(st.integers(-90 * 24, 90 * 24))
def test_every_due_date_lies_in_exactly_one_band(hours):
    due_at = AT + timedelta(hours=hours)
    held = [
        name
        for name, (after, until) in performance.edges(AT).items()
        if (after is None or due_at >= after) and (until is None or due_at < until)
    ]
    assert held == [performance.band(due_at, AT)]
    assert (performance.band(due_at, AT) in ("ahead", "soon")) == (due_at >= AT)


def test_without_a_due_date_there_is_no_promise_to_stand_against():
    assert performance.band(None, AT) == "undated"
    assert performance.band(AT, AT) == "soon", "a promise is kept until its last moment"

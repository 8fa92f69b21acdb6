"""What is counted once in some minutes: by one, whoever asks meanwhile."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread, current_thread

import pytest

from janaseva.core import lately
from janaseva.core.lately import Lately
from janaseva.core.refusal import Refusal

AT = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
NEXT, LATER = AT + timedelta(seconds=300), AT + timedelta(seconds=900)


class Slow:
    """Counts how often it was asked, and answers when it is let."""

    def __init__(self, answer):
        self.answer, self.times, self.asked, self.go_on = answer, 0, Event(), Event()

    def __call__(self):
        self.times += 1
        self.asked.set()
        assert self.go_on.wait(10)
        return self.answer


def at_once(kept, at, count, threads):
    """Let so many ask at once; return what each was told, and the threads that are still waiting."""
    told = []
    asking = [Thread(target=lambda: told.append(kept.get("x", at, count))) for _ in range(threads)]
    for thread in asking:
        thread.start()
    return told, asking


def joined(asking):
    """Wait until all who ask were told."""
    for thread in asking:
        thread.join(10)


def test_it_is_counted_once_in_its_span():
    kept, numbers = Lately(300), iter(range(9))
    said = [kept.get("x", AT + timedelta(seconds=s), lambda: next(numbers)) for s in (0, 299, 300, 599, 600, 301)]
    assert said == [0, 0, 1, 1, 2, 3], "a clock that was put back is believed"
    assert kept.get("y", AT, lambda: "other") == "other"
    kept.clear()
    assert kept.get("x", AT, lambda: next(numbers)) == 4


def test_while_one_counts_the_others_are_told_what_was_counted_before():
    kept, slow = Lately(300), Slow("new")
    kept.get("x", AT, lambda: "old")
    told, (first,) = at_once(kept, NEXT, slow, 1)
    assert slow.asked.wait(10)
    others, asking = at_once(kept, NEXT, slow, 20)
    joined(asking)
    assert others == ["old"] * 20
    slow.go_on.set()
    first.join(10)
    assert (told, slow.times) == (["new"], 1)
    assert kept.get("x", NEXT, slow) == "new"


@pytest.mark.parametrize("at", [AT, LATER])
def test_where_nothing_was_counted_just_before_all_wait_for_one(at):
    kept, slow = Lately(300), Slow("new")
    if at == LATER:
        kept.get("x", AT, lambda: "too old")
    told, asking = at_once(kept, at, slow, 10)
    assert slow.asked.wait(10)
    slow.go_on.set()
    joined(asking)
    assert (told, slow.times) == (["new"] * 10, 1)


def test_what_took_long_to_count_is_good_for_longer(monkeypatch):
    kept, clock = Lately(300), iter([0.0, 20.0, 100.0, 101.0])
    monkeypatch.setattr(lately.time, "monotonic", lambda: next(clock))
    assert kept.get("x", AT, lambda: "first") == "first"
    assert kept.get("x", AT + timedelta(seconds=999), lambda: "second") == "first"
    assert kept.get("x", AT + timedelta(seconds=1_000), lambda: "second") == "second"
    assert kept.get("x", AT + timedelta(seconds=1_199), lambda: "third") == "second"


def test_a_count_that_fails_is_tried_again():
    kept = Lately(300)
    with pytest.raises(ZeroDivisionError):
        kept.get("x", AT, lambda: 1 // 0)
    assert kept.get("x", AT, lambda: "done") == "done"


def test_no_more_is_kept_than_was_said():
    kept = Lately(300, most=2)
    for number in range(5):
        kept.get(number, AT + number * timedelta(seconds=300), lambda number=number: number)
    assert len(kept._kept) == 2
    assert kept.get(4, AT + timedelta(seconds=1200), lambda: "counted again") == 4


# ------------------------------------------------------------------------------------------------------- with patience


def patient(kept, at, count):
    """Ask with patience; return the answer, or the refusal's code, its status and in how many seconds to come again."""
    try:
        return kept.get("x", at, count)
    except Refusal as refusal:
        return refusal.code, refusal.status, refusal.facts["seconds"]


def settled(kept):
    """Wait until nothing is counted any more."""
    for counting in list(kept._counting.values()):
        assert counting.done.wait(10)


def test_what_is_counted_soon_is_waited_for_and_counted_by_nobody_who_reads():
    kept, slow = Lately(300, patience=10), Slow("new")
    told, asking = at_once(kept, AT, slow, 10)
    assert slow.asked.wait(10)
    slow.go_on.set()
    joined(asking)
    assert (told, slow.times) == (["new"] * 10, 1)
    assert kept.get("x", AT, slow) == "new"


def test_nobody_waits_longer_than_their_patience_for_what_takes_long():
    kept, slow = Lately(300, patience=0.05), Slow("new")
    assert [patient(kept, AT, slow) for _ in range(20)] == [("still_counting", 503, 30)] * 20
    assert slow.times == 1
    slow.go_on.set()
    settled(kept)
    assert patient(kept, AT, slow) == "new"
    again = Slow("newer")
    assert [patient(kept, NEXT, again) for _ in range(20)] == ["new"] * 20, "what was good just now, without waiting"
    assert again.asked.wait(10)
    again.go_on.set()
    settled(kept)
    assert patient(kept, NEXT, again) == "newer"
    assert (slow.times, again.times) == (1, 1)


def test_a_count_beside_that_fails_is_told_to_who_waits_and_tried_again():
    kept = Lately(300, patience=10)
    with pytest.raises(ZeroDivisionError):
        kept.get("x", AT, lambda: 1 // 0)
    assert kept.get("x", AT, lambda: "done") == "done"


@pytest.mark.django_db
def test_in_a_transaction_the_reader_counts_for_nobody_else_sees_the_same():
    kept = Lately(300, patience=0.0)
    assert kept.get("x", AT, current_thread) is current_thread()


def test_what_was_counted_between_two_looks_is_not_counted_again(monkeypatch):
    kept, numbers = Lately(300, patience=10), iter(range(9))
    assert kept.get("x", AT, lambda: next(numbers)) == 0
    good, looks = kept._good, iter([None])
    monkeypatch.setattr(kept, "_good", lambda of, moment: next(looks, good(of, moment)))
    assert kept.get("x", AT, lambda: next(numbers)) == 0
    assert kept._counting == {}

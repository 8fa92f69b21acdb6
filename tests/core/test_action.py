"""The laws that every action runs under: asked, told, owned, once, whole or not at all."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from janaseva.core.action import (
    LawBrokenError,
    action,
    allow,
    change,
    current,
    flush,
    put,
    remove,
    step,
    tell,
    upkeep,
)
from janaseva.core.actor import Actor
from janaseva.core.news import News
from janaseva.core.refusal import Refusal
from janaseva.core.row import OwnershipError
from janaseva.ledger.models import Event, Key
from tests.ledger.acts import Tried, acting
from tests.ledger.paper import Foreign, Paper, paper_table, papers  # noqa: F401 - fixtures

BY = Actor.system("test")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers")]


@dataclass(frozen=True, slots=True)
class Answer:
    paper_id: UUID
    words: str
    count: int | None = None


@acting
def write(*, by, at, key: str, words: str = "a", permitted: bool = True) -> Answer:
    allow(permitted)
    paper = put(Paper(words=words))
    tell(Tried(count=1), story=paper.id)
    return Answer(paper.id, words)


@acting
def rewrite(*, by, at, key: str, paper_id: UUID, words: str) -> None:
    allow(True)
    change(Paper.locked(paper_id), words=words)
    tell(Tried(count=1), story=paper_id)


def _do(at, body, key="k"):
    """Run ``body`` as an action of the ledger."""

    def run(*, by, at, key: str) -> None:
        body()

    return acting(run)(by=BY, at=at, key=key)


def _refused(call, code, status):
    with pytest.raises(Refusal) as refused:
        call()
    assert (refused.value.code, refused.value.status) == (code, status)


def test_what_was_asked_and_told_is_kept_with_the_hash_of_what_was_written(at):
    answer = write(by=BY, at=at, key="1")
    paper = Paper.objects.get(pk=answer.paper_id)
    event = Event.objects.get(story=paper.pk)
    assert event.rows == [["ledger.paper", str(paper.pk), paper.row_hash(), 1]]
    rewrite(by=BY, at=at, key="2", paper_id=paper.pk, words="b")
    paper = Paper.objects.get(pk=paper.pk)
    assert (paper.words, paper.revision) == ("b", 2)
    assert Event.objects.get(story=paper.pk, ordinal=2).rows == [["ledger.paper", str(paper.pk), paper.row_hash(), 2]]


def test_a_row_hashes_the_same_before_it_is_written_and_after_it_is_read(at):
    odd = {
        "words": "മലയാളം",
        "office_id": str(uuid4()).upper(),
        "facts": {"b": [1, None, True], "a": {"é": "x"}},
        "content": bytearray(b"\0\xff"),
        "day": "2026-11-23",
        "at": at,
    }
    written = []
    _do(at, lambda: (allow(True), written.append(put(Paper(**odd))), tell(Tried(count=1))))
    assert written[0].row_hash() == Paper.objects.get().row_hash()


def test_an_action_that_never_asked_keeps_nothing(at):
    with pytest.raises(LawBrokenError, match="never asked"):
        _do(at, lambda: (put(Paper(words="x")), tell(Tried(count=1))))
    assert not Paper.objects.exists()
    assert not Event.objects.exists()
    assert not Key.objects.exists()


def test_an_action_that_wrote_and_told_nothing_keeps_nothing(at):
    with pytest.raises(LawBrokenError, match="told nothing"):
        _do(at, lambda: (allow(True), put(Paper(words="x"))))
    assert not Paper.objects.exists()
    assert not Key.objects.exists()


def test_an_action_that_wrote_nothing_need_not_tell(at):
    _do(at, lambda: allow(True))
    assert Key.objects.get().answer == "null"


def test_what_may_not_be_seen_is_not_found_and_what_may_not_be_done_is_said_so(at):
    _refused(lambda: write(by=BY, at=at, key="1", permitted=False), "not_found", 404)
    _refused(lambda: _do(at, lambda: allow(False, code="not_permitted")), "not_permitted", 403)
    assert not Paper.objects.exists()
    assert sorted(Event.objects.values_list("facts__code", flat=True)) == ["not_found", "not_permitted"]


def test_actions_do_not_nest(at):
    with pytest.raises(LawBrokenError, match="do not nest"):
        _do(at, lambda: (allow(True), write(by=BY, at=at, key="inner")))
    assert not Event.objects.exists()


def test_actions_take_keywords_only_and_the_three_that_all_take(at):
    with pytest.raises(LawBrokenError):
        write(BY, at, "k")
    with pytest.raises(TypeError, match="at, by, key"):
        acting(lambda: None)


def test_a_row_of_another_room_is_not_written(at):
    with pytest.raises(OwnershipError, match="belongs to people"):
        _do(at, lambda: (allow(True), put(Foreign(words="x")), tell(Tried(count=1))))


def test_a_step_writes_and_tells_for_its_own_room_alone(at):
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Moved(News):
        name: ClassVar[str] = "people.moved"

    def inside(body):
        body.__module__ = "janaseva.people.steps"
        return step(body)

    in_people = inside(lambda: tell(Moved()))
    _do(at, lambda: (allow(True), in_people()))
    assert Event.objects.get().name == "people.moved"
    with pytest.raises(OwnershipError, match="belongs to ledger"):
        _do(at, lambda: (allow(True), inside(lambda: put(Paper(words="x")))()), key="2")
    with pytest.raises(LawBrokenError, match="told by its own room"):
        _do(at, lambda: (allow(True), tell(Moved())), key="3")
    with pytest.raises(LawBrokenError, match="no running action"):
        in_people()


def test_rows_are_not_saved_updated_or_deleted_directly(at):
    answer = write(by=BY, at=at, key="1")
    paper = Paper.objects.get(pk=answer.paper_id)
    attempts = (
        lambda: Paper(words="x").save(),
        lambda: Paper.objects.create(words="x"),
        lambda: Paper.objects.bulk_create([Paper(words="x")]),
        lambda: Paper.objects.update(words="x"),
        lambda: Paper.objects.bulk_update([paper], ["words"]),
        lambda: Paper.objects.all().delete(),
        lambda: Paper.objects.get_or_create(words="x"),
        paper.save,
        paper.delete,
    )
    for attempt in attempts:
        with pytest.raises(OwnershipError), transaction.atomic():
            attempt()
    assert Paper.objects.values_list("words", flat=True).get() == "a"


def test_rows_are_not_written_directly_inside_an_action_either(at):
    with pytest.raises(OwnershipError):
        _do(at, lambda: (allow(True), Paper(words="x").save(), tell(Tried(count=1))))


def test_a_repeated_key_is_answered_what_was_answered_first(at):
    first = write(by=BY, at=at, key="1")
    assert write(by=BY, at=at, key="1") == first
    assert isinstance(first, Answer)
    assert Paper.objects.count() == 1


def test_a_repeated_key_with_another_body_is_refused_and_does_nothing(at):
    write(by=BY, at=at, key="1")
    _refused(lambda: write(by=BY, at=at, key="1", words="b"), "key_reused", 422)
    assert Paper.objects.count() == 1


def test_a_refused_key_may_be_used_again(at):
    _refused(lambda: write(by=BY, at=at, key="1", permitted=False), "not_found", 404)
    write(by=BY, at=at, key="1")
    assert Paper.objects.count() == 1


def test_two_that_change_one_row_at_once_are_not_both_kept(at):
    paper_id = write(by=BY, at=at, key="1").paper_id

    def overtaken():
        allow(True)
        stale = Paper.objects.get(pk=paper_id)
        Paper._base_manager.filter(pk=paper_id).update(words="theirs", revision=2)
        change(stale, words="ours")
        tell(Tried(count=1))

    _refused(lambda: _do(at, overtaken, key="2"), "changed_meanwhile", 409)
    assert Event.objects.filter(name="ledger.refused").count() == 1


def test_a_row_put_and_changed_and_removed_in_one_act_leaves_no_row_and_a_record(at):
    def body():
        allow(True)
        kept, gone = put(Paper(words="a")), put(Paper(words="b"))
        change(kept, words="c")
        flush()
        assert Paper.objects.count() == 2
        change(kept, words="d")
        remove(gone)
        tell(Tried(count=1))

    _do(at, body)
    paper = Paper.objects.get()
    assert (paper.words, paper.revision) == ("d", 2)
    rows = Event.objects.get().rows
    assert rows[0] == ["ledger.paper", str(paper.pk), paper.row_hash(), 2]
    assert rows[1][2:] == [None, None]


def test_two_copies_of_one_row_and_unknown_columns_are_faults(at):
    paper_id = write(by=BY, at=at, key="1").paper_id

    def twice():
        allow(True)
        for words in ("b", "c"):
            change(Paper.objects.get(pk=paper_id), words=words)

    with pytest.raises(LawBrokenError, match="two copies"):
        _do(at, twice, key="2")
    with pytest.raises(AttributeError, match="has no colour"):
        _do(at, lambda: (allow(True), change(Paper.objects.get(), colour="red")), key="3")


def test_a_fault_keeps_nothing_and_is_no_refusal(at):
    with pytest.raises(ZeroDivisionError):
        _do(at, lambda: (allow(True), put(Paper(words="x")), tell(Tried(count=1)), 1 / 0))
    assert not Paper.objects.exists()
    assert not Event.objects.exists()


def test_nothing_runs_outside_an_action_and_upkeep_not_inside(at):
    with pytest.raises(LawBrokenError):
        current()

    def body():
        allow(True)
        with upkeep():
            pass

    with pytest.raises(LawBrokenError, match="between actions"):
        _do(at, body)


def test_an_action_says_that_it_is_one():
    assert write.is_action
    assert action.__doc__

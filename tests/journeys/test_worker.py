"""The worker killed at every step of its way and started again: all is done, nothing is done twice."""

import sys
from collections import Counter
from datetime import timedelta

import pytest

from janaseva.contact.models import Message
from janaseva.documents.models import Document
from janaseva.ledger import handlers
from janaseva.ledger import queries as ledger
from janaseva.ledger.handlers import delivering, publishing
from janaseva.ledger.models import Delivery, Leaf
from janaseva.payments.models import Payment, Posting
from janaseva.services import actions
from janaseva.workflow.models import Case
from tests.given import SYSTEM, Given

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("faultless")]


class KilledError(BaseException):
    """The process is gone: no ``except Exception`` sees it."""


def walk(given: Given) -> Counter[str]:
    """One application to its certificate; return how often each thing was told in its story."""
    by = given.citizen()
    application_id = given.submitted(by)
    given.pay(by, application_id)
    officer = given.holder(application_id)
    given.act(actions.take_next, officer)
    given.approve(officer, application_id)
    given.settle()
    return Counter(event.name for event in ledger.story(SYSTEM, application_id, visible=True))


def counted() -> dict[str, int]:
    """What there is one of, or as many as there ought to be."""
    return {
        "cases": Case.objects.count(),
        "sealed": Document.objects.filter(state="sealed").count(),
        "unsealed": Document.objects.exclude(state="sealed").count(),
        "messages": Message.objects.exclude(state="queued").count(),
        "waiting": Message.objects.filter(state="queued").count(),
        "payments": Payment.objects.filter(state="received").count(),
        "postings": Posting.objects.count(),
        "undelivered": Delivery.objects.exclude(state="done").count(),
        "unsequenced": Leaf.objects.filter(index=None).count(),
    }


def killing(monkeypatch, when: str) -> list[str]:
    """Kill the worker once at each delivery (before or after its listener did its work) and at each publication."""
    killed: set[object] = set()
    log: list[str] = []

    def once(mark: object, real, *args, **kwargs):
        if mark not in killed:
            killed.add(mark)
            log.append(str(mark))
            raise KilledError
        return real(*args, **kwargs)

    settle_done, bring, written = delivering._settle_done, delivering._bring, publishing._written
    if when == "after":

        def brought_and_gone(one, event, at):
            bring(one, event, at)
            once(one.pk, lambda: None)

        def unless_gone(brought):
            # who is killed writes nothing down, of this one and of those before it
            if not isinstance(sys.exc_info()[1], KilledError):
                settle_done(brought)

        monkeypatch.setattr(delivering, "_bring", brought_and_gone)
        monkeypatch.setattr(delivering, "_settle_done", unless_gone)
    else:
        monkeypatch.setattr(delivering, "_bring", lambda one, event, at: once(one.pk, bring, one, event, at))
    monkeypatch.setattr(
        publishing, "_written", lambda store, *, size, head: once(size, written, store, size=size, head=head)
    )
    return log


def revived(given: Given) -> None:
    """Start a worker again and again until one ends of itself; what a killed one held comes back after its lease."""
    for _ in range(200):
        given.at += handlers.delivering.LEASE + timedelta(seconds=1)
        try:
            handlers.settle(given.at)
        except KilledError:
            continue
        if not Delivery.objects.filter(state="waiting").exists():
            return
    message = "the worker never came to an end"
    raise AssertionError(message)


def test_a_worker_killed_at_every_step_loses_and_doubles_nothing(given, monkeypatch, request):
    calm = walk(given)
    once = counted()
    assert once["undelivered"] == once["unsequenced"] == once["waiting"] == once["unsealed"] == 0
    for number, when in enumerate(("before", "after"), start=2):
        with monkeypatch.context() as patch:
            log = killing(patch, when)
            patch.setattr(Given, "settle", revived)
            assert walk(given) == calm, when
        assert len(log) > 10, "the worker should have been killed often"
        assert counted() == {name: number * count for name, count in once.items()}, when

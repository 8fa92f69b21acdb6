"""Messages: queued, sent once, given up, and codes that leave no trace."""

from datetime import timedelta
from uuid import uuid4

import pytest

from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from tests.contact.acts import say_submitted

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")


@pytest.fixture
def person(at):
    from janaseva.core.row import writing
    from janaseva.people.models import Person

    with writing():
        (row,) = Person.objects.bulk_create([Person(phone="+919847012345", language="ml", made_at=at)])
    return row


@pytest.fixture
def sender():
    from janaseva.contact.adapters.connected import using
    from janaseva.contact.adapters.fake import Fake

    fake = Fake()
    with using(fake):
        yield fake


@pytest.fixture
def said(at, person):
    """A message to the person, with its story."""
    story = uuid4()
    message_id = say_submitted(by=SYSTEM, at=at, key=str(uuid4()), story=story, person_id=person.id)
    return story, message_id


def test_a_message_is_sent_once_in_the_reader_s_language(at, person, said, sender, settle):
    from janaseva.contact import queries
    from janaseva.contact.rules.segments import segments

    story, message_id = said
    settle()
    settle(at + timedelta(minutes=10))
    (outgoing,) = sender.sent
    assert outgoing.address == "+919847012345"
    assert outgoing.text == "വരുമാന സർട്ടിഫിക്കറ്റ്: അപേക്ഷ KL/1 പൂർണ്ണമായി; ഓഫീസിലെത്തി. 01-12-2026-നകം തീരുമാനമാകും."
    (view,) = queries.messages_of(Actor.person(person.id), story)
    assert (view.id, view.state, view.language) == (message_id, "sent", "ml")
    assert view.segments == segments(outgoing.text).parts
    assert queries.messages_of(Actor.person(uuid4()), story) == []
    assert queries.messages_of(Actor.anyone(), story) == []
    assert len(queries.messages_of(Actor(kind="officer"), story, story_visible=True)) == 1


def test_heard_twice_is_sent_once(at, said, sender, settle):
    from janaseva.contact import events, handlers
    from janaseva.core.news import Heard

    settle()
    _, message_id = said
    news = events.Queued(message_id=message_id, template="message.submitted", channel="sms")
    handlers.deliver(Heard(event_id=uuid4(), story=None, happened_at=at, at=at + timedelta(hours=1), news=news))
    assert len(sender.sent) == 1


def test_one_worker_holds_a_message_at_a_time(at, said):
    from janaseva.contact import actions

    _, message_id = said
    assert actions.take(by=SYSTEM, at=at, key="1", message_id=message_id)
    assert not actions.take(by=SYSTEM, at=at + timedelta(seconds=119), key="2", message_id=message_id)
    assert actions.take(by=SYSTEM, at=at + timedelta(seconds=120), key="3", message_id=message_id)
    for stranger in (Actor.anyone(), Actor(kind="officer")):
        with pytest.raises(Refusal, match="not_found"):
            actions.take(by=stranger, at=at, key="4", message_id=message_id)


def test_a_gateway_that_is_down_is_tried_again_and_given_up_after_a_day(at, person, said, sender):
    from janaseva.contact import events, handlers, queries
    from janaseva.core.news import Heard, NotYet

    story, message_id = said
    news = events.Queued(message_id=message_id, template="message.submitted", channel="sms")
    sender.down = True
    for minutes in (0, 1, 5):
        moment = at + timedelta(minutes=minutes)
        with pytest.raises(NotYet):
            handlers.deliver(Heard(event_id=message_id, story=None, happened_at=at, at=moment, news=news))
    handlers.give_up_stale(at + timedelta(hours=23))
    assert [view.state for view in queries.messages_of(SYSTEM, story)] == ["queued"]
    handlers.give_up_stale(at + timedelta(hours=24))
    assert [(view.state, view.why) for view in queries.messages_of(SYSTEM, story)] == [("failed", "too_late")]


def test_what_the_gateway_refuses_is_kept_as_failed(said, sender, settle):
    from janaseva.contact import queries

    sender.refuses = True
    settle()
    assert [(view.state, view.why) for view in queries.messages_of(SYSTEM, said[0])] == [("failed", "refused")]


def test_without_an_address_the_matter_does_not_stop(at, person):
    from janaseva.contact import queries

    story = uuid4()
    say_submitted(by=SYSTEM, at=at, key="k", story=story, person_id=person.id, channel="email")
    assert [(view.state, view.why) for view in queries.messages_of(SYSTEM, story)] == [("failed", "no_address")]


@pytest.mark.parametrize("demonstration", [True, False])
def test_a_code_is_sent_and_kept_only_in_a_demonstration(at, sender, settle, settings, monkeypatch, demonstration):  # noqa: PLR0917 - fixtures
    from janaseva.contact import queries
    from janaseva.contact.models import Message
    from janaseva.ledger.models import Event
    from janaseva.people import actions as people
    from janaseva.people.models import Challenge

    monkeypatch.setattr(settings.OPTIONS, "demonstration", demonstration)
    people.request_code(by=Actor.anyone(), at=at, key="k", phone="+919847012345", language="en")
    settle()
    (outgoing,) = sender.sent
    code = outgoing.text.split()[0]
    assert (len(code), code.isdigit(), outgoing.is_code) == (6, True, True)
    row = Message.objects.get()
    assert Challenge.objects.get().sealed == ""
    assert row.state == ("sent" if demonstration else "erased")
    assert (code in row.text) == demonstration
    assert not any(code in str(event.facts) or "9847012345" in str(event.facts) for event in Event.objects.all())
    if demonstration:
        assert [code in view.text for view in queries.mailbox(Actor.anyone(), "+919847012345")] == [True]
        assert queries.mailbox(Actor.anyone(), "+910000000000") == []
    else:
        with pytest.raises(Refusal, match="not_found"):
            queries.mailbox(Actor.anyone())


def test_a_code_that_is_over_is_not_sent(at, sender, settle):
    from janaseva.contact.models import Message
    from janaseva.people import actions as people

    people.request_code(by=Actor.anyone(), at=at, key="k", phone="+919847012345", language="en")
    settle(at + timedelta(minutes=6))
    assert sender.sent == []
    assert Message.objects.count() == 0

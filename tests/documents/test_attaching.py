"""Files that were received: names made safe, bytes kept once, read by those who may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.core.refusal import Refusal
from janaseva.documents import queries, rules
from janaseva.documents.models import Blob
from tests.documents.acts import AT, key, photo, upload


@pytest.mark.parametrize(
    ("given", "tidy"),
    [
        ("C:\\fakepath\\ration card.jpg", "ration card.jpg"),
        ("../../etc/passwd", "passwd"),
        ("invoice\u202egpj.exe", "invoice gpj.exe"),
        ("a\0b\r\nSet-Cookie: x.pdf", "ab Set-Cookie x.pdf"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("റേഷൻ കാർഡ്.pdf", "റേഷൻ കാർഡ്.pdf"),
        ("राशन\u200dकार्ड.pdf", "राशन\u200dकार्ड.pdf"),
        ("شناختی کارڈ.pdf", "شناختی کارڈ.pdf"),
        ("x" * 500 + ".pdf", "x" * 80 + ".pdf"),
        ("a<script>.pdf", "a script.pdf"),
        ("=cmd|' /C calc'!A0.pdf", "cmd ' C calc' A0.pdf".replace("'", " ").replace("  ", " ")),
        ("\ud800x.pdf", "?x.pdf".replace("?", "")),
    ],
)
def test_names_are_tidied(given, tidy):
    if "calc" in given:
        assert set("=|!'/\\") & set(rules.tidy_filename(given)) == set()
    else:
        assert rules.tidy_filename(given) == tidy


@given(st.text(max_size=200))
def test_any_name_is_safe(name):
    tidy = rules.tidy_filename(name)
    assert 0 < len(tidy) <= 90
    assert not set(tidy) & set('/\\\0\r\n"<>|:*?\u202e\u202d\u2066\u2069')
    assert rules.tidy_filename(tidy) == tidy
    tidy.encode("utf-8")


@pytest.mark.django_db(transaction=True)
class TestAttach:
    def attach(self, by, story, content, **more):
        return upload(by=by, at=AT, key=key(), story=story, filename="Ration card.JPG", content=content, **more)

    def test_what_was_given_is_kept_and_read_by_its_giver(self):
        person, story = Actor.person(uuid7()), uuid7()
        attachment = self.attach(person, story, photo())
        kept = queries.content(person, attachment)
        assert (kept.filename, kept.media_type) == ("Ration card.jpg", "image/jpeg")
        assert [view.attachment_id for view in queries.attachments_of(person, story)] == [attachment]
        assert queries.attachment_kinds(story, frozenset({attachment})) == {attachment: "identity"}
        assert queries.attachments_of(Actor.person(uuid7()), story) == []
        with pytest.raises(Refusal, match="not_found"):
            queries.content(Actor.person(uuid7()), attachment)

    def test_the_same_bytes_are_kept_once(self):
        person, story = Actor.person(uuid7()), uuid7()
        assert self.attach(person, story, photo()) != self.attach(person, story, photo())
        assert Blob.objects.count() == 1

    def test_refused_keeps_nothing(self):
        with pytest.raises(Refusal, match="file_type_not_taken"):
            self.attach(Actor.person(uuid7()), uuid7(), b"hello")
        with pytest.raises(Refusal, match="not_found"):
            self.attach(Actor.anyone(), uuid7(), photo())
        assert Blob.objects.count() == 0

    def test_lists_take_a_constant_number_of_queries(self, django_assert_num_queries):
        person, story = Actor.person(uuid7()), uuid7()
        for size in (100, 120, 140):
            self.attach(person, story, photo(size, size))
        with django_assert_num_queries(1):
            queries.attachments_of(person, story)
        with django_assert_num_queries(1):
            queries.documents_of(person, story)

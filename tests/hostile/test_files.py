"""Hostile files by the actions, the portal and the API: refused in words with nothing kept, or kept without their harm."""

# ruff: noqa: E501 - a hostile thing reads best on one line

import json
import resource
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from janaseva.core.refusal import Refusal
from janaseva.core.text import LANGUAGES
from janaseva.core.words import find
from janaseva.documents import rules
from janaseva.documents.models import Blob
from janaseva.services import actions, queries
from tests.hostile.files import MARKS, NAMES, files, picture

SECONDS = 2
KILOBYTES = 300_000


def papers(visitor):
    return queries.application(visitor.actor, visitor.application_id).papers


@pytest.mark.parametrize("name", files())
def test_received_in_bounds(name):
    make, code = files()[name]
    content = make()
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        received = rules.receive(filename=f"{name}.pdf", content=content)
    except Refusal as refusal:
        told = refusal.code == code or (not code and refusal.code.startswith("file_"))
        assert told, refusal.code  # noqa: PT017 - some are refused, some made harmless
        for language in LANGUAGES:
            assert find(f"refusal.{refusal.code}", language).format(**refusal.facts)  # noqa: PT017 - the same
    else:
        assert not code
        assert [mark for mark in MARKS if mark in received.content] == []
        assert len(received.content) < 3_000_000
    assert time.process_time() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < KILOBYTES


@pytest.mark.django_db
def test_by_both_doors_what_is_refused_leaves_nothing(visitor):
    for name, (make, code) in files().items():
        if not code:
            continue
        content = make()
        held, blobs = papers(visitor), Blob.objects.count()
        for answer in (_portal(visitor, content), _api(visitor, content)):
            assert 400 <= answer.status_code < 500, name
            assert "alert(1)" not in answer.content.decode(), name
        assert papers(visitor) == held, name
        assert Blob.objects.count() == blobs, name


def _portal(visitor, content, filename="paper.pdf", **posted):
    from tests.hostile.conftest import KEYS

    fields = {"key": f"portal-{next(KEYS)}", "group": "identity", "choice": "voter_id", **posted}
    lines = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    lines.append(f'--x\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n')
    body = "".join(lines).encode() + content + b"\r\n--x--\r\n"
    where = f"/apply/{visitor.application_id}/papers/"
    return visitor.client.post(where, body, content_type="multipart/form-data; boundary=x")


def _api(visitor, content, filename="paper.pdf", **fields):
    from tests.hostile.conftest import KEYS

    given = {"group": "identity", "choice": "voter_id", "file": SimpleUploadedFile(filename or "x", content), **fields}
    headers = {"Authorization": f"Bearer {visitor.token}", "Idempotency-Key": f"file-{next(KEYS)}"}
    return visitor.client.post(f"/api/v1/applications/{visitor.application_id}/papers", given, headers=headers)


@pytest.mark.django_db
def test_names_of_files_are_tidied_and_shown_escaped(visitor):
    for filename in NAMES:
        answer = _portal(visitor, picture(), filename)
        assert answer.status_code in (302, 400, 422), filename[:60]
        if answer.status_code == 302:
            paper = max(papers(visitor), key=lambda one: one.given_at)
            shown = visitor.client.get(f"/apply/{visitor.application_id}/papers/").content.decode()
            assert "<script>alert" not in shown
            where = f"/applications/{visitor.application_id}/paper/{paper.document_id}/"
            given = visitor.client.get(where)
            if given.status_code == 200:
                said = given["Content-Disposition"]
                assert said.startswith("attachment")
                assert not {"\r", "\n", "\x00", "/", "\\", "\u202e"} & set(said.replace("UTF-8''", ""))
                assert ".exe" not in said
                assert ".html" not in said
            visitor.post(f"/apply/{visitor.application_id}/papers/take-back/", {"paper": str(paper.id)})


@pytest.mark.django_db
def test_requests_that_announce_otherwise(visitor):
    where = f"/apply/{visitor.application_id}/papers/"
    held = papers(visitor)
    body = b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nk1\r\n--x\r\nContent-Disposition: form-data; name="file"; '
    whole = body + b'filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' + picture() + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    for length in ("0", "1", "-1", "x", "9" * 5_000, str(len(whole) - 30)):
        answer = visitor.client.generic("POST", where, whole, content_type=kind, CONTENT_LENGTH=length)
        assert answer.status_code < 500, length
    odd = [b"", b"--x--\r\n", b"--x\r\n\r\n", b"--x\r\n" * 5_000, whole[:-40], whole.replace(b"--x", b"--y"),
           whole.replace(b"image/jpeg", b"image/jpeg\r\nContent-Transfer-Encoding: base64"),
           whole.replace(b'filename="a.jpg"', b"filename*=UTF-8''%00%ff"), whole.replace(b'name="file"', b'name="\x00"'),
           body + b"\r\n" + b"Content-Disposition: x\r\n" * 500, b"--x\r\nContent-Disposition: form-data; name=" + b"x" * 99_999]  # fmt: skip
    for content in odd:
        assert visitor.client.post(where, content, content_type=kind).status_code < 500
        headers = {"Authorization": f"Bearer {visitor.token}", "Idempotency-Key": "k2"}
        path = f"/api/v1/applications/{visitor.application_id}/papers"
        answer = visitor.client.post(path, content, content_type=kind, headers=headers)
        assert 400 <= answer.status_code < 500
        assert json.loads(answer.content)["title"]
    assert papers(visitor) == held


@pytest.mark.django_db
def test_groups_that_are_not_asked(visitor):
    for group in ("", "\x00", "nowhere", "x" * 100_000, "answer", "report", "identity.voter_id"):
        not_asked(visitor, group)


def not_asked(visitor, group):
    held = papers(visitor)
    received = rules.receive(filename="x", content=picture())
    with pytest.raises(Refusal, match="not_found"):
        visitor.given.act(
            actions.give_paper, visitor.actor, application_id=visitor.application_id, group=group, choice="\x00",
            received=received,
        )  # fmt: skip
    assert _portal(visitor, picture(), group=group, choice="\x00").status_code in (302, 404, 422)
    assert _api(visitor, picture(), group=group, choice="\x00").status_code in (400, 404, 422)
    assert papers(visitor) == held


@pytest.mark.django_db
def test_papers_have_a_bound(visitor):
    visitor_papers = len(papers(visitor))
    received = rules.receive(filename="x", content=picture())

    def give():
        visitor.given.act(
            actions.give_paper,
            visitor.actor,
            application_id=visitor.application_id,
            group="identity",
            choice="voter_id",
            received=received,
        )

    for _ in range(actions.applying.MOST_PAPERS - visitor_papers):
        give()
    with pytest.raises(Refusal, match="too_many_papers"):
        give()
    assert len(papers(visitor)) == actions.applying.MOST_PAPERS

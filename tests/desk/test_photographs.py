"""The photograph of a person: what is taken for one, where the officer sees it, and how a certificate shows it."""

import hashlib
import io
import json
import re

import pytest
from PIL import Image
from pypdf import PdfReader

from janaseva.cli.papers import received_paper, received_portrait
from janaseva.core.refusal import Refusal
from janaseva.documents import queries as documents
from janaseva.documents import rules
from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder
from janaseva.services.models import Attachment
from janaseva.settings import OPTIONS
from tests.given import SYSTEM

PACK, SERVICE = "mp-edistrict", "mp-income-certificate"


def received(width, height, form="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, form)
    return rules.receive(filename=f"me.{form}", content=out.getvalue())


@pytest.mark.once
@pytest.mark.parametrize(
    ("width", "height", "form", "code"),
    [
        (350, 450, "PNG", None),
        (500, 500, "JPEG", None),
        (4000, 5000, "JPEG", None),
        (239, 300, "PNG", "file_photograph_small"),
        (450, 350, "PNG", "file_photograph_shape"),
        (300, 900, "PNG", "file_photograph_shape"),
        (400, 500, "PDF", "file_not_a_photograph"),
    ],
)
def test_what_is_a_photograph_of_a_person(width, height, form, code):
    file = received(width, height, form)
    if code is not None:
        with pytest.raises(Refusal, match=code):
            rules.hold_portrait(file)
        return
    rules.hold_portrait(file)
    assert max(Image.open(io.BytesIO(rules.printed(file.content))).size) <= 600


@pytest.mark.django_db
@pytest.mark.once
@pytest.mark.papers
def test_a_photograph_is_held_shown_to_the_officer_and_printed_where_the_definition_says_so(office):
    given = office.given
    files = dict(PackFolder(OPTIONS.packs_dir).read(PACK).services[SERVICE])
    service = re.sub(r"(?m)^version: \d+", "version: 99", files["service.yaml"])
    service = re.sub(r"(?m)^from: .*", "from: 2026-03-01", service)
    files["service.yaml"] = service.replace("  certificate:\n", "  certificate:\n    photograph: photograph\n", 1)
    given.loaded(PACK, SERVICE, files, at=given.at)
    by = given.citizen()
    application_id = given.draft(by)
    facts = {"group": "photograph", "choice": "photograph", "received": received_paper("me.png", "on its side")}
    with pytest.raises(Refusal, match="file_photograph_shape"):
        given.act(actions.give_paper, by, application_id=application_id, **facts)
    assert Attachment.objects.filter(application_id=application_id, group="photograph").count() == 1
    given.act(actions.submit, by, application_id=application_id)
    given.pay(by, application_id)
    client = office.took(application_id)
    page = client.get(f"/desk/case/{application_id}").content.decode()
    shown = re.search(r'<img class="portrait" src="([^"]+)" alt="Passport size photograph">', page)
    assert client.get(shown.group(1))["Content-Type"] == "image/jpeg"
    given.approve(given.holder(application_id), application_id)
    given.settle()
    document_id = queries.application(SYSTEM, application_id).decision.document_id
    pdf = PdfReader(io.BytesIO(documents.content(SYSTEM, document_id).content))
    assert [image.image.size for image in pdf.pages[0].images] == [(350, 450)]
    facts = json.loads(pdf.attachments["facts.json"][0])
    assert hashlib.sha256(received_portrait().content).hexdigest() in json.dumps(facts)

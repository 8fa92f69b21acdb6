"""docs/api.md: each example is run as it is printed, and answers the status that is printed below it."""

import json
import re
import shlex
import uuid
from pathlib import Path

import pytest

from janaseva.cli.papers import sample_paper
from tests.gateway.given import ANSWERS, Api

pytestmark = pytest.mark.once

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
EXAMPLE = re.compile(r"^\$ (curl .*)\n(\d{3})$", re.MULTILINE)


def run(api, command, known):
    """Run one curl command as the client would; return the response."""
    for name, value in known.items():
        command = command.replace(f"${name}", value)
    command = command.replace("$(uuidgen)", str(uuid.uuid4()))
    words = shlex.split(command)[1:]
    method, address, headers, body, form = "", "", {}, None, {}
    while words:
        match words.pop(0):
            case "-X":
                method = words.pop(0).lower()
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            case "--json":
                body = words.pop(0)
            case "-F":
                name, _, value = words.pop(0).partition("=")
                form[name] = value
            case word:
                address = word
    if form:
        form.pop("file")
        headers.pop("Authorization", None)
        return api.upload(
            address.removeprefix("/api/v1/"), sample_paper(str(form)), key=headers.get("Idempotency-Key", ""), **form
        )
    if body == "@answers.json":
        body = json.dumps({"answers": ANSWERS})
    key = headers.pop("Idempotency-Key", "")
    headers.pop("Authorization", None)
    return api.call(method or ("post" if body else "get"), address, body, key=key, headers=headers)


def code_of(phone):
    from janaseva.contact import queries as contact
    from janaseva.core.actor import Actor
    from janaseva.core.clock import now
    from janaseva.ledger.handlers import settle

    settle(now())
    return re.search(r"\b\d{6}\b", contact.mailbox(Actor.anyone(), phone)[0].text)[0]


def test_every_example_answers_what_is_printed(api: Api):
    examples = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(examples) >= 20
    known = {"API": "/api/v1"}
    for command, status in examples:
        response = run(api, command, known)
        assert response.status_code == int(status), (command, response.content)
        if "sign-in/codes" in command:
            known |= {"CHALLENGE": response.json()["challenge_id"], "CODE": code_of("+919847012345")}
        if "sign-in/sessions" in command and response.status_code == 201:
            known["TOKEN"] = api.token = response.json()["token"]
        if command.startswith('curl "$API/applications" '):
            known["ID"] = response.json()["id"]


def test_every_operation_is_on_the_page(api: Api):
    page = PAGE.read_text(encoding="utf-8")
    for path in api.get("/api/openapi.json").json()["paths"]:
        subject = path.removeprefix("/api/v1/").split("/")[0]
        assert subject in page, path

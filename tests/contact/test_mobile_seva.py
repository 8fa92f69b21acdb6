"""The form that the text gateway gets, and what its answers mean."""

import hashlib
from dataclasses import replace

import pytest
import requests

from janaseva.contact.adapters import Outgoing, UndeliverableError, UnreachableError
from janaseva.contact.adapters.mobile_seva import MobileSeva

GATEWAY = MobileSeva(url="http://127.0.0.1:9/", username="user", password="pass", sender="SENDER", key="secure")
MESSAGE = Outgoing(address="+919847012345", text="123456 is your code.", template_id="100", is_code=True)


def test_plain_text_and_codes():
    form = GATEWAY.form(MESSAGE)
    assert form == {
        "username": "user",
        "password": hashlib.sha1(b"pass").hexdigest(),
        "smsservicetype": "otpmsg",
        "content": "123456 is your code.",
        "mobileno": "9847012345",
        "senderid": "SENDER",
        "key": hashlib.sha512(b"userSENDER123456 is your code.secure").hexdigest(),
        "templateid": "100",
    }
    assert GATEWAY.form(replace(MESSAGE, is_code=False))["smsservicetype"] == "singlemsg"


def test_other_scripts_go_as_references_and_the_key_covers_them():
    form = GATEWAY.form(replace(MESSAGE, text="അ 1", is_code=False))
    assert form["content"] == "&#3333;&#32;&#49;"
    assert (form["smsservicetype"], form["bulkmobno"]) == ("unicodemsg", "9847012345")
    assert form["key"] == hashlib.sha512(b"userSENDER&#3333;&#32;&#49;secure").hexdigest()
    assert GATEWAY.form(replace(MESSAGE, text="അ"))["smsservicetype"] == "unicodeotpmsg"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"address": "+923001234567"}, "number_not_served"), ({"text": "a" * 481}, "too_long"),
     ({"template_id": ""}, "template_unknown")],
)  # fmt: skip
def test_what_cannot_be_sent_is_not_tried(change, code):
    with pytest.raises(UndeliverableError, match=code):
        GATEWAY.send(replace(MESSAGE, **change))


class Answer:
    def __init__(self, status_code, text):
        self.status_code = status_code
        self.text = text


def test_answers(monkeypatch):
    answers = iter([Answer(200, "402,MsgID = 1506201614msdgsms"), Answer(200, "401 : refused"), Answer(503, "")])
    monkeypatch.setattr(requests, "post", lambda *_, **__: next(answers))
    assert GATEWAY.send(MESSAGE) == "1506201614msdgsms"
    with pytest.raises(UndeliverableError, match="refused"):
        GATEWAY.send(MESSAGE)
    with pytest.raises(UnreachableError):
        GATEWAY.send(MESSAGE)


def test_nobody_there_is_unreachable():
    with pytest.raises(UnreachableError):
        GATEWAY.send(MESSAGE)

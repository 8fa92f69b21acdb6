"""The text gateway of Mobile Seva (MSDP push service of the Government of India, integration document 1.7 of 2018).

One form by POST for each message: the password as SHA-1, a key as SHA-512 over user, sender, content and the secure
key, text beyond the GSM alphabet as ``&#NNNN;``, and the id of the template registered under TRAI's DLT rules. The
answer begins with 402 where the message was taken. That, and the service type ``unicodeotpmsg``, are known from public
clients of the gateway and not from the document: verify them with the account before relying on them.
"""

import hashlib
from typing import Final

import requests

from janaseva.contact.adapters import Outgoing, UndeliverableError, UnreachableError
from janaseva.contact.rules.segments import segments

CONNECT_SECONDS: Final = 3
ANSWER_SECONDS: Final = 15
LONGEST_CONTENT: Final = 480
INDIA: Final = "+91"
TAKEN: Final = "402"
LONGEST_NUMBER: Final = 64


def references(text: str) -> str:
    """Return the text with every character as ``&#NNNN;``, as the gateway wants what is not GSM."""
    return "".join(f"&#{ord(character)};" for character in text)


class MobileSeva:
    """Sends to Indian numbers through one account of the gateway."""

    def __init__(self, *, url: str, username: str, password: str, sender: str, key: str) -> None:
        self.url = url
        self.username = username
        self.password = password
        self.sender = sender
        self.key = key

    def form(self, message: Outgoing) -> dict[str, str]:
        """Return the form's fields.

        Raises:
            UndeliverableError: ``number_not_served``, ``too_long`` or ``template_unknown``.

        """
        if not message.address.startswith(INDIA):
            raise UndeliverableError("number_not_served")
        if len(message.text) > LONGEST_CONTENT:
            raise UndeliverableError("too_long")
        if not message.template_id:
            raise UndeliverableError("template_unknown")
        plain = segments(message.text).alphabet == "gsm7"
        text = message.text.strip()
        content = text if plain else references(text)
        kinds = ("otpmsg", "singlemsg") if plain else ("unicodeotpmsg", "unicodemsg")
        kind = kinds[0] if message.is_code else kinds[1]
        signed = f"{self.username}{self.sender}{content}{self.key}"
        return {
            "username": self.username,
            "password": hashlib.sha1(self.password.encode(), usedforsecurity=False).hexdigest(),
            "smsservicetype": kind,
            "content": content,
            "bulkmobno" if kind == "unicodemsg" else "mobileno": message.address.removeprefix(INDIA),
            "senderid": self.sender,
            "key": hashlib.sha512(signed.encode()).hexdigest(),
            "templateid": message.template_id,
        }

    def send(self, message: Outgoing) -> str:
        """Hand over one message; see :class:`~janaseva.contact.adapters.Sender`."""
        form = self.form(message)
        try:
            answer = requests.post(
                self.url, data=form, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), allow_redirects=False
            )
        except requests.RequestException as error:
            raise UnreachableError(type(error).__name__) from error
        said = answer.text.strip()
        if answer.status_code != requests.codes.ok:
            raise UnreachableError(str(answer.status_code))
        if not said.startswith(TAKEN):
            raise UndeliverableError("refused")
        return said.rpartition("=")[2].strip()[:LONGEST_NUMBER]

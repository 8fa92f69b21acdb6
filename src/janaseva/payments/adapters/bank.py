"""The bank of a demonstration: a little payment service that keeps its own books, in files, apart from our tables.

It stands for the outside world on one's own machine, so that success, failure, a closed window, a late callback and a
lost one can be seen. It never touches the database; it speaks to the platform by the signed callback alone.
"""

import fcntl
import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import requests

from janaseva.core.ids import public_code
from janaseva.payments.adapters import Returned
from janaseva.payments.rules import signing
from janaseva.payments.rules.signing import SIGNATURE_HEADER
from janaseva.payments.rules.states import Report, Reported

log = logging.getLogger(__name__)

REFERENCE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
LATE_SECONDS: Final = 20
TRIES: Final = 5
PAUSE_SECONDS: Final = 1
ANSWER_SECONDS: Final = 10
HTTP_SERVER_ERROR: Final = 500

Post = Callable[[str, bytes, str], bool]


@dataclass(slots=True, kw_only=True)
class Book:
    """What the bank has written of one payment; ``refunds`` are amounts in paise by refund id."""

    reference: str
    amount_paise: int
    outcome: Reported = "pending"
    debited_at: str | None = None
    gateway_number: str = ""
    refunds: dict[str, int] = field(default_factory=dict)

    def report(self) -> Report:
        """Return what the bank says of the payment."""
        return Report(
            reference=self.reference,
            outcome=self.outcome,
            amount_paise=self.amount_paise,
            debited_at=None if self.debited_at is None else datetime.fromisoformat(self.debited_at),
            gateway_number=self.gateway_number,
        )


def post(url: str, body: bytes, signature: str) -> bool:
    """Send one callback; return whether it was taken or refused for good, and need not be sent again."""
    headers = {"Content-Type": "application/json", SIGNATURE_HEADER: signature}
    try:
        answer = requests.post(url, data=body, headers=headers, timeout=ANSWER_SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        log.warning("the callback did not arrive: %s", type(error).__name__)
        return False
    return int(answer.status_code) < HTTP_SERVER_ERROR


class Bank:
    """Debits, refuses, reports and returns, one file a payment; several processes may use one folder."""

    def __init__(self, *, folder: Path, key: str, callback_url: str, send: Post = post) -> None:
        self.folder = folder
        self.key = key
        self.callback_url = callback_url
        self.send = send

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _path(self, reference: str) -> Path | None:
        return self.folder / f"{reference}.json" if REFERENCE.fullmatch(reference) else None

    def book(self, reference: str) -> Book | None:
        """Return what is written of a payment, ``None`` where the bank never heard of it."""
        path = self._path(reference)
        if path is None or not path.exists():
            return None
        written: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Book(**written)

    def _keep(self, book: Book) -> None:
        path = self._path(book.reference)
        if path is None:
            raise ValueError(book.reference)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(book)), encoding="utf-8")
        part.replace(path)

    def debit(self, reference: str, *, amount_paise: int, at: datetime) -> Book:
        """Debit the payer's account, once a payment."""
        return self._end(reference, amount_paise, "debited", at)

    def fail(self, reference: str, *, amount_paise: int, at: datetime) -> Book:
        """Refuse to debit; a payment that was debited stays debited."""
        return self._end(reference, amount_paise, "failed", at)

    def _end(self, reference: str, amount_paise: int, outcome: Reported, at: datetime) -> Book:
        with self._locked():
            book = self.book(reference) or Book(reference=reference, amount_paise=amount_paise)
            if book.outcome != "debited":
                book.outcome = outcome
                if outcome == "debited":
                    book.debited_at, book.gateway_number = at.isoformat(), f"SIM-{public_code()}"
                self._keep(book)
            return book

    def call_back(self, book: Book, *, after_seconds: float = 0) -> threading.Thread:
        """Send the callback from a thread of its own, again while nobody answers; return the thread."""
        body = signing.written(book.report())
        signature = signing.sign(self.key, "callback", body)

        def run() -> None:
            wait = threading.Event()
            wait.wait(after_seconds)
            for attempt in range(TRIES):
                if self.send(self.callback_url, body, signature):
                    return
                wait.wait(PAUSE_SECONDS * 2**attempt)

        thread = threading.Thread(target=run, name=f"bank-{book.reference}", daemon=True)
        thread.start()
        return thread

    def give_back(self, reference: str, *, refund_id: str, amount_paise: int) -> Returned | None:
        """Send money back, once a refund id and never more than was debited; ``None`` for an unknown payment."""
        with self._locked():
            book = self.book(reference)
            if book is None:
                return None
            returned = sum(amount for key, amount in book.refunds.items() if key != refund_id)
            if book.outcome != "debited" or returned + amount_paise > book.amount_paise:
                return Returned(outcome="refused")
            book.refunds[refund_id] = amount_paise
            self._keep(book)
            return Returned(outcome="done", gateway_number=f"{book.gateway_number}-R")

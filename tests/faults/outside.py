"""The world outside the platform, over real HTTP: a text gateway and a bank that remember what was asked of them.

The bank debits and then, as its seed says, calls back once, twice, late or never (the browser was closed, the line was
cut): what is owed to people must come right by the platform's own asking.
"""

import html
import json
import random
import re
import threading
import urllib.parse
import urllib.request
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from janaseva.core.canonical import canonical
from janaseva.payments.rules import signing
from janaseva.payments.rules.signing import SIGNATURE_HEADER
from janaseva.payments.rules.states import Report

KEY = "a key that harness and platform share"
SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")


class Texts:
    """The text gateway: every call is kept under the number that the platform is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str]] = []
        self.codes: dict[str, list[str]] = defaultdict(list)
        self._lock = threading.Condition()

    def take(self, form: dict[str, list[str]]) -> str:
        number = (form.get("mobileno") or form.get("bulkmobno") or [""])[0]
        text = html.unescape(form["content"][0])
        with self._lock:
            told = f"T{len(self.calls) + 1}"
            self.calls.append((told, number, text))
            if form["smsservicetype"][0].endswith("otpmsg"):
                self.codes[number].extend(SIX_DIGITS.findall(text)[:1])
            self._lock.notify_all()
        return f"402,MsgID ={told}"

    def code(self, number: str, *, after: int, seconds: float) -> str | None:
        """Return the code that came to ``number`` after so many earlier ones; ``None`` where none comes."""
        with self._lock:
            self._lock.wait_for(lambda: len(self.codes[number]) > after, timeout=seconds)
            return self.codes[number][-1] if len(self.codes[number]) > after else None


class Bank:
    """Debits once a reference, and forgets to say so as often as its seed has it."""

    def __init__(self, seed: int, callback_url: str) -> None:
        self.callback_url = callback_url
        self.books: dict[str, Report] = {}
        self.refunds: dict[str, tuple[str, int]] = {}
        self.said: list[threading.Thread] = []
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def debit(self, redirect: str) -> Report:
        """Take the payer's money as the page at ``redirect`` asks, and tell the platform, or not."""
        asked = urllib.parse.urlsplit(redirect)
        reference = asked.path.rsplit("/", 1)[-1]
        amount = int(urllib.parse.parse_qs(asked.query)["amount_paise"][0])
        with self._lock:
            report = self.books.setdefault(
                reference,
                Report(
                    reference=reference,
                    outcome="debited",
                    amount_paise=amount,
                    debited_at=datetime.now(UTC),
                    gateway_number=f"B{len(self.books) + 1}",
                ),
            )
            times = self._random.choice((0, 0, 1, 1, 1, 2))
        for _ in range(times):
            thread = threading.Thread(target=self._call_back, args=(report,), daemon=True)
            thread.start()
            self.said.append(thread)
        return report

    def _call_back(self, report: Report) -> None:
        body = signing.written(report)
        headers = {SIGNATURE_HEADER: signing.sign(KEY, "callback", body), "Content-Type": "application/json"}
        request = urllib.request.Request(self.callback_url, data=body, headers=headers)
        with suppress(OSError):  # one try: a bank whose call is lost does not know it
            urllib.request.urlopen(request, timeout=5).close()

    def answer(self, purpose: Any, question: dict[str, Any]) -> bytes | None:
        with self._lock:
            report = self.books.get(str(question["reference"]))
            if report is None:
                return None
            if purpose == "status":
                return signing.written(report)
            self.refunds[str(question["refund_id"])] = (report.reference, int(question["amount_paise"]))
            return canonical({"outcome": "done", "gateway_number": f"{report.gateway_number}-R"})


class Outside:
    """Both of them behind one port."""

    def __init__(self, *, seed: int, platform: str, host: str = "127.0.0.1") -> None:
        self.texts, self.bank = Texts(), Bank(seed, f"{platform}/gateway/payments/callback")
        outside = self

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer, headers = outside.answer(self.path, body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def do_GET(self) -> None:
                answer = json.dumps(outside.told(self.path)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Those who ask are killed in the middle: that is what all this is about."""

        self.server = Quiet((host, 0), Answers)
        self.url = f"http://{host}:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        if path == "/texts":
            return 200, self.texts.take(urllib.parse.parse_qs(body.decode())).encode(), {}
        if path == "/debit":  # a payer in another process
            return 200, canonical({"reference": self.bank.debit(body.decode()).reference}), {}
        purpose: Any = path.rsplit("/", 1)[-1]
        answer = self.bank.answer(purpose, json.loads(body))
        if answer is None:
            return 404, b"", {}
        return 200, answer, {SIGNATURE_HEADER: signing.sign(KEY, purpose, answer)}

    def told(self, path: str) -> Any:
        """Return the codes that came to a number, for a person in another process; else all that was asked of them."""
        if path.startswith("/codes/"):
            return self.texts.codes.get(path.rsplit("/", 1)[-1], [])
        return self.facts()

    def facts(self) -> dict[str, Any]:
        """Return what was asked of them, for the oracle."""
        for thread in self.bank.said:
            thread.join(timeout=6)
        return {
            "texts": [[told, number] for told, number, _ in self.texts.calls],
            "debits": {reference: report.amount_paise for reference, report in self.bank.books.items()},
            "refunds": {key: list(value) for key, value in self.bank.refunds.items()},
        }

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

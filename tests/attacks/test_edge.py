"""The way in under attack: slow, enormous and ambiguous requests before nginx, and the last minute of a deadline."""

# ruff: noqa: E501 - a hostile thing reads best on one line

import threading
import time
from types import SimpleNamespace

import pytest

from deploy import nginx
from tests.attacks.edge import EDGE, NGINX, SHIPPED, Slow, ask, platform, served, worst
from tests.attacks.guards import Guard, attack

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("edge")]
HEADER_SECONDS = 10
"""How long nginx waits for a request's headers, as it ships."""


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    if not NGINX:
        pytest.skip("no nginx found: install nginx-light")
    with platform(tmp_path_factory.mktemp("edge")) as (port, told):
        yield SimpleNamespace(port=port, told=told)


def without(what: str, line: str, loose: str) -> Guard:
    """Return a line of nginx's configuration as a guard; switched off, another stands there."""
    return Guard(f"nginx: {what}", lambda monkeypatch: monkeypatch.setattr(EDGE, "loosened", {line: loose}))


WITHOUT_NGINX = Guard("nginx", lambda monkeypatch: monkeypatch.setattr(EDGE, "absent", True))


@attack(
    "E9", "hundreds who send headers and bodies drop by drop, while honest people read",
    WITHOUT_NGINX,
    without("proxy_request_buffering", "proxy_request_buffering on;", "proxy_request_buffering off;"),
    without("client_header_timeout", f"client_header_timeout {HEADER_SECONDS}s;", "client_header_timeout 300s;"),
    without("worker_connections", "worker_connections 8192;", "worker_connections 256;"),
)  # fmt: skip
def test_slow_senders(behind, tmp_path, tries):
    with EDGE.before(behind.port, tmp_path / "nginx") as port:
        end = time.monotonic() + 30
        while (calm := worst(served(port, 1))) > 1 and time.monotonic() < end:
            time.sleep(0.5)  # those of the attack before are still being let go
        slow = Slow(port, headers=700, bodies=300)
        tries(len(slow.open))
        stop = threading.Event()

        def drip() -> None:
            while not stop.wait(1):
                slow.drip()

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            busy = worst(served(port, HEADER_SECONDS + 2))
            held = slow.held(b"GET")
        finally:
            stop.set()
            dripping.join()
            slow.close()
    loot = [f"honest people waited {busy:.1f} s, before it {calm:.2f} s"] if busy > max(2 * calm, 1.0) else []
    return loot + ([f"{held} are still held open after {HEADER_SECONDS + 2} s"] if held else [])


LONG = b"x" * 100_000
ENORMOUS = {
    "an address of 100 kB": b"GET /about/?" + LONG + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "a header of 100 kB": b"GET /about/ HTTP/1.1\r\nHost: a\r\nX-a: " + LONG + b"\r\nConnection: close\r\n\r\n",
    "a cookie of 100 kB": b"GET /about/ HTTP/1.1\r\nHost: a\r\nCookie: citizen=" + LONG + b"\r\nConnection: close\r\n\r\n",
    "5,000 headers": b"GET /about/ HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(5_000)) + b"\r\n",
    "a body that says 1 GB": b"POST /verify/number/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\nnumber=",
    "a body of 13 MB": b"POST /verify/number/ HTTP/1.1\r\nHost: a\r\nContent-Length: 13000000\r\nConnection: close\r\n\r\n"
    + b"x" * 13_000_000,
    "13 MB in pieces": b"POST /verify/number/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    + (b"%x\r\n" % 100_000 + LONG + b"\r\n") * 130 + b"0\r\n\r\n",
}  # fmt: skip


def reached(behind, send):
    """Return what reached the application while ``send`` was sent."""
    before = behind.told.read_text("utf-8")
    send()
    time.sleep(0.05)
    came = behind.told.read_text("utf-8").removeprefix(before).splitlines()
    return [one for one in came if not one.endswith(" /help/")]  # late ones of the slow senders before


@attack(
    "E9", "addresses, headers and bodies of enormous size",
    WITHOUT_NGINX,
    without("client_max_body_size", "client_max_body_size 12m;", "client_max_body_size 0;"),
)  # fmt: skip
def test_enormous(behind, tmp_path, tries):
    loot = []
    with EDGE.before(behind.port, tmp_path / "nginx") as port:
        for what, request in ENORMOUS.items():
            tries()
            loot += [f"{what}: {line}" for line in reached(behind, lambda r=request, p=port: ask(p, r, seconds=3))]
    return loot


POST = b"POST /verify/number/ HTTP/1.1\r\nHost: localhost\r\n"
HIDDEN = b"GET /robots.txt?hidden HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
PIECES = b"0\r\n\r\n" + HIDDEN
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def _long(text: bytes) -> bytes:
    return b"Content-Length: %d\r\n" % len(text)


TWO_WAYS = {
    "a length and pieces": POST + _long(PIECES) + CHUNKED + b"\r\n" + PIECES,
    "pieces and a length": POST + CHUNKED + _long(PIECES) + b"\r\n" + PIECES,
    "pieces and a length that ends sooner": POST + CHUNKED + b"Content-Length: 3\r\n\r\n" + b"1\r\nx\r\n" + PIECES,
    "xchunked": POST + _long(PIECES) + b"Transfer-Encoding: xchunked\r\n\r\n" + PIECES,
    "a space before the colon": POST + _long(PIECES) + b"Transfer-Encoding : chunked\r\n\r\n" + PIECES,
    "a tab after the colon": POST + _long(PIECES) + b"Transfer-Encoding:\tchunked\r\n\r\n" + PIECES,
    "chunked, then identity": POST + _long(PIECES) + CHUNKED + b"Transfer-Encoding: identity\r\n\r\n" + PIECES,
    "identity, then chunked": POST + _long(PIECES) + b"Transfer-Encoding: identity\r\n" + CHUNKED + b"\r\n" + PIECES,
    "chunked and something": POST + _long(PIECES) + b"Transfer-Encoding: chunked, x\r\n\r\n" + PIECES,
    "chunked in a folded line": POST + _long(PIECES) + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + PIECES,
    "chunked with a vertical tab": POST + _long(PIECES) + b"Transfer-Encoding: \x0bchunked\r\n\r\n" + PIECES,
    "chunked by HTTP/1.0": POST.replace(b"1.1", b"1.0") + CHUNKED + b"\r\n" + PIECES,
    "two lengths": POST + b"Content-Length: 0\r\n" + _long(HIDDEN) + b"\r\n" + HIDDEN,
    "two lengths the other way": POST + _long(HIDDEN) + b"Content-Length: 0\r\n\r\n" + HIDDEN,
    "two lengths in one line": POST + b"Content-Length: 0, %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a length with a plus": POST + b"Content-Length: +%d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a length below nothing": POST + b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "a length in hexadecimal": POST + b"Content-Length: 0x%x\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a length with letters": POST + b"Content-Length: 0a\r\n\r\n" + HIDDEN,
    "a length beyond 64 bits": POST + b"Content-Length: 18446744073709551616\r\n\r\n" + HIDDEN,
    "a piece beyond 64 bits": POST + CHUNKED + b"\r\n" + b"10000000000000000\r\n" + HIDDEN,
    "a piece with a sign": POST + CHUNKED + b"\r\n" + b"+0\r\n\r\n" + HIDDEN,
    "a zero byte in a header": POST + b"X-a: b\x00c\r\n" + _long(HIDDEN) + b"\r\n" + HIDDEN,
    "a carriage return in a header": POST + b"X-a: b\rContent-Length: 0\r\n\r\n" + HIDDEN,
    "two hosts": POST + b"Host: elsewhere.example\r\nContent-Length: 0\r\n\r\n",
    "no host": b"POST /verify/number/ HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    "a line with a space for a name": POST + b" : b\r\n" + b"Content-Length: 0\r\n\r\n",
}  # fmt: skip
"""Requests that two readers may read in two ways: none may reach the application at all."""
ONE_WAY = {
    "a length in a reading request": b"GET /about/ HTTP/1.1\r\nHost: localhost\r\n" + _long(HIDDEN) + b"\r\n" + HIDDEN,
    "lines that end with a line feed alone": b"GET /about/ HTTP/1.1\nHost: localhost\n" + _long(HIDDEN).strip() + b"\n\n" + HIDDEN,
    "a piece with an extension": POST + CHUNKED + b"\r\n" + b"%x;x=y\r\n" % len(HIDDEN) + HIDDEN + b"\r\n0\r\n\r\n",
    "pieces with a trailer": POST + CHUNKED + b"\r\n" + b"%x\r\n" % len(HIDDEN) + HIDDEN + b"\r\n0\r\nContent-Length: 9\r\n\r\n",
    "an offer of HTTP/2": b"GET /about/ HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n" + _long(HIDDEN) + b"\r\n" + HIDDEN,
}  # fmt: skip
"""Requests that are odd and can be read in one way: at most the one that was sent may reach the application."""


@attack(
    "E9", "thirty requests that two readers read in two ways, with another hidden in each", WITHOUT_NGINX
)  # fmt: skip
def test_ambiguous(behind, tmp_path, tries):
    loot = []
    with EDGE.before(behind.port, tmp_path / "nginx") as port:
        for what, request in {**TWO_WAYS, **ONE_WAY}.items():
            tries()
            came = reached(behind, lambda r=request, p=port: ask(p, r, seconds=0.5))
            may = 0 if what in TWO_WAYS else 1
            loot += [f"{what}: {came}"] if len(came) > may or "GET /robots.txt" in came else []
        log = tmp_path / "nginx" / "seen.log"
        assert loot or log.read_text("utf-8").count("\n") >= len(TWO_WAYS), "nginx saw nothing: nothing is shown"
    return loot


def test_what_ships_is_what_is_attacked():
    for line in (
        f"client_header_timeout {HEADER_SECONDS}s;",
        "proxy_request_buffering on;",
        "client_max_body_size 12m;",
    ):
        assert line in nginx.text("served.conf")
    for whole in (SHIPPED.read_text("utf-8"), nginx.text("one_server.conf")):
        assert "worker_connections 8192;" in whole
        assert "served.conf;" in whole

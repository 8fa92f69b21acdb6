"""Strangers on the wire of the cluster: without TLS, without a certificate, or with one of another authority.

At the platform's own door machines of the cluster are strangers too, but for nginx's.
"""

import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from deploy.cluster import nodes, trust


def _doors() -> Iterator[tuple[str, str, bytes | None]]:
    """Yield what is behind each door, its address without the scheme, and what to send there."""
    for name, address in nodes.DATABASES.items():
        yield f"etcd of {name}", f"{address}:2379/version", None
        yield f"etcd among members, {name}", f"{address}:2380/members", None
        yield f"Patroni of {name}, to change something", f"{address}:8008/reload", b"{}"
    for name, address in nodes.WEBS.items():
        yield f"the platform on {name}", f"{address}:8443/health", None


DOORS = (
    *((address, port) for address in nodes.DATABASES.values() for port in (2379, 2380, 8008, 5432)),
    *((address, 8443) for address in nodes.WEBS.values()),
)
"""Every address and port of the cluster that shows a certificate."""


def served_certificate(address: str, port: int) -> str:
    """Return the certificate that is shown there now, or nothing where none is."""
    words = [
        "openssl",
        "s_client",
        "-connect",
        f"{address}:{port}",
        *(["-starttls", "postgres"] if port == 5432 else []),
    ]
    told = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=20
    ).stdout
    return told.partition("-----BEGIN CERTIFICATE-----")[2].partition("-----END")[0]


def _strangers(place: Path) -> Iterator[tuple[str, ssl.SSLContext | None]]:
    trust.make_authority(place / "authority")
    trust.certify(place / "authority", place / "tls", name="edge", known_as=["web", nodes.NODES["edge"]])
    yield "without TLS", None
    known = nodes.authority() / "authority.pem"
    yield "without a certificate", trust.asking(known)
    yield "with a certificate of another authority", trust.asking(known, place / "tls")


def _is_let_in(address: str, sent: bytes | None, context: ssl.SSLContext | None) -> bool:
    scheme = "https" if context else "http"
    try:
        with urllib.request.urlopen(f"{scheme}://{address}", data=sent, timeout=5, context=context) as answer:
            return bool(answer.status < 400)
    except (OSError, urllib.error.HTTPError, ValueError):
        return False


def _reads_in_the_clear(address: str) -> bool:
    """Return whether PostgreSQL lets in who knows the password but speaks in the clear."""
    words = [str(nodes.postgres() / "psql"), f"host={address} user=postgres sslmode=disable", "-Atc", "SELECT 1"]  # type: ignore[operator]
    own = {"PGPASSWORD": nodes.passwords()["superuser"]}
    return subprocess.run(words, env=own, capture_output=True, check=False, timeout=20).returncode == 0


def let_in() -> tuple[int, list[str]]:
    """Return how many doors were tried how often, and which let a stranger in."""
    tries, found = 0, []
    with tempfile.TemporaryDirectory() as place:
        for told, context in _strangers(Path(place)):
            for what, address, sent in _doors():
                tries += 1
                if _is_let_in(address, sent, context):
                    found.append(f"{what} answers {told}")
    for name, address in nodes.WEBS.items():
        for other in ("pg1", *nodes.WEBS):
            tries += 1
            if _is_let_in(f"{address}:8443/health", None, nodes.asking_as(other)):
                found.append(f"the platform on {name} answers {other}")
    for name, address in nodes.DATABASES.items():
        tries += 1
        if _reads_in_the_clear(address):
            found.append(f"PostgreSQL of {name} answers without TLS")
    return tries, found

"""The cluster's wire: nothing in the clear, and who is not of the cluster is not listened to.

What is written is looked at here; that it does what it says is tried on the cluster itself (tests/faults/strangers.py).
"""

import re
import socket
import ssl
import threading
from contextlib import suppress

import pytest
import yaml

from deploy.cluster import trust
from tests.house.source import TREE

pytestmark = pytest.mark.once

TEMPLATES = TREE / "deploy" / "cluster" / "templates"


def text(name):
    """Return a template without its comments."""
    return re.sub(r"(?m)^\s*[#;].*\n", "", (TEMPLATES / name).read_text("utf-8"))


def test_no_part_speaks_in_the_clear():
    for path in TEMPLATES.iterdir():
        assert "http://" not in text(path.name), path.name
    etcd = yaml.safe_load(text("etcd.conf.yaml").replace("$", "_"))
    for side in ("client", "peer"):
        assert etcd[f"{side}-transport-security"]["client-cert-auth"] is True
        assert etcd[f"{side}-transport-security"]["trusted-ca-file"]
    patroni = yaml.safe_load(text("patroni.yaml").replace("$", "_"))
    assert patroni["restapi"]["verify_client"] == "optional"  # to read; changing anything needs a certificate
    assert patroni["etcd3"]["protocol"] == "https"
    assert {one["sslmode"] for one in patroni["postgresql"]["authentication"].values()} == {"verify-full"}
    assert patroni["postgresql"]["parameters"]["ssl"] == "on"
    assert {one.split()[0] for one in patroni["postgresql"]["pg_hba"]} == {"local", "hostssl"}


def test_who_answers_is_looked_at():
    assert "server_tls_sslmode = verify-full" in text("pgbouncer.ini")
    assert "listen_addr = 127.0.0.1" in text("pgbouncer.ini")
    haproxy = text("haproxy.cfg")
    asked = [line for line in haproxy.splitlines() if "default-server" in line and "check-ssl" in line]
    assert len(asked) == 1
    assert "verify required ca-file" in asked[0]
    doors = [line.split() for line in haproxy.splitlines() if line.split()[:1] == ["bind"]]
    assert all(one[1].startswith("127.0.0.1:") or " ".join(one[2:]).endswith("verify required") for one in doors)
    assert "tcp-request session reject unless { ssl_c_s_dn(cn) -m str edge }" in haproxy
    nginx = text("nginx.conf")
    for needed in ("proxy_ssl_verify on;", "proxy_ssl_trusted_certificate", "proxy_ssl_certificate_key"):
        assert needed in nginx


def contexts(server, client):
    """Return how a server and a client of the cluster meet, each with what lies in its folder."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.verify_mode = ssl.CERT_REQUIRED
    serving.load_verify_locations(server / "authority.pem")
    serving.load_cert_chain(server / "both.pem")
    return serving, trust.asking(client / "authority.pem", client)


def met(server, client, name):
    """Return whether the two speak with each other, where the client asks for ``name``."""
    serving, asking = contexts(server, client)
    ours, theirs = socket.socketpair()
    heard = []

    def serve():
        with suppress(OSError), serving.wrap_socket(theirs, server_side=True) as line:
            heard.append(line.recv(5))
            line.sendall(b"heard")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with asking.wrap_socket(ours, server_hostname=name) as line:
            line.sendall(b"hello")
            return line.recv(5) == b"heard"
    except OSError:
        return False
    finally:
        ours.close()
        thread.join(5)
        theirs.close()


@pytest.fixture
def machines(tmp_path):
    for authority in ("ours", "theirs"):
        trust.make_authority(tmp_path / authority)
    trust.certify(tmp_path / "ours", tmp_path / "web1", name="web1", known_as=["10.77.0.21", "web1", "web"])
    trust.certify(tmp_path / "ours", tmp_path / "edge", name="edge", known_as=["10.77.0.30", "edge"])
    trust.certify(tmp_path / "theirs", tmp_path / "stranger", name="edge", known_as=["10.77.0.30", "edge"])
    return tmp_path


@pytest.mark.parametrize("name", ["web", "web1", "10.77.0.21"])
def test_machines_of_the_cluster_know_each_other_by_every_name(machines, name):
    assert met(machines / "web1", machines / "edge", name)


@pytest.mark.parametrize("name", ["edge", "10.77.0.22", "127.0.0.1"])
def test_a_machine_is_not_taken_for_another(machines, name):
    assert not met(machines / "web1", machines / "edge", name)


def test_strangers_are_refused_by_both_sides(machines):
    (machines / "stranger" / "authority.pem").write_bytes((machines / "edge" / "authority.pem").read_bytes())
    assert not met(machines / "web1", machines / "stranger", "web")
    assert not met(machines / "stranger", machines / "edge", "edge")


def test_keys_are_their_owners_alone_and_the_authority_is_made_once(machines):
    for path in machines.rglob("*.key"):
        assert path.stat().st_mode & 0o077 == 0, path
    assert not list((machines / "web1").glob("authority.key"))
    before = (machines / "ours" / "authority.pem").read_bytes()
    trust.make_authority(machines / "ours")
    assert (machines / "ours" / "authority.pem").read_bytes() == before

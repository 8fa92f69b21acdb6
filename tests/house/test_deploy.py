"""nginx before the platform: TLS of today alone, people led to it, programmes refused, lines without queries."""

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from tests.house.source import TREE

pytestmark = pytest.mark.once

TEMPLATE = TREE / "deploy" / "nginx" / "one_server.conf"
FORWARD_SECRET = re.compile(r"ECDHE-(?:ECDSA|RSA)-(?:AES(?:128|256)-GCM-SHA\d+|CHACHA20-POLY1305)")


def directives(text):
    """Return each directive's values, and where it has a block its body, by name."""
    plain = re.sub(r"#[^\n]*", "", text)
    found = {}
    for name, values in re.findall(r"(?:^|[{;\s])([a-z_]+\d?)\s+([^;{}]+);", plain):
        found.setdefault(name, []).append(values.strip())
    return found


def servers(text):
    """Return the text of each server."""
    plain = re.sub(r"#[^\n]*", "", text)
    return [part.split("\n    }\n")[0] for part in plain.split("\n    server {\n")[1:]]


def test_tls_is_of_today():
    told = directives(TEMPLATE.read_text("utf-8"))
    assert told["ssl_protocols"] == ["TLSv1.2 TLSv1.3"]
    ciphers = told["ssl_ciphers"][0].split(":")
    assert all(FORWARD_SECRET.fullmatch(one) for one in ciphers)
    assert "256" in ciphers[0]
    assert told["ssl_prefer_server_ciphers"] == ["on"]
    assert told["ssl_session_tickets"] == ["off"]


def test_people_are_led_to_https_and_programmes_are_refused():
    unknown, plain, secure = servers(TEMPLATE.read_text("utf-8"))
    assert "listen 80" in plain
    assert "proxy_pass" not in plain
    assert "location /api/ { return 403; }" in plain
    assert "location /gateway/ { return 403; }" in plain
    assert plain.count("return 301 https://") == 1
    assert "(GET|HEAD)" in plain
    assert "ssl_reject_handshake on" in unknown
    assert "listen 443 ssl" in secure
    assert "listen 80" not in secure


def test_what_visitors_send_is_not_taken_for_the_proxys_word_and_nothing_else_is_reached():
    served = (TEMPLATE.parent / "served.conf").read_text("utf-8")
    told = directives(served)
    assert served.count("proxy_set_header X-Forwarded-For $remote_addr;") == served.count(
        "proxy_set_header Host $host;"
    )
    assert set(told["proxy_pass"]) == {"http://web"}
    assert not {"root", "alias", "autoindex"} & (set(told) | set(directives(TEMPLATE.read_text("utf-8"))))


def test_a_line_holds_no_query():
    line = TEMPLATE.read_text("utf-8").partition("log_format janaseva")[2].partition("';\n")[0]
    assert not re.search(r"\$(?:request\b|request_uri|args|query_string|http_|cookie_|arg_)", line)
    for needed in ("$time_iso8601", "$remote_addr", "$status", "$upstream_http_x_request_id"):
        assert needed in line
    assert "escape=json" in line


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_takes_it(tmp_path):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name, day = ec.generate_private_key(ec.SECP256R1()), x509.Name([]), datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day + timedelta(days=9000))
    pem = serialization.Encoding.PEM
    (tmp_path / "certificate.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    forms = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, *forms))
    for beside in ("kept.conf", "served.conf"):
        shutil.copy(TEMPLATE.parent / beside, tmp_path)
    text = TEMPLATE.read_text("utf-8")
    for place in ("/etc/nginx/janaseva", "/var/log/nginx", "/var/cache/nginx", "/run"):
        text = text.replace(f" {place}/", f" {tmp_path}/")
    folders = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(text.replace("http {", f"http {{ {folders}", 1), "utf-8")
    ran = subprocess.run(
        ["nginx", "-t", "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error")],
        capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr

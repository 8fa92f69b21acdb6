"""Hostile words through every door, into the database, onto pages and letters, and hostile paths into archives."""

# ruff: noqa: E501 - a hostile thing reads best on one line

import io
import logging
import tarfile
import time
from contextlib import suppress
from urllib.parse import quote

import pytest
from django.test import Client

from janaseva.documents.adapters.typesetting import ChildTypesetter, LetterError
from janaseva.services import actions, queries
from tests.attacks.guards import Guard, answers, attack, replaced, size
from tests.attacks.state import seated
from tests.conftest import chromium
from tests.given import BEGINS_AT
from tests.hostile.test_definitions import LETTER_FACTS, LETTERS
from tests.hostile.test_routes import NAMED, PLAIN, SAMPLES

pytestmark = pytest.mark.once

INJECTED = [
    "' OR '1'='1", "' OR 1=1 --", "') OR ('1'='1", "x' UNION SELECT NULL --", "'; DROP TABLE people_session; --", "\\' OR 1=1 --",
    '" OR ""="', "1) OR (1=1", "' AND (SELECT COUNT(*) FROM services_application) > 0 --", "%' OR '%'='", "'||(SELECT 'x')||'",
    "id; --", "-id", "{'$gt': ''}", "a.b__c' OR 1=1 --", "')) OR 1=1 /*",
]  # fmt: skip


def _by_text(monkeypatch):
    """Send statements with words written into their text, as careless code does, where there is a quote in them."""
    from janaseva.core import cursors

    real = cursors.said

    def said(database, run, sql, values=(), *more):
        if not any(isinstance(one, str) and "'" in one for one in values or ()):
            return real(database, run, sql, values, *more)
        pieces, kept = str(sql).split("%s"), []
        text = pieces[0]
        for value, piece in zip(values, pieces[1:], strict=True):
            if isinstance(value, str) and "'" in value:
                text += "'" + value.replace("%", "%%") + "'" + piece
            else:
                text, kept = text + "%s" + piece, [*kept, value]
        return real(database, run, text, kept, *more)

    monkeypatch.setattr(cursors, "said", said)


@pytest.fixture
def at_the_doors(given, monkeypatch):
    """Somebody with an application, and browsers of theirs and of an officer; nobody is told to wait."""
    from janaseva.doorway import limits, visitor
    from janaseva.people.rules import limits as people_limits

    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    monkeypatch.setattr(limits.Window, "wait", lambda self, name, moment: 0)
    monkeypatch.setattr(people_limits, "wait_seconds", lambda *_, **__: 0)
    token, whose = given.session()
    application_id, _ = given.taken(whose)
    _, officers = seated(given, "kl-village-adoor", "village_officer")
    monkeypatch.setattr(visitor, "now", lambda: given.at)
    person, desk = Client(raise_request_exception=False), Client(raise_request_exception=False)
    person.cookies["citizen"], desk.cookies["officer"] = token, officers
    return person, desk, application_id, whose


def stands():
    from janaseva.people.models import Session
    from janaseva.services.models import Application

    return Application.objects.count(), Session.objects.filter(ended_at=None).count()


@pytest.mark.django_db
@attack(
    "D1", "SQL in every query, in searches, sign-ins and numbers to verify, and in what definitions are asked for",
    Guard("values are parameters of a statement, never its text", _by_text),
)  # fmt: skip
def test_sql(at_the_doors, tries):
    person, desk, application_id, _ = at_the_doors
    before, loot = stands(), []

    def judged(response, where, *, found=False):
        tries()
        if response.status_code >= 500 or found:
            loot.append(f"{where[:90]}: {response.status_code}")

    places = [where.replace(SAMPLES["uuid"], str(application_id)) for where, _ in PLAIN]
    places = [one for one in places if not any(word in one for word in ("sign-out", "demonstration", "account/end"))]
    for text in INJECTED:
        for where in places:
            query = "&".join(f"{name}={quote(text)}" for name in NAMED)
            judged((desk if where.startswith("/desk/") else person).get(f"{where}?{query}"), f"{where} {text}")
        for where in ("/desk/find", "/services/"):
            response = (desk if "desk" in where else person).get(where, {"q": text})
            judged(response, f"{where} {text}", found="/case/" in response.get("Location", ""))
        fields = dict.fromkeys(("login", "password", "phone", "number", "secret", "code", "name"), text)
        for where in ("/desk/sign-in", "/sign-in/", "/verify/number/", "/verify/code/"):
            judged(Client(raise_request_exception=False).post(where, {"key": "x", **fields}), f"{where} {text}")
        judged(person.get(f"/services/{quote(text, safe='')}/"), f"a service {text}")
        judged(person.get(f"/verify/{quote(text, safe='')}"), f"a paper {text}")
        if len(loot) > 10:
            break
    return loot + (["rows are gone or new"] if stands() != before else [])


SCRIPTS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "'\"><script>alert(1)</script>",
    '"onfocus=alert(1) autofocus="', "'onmouseover='alert(1)'x='", "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>", "<style>@import'http://evil.example/x'</style>", "<link rel=stylesheet href=//evil.example/x>",
    "<base href=//evil.example/>", "<object data=javascript:alert(1)>", "<a href=javascript:alert(1)>x</a>",
    "<form action=//evil.example><button>x</button></form>", "<math><mtext><script>alert(1)</script></mtext></math>",
    "<!--><script>alert(1)</script>-->", "<meta http-equiv=refresh content='0;url=//evil.example'>",
]  # fmt: skip


def _as_markup(monkeypatch):
    """Take the environment's escaping off, for templates that are compiled from now on."""
    from django.template import engines

    jinja = next(engine.env for engine in engines.all() if hasattr(engine, "env"))
    monkeypatch.setattr(jinja, "autoescape", False)
    monkeypatch.setattr(jinja, "cache", {})
    monkeypatch.setattr(jinja, "bytecode_cache", None)  # there they lie compiled with what escapes
    components = jinja.globals["ui"]
    monkeypatch.setattr(components, "_known", {})
    monkeypatch.setattr(jinja, "finalize", None)


def looked_at(pages, tries):
    """Show pages in a browser, with the headers that they came with; return what ran and what was reported."""
    from playwright.sync_api import Error, sync_playwright

    from tests.browser.conftest import ARGUMENTS

    loot = []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = opened.new_page()
        page.on("dialog", lambda dialog: (loot.append("a script ran"), dialog.dismiss()))
        page.on("console", lambda said: loot.append(said.text[:120]) if "Security Policy" in said.text else None)
        for response in pages:
            headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
            page.unroute_all()
            page.route("**/*", lambda route: route.abort())
            page.route("http://shown.example/page", lambda route, *, body=response.content, headers=headers: route.fulfill(
                status=200, headers=headers, body=body))  # fmt: skip
            try:
                page.goto("http://shown.example/page", wait_until="domcontentloaded")
                page.wait_for_timeout(30)
            except Error as led_away:
                loot.append(f"the page led elsewhere: {str(led_away)[:120]}")
                page.wait_for_timeout(300)  # until where it led to has come to nothing
            tries()
        opened.close()
    return loot


@pytest.mark.django_db
@attack(
    "D2", "script in names, questions, notes and answers, and in what is looked for, before a real browser",
    Guard("templates escape", _as_markup),
)  # fmt: skip
def test_script(at_the_doors, given, tries):
    if not chromium():
        pytest.skip("no chromium found: install it, or run .ci/run")
    person, desk, application_id, whose = at_the_doors
    officer = given.holder(application_id)
    for text in SCRIPTS[: size(3, len(SCRIPTS))]:
        given.act(actions.note, officer, application_id=application_id, text=f"A note. {text}")
    given.act(actions.ask, officer, application_id=application_id, question=f"Which papers? {' '.join(SCRIPTS)}")
    query_id = queries.application(officer, application_id).open_query.id
    pages = [person.get(f"/applications/{application_id}/")]
    words = " ".join(SCRIPTS)
    given.act(actions.answer, whose, application_id=application_id, query_id=query_id, text=words)
    pages += [desk.get(f"/desk/case/{application_id}"), person.get(f"/applications/{application_id}/")]
    for text in SCRIPTS:
        pages += [person.get("/services/", {"q": text}), desk.get("/desk/find", {"q": text}, follow=True)]
        pages += [Client().post("/verify/number/", {"key": "x", "number": text, "secret": text})]
    assert all(page.status_code in (200, 422) for page in pages), {page.status_code for page in pages}
    loot = looked_at(pages, tries)
    assert "a script ran" not in loot, "even where nothing is escaped, the policy of the page lets no such script run"
    return loot


OUT = [
    ("../out.txt", None, ""), ("keys/../../out.txt", None, ""), ("/{outside}/out.txt", None, ""), ("./../out.txt", None, ""),
    ("a/b/../../../out.txt", None, ""), ("..", None, ""), ("link", tarfile.SYMTYPE, "{outside}"), ("link", tarfile.SYMTYPE, ".."),
    ("link", tarfile.SYMTYPE, "../out.txt"), ("hard", tarfile.LNKTYPE, "../secret.txt"), ("hard", tarfile.LNKTYPE, "/etc/passwd"),
    ("pipe", tarfile.FIFOTYPE, ""), ("device", tarfile.CHRTYPE, ""),
]  # fmt: skip
"""Members of an archive that lead out of it, or are no files: the name, the kind, where a link leads."""


def _as_packed(real, source, into):
    with tarfile.open(fileobj=source, mode="r:") as archive:
        archive.extraction_filter = lambda member, _: member  # where there are filters; before 3.11.4 there are none
        archive.extractall(into)


@attack(
    "D6", "paths and links that lead out of a backup's archive",
    replaced("janaseva.cli.backup.folders.unpack", _as_packed),
)  # fmt: skip
def test_paths_out_of_a_backup(tmp_path, tries):
    from janaseva.cli.backup import folders

    outside, loot = tmp_path / "outside", []
    outside.mkdir()
    for number, (name, kind, to) in enumerate(OUT):
        into = outside / f"into-{number}"
        into.mkdir()
        (outside / "secret.txt").write_text("SECRET")
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            member = tarfile.TarInfo(name.format(outside=outside))
            member.type, member.linkname = kind or tarfile.REGTYPE, to.format(outside=outside)
            content = b"" if kind else b"OUT"
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
            if kind == tarfile.SYMTYPE:
                through = tarfile.TarInfo("link/out.txt")
                through.size = 3
                archive.addfile(through, io.BytesIO(b"OUT"))
        packed.seek(0)
        tries()
        with suppress(tarfile.TarError, OSError):
            folders.unpack(packed, into)
        left = [one for one in into.rglob("*") if not (one.is_file() or one.is_dir()) or one.is_symlink()]
        if (outside / "out.txt").exists() or (tmp_path / "out.txt").exists() or left:
            loot.append(f"{name} {to}")
        shared = [one for one in into.rglob("*") if one.is_file() and one.stat().st_nlink > 1]
        loot += [f"{name} is {one.read_text()[:6]}" for one in shared]
        (outside / "out.txt").unlink(missing_ok=True)
    return loot


@attack(
    "D6", "links in a pack that lead out of it",
    replaced("janaseva.services.adapters._text", lambda real, path, folder: path.read_text("utf-8")), quick=True,
)  # fmt: skip
def test_links_out_of_a_pack(tmp_path, tries):
    from janaseva.services.adapters import PackFolder

    outside = tmp_path / "outside.yaml"
    outside.write_text("secret: SECRET")
    loot = []
    for place in ("services/x/service.yaml", "services/x/letter.typ", "services/x/words.ml.yaml", "pack.yaml",
                  "sources.yaml", "glossary.ml.yaml", "calendars/2026.yaml"):  # fmt: skip
        for to in (outside, "../" * place.count("/") + "../../outside.yaml"):
            tries()
            folder = tmp_path / "packs" / f"evil{len(list(tmp_path.rglob('evil*')))}"
            (folder / "services" / "x").mkdir(parents=True)
            (folder / "services" / "x" / "service.yaml").write_text("key: x")
            (folder / "pack.yaml").write_text("key: x")
            (folder / place).parent.mkdir(exist_ok=True)
            (folder / place).unlink(missing_ok=True)
            (folder / place).symlink_to(to)
            with suppress(LookupError, OSError):
                read = PackFolder(folder.parent).read(folder.name)
                loot += [place] if "SECRET" in repr(read) else []
    return loot


MORE = {
    "reads JSON above": '#json("../outside.json")',
    "reads YAML outside": '#yaml("/../../outside.json")',
    "reads a table outside": '#csv("../outside.txt")',
    "reads XML outside": '#xml("../outside.xml")',
    "reads TOML outside": '#toml("../outside.toml")',
    "reads bytes outside": '#read("../outside.txt", encoding: none)',
    "takes a picture outside": '#image("../outside.png")',
    "takes a bibliography outside": '#bibliography("../outside.yaml")',
    "reads by evaluated words": '#eval("read(\\"../outside.txt\\")")',
    "reads with backslashes": '#read("..\\\\outside.txt")',
    "reads its own process": '#read("/proc/self/environ")',
    "reads a package's neighbour": '#import "@local/../outside:0.1.0": *',
    "attaches what is outside": '#pdf.attach("../outside.txt")',
    "goes on and on": "#{ for a in range(100000) { for b in range(1000) { let c = a * b } } }",
    "repeats a word without end": '#("x" * 1000000000)',
    "counts without end": "#range(100000000000).sum()",
    "nests without end": "#{ let f(x) = [#box(f(x))]; f(1) }",
}  # fmt: skip
SLOW_SECONDS = 5.0


@attack(
    "D8", "letters that read, fetch, and never end",
    replaced("janaseva.documents.adapters.typesetting.ChildTypesetter._place",
             lambda real, self, letter: (self._packs_dir.parent, f"{self._packs_dir.name}/{letter}")),
    answers("janaseva.documents.adapters.typesetting._leads_out", value=False),
    replaced("janaseva.documents.adapters.typesetting.ChildTypesetter._receive",
             lambda real, self, child, length, deadline: real(self, child, length, deadline + 2 * SLOW_SECONDS)),
)  # fmt: skip
def test_letters(tmp_path, tries):
    folder, loot = tmp_path / "packs", []
    letters = folder / "evil"
    letters.mkdir(parents=True)
    for name in ("outside.txt", "outside.json", "outside.yaml", "outside.toml", "outside.xml", "outside.typ"):
        content = {"json": '{"x": "SECRET"}', "typ": '#let x = "SECRET"', "xml": "<x>SECRET</x>"}
        for where in (folder, tmp_path):
            (where / name).write_text(content.get(name.rpartition(".")[2], 'x = "SECRET"'))
    linked = folder / "linked"
    linked.mkdir()
    (linked / "link.txt").symlink_to(folder / "outside.txt")
    setter = ChildTypesetter(folder, seconds=2)
    try:
        for number, (name, text) in enumerate([*LETTERS.items(), *MORE.items(), ("reads a link", '#read("link.txt")')]):
            place = f"{'linked' if 'link' in name else 'evil'}/l{number}.typ"
            (folder / place).write_text(text)
            tries()
            began = time.monotonic()
            try:
                setter.pdf(place, LETTER_FACTS, attached={}, at=BEGINS_AT)
                loot.append(f"a letter that {name} was set")
            except LetterError as error:
                loot += [f"a letter that {name} told it"] if "SECRET" in str(error) else []
            spent = time.monotonic() - began
            loot += [f"a letter that {name} took {spent:.0f} s"] if spent > SLOW_SECONDS else []
    finally:
        setter.close()
    return loot

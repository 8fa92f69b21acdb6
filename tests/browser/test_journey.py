"""The whole journey in a browser, as people go it: a citizen on a phone, officers at desks, in two scripts and directions.

Everything runs as `janaseva up` runs it: web and worker processes of their own, a scratch database, the demonstration's
mailbox, bank and officers. Malayalam goes with script off throughout; Urdu, right to left, with script on. Every page passed is
held against axe at 360 and at 1280 pixels, and kept as a picture under build/screenshots/.
"""

import io
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from janaseva.core.money import grouped
from janaseva.core.words import say
from janaseva.forms.rules import settle_shape
from janaseva.services.adapters import PackFolder
from janaseva.services.rules import compiling
from janaseva.services.rules.definition import PublishedText
from janaseva.services.rules.examples import read_examples
from janaseva.settings import OPTIONS
from tests.conftest import chromium

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-journey")]

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
WIDTHS = (360, 1280)
PICTURES = Path(__file__).resolve().parents[2] / "build" / "screenshots"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The platform, up and running in a scratch folder; its address."""
    address = f"http://127.0.0.1:{free_port()}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("JANASEVA_", "DJANGO_"))},
        "JANASEVA_DATA_DIR": str(tmp_path_factory.mktemp("place")),
        "JANASEVA_PUBLIC_URL": address,
        "JANASEVA_DEMONSTRATION": "true",
    }
    command = [sys.executable, "-m", "janaseva"]
    up = subprocess.run([*command, "up"], env=environment, capture_output=True, text=True, timeout=170, check=False)
    assert up.returncode == 0, up.stdout + up.stderr
    yield address
    subprocess.run([*command, "down"], env=environment, capture_output=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield opened
        opened.close()


class Walk:
    """One person at one browser. ``look`` holds the page against axe and keeps its picture."""

    def __init__(self, browser, address: str, *, language: str, who: str, width: int, script: bool):
        # axe itself is a script: where pages must work without theirs, a second, scripted view of the same page is held
        # against axe, and everything that is done is done in the view without script
        self.context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script, accept_downloads=True, locale=language
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.browser, self.address, self.language, self.who, self.width = browser, address, language, who, width
        self.script = script
        self.count = 0
        self.problems: list[str] = []

    def go(self, path: str) -> None:
        mark = "&" if "?" in path else "?"
        self.page.goto(f"{self.address}{path}{mark}lang={self.language}")

    def look(self, name: str) -> None:
        """Hold the page against axe at both widths; fail on sideways scrolling."""
        from axe_playwright_python.sync_playwright import Axe

        self.count += 1
        folder = PICTURES / self.language
        folder.mkdir(parents=True, exist_ok=True)
        html = self.page.content()
        assert "Traceback" not in html
        viewer = self.page
        context = None
        if not self.script:
            context = self.browser.new_context(storage_state=self.context.storage_state())
            viewer = context.new_page()
            viewer.route(self.page.url, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
            viewer.goto(self.page.url)
        for width in WIDTHS:
            viewer.set_viewport_size({"width": width, "height": 800})
            viewer.screenshot(path=folder / f"{self.count:02d}-{self.who}-{name}-{width}.png", full_page=True)
            wide = viewer.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.problems.append(f"{name} at {width}: scrolls sideways to {wide}")
            for found in Axe().run(viewer).response["violations"]:
                where = [node["target"] for node in found["nodes"]][:3]
                self.problems.append(f"{name} at {width}: {found['id']} {where}")
        if context is not None:
            context.close()
        else:
            viewer.set_viewport_size({"width": self.width, "height": 800})
        direction = "rtl" if self.language in ("ur", "sd") else "ltr"
        assert self.page.locator("html").get_attribute("dir") == direction
        assert self.page.locator("html").get_attribute("lang") == self.language

    def press(self, key: str, **facts) -> None:
        """Press the button, or follow the link, that bears these words."""
        words = re.compile(re.escape(say(key, self.language, **facts)))
        self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words)).first.click()

    def submit(self) -> None:
        """Press the main button of the page's form."""
        self.page.locator("main button.main[type=submit], main .buttons button[type=submit]").first.click()


def service_of(pack: str, service: str):
    text = PackFolder(OPTIONS.packs_dir).read(pack)
    definition = compiling.compile_text(PublishedText(files=text.published(service).files))
    examples, _, _ = read_examples(text.services[service]["examples.yaml"], "examples.yaml")
    example = next(one for one in examples if one.expect.ends == "approved" and not one.expect.faults)
    return definition, example


def photo() -> dict:
    output = io.BytesIO()
    Image.effect_noise((900, 1200), 60).convert("RGB").save(output, "JPEG")
    return {"name": "paper.jpg", "mimeType": "image/jpeg", "buffer": output.getvalue()}


# --- the citizen


def sign_in(walk: Walk, phone: str) -> None:
    walk.look("sign-in")
    walk.page.locator("[name=phone]").fill(phone)
    walk.submit()
    walk.look("code")
    letters = walk.context.new_page()
    code = ""
    for _ in range(60):
        letters.goto(f"{walk.address}/demonstration/mailbox/?lang={walk.language}")
        shown = letters.locator(".mail-code")
        if shown.count():
            code = shown.first.inner_text().strip()
            break
        letters.wait_for_timeout(250)
    assert re.fullmatch(r"\d{6}", code), "the code came to the mailbox"
    letters.close()
    walk.page.locator("[name=code]").fill(code)
    walk.submit()


def fill(walk: Walk, question, answers: dict, name: str | None = None) -> None:
    """Give one answer as a person does: by the label's field, whatever its kind."""
    page = walk.page
    for key in (name,) if name else question.keys:
        value = answers.get(key if name is None else question.key)
        if value is None or question.computed is not None:
            continue
        if question.kind == "date":
            year, month, day = str(value).split("-")
            for part, text in (("day", day), ("month", month), ("year", year)):
                page.locator(f'[name="{key}.{part}"]').fill(text)
        elif question.kind in ("choice", "yes_no"):
            given = {True: "yes", False: "no"}.get(value, value)
            radio = page.locator(f'input[type=radio][name="{key}"][value="{given}"]')
            radio.check() if radio.count() else page.locator(f'select[name="{key}"]').select_option(str(given))
        elif question.kind == "declaration":
            page.locator(f'[name="{key}"]').check()
        elif question.kind == "area":
            choose_area(walk, key, str(value))
        elif question.kind == "money":
            page.locator(f'[name="{key}"]').fill(grouped(value // 100))
        else:
            page.locator(f'[name="{key}"]').fill(str(value))


def choose_area(walk: Walk, key: str, wanted: str) -> None:
    """Choose a place level by level, pressing the button that opens the next list."""
    page = walk.page
    chain = {"lgd-district:564": "lgd-state:32", "lgd-district:13": "lgd-state:1"}
    for depth in range(4):
        final = page.locator(f'select[name="{key}"]')
        if final.count() and final.locator(f'option[value="{wanted}"]').count():
            final.select_option(wanted)
            break
        level = page.locator(f'select[name="{key}.in{depth}"]')
        level.select_option(chain[wanted])
        page.locator(f'button[name=_show][value="{key}.in{depth}"]').click()
        page.wait_for_load_state()
    else:
        pytest.fail(f"{wanted} could not be chosen")
    opener = page.locator(f'button[name=_show][value="{key}"]')
    if opener.count():
        opener.click()
        page.wait_for_load_state()
        page.wait_for_timeout(200)


def fill_page(walk: Walk, definition, key: str, answers: dict) -> None:
    asked = next(one for one in definition.form.pages if one.key == key)
    for question in asked.fields:
        if question.kind == "table":
            rows = answers.get(question.key) or []
            for number, row in enumerate(rows):
                if not walk.page.locator(f'[name^="{question.key}.{number}."]').count():
                    walk.page.locator(f'button[name=_add][value="{question.key}"]').click()
                    walk.page.wait_for_load_state()
                for column in question.columns:
                    fill(walk, column, row, f"{question.key}.{number}.{column.key}")
        elif question.kind in ("declaration",) or walk.page.locator(
            ", ".join(f'[name="{name}"], [name^="{name}."]' for name in question.keys)
        ).count():
            fill(walk, question, answers)


def apply(walk: Walk, definition, example, *, search: str, phone: str) -> str:
    """Find the service, apply page by page, give the papers, hand in and pay; return the application's address."""
    walk.go("/")
    walk.look("home")
    walk.page.locator("main input[type=search], main [name=q]").first.fill(search)
    walk.page.locator("main form button").first.click()
    walk.look("found")
    walk.page.locator(f'a[href*="/services/{definition.key}/"]').first.click()
    walk.look("charter")
    walk.page.locator(f'a[href*="/apply/begin/{definition.key}"]').first.click()
    if walk.page.locator("[name=phone]").count():
        sign_in(walk, phone)
    walk.look("begin")
    walk.submit()
    walk.look("tasks")
    application = re.search(r"/apply/([0-9a-f-]{36})/", walk.page.url).group(1)
    answers = settle_shape(definition.form, example.answers)
    first = definition.form.pages[0]
    walk.go(f"/apply/{application}/page/{first.key}/")
    walk.submit()
    walk.look("faults")
    assert walk.page.locator(".error-summary").count() == 1, "every fault is listed at once"
    for page in definition.form.pages:
        walk.go(f"/apply/{application}/page/{page.key}/")
        if f"/page/{page.key}/" not in walk.page.url:
            continue
        fill_page(walk, definition, page.key, answers)
        walk.look(f"page-{page.key}")
        walk.submit()
        assert not walk.page.locator(".error-summary").count(), walk.page.locator(".error-summary").inner_text()
    walk.go(f"/apply/{application}/papers/")
    for name in example.documents or ():
        group, _, choice = name.partition(".")
        part = walk.page.locator(f"#g-{group}")
        chooser = part.locator("select[name=choice]")
        if chooser.count():
            chooser.select_option(choice)
        part.locator("input[type=file]").set_input_files(photo())
        part.locator("button[type=submit]").last.click()
        walk.page.wait_for_load_state()
    walk.look("papers")
    walk.go(f"/apply/{application}/check/")
    walk.look("check")
    declared = walk.page.locator("[name=declared_true]")
    if declared.count():
        declared.check()
    walk.submit()
    if "/pay/" in walk.page.url:
        pay(walk)
    return f"/applications/{application}/"


def pay(walk: Walk) -> None:
    walk.look("pay")
    walk.submit()
    walk.look("bank")
    walk.page.locator('input[name=choice][value="succeed"]').check()
    walk.submit()
    walk.page.wait_for_load_state()
    for _ in range(60):
        if "/simulator/" in walk.page.url:
            walk.page.locator("main a.button").last.click()
        if "/pay/return/" not in walk.page.url:
            break
        walk.page.wait_for_timeout(300)
        walk.page.reload()
    if "/pay/return/" in walk.page.url:
        walk.look("paid")


def wait_for(walk: Walk, path: str, selector: str, *, tries: int = 80) -> None:
    """Open ``path`` until ``selector`` is there: the worker does its part within seconds."""
    for _ in range(tries):
        walk.go(path)
        if walk.page.locator(selector).count():
            return
        walk.page.wait_for_timeout(250)
    pytest.fail(f"{selector} did not come on {path}: {walk.page.locator('main').inner_text()[:800]}")


# --- the officers


def officer(browser, place, language: str, login: str, *, script: bool) -> Walk:
    walk = Walk(browser, place, language=language, who="desk", width=1280, script=script)
    walk.go("/desk/")
    walk.look("sign-in")
    helper = walk.context.new_page()
    helper.goto(f"{place}/demonstration/officers/?lang={language}&q={login}")
    cells = helper.locator("tr", has_text=login).first
    texts = [text.strip() for text in cells.locator(".copy, bdi, code").all_inner_texts()]
    code = next(text for text in texts if re.fullmatch(r"\d{6}", text))
    password = next(
        text.strip()
        for text in helper.locator("dl.facts dd").all_inner_texts()
        if re.fullmatch(r"\w{4}-\w{4}-\w{4}", text.strip())
    )
    helper.close()
    walk.page.locator("[name=login]").fill(login)
    walk.page.locator("[name=password]").fill(password)
    walk.submit()
    walk.look("code")
    walk.page.locator("[name=code]").fill(code)
    walk.submit()
    walk.page.wait_for_load_state()
    walk.look("desk")
    return walk


def act(walk: Walk, action: str) -> None:
    """Send the form of the case's page whose address ends with ``action``."""
    form = walk.page.locator(f'form[action$="/{action}"]').first
    form.locator("button[type=submit], button:not([type])").last.click()
    walk.page.wait_for_load_state()


def open_details(walk: Walk, field: str) -> None:
    """Open the part of the page that holds ``field``, as a person does before typing."""
    closed = walk.page.locator(f'details:not([open]):has([name="{field}"])')
    if closed.count():
        closed.first.locator("summary").click()


def decide(walk: Walk, *, move: str) -> None:
    walk.page.locator(f'input[name=move][value="{move}"]').check()
    for box in walk.page.locator('input[name^="checked."]').all():
        box.check()
    walk.page.locator("[name=note]").fill("The papers agree with the answers.")
    act(walk, "move")


JOURNEYS = [
    pytest.param("ml", "kl-edistrict", "kl-income-certificate", "വരുമാനം", "9847012301", False, id="malayalam"),
    pytest.param("ur", "jk-edistrict", "jk-income-certificate", "آمدنی", "9906012302", True, id="urdu"),
]


@pytest.mark.parametrize(("language", "pack", "service", "search", "phone", "script"), JOURNEYS)
def test_a_certificate_from_search_to_proof(browser, place, language, pack, service, search, phone, script):
    definition, example = service_of(pack, service)
    citizen = Walk(browser, place, language=language, who="citizen", width=360, script=script)
    home = apply(citizen, definition, example, search=search, phone=phone)
    wait_for(citizen, home, ".timeline .moment-next")
    citizen.look("following")

    variant = next(one for one in definition.variants if one.key == (example.expect.variant or definition.variants[0].key))
    login = {"kl-income-certificate": "kl-vo-adoor", "jk-income-certificate": "jk-tahsildar-"}[service]
    decider = officer(browser, place, language, login if login != "jk-tahsildar-" else tahsildar(citizen, place), script=script)
    assert variant.officer.role in ("village_officer", "tahsildar")
    decider.page.locator('form[action*="next"] button').first.click()
    decider.page.wait_for_load_state()
    decider.look("case")
    case = re.sub(r"[?#].*", "", decider.page.url).removeprefix(place)

    open_details(decider, "question")
    decider.page.locator("[name=question]").fill("Which paper shows the income of the year?")
    act(decider, "ask")
    decider.look("asked")
    wait_for(citizen, home, "[name=answer]")
    citizen.look("question")
    citizen.page.locator("[name=answer]").fill("The one that I gave last.")
    act(citizen, "answer")
    citizen.look("answered")

    decider.go("/desk/")
    decider.page.locator('form[action*="next"] button').first.click()
    decider.page.wait_for_load_state()
    if decider.page.locator("[name=report_question]").count():
        report(browser, place, decider, case, language, script=script)
    decider.go(case)
    decide(decider, move=definition.process_for(variant).steps[-1].moves[0].key)
    decider.look("decided")

    wait_for(citizen, home, "section.panel a.button")
    citizen.look("ready")
    with citizen.page.expect_download() as download:
        citizen.page.locator("section.panel a.button").first.click()
    file = Path(download.value.path())
    verify(citizen, file.read_bytes())
    assert not citizen.problems + decider.problems, "\n".join(citizen.problems + decider.problems)


def tahsildar(citizen: Walk, place: str) -> str:
    """Return the sign-in of the Tahsildar in whose office the application lies, by the office's name on its page."""
    page = citizen.context.new_page()
    page.goto(f"{place}/demonstration/officers/?lang=en&q=jk-tahsildar")
    number = citizen.page.locator(".standing bdi, .standing code, .standing").first.inner_text().lower()
    logins = re.findall(r"jk-tahsildar-[a-z-]+", page.content())
    page.close()
    return next(one for one in logins if one.removeprefix("jk-tahsildar-") in number.replace(" ", ""))


def report(browser, place, decider: Walk, case: str, language: str, *, script: bool) -> None:
    """Ask another post for an enquiry report, let it be given with a photograph, and have the case back."""
    open_details(decider, "report_question")
    radio = decider.page.locator("input[name=report]").first
    if radio.count():
        radio.check()
    decider.page.locator("[name=report_question]").fill("Please enquire at the place.")
    act(decider, "ask-report")
    decider.look("report-asked")
    decider.go(case)
    if decider.page.locator('form[action$="/take"]').count():  # the same post reports where one officer holds both
        reason = decider.page.locator("[name=out_of_turn]")
        if reason.count():
            reason.fill("The report was asked for today.")
        act(decider, "take")
        decider.go(case)
    decider.page.locator("[name=report_text]").fill("I went there; the family lives as stated.")
    decider.page.locator('input[type=file][name="photographs.0"]').set_input_files(photo())
    decider.look("report")
    act(decider, "report")
    decider.go("/desk/")
    decider.page.locator('form[action*="next"] button').first.click()
    decider.page.wait_for_load_state()


def verify(walk: Walk, content: bytes) -> None:
    """The file proves itself; with one byte changed it does not."""
    walk.go("/verify/")
    walk.look("verify")
    for name, data, genuine in (("genuine", content, True), ("altered", altered(content), False)):
        walk.go("/verify/")
        chooser = walk.page.locator("input[type=file]").first
        chooser.set_input_files({"name": "paper.pdf", "mimeType": "application/pdf", "buffer": data})
        walk.page.locator("form:has(input[type=file]) button").first.click()
        walk.page.wait_for_load_state()
        walk.look(name)
        words = walk.page.locator("main").inner_text()
        assert (say("verdict.genuine", walk.language) in words) is genuine


def altered(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]

"""The whole journey in a browser, as people go it: a citizen on a phone, officers at desks, in two directions.

Everything runs as `janaseva up` runs it: web and worker processes of their own, a scratch database, the demonstration's
mailbox, bank and officers. Malayalam goes with script off throughout; Urdu, right to left, with script on. Every page
passed is held against axe at 360 and at 1280 pixels, and kept as a picture under build/screenshots/.
"""

import os
import re
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from janaseva.core.words import say
from tests.browser.walking import Walk, apply, photo, service_of, wait_for
from tests.conftest import chromium

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-journey")]

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip


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
    form = walk.page.locator(f'form[action$="/{action}"], form[action$="/{action}/"]').first
    form.locator("button[type=submit], button:not([type])").first.click()
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


@dataclass(frozen=True)
class Trip:
    """One journey: in which language, which service, by which words it is found, by whom it is decided."""

    language: str
    pack: str
    service: str
    search: str
    phone: str
    script: bool
    login: str


MALAYALAM = Trip(
    "ml", "kl-edistrict", "kl-income-certificate", "വരുമാനം", "9847012301", script=False, login="kl-vo-adoor"
)
URDU = Trip("ur", "jk-edistrict", "jk-income-certificate", "آمدنی", "9906012302", script=True, login="")


@pytest.mark.parametrize("trip", [MALAYALAM, URDU], ids=lambda trip: trip.language)
def test_a_certificate_from_search_to_proof(browser, place, trip):
    language, script = trip.language, trip.script
    definition, example = service_of(trip.pack, trip.service)
    citizen = Walk(browser, place, language=language, who="citizen", width=360, script=script)
    home = apply(citizen, definition, example, search=trip.search, phone=trip.phone)
    wait_for(citizen, home, ".timeline .moment-next")
    citizen.look("following")

    decider = officer(browser, place, language, trip.login or tahsildar(citizen, place), script=script)
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
    decide(decider, move=definition.happens.steps[-1].moves[0].key)
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

"""The whole journey in a browser, as people go it: a citizen on a phone, officers at desks, in two directions.

Everything runs as `janaseva up` runs it: web and worker processes of their own, a scratch database, the demonstration's
mailbox, bank and officers. Malayalam goes with script off throughout; Urdu, right to left, with script on. Every page
passed is held against axe at 360 and at 1280 pixels; with PICTURES=1 each is kept under build/screenshots/.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from janaseva.core.words import say
from tests.browser.walking import Walk, apply, photo, service_of, wait_for

pytestmark = pytest.mark.browser

# --- the officers


def officer(browser, place, login: str, *, trip: "Trip", who: str = "desk") -> Walk:
    """Sign an officer in, with the demonstration's password and the authenticator code of the minute."""
    walk = Walk(browser, place, language=trip.language, who=f"{who}-{login}", width=1280, script=trip.script)
    walk.go("/desk/")
    walk.look("sign-in")
    helper = walk.context.new_page()
    helper.goto(f"{place}/demonstration/officers/?lang={trip.language}&q={login}")
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
    walk.look("desk")
    return walk


def act(walk: Walk, action: str) -> None:
    """Send the form of the case's page whose address ends with ``action``."""
    form = walk.page.locator(f'form[action$="/{action}"], form[action$="/{action}/"]').first
    walk.press(form.locator("button[type=submit], button:not([type])").first)


def open_details(walk: Walk, field: str) -> None:
    """Open the part of the page that holds ``field``, as a person does before typing."""
    closed = walk.page.locator(f'details:not([open]):has([name="{field}"])')
    if closed.count():
        closed.first.locator("summary").click()


def decide(walk: Walk, *, move: str, then_next: bool = False) -> None:
    """Make a move with all that it asks; ``then_next`` presses the button that hands out the next case as well."""
    walk.page.locator(f'input[name=move][value="{move}"]').check()
    for box in walk.page.locator('input[name^="checked."]').all():
        box.check()
    walk.page.locator("[name=note]").fill("The papers agree with the answers.")
    if then_next:
        walk.press(walk.page.locator('button[name="then"]').first)
    else:
        act(walk, "move")


@dataclass(frozen=True, kw_only=True)
class Trip:
    """One journey: in which language, which service, by which words it is found, at which desks it is decided.

    ``desks`` are sign-ins with the move that each makes; ``reporter`` is who enquires at the place, if anybody.
    """

    language: str
    pack: str
    service: str
    search: str
    phone: str
    script: bool
    desks: tuple[tuple[str, str], ...]
    reporter: str = ""


MALAYALAM = Trip(
    language="ml",
    pack="kl-edistrict",
    service="kl-income-certificate",
    search="വരുമാനം",
    phone="9847012301",
    script=False,
    desks=(("kl-vo-adoor", "approve"),),
    reporter="kl-vc-adoor",
)
URDU = Trip(
    language="ur",
    pack="jk-edistrict",
    service="jk-income-certificate",
    search="آمدنی",
    phone="9906012302",
    script=True,
    desks=(("jk-tc-srinagar-north", "forward"), ("jk-tahsildar-srinagar-north", "approve")),
)


@pytest.mark.parametrize("trip", [MALAYALAM, URDU], ids=lambda trip: trip.language)
def test_a_certificate_from_search_to_proof(browser, place, trip):
    definition, example = service_of(trip.pack, trip.service)
    citizen = Walk(browser, place, language=trip.language, who="citizen", width=360, script=trip.script)
    home = apply(citizen, definition, example, search=trip.search, phone=trip.phone)
    wait_for(citizen, home, ".timeline .moment-next")
    citizen.look("following")
    walks = [citizen]
    for number, (login, move) in enumerate(trip.desks):
        walk = officer(browser, place, login, trip=trip)
        walks.append(walk)
        case = take_next(walk)
        if number == 0:
            walk.look("case")
            ask_and_answer(walk, citizen, home)
            if trip.reporter:
                walks.append(report(browser, place, walk, case, trip=trip))
        walk.go(case)
        decide(walk, move=move, then_next=not trip.script)
        walk.look("moved" if trip.script else "nothing-next")
    wait_for(citizen, home, "section.panel a.button")
    citizen.look("ready")
    with citizen.page.expect_download() as download:
        citizen.page.locator("section.panel a.button").first.click()
    verify(citizen, Path(download.value.path()).read_bytes())
    problems = [f"{walk.language} {walk.who}: {problem}" for walk in walks for problem in walk.problems]
    assert not problems, "\n".join(problems)


def take_next(walk: Walk) -> str:
    """Take the next case in hand, as the desk hands it out; return its address."""
    walk.go("/desk/")
    walk.press(walk.page.locator('form[action*="next"] button').first)
    return re.sub(r"[?#].*", "", walk.page.url).removeprefix(walk.address)


def ask_and_answer(walk: Walk, citizen: Walk, home: str) -> None:
    """Ask the applicant something, have it answered, and take the case again."""
    open_details(walk, "question")
    walk.page.locator("[name=question]").fill("Which paper shows the income of the year?")
    act(walk, "ask")
    walk.look("asked")
    wait_for(citizen, home, "[name=answer]")
    citizen.look("question")
    citizen.page.locator("[name=answer]").fill("The one that I gave last.")
    act(citizen, "answer")
    citizen.look("answered")
    take_next(walk)


def report(browser, place, walk: Walk, case: str, *, trip: Trip) -> Walk:
    """Ask another post for an enquiry report, let its officer give it with a photograph, and take the case again."""
    open_details(walk, "report_question")
    walk.page.locator("input[name=report]").first.check()
    walk.page.locator("[name=report_question]").fill("Please enquire at the place.")
    act(walk, "ask-report")
    walk.look("report-asked")
    reporter = officer(browser, place, trip.reporter, trip=trip, who="report")
    reporter.go(case)
    reporter.look("to-report")
    if reporter.page.locator("[name=out_of_turn]").count():
        reporter.page.locator("[name=out_of_turn]").fill("The report was asked for today.")
    act(reporter, "take")
    reporter.go(case)
    reporter.page.locator("[name=report_text]").fill("I went there; the family lives as stated.")
    reporter.page.locator('input[type=file][name="photographs.0"]').set_input_files(photo())
    reporter.look("report")
    act(reporter, "report")
    take_next(walk)
    return reporter


def verify(walk: Walk, content: bytes) -> None:
    """The file proves itself; with one byte changed it does not."""
    walk.go("/verify/")
    walk.look("verify")
    for name, data, genuine in (("genuine", content, True), ("altered", altered(content), False)):
        walk.go("/verify/")
        chooser = walk.page.locator("input[type=file]").first
        chooser.set_input_files({"name": "paper.pdf", "mimeType": "application/pdf", "buffer": data})
        walk.press(walk.page.locator("form:has(input[type=file]) button").first)
        walk.look(name)
        words = walk.page.locator("main").inner_text()
        assert (say("verdict.genuine", walk.language) in words) is genuine


def altered(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]

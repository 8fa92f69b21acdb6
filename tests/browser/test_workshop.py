"""From nothing to a citizen's application, as people go it who use no command line.

A definer begins a service, breaks it, is told at which line and mends it, words it in Urdu and tries its form; a second
person publishes it; a citizen applies for it in Urdu on a phone. Every page passed is held against axe at 360 and 1280.
"""

import re
from datetime import date

import pytest

from tests.browser.test_journey import Trip, officer
from tests.browser.walking import SEEN, Walk, choose_area, sign_in, wait_for

pytestmark = pytest.mark.browser

NAME = "Thrift certificate"
KEY = "jk-thrift-certificate"
ENGLISH = Trip(language="en", pack="jk-edistrict", service=KEY, search="", phone="", script=True, desks=())
URDU = """\
_status: draft
what:
  name: کفایت شعاری سند
ask:
  pages:
    applicant:
      title: درخواست گزار
      fields:
        applicant_name:
          label: درخواست گزار کا نام
"""


PASSED_BY = {(ENGLISH.language, False, name) for name in ("sign-in", "code", "desk")}
"""Pages that the other journeys hold against axe, in languages of both directions."""


def test_a_service_from_nothing_to_an_application_in_urdu(browser, place):
    SEEN.update(PASSED_BY)
    definer = officer(browser, place, "jk-definer-it", trip=ENGLISH)
    there = begin(definer)
    break_and_mend(definer, there)
    write(definer, f"{there}/words.ur.yaml", URDU)
    try_in_urdu(definer, there)
    definer.go(there.replace("workshop", "services"))
    definer.page.locator("[name=propose_words]").fill("The scheme of thrift begins.")
    definer.press(definer.page.locator('form[action$="/propose"] button').first)
    publisher = publish(browser, place, there.rpartition("/")[2])
    citizen = Walk(browser, place, language="ur", who="citizen", width=360, script=True)
    apply(citizen)
    problems = [f"{walk.who}: {problem}" for walk in (definer, publisher, citizen) for problem in walk.problems]
    assert not problems, "\n".join(problems)


def begin(walk: Walk) -> str:
    """Begin a service from nothing; return the address of its parts."""
    walk.go("/desk/workshop/new")
    walk.look("workshop-new")
    walk.page.locator("[name=name]").fill(NAME)
    walk.page.locator("[name=department]").select_option("jk-revenue")
    walk.page.locator("[name=officer]").select_option("tahsildar.tehsil_office")
    walk.submit()
    assert walk.page.locator(".notice-good").count() == 1, "a service that is begun so has no fault"
    walk.look("workshop")
    return re.sub(r"[?#].*", "", walk.page.url).removeprefix(walk.address)


def write(walk: Walk, path: str, text: str) -> None:
    walk.go(path)
    walk.page.locator("[name=text]").fill(text)
    walk.submit()


def break_and_mend(walk: Walk, there: str) -> None:
    """Break the form, be told at its line in words, and mend it."""
    walk.go(f"{there}/form")
    sound = walk.page.locator("[name=text]").input_value()
    lines = sound.split("\n")
    broken = next(number for number, line in enumerate(lines) if "kind: name" in line)
    lines[broken] = lines[broken].replace("kind", "knd")
    write(walk, f"{there}/form", "\n".join(lines))
    told = walk.page.locator("main .flow-list").inner_text()
    assert f"Line {broken + 1}:" in told
    assert "did you mean" in told
    walk.look("workshop-part-broken")
    write(walk, f"{there}/form", sound)
    assert not walk.page.locator(".flow-list").count()


def try_in_urdu(walk: Walk, there: str) -> None:
    """Fill the form in, on a phone's frame, as a citizen would; nothing of it is kept."""
    walk.go(f"{there}/preview?in=ur&size=phone")
    walk.look("workshop-preview")
    phone = walk.page.frame_locator("iframe")
    assert phone.locator("html").get_attribute("dir") == "rtl"
    assert phone.locator("label", has_text="درخواست گزار کا نام").count() == 1
    phone.locator("[name=applicant_name]").fill("Gul Bibi")
    phone.locator("button.main").click()
    phone.locator(".error-summary").wait_for()
    assert phone.locator("[name=applicant_name]").input_value() == "Gul Bibi"
    alone = Walk(walk.browser, walk.address, language="ur", who="preview", width=360, script=True)
    alone.context.add_cookies(walk.context.cookies())
    alone.page.goto(f"{walk.address}{there}/preview/form?in=ur&example=0")
    alone.look("workshop-form")
    walk.problems.extend(alone.problems)


def publish(browser, place: str, proposal: str) -> Walk:
    """Read as a second person what comes, and publish it from today."""
    walk = officer(browser, place, "jk-publisher-it", trip=ENGLISH)
    walk.go(f"/desk/services/{proposal}")
    walk.look("proposal")
    today = date.fromisoformat(str(walk.page.evaluate("new Date(Date.now() + 19800000).toISOString().slice(0, 10)")))
    for part, number in (("day", today.day), ("month", today.month), ("year", today.year)):
        walk.page.locator(f'[name="from_day.{part}"]').fill(str(number))
    walk.press(walk.page.locator('form[action$="/approve"] button[type=submit]').first)
    assert "done=approved" in walk.page.url
    return walk


def apply(walk: Walk) -> None:
    """Find the service by its Urdu name, apply, and see one's own application."""
    walk.go("/services/?q=کفایت")
    walk.press(walk.page.locator(f'a[href*="/services/{KEY}/"]').first)
    walk.press(walk.page.locator(f'a[href*="/apply/begin/{KEY}"]').first)
    sign_in(walk, "9906012377")
    walk.submit()
    walk.press(walk.page.locator("main a.button").first)
    walk.page.locator("[name=applicant_name]").fill("گل بی بی")
    choose_area(walk, "district", "lgd-district:13")
    choose_area(walk, "subdistrict", "lgd-subdistrict:44")  # not where the other journey takes what came first
    walk.page.locator("[name=declared]").check()
    walk.look("new-page")
    walk.submit()
    walk.go(re.sub(r"(page/.*|papers/.*)", "check/", walk.page.url.removeprefix(walk.address).partition("?")[0]))
    walk.submit()
    assert re.search(r"/applications/[0-9a-f-]{36}/", walk.page.url), walk.page.locator("main").inner_text()
    home = walk.page.url.removeprefix(walk.address).partition("?")[0]
    wait_for(walk, home, 'main:not(:has(a[href^="/pay/"]))')
    walk.look("new-application")

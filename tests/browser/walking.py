"""One person at one browser: going, looking, filling in a form as its definition asks, whatever the service."""

import functools
import io
import os
import re
import time
import urllib.request
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import TimeoutError as TooSlowError

from janaseva.core.money import grouped
from janaseva.forms.rules import settle_shape
from janaseva.services.adapters import PackFolder
from janaseva.services.rules import compiling
from janaseva.services.rules.definition import PublishedText
from janaseva.services.rules.examples import read_examples
from janaseva.settings import OPTIONS

WIDTHS = (360, 1280)
SEEN: set[tuple[str, bool, str]] = set()
"""Pages that this run has looked at: language, whether as a citizen, name."""
PICTURES = Path(__file__).resolve().parents[2] / "build" / "screenshots"


AXE = """async () => {
  const media = document.querySelector('audio, video') !== null;
  const found = await axe.run({resultTypes: ['violations'], preload: media});
  return found.violations.map(fault => `${fault.id} ${fault.nodes.slice(0, 3).map(node => node.target.join(' '))}`);
}"""
"""All of axe's rules. What it fetches beforehand serves only those for sound and pictures that move."""


def faults_of(page) -> list[str]:
    """Return what axe finds on a page: each fault's name with the first places where it is."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(AXE)


@functools.cache
def reader(browser, address: str):
    """Return a scripted view that takes one page after the other by its text, so that axe itself is read once."""
    view = browser.new_context().new_page()
    view.route(f"{address}/blank", lambda route: route.fulfill(body="", content_type="text/html"))
    view.goto(f"{address}/blank")
    return view


class Walk:
    """One person at one browser. ``look`` holds the page against axe."""

    def __init__(self, browser, address: str, *, language: str, who: str, width: int, script: bool):
        # axe itself is a script: where pages must work without theirs, a second, scripted view of the same page is held
        # against axe, and everything that is done is done in the view without script
        self.context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script, accept_downloads=True, locale=language
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.unanswered: dict[object, float] = {}
        self.page.on("request", lambda request: self.unanswered.update({request: time.monotonic()}))
        for ended in ("requestfinished", "requestfailed"):
            self.page.on(ended, lambda request: self.unanswered.pop(request, None))
        self.browser, self.address, self.language, self.who, self.width = browser, address, language, who, width
        self.script = script
        self.viewer = self.page if script else reader(browser, address)
        self.count = 0
        self.problems: list[str] = []

    def go(self, path: str) -> None:
        mark = "&" if "?" in path else "?"
        try:
            self.page.goto(f"{self.address}{path}{mark}lang={self.language}")
        except TooSlowError as error:  # what the browser waited for tells whose fault it is
            now = time.monotonic()
            waiting = [f"{request.url} for {now - began:.1f} s" for request, began in self.unanswered.items()]
            with urllib.request.urlopen(f"{self.address}/health", timeout=20) as answer:
                health = answer.status
            pytest.fail(f"{error}\nunanswered: {waiting}; meanwhile /health answers {health}")

    def look(self, name: str) -> None:
        """Hold the page against axe and sideways scrolling at both widths; keep its picture where asked for.

        A second officer's sign-in is the first one's again, and is passed by.
        """
        kind = (self.language, self.who == "citizen", name)
        if kind in SEEN:
            return
        SEEN.add(kind)
        self.count += 1
        folder = PICTURES / self.language
        html = self.page.content()
        assert "Traceback" not in html
        viewer = self.viewer
        if not self.script:
            viewer.set_content(html)
        for width in WIDTHS:
            viewer.set_viewport_size({"width": width, "height": 800})
            if os.environ.get("PICTURES"):
                viewer.screenshot(path=folder / f"{self.count:02d}-{self.who}-{name}-{width}.png", full_page=True)
            wide = viewer.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.problems.append(f"{name} at {width}: scrolls sideways to {wide}")
            self.problems.extend(f"{name} at {width}: {fault}" for fault in faults_of(viewer))
        if self.script:
            viewer.set_viewport_size({"width": self.width, "height": 800})
        shown = (self.page.locator("html").get_attribute("lang"), self.page.locator("html").get_attribute("dir"))
        assert shown == (self.language, "rtl" if self.language in ("ur", "sd") else "ltr"), (self.page.url, html)

    def submit(self) -> None:
        """Press the main button of the page's form."""
        self.press(self.page.locator("main button.main[type=submit], main .buttons button[type=submit]").first)

    def press(self, there) -> None:
        """Press what leads to another page, and wait until that is there."""
        with self.page.expect_navigation():
            there.click()


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
        shown = letters.locator("article", has_text=f"•{phone[-4:]}").locator(".mail-code")
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
    """Choose a place level by level: the button opens the next list, or with script the choice itself does."""
    page = walk.page
    chain = {"lgd-district:564": "lgd-state:32", "lgd-district:13": "lgd-state:1"}
    final = page.locator(f'select[name="{key}"] option[value="{wanted}"]')
    for depth in range(4):
        level = page.locator(f'select[name="{key}.in{depth}"] option[value="{chain.get(wanted)}"]')
        final.or_(level).first.wait_for(state="attached")
        if final.count():
            page.locator(f'select[name="{key}"]').select_option(wanted)
            open_next(walk, key)
            return
        page.locator(f'select[name="{key}.in{depth}"]').select_option(chain[wanted])
        open_next(walk, f"{key}.in{depth}")
    pytest.fail(f"{wanted} could not be chosen")


def open_next(walk: Walk, name: str) -> None:
    """Press the button that opens the list after ``name``, where it is shown; script opens it without."""
    opener = walk.page.locator(f'button[name=_show][value="{name}"]')
    if opener.count() and opener.is_visible():
        walk.press(opener)
    elif walk.script:
        walk.page.wait_for_load_state("networkidle")


def fill_page(walk: Walk, definition, key: str, answers: dict) -> None:
    asked = next(one for one in definition.form.pages if one.key == key)
    for question in asked.fields:
        if question.kind == "table":
            rows = answers.get(question.key) or []
            for number, row in enumerate(rows):
                there = walk.page.locator(f'[name^="{question.key}.{number}."]').first
                if not there.count():
                    walk.page.locator(f'button[name=_add][value="{question.key}"]').click()
                    there.wait_for(state="attached")
                for column in question.columns:
                    fill(walk, column, row, f"{question.key}.{number}.{column.key}")
        elif (
            question.kind == "declaration"
            or walk.page.locator(", ".join(f'[name="{name}"], [name^="{name}."]' for name in question.keys)).count()
        ):
            fill(walk, question, answers)


def apply(walk: Walk, definition, example, *, search: str, phone: str) -> str:
    """Find the service, apply page by page, give the papers, hand in and pay; return the application's address."""
    walk.go("/")
    walk.look("home")
    walk.page.locator("main input[type=search], main [name=q]").first.fill(search)
    walk.press(walk.page.locator("main form button").first)
    walk.look("found")
    walk.press(walk.page.locator(f'a[href*="/services/{definition.key}/"]').first)
    walk.look("charter")
    walk.press(walk.page.locator(f'a[href*="/apply/begin/{definition.key}"]').first)
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
        walk.press(part.locator("button[type=submit]").last)
    walk.look("papers")
    walk.go(f"/apply/{application}/check/")
    walk.look("check")
    for name in ("spellings_read", "declared_true"):
        declared = walk.page.locator(f"[name={name}]")
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
    if "/simulator/" in walk.page.url:
        walk.press(walk.page.locator("main a.button").last)
    for _ in range(60):
        if "/pay/return/" not in walk.page.url or walk.page.locator("main .panel").count():
            break
        walk.page.wait_for_timeout(300)
        walk.page.reload()
    walk.look("paid")


def wait_for(walk: Walk, path: str, selector: str, *, tries: int = 240) -> None:
    """Open ``path`` until ``selector`` is there: the worker does its part within seconds."""
    for _ in range(tries):
        walk.go(path)
        if walk.page.locator(selector).count():
            return
        walk.page.wait_for_timeout(250)
    pytest.fail(f"{selector} did not come on {path}: {walk.page.locator('main').inner_text()[:800]}")

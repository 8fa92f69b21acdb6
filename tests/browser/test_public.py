"""What the public sees, in a browser: charter, figures and notices open to everybody, on a phone and on a desk."""

import pytest

from janaseva.core.text import direction_of
from tests.browser.walking import faults_of

pytestmark = pytest.mark.browser

SERVICE = "kl-income-certificate"
PAGES = (f"/services/{SERVICE}/", f"/performance/{SERVICE}/", "/notices/")
ALIKE = ("/performance/", "/performance/offices/kl-village-adoor/")
"""Pages made by the same template as one of the others: looked at in one direction of reading."""


@pytest.mark.parametrize("language", ["en", "ur"])
def test_public_pages_are_open_to_everybody(browser, place, language):
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    problems = []
    for address in (*PAGES, *ALIKE) if language == "en" else PAGES:
        answer = page.goto(f"{place}{address}?lang={language}")
        assert answer.ok, (address, answer.status)
        assert page.locator("html").get_attribute("dir") == direction_of(language)
        page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true; })")
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                problems.append(f"{address} at {width}: scrolls sideways to {wide}")
            problems.extend(f"{address} at {width}: {fault}" for fault in faults_of(page))
    page.close()
    assert not problems + complaints, "\n".join(problems + complaints)

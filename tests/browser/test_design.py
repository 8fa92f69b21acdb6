"""The living page as people see it: no fault of accessibility, no sideways scrolling, no broken policy."""

import pytest

from janaseva.core.text import LANGUAGES
from tests.browser.walking import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ("design", "design/faults", "design/desk")
IN_FULL = ("en", "ur")
"""Where the two smaller pages, made of the first one's parts, are held against axe too: one language a direction."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_living_page_is_open_to_everybody(browser, live_server, language):
    complaints: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for width, theme in ((320, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        for address in PAGES if language in IN_FULL else PAGES[:1]:
            page.goto(f"{live_server.url}/{address}?lang={language}&theme={theme}")
            page.evaluate("document.fonts.ready")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            assert not faults_of(page), (address, width)
    page.close()
    assert not complaints


def test_everything_works_without_script(browser, live_server):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{live_server.url}/design")
    assert page.get_by_label("Describe the purpose").is_visible(), "a field that depends on another is shown"
    page.get_by_role("link", name="اردو").first.click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    context.close()


def test_script_improves(browser, live_server):
    page = browser.new_page()
    page.goto(f"{live_server.url}/design")
    purpose = page.get_by_label("Describe the purpose")
    assert purpose.is_hidden()
    page.get_by_label("Other", exact=True).check()
    assert purpose.is_visible()
    page.goto(f"{live_server.url}/design/faults")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.get_by_role("link", name="Enter the full name.").click()
    assert page.evaluate("document.activeElement.id") == "f-name"
    page.close()


PLACES = """<form action="/form" method="post">
<div data-opened="district"><select name="district"><option></option><option>1</option></select>
<span class="opens"><button name="_show" value="district" data-opens>Show the list</button></span></div>
<button name="_go">Continue</button></form><script src="/static/places.js"></script>"""


def test_who_goes_on_before_a_list_of_places_has_come_goes_on(browser, live_server):
    """Some browsers break off what a page still asks for as soon as another page is asked for."""
    page = browser.new_page()
    awaited = []

    def answer(route):
        if "_show" in (route.request.post_data or ""):
            awaited.append(route)
        else:
            sent = route.request.method == "POST"
            if sent:
                awaited[0].abort()
                page.wait_for_timeout(100)
            route.fulfill(body="<p>The next page" if sent else PLACES, content_type="text/html")

    page.route("**/form", answer)
    page.goto(f"{live_server.url}/form")
    page.locator("select").select_option("1")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("The next page").wait_for(timeout=5_000)
    assert len(awaited) == 1
    page.close()

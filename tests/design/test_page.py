import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from markupsafe import Markup

from janaseva.core import dates
from janaseva.core.refusal import Fault, Refusal
from janaseva.core.text import LANGUAGES
from janaseva.design import errors, page, vocabulary
from janaseva.design.page import Page, making

PAGES = ("/design", "/design/faults", "/design/desk")
TEMPLATES = Path(page.__file__).parent / "templates"
DOORS = Path(page.__file__).parent.parent


@pytest.fixture
def client():
    return Client(headers={"host": "localhost"})


def make(source, language="en", **context):
    made = Page(request=RequestFactory().get("/x?a=1"), language=language, faults=context.pop("faults", ()))
    with making(made):
        return page.jinja().from_string(source).render(**page.context_of(made), **context)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", PAGES)
def test_every_component_renders_and_ties_its_parts(client, address, language):
    html = client.get(address, {"lang": language}).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "ids are unique"
    for told in re.findall(r'aria-describedby="([^"]+)"', html):
        assert set(told.split()) <= set(ids), told
    for tied in re.findall(r'<label[^>]*\sfor="([^"]+)"', html):
        assert tied in ids
    assert f'lang="{language}" dir="{LANGUAGES[language].direction}"' in html
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script>|<style", html), "the policy forbids what is inline"


def test_a_fault_is_said_first_and_at_its_field(client):
    html = client.get("/design/faults").content.decode()
    assert html.index("error-summary") < html.index("<h1")
    assert '<a href="#f-name">Enter the full name.</a>' in html
    assert re.search(
        r'<input[^>]*id="f-name"[^>]*aria-describedby="f-name-hint f-name-error" aria-invalid="true"', html
    )
    assert "<title>Error: " in html


def test_what_is_kept_of_a_component_is_what_it_makes_in_the_language_of_the_page():
    at, source = datetime(2026, 11, 23, 18, 30, tzinfo=UTC), "{{ ui.due(at, 'late') }}|{{ kept(ui.due, at, 'late') }}"
    said = [make(source, language, at=at).split("|") for language in (*LANGUAGES, *LANGUAGES)]
    assert all(made == kept for made, kept in said)
    assert len({kept for _, kept in said}) == len(LANGUAGES)


def test_all_forms_of_a_page_carry_one_token_and_those_of_the_next_another():
    tokens = [re.findall(r'csrfmiddlewaretoken" value="(\w{64})"', make("{{ csrf() }}{{ csrf() }}")) for _ in range(2)]
    assert [len(set(some)) for some in tokens] == [1, 1]
    assert tokens[0] != tokens[1]


def test_templates_hold_no_way_around_escaping():
    for folder in (TEMPLATES, DOORS / "portal" / "templates", DOORS / "desk" / "templates"):
        for path in folder.rglob("*.html"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\|\s*safe\b|autoescape|Markup\(", text), path
            assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style", text), path
    assert "safe" not in page.jinja().filters


def test_what_people_typed_stays_text():
    hostile = '"><script>alert(1)</script>'
    html = make("{{ ui.text_field(name='a', label=x, value=x, hint=x) }}{{ text({'ml': x}) }}{{ bdi(x) }}", x=hostile)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 4


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_day_in_a_sentence_has_its_weekday_and_markup_in_it_is_neither_escaped_nor_trusted_too_far(language):
    day = date(2026, 3, 5)
    plain = make("{{ say('afterwards.again.due', date=day) }}", language, day=day)
    assert dates.with_weekday(day, language) in plain
    tagged = make("{{ say('afterwards.again.due', date=date(day)) }}", language, day=day)
    assert f'<time datetime="2026-03-05">{dates.with_weekday(day, language)}</time>' in tagged
    hearing = make("{{ date_time(at) }}", language, at=datetime(2026, 3, 5, 5, 30, tzinfo=UTC))
    assert hearing.count("2026") == 2, "in the attribute and in the words, once each"
    assert dates.with_weekday(day, language) in hearing
    mixed = make("{{ say('desk.proposals.title', service=x) }}|{{ say('preview.line', file=x, line=bdi(1)) }}", x="<i>")
    assert "<i>" not in mixed
    assert "<bdi>1</bdi>" in mixed


def test_what_is_not_there_may_be_asked_after_but_not_shown():
    assert make("{{ 'no' if not item.hint }}", item={}) == "no"
    with pytest.raises(Exception, match="hint"):
        make("{{ item.hint }}", item={})
    with pytest.raises(Exception, match="skip_lynk"):
        make("{{ ui.skip_lynk() }}")


def test_text_in_another_language_says_so():
    assert make("{{ text(x) }}", "ml", x={"ml": "ഒന്ന്", "en": "one"}) == "ഒന്ന്"
    assert make("{{ text(x) }}", "ur", x={"en": "one"}) == '<span lang="en" dir="ltr">one</span>'


def test_facts_are_isolated_where_directions_meet():
    assert make("{{ say('design.pages.of', page=2, pages=9) }}") == "Page 2 of 9"
    assert make("{{ say('design.pages.of', page=2, pages=9) }}", "ur") == "صفحہ \u20682\u2069 از \u20689\u2069"
    assert make("{{ money(1234567) }}", "sd") == '<bdi class="money" dir="ltr">₹\xa012,345.67</bdi>'


def test_a_fault_is_worded_by_its_definition_or_by_the_catalogue():
    own = Fault(place="a", code="rule", words={"en": "Own {words}"})
    assert page.fault_words(own, "ml") == "Own {words}"
    assert page.fault_words(Fault(place="a", code="never_heard_of"), "en").startswith("Some answers")
    refusal = Fault(place="", code="too_many_requests", facts={"seconds": 30})
    assert "wait 30 seconds" in page.fault_words(refusal, "en")
    assert "\u206830\u2069" in page.fault_words(refusal, "ur")


def test_forms_carry_the_token_and_one_key_for_the_page():
    html = make("{% call ui.form('/go') %}x{% endcall %}{{ ui.button_link('Do', '/do') }}")
    keys = re.findall(r'name="key" value="([^"]+)"', html)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert html.count("csrfmiddlewaretoken") == 2


def test_addresses_keep_the_rest_of_the_query():
    assert make("{{ here(lang='ur') }}") == "/x?a=1&amp;lang=ur"
    assert make("{{ here(a=none) }}") == "/x"


def test_a_frame_is_made_once_for_an_address_and_never_kept_of_one_reader():
    made = []

    def component(**given):
        made.append(given)
        return Markup("{} {} {}").format(vocabulary.lang_of(), vocabulary.here(lang="ml"), sorted(given.items()))

    def frame(path="/frame/", language="en", theme="auto", **given):
        with making(Page(request=RequestFactory().get(path), language=language, theme=theme)):
            return vocabulary.framed(component, **given)

    first = frame(links=[("a", "/a/", False)], person="", out="")
    assert frame(links=[("a", "/a/", False)], person="", out="") == first
    assert len(made) == 1
    others = [
        frame(links=[("a", "/a/", True)]),
        frame(links=[("a", "/a/", False)], language="ur"),
        frame("/other/", links=[("a", "/a/", False)]),
    ]
    assert len({first, *others}) == 4
    frame(theme="dark")
    assert len(made) == 5, "another theme is another foot"
    for own in ({"person": "Amina"}, {"out": "/sign-out/"}):
        frame(**own)
        frame(**own)
    frame("/frame/?number=KL-1")
    frame("/frame/?number=KL-1")
    assert len(made) == 11, "what belongs to one reader is made each time"


def test_a_shipped_file_is_asked_for_by_its_content():
    assert re.fullmatch(r"/static/janaseva\.css\?v=[0-9a-f]{12}", vocabulary.static("janaseva.css"))
    with pytest.raises(FileNotFoundError):
        vocabulary.static("nothing.css")


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 500])
@pytest.mark.parametrize("language", LANGUAGES)
def test_error_pages_say_what_happened_what_is_safe_and_what_next(status, language):
    request = RequestFactory().get("/")
    request.language, request.request_id = language, "0123456789abcdef0123"
    answer = errors.page(request, status)
    assert answer.status_code == status
    html = answer.content.decode()
    assert "0123456789" in html
    assert html.count("<h2>") == 2


def test_a_refusal_becomes_a_page_with_its_status():
    request = RequestFactory().get("/")
    answer = errors.refused(request, Refusal("too_many_requests", status=429, seconds=30))
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")
    assert "wait 30 seconds" in answer.content.decode()


def test_the_last_resort_needs_nothing(monkeypatch):
    monkeypatch.setattr(errors, "render", lambda *_, **__: 1 / 0)
    answer = errors.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert b"safe" in answer.content

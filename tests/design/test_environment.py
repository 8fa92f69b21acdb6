"""The components as templates find them."""

import threading
from types import SimpleNamespace

import pytest
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup, escape

from janaseva.design import page
from janaseva.design.environment import FILES, Components, shown

_PAGE = page.jinja().from_string("<p title='{{ value }}'>{{ value }}</p>")


class Slow:
    """An environment whose second file of components takes its time."""

    auto_reload = False

    def __init__(self):
        self.asked, self.go_on = threading.Event(), threading.Event()

    def get_template(self, name):
        if FILES[1] in name:
            self.asked.set()
            assert self.go_on.wait(10)
        return SimpleNamespace(module=SimpleNamespace(**{name.split("/")[1].removesuffix(".html"): name}))


def test_a_thread_that_comes_while_another_reads_the_files_finds_every_component():
    slow = Slow()
    components, found = Components(slow), []
    threads = [threading.Thread(target=lambda: found.append(getattr(components, FILES[-1], None))) for _ in range(2)]
    threads[0].start()
    assert slow.asked.wait(10), "the first one is in the midst of it"
    threads[1].start()
    threads[1].join(0.2)
    slow.go_on.set()
    for thread in threads:
        thread.join(10)
    assert found == [f"components/{FILES[-1]}.html"] * 2


def test_a_component_that_is_not_there_is_an_attribute_that_is_not_there():
    slow = Slow()
    slow.go_on.set()
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = Components(slow).nothing_like_it


class Loud(str):
    """A kind of text of somebody else's, which says how it is written in HTML."""

    __slots__ = ()

    def __html__(self):
        return f"<b>{self}</b>"


@given(
    value=st.one_of(
        st.text(),
        st.text(alphabet="&<>'\"a"),
        st.text().map(Markup),
        st.text().map(escape),
        st.text().map(Loud),
        st.text().map(mark_safe),
        st.none(),
        st.integers(),
        st.booleans(),
        st.dictionaries(st.text(), st.text(), max_size=2),
        st.text().map(lazystr),
    )
)
def test_a_page_shows_a_value_as_markupsafe_escapes_it(value):
    assert shown(value) == str(escape(value))
    assert _PAGE.render(value=value) == f"<p title='{escape(value)}'>{escape(value)}</p>"


def test_what_a_template_was_not_given_is_never_shown():
    with pytest.raises(UndefinedError):
        _PAGE.render()


def test_what_is_not_autoescaped_by_a_templates_own_word_is_left_alone():
    plain = page.jinja().from_string("{% autoescape false %}{{ value }}{% endautoescape %}{{ value }}")
    assert plain.render(value="<b>") == "<b>&lt;b&gt;"

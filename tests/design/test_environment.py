"""The components as templates find them."""

import threading
from types import SimpleNamespace

import pytest

from janaseva.design.environment import FILES, Components


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

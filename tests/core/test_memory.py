"""Long-running processes search less often for what is forgotten, and never again through what was loaded."""

import gc

import pytest

from janaseva.core import memory


@pytest.fixture
def searching(monkeypatch):
    before, callbacks = gc.get_threshold(), list(gc.callbacks)
    monkeypatch.setattr(memory, "_done", [])
    yield
    gc.callbacks[:] = callbacks
    gc.set_threshold(*before)
    gc.unfreeze()


class Circle:
    """Something that holds itself."""

    def __init__(self):
        self.own = self


@pytest.mark.usefixtures("searching")
def test_what_is_loaded_is_taken_out_and_what_is_forgotten_later_is_found():
    memory.settle()
    assert gc.get_threshold()[0] == memory.YOUNG
    assert gc.get_freeze_count() > 1000
    loaded = gc.get_freeze_count()
    memory.settle()
    assert gc.callbacks.count(memory._searched) == 1
    Circle()
    kept = Circle()
    assert gc.collect() > 0
    assert gc.get_freeze_count() >= loaded
    assert kept.own is kept


@pytest.mark.usefixtures("searching")
def test_only_the_first_great_searches_take_anything_out():
    memory.settle()
    for _ in range(memory.SETTLINGS):
        gc.collect()
    assert memory._searched not in gc.callbacks
    taken = gc.get_freeze_count()
    kept = [Circle() for _ in range(100)]
    gc.collect()
    assert gc.get_freeze_count() <= taken
    assert len(kept) == 100

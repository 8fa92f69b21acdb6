"""How long-running processes look for circles of forgotten objects.

Python looks through what is young each 700 new objects, and now and then through everything; a page makes some ten
thousand, nearly all of which go by themselves. What was loaded stays for good: definitions, words, compiled questions.
So the young are looked at less often, which saves some tenth of the processor's time of acts and pages; and what the
first great searches leave is taken out of the later ones, each of which would else hold a page up for a tenth of a
second (``docs/performance.md``).
"""

import gc
from typing import Any, Final

YOUNG: Final = 5_000
"""So many new objects, less those that went, before the young are looked through: some two milliseconds at a time."""
SETTLINGS: Final = 30
"""What so many great searches leave is taken out. Some of it may be forgotten later, and then stays: a page or two."""
_OLDEST: Final = 2

_done: list[int] = []


def _searched(phase: str, told: dict[str, Any]) -> None:
    if phase == "stop" and told["generation"] == _OLDEST:
        gc.freeze()
        _done.append(gc.get_freeze_count())
        if len(_done) >= SETTLINGS:
            gc.callbacks.remove(_searched)


def settle() -> None:
    """Take what is there now out of the search, and search less often; once, when a process has loaded its program."""
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
    if _searched not in gc.callbacks:
        gc.callbacks.append(_searched)
    gc.collect()

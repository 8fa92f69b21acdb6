"""How long-running processes look for circles of forgotten objects.

Python looks through what is young each 700 new objects, and now and then through everything; a page makes some ten
thousand, nearly all of which go by themselves. What was loaded at the start stays for good: it is taken out of the
search. And the young are looked at less often: that is some tenth of the processor's time of acts and pages, and the
longest pauses (``docs/performance.md``).
"""

import gc
from typing import Final

YOUNG: Final = 20_000
"""So many new objects, less those that went, before the young are looked through: some megabytes."""


def settle() -> None:
    """Take what is there now out of the search, and search less often; once, when a process has loaded its program."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])

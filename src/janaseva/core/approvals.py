"""Who has approved which words: the state of each string of a words file, without a mark at every string.

A words file may hold, beside ``_status``, the approvals of its strings::

    _approved:
      - {keys: portal.menu, by: "Name, Directorate of Languages", on: 2026-11-22, seal: 0f3a9c41d2be}

``keys`` is one key or the beginning of several. ``seal`` is a fingerprint of all English and translated words under it,
so that an approval ends by itself as soon as one of them is changed, added or taken away.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

State = Literal["source", "missing", "draft", "approved", "stale"]

FIELD: Final = "_approved"
SEAL_LETTERS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """That somebody has approved the words under ``keys`` as they were on a day."""

    keys: str
    by: str
    on: str
    seal: str

    def covers(self, key: str) -> bool:
        """Return whether a key lies under this approval."""
        return key == self.keys or key.startswith(f"{self.keys}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The state of one string, and who approved it on which day."""

    key: str
    state: State
    by: str = ""
    on: str = ""


def approvals(tree: Any) -> list[Approval]:
    """Return the approvals that a words file holds.

    Raises:
        ValueError: where one of them lacks something or holds what it may not.

    """
    found = tree.get(FIELD, []) if isinstance(tree, Mapping) else []
    try:
        return [Approval(**{name: str(value) for name, value in one.items()}) for one in found]
    except (AttributeError, TypeError) as error:
        message = f"an approval has keys, by, on and seal, nothing else: {error}"
        raise ValueError(message) from error


def seal(keys: str, english: Mapping[str, str], words: Mapping[str, str]) -> str:
    """Return the fingerprint of all words under ``keys``, English and translated."""
    under = Approval(keys=keys, by="", on="", seal="")
    lines = [f"{key}\n{english[key]}\n{words.get(key, '')}\n" for key in sorted(english) if under.covers(key)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:SEAL_LETTERS]


def judged(
    language: str, english: Mapping[str, str], words: Mapping[str, str], given: list[Approval]
) -> Iterator[Judged]:
    """Yield the state of each English string in a language: the nearest approval above it counts."""
    good = {one.keys: one.seal == seal(one.keys, english, words) for one in given}
    for key in english:
        if language == "en":
            yield Judged(key=key, state="source")
        elif key not in words:
            yield Judged(key=key, state="missing")
        else:
            above = max((one for one in given if one.covers(key)), key=lambda one: len(one.keys), default=None)
            if above is None:
                yield Judged(key=key, state="draft")
            else:
                state: State = "approved" if good[above.keys] else "stale"
                yield Judged(key=key, state=state, by=above.by, on=above.on)

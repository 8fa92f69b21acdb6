"""The words of the interface in every language, from ``src/janaseva/words/<area>/<language>.yaml``.

The files of all areas are merged into one catalogue of dotted keys. English is the source; a key that a language lacks
is said in English. A key may have plural forms as sub-keys (``one``, ``other``, ... by CLDR), chosen by the fact
``count``. ``_status`` is ``source`` for English and ``draft`` for the rest; what a native speaker has approved stands
under ``_approved`` (``core.approvals``). Readers of a page see no difference.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel import Locale

from janaseva.core.approvals import FIELD, Approval, Judged, approvals, judged
from janaseva.core.source import read
from janaseva.core.text import interface_of

FOLDER = Path(__file__).resolve().parent.parent / "words"
UNSPOKEN = ("_status", FIELD)
"""What a file says of its words and to nobody else."""
PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def _read(paths: Sequence[Path]) -> dict[str, str]:
    words: dict[str, str] = {}
    for path in paths:
        tree = read(path.read_text(encoding="utf-8"), path.name).tree or {}
        for name in UNSPOKEN:
            tree.pop(name, None)
        for key, value in _flat(tree):
            if key in words:
                message = f"{path}: {key} is worded twice"
                raise ValueError(message)
            words[key] = value
    return words


@functools.cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return all keys with their words in one language.

    Raises:
        ValueError: where two files define the same key, or a file cannot be read.

    """
    return _read(sorted(FOLDER.glob(f"*/{language}.yaml")))


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaWords:
    """The words of one area in one language: each English string with what it is worded as, and its state."""

    area: str
    language: str
    path: Path
    english: Mapping[str, str]
    words: Mapping[str, str]
    approvals: tuple[Approval, ...]
    states: tuple[Judged, ...]


@functools.cache
def area_words(area: str, language: str) -> AreaWords:
    """Return the state of each string of an area in a language, plural forms as one string.

    Raises:
        ValueError: where the file's approvals cannot be read.

    """
    path = FOLDER / area / f"{language}.yaml"
    english = _one_of_each(FOLDER / area / "en.yaml")
    words = _one_of_each(path) if path.exists() else {}
    given = approvals(read(path.read_text(encoding="utf-8"), path.name).tree) if path.exists() else []
    return AreaWords(
        area=area,
        language=language,
        path=path,
        english=english,
        words=words,
        approvals=tuple(given),
        states=tuple(judged(language, english, words, given)),
    )


def areas() -> list[str]:
    """Return the areas of the interface that have words."""
    return sorted(path.parent.name for path in FOLDER.glob("*/en.yaml"))


def _one_of_each(path: Path) -> dict[str, str]:
    """Return the words of a file; the plural forms of a key, which differ from language to language, are one string."""
    found: dict[str, list[str]] = {}
    for key, words in _read([path]).items():
        stem, _, last = key.rpartition(".")
        found.setdefault(stem if last in PLURALS else key, []).append(words)
    return {key: " | ".join(forms) for key, forms in found.items()}


@functools.cache
def _plural(language: str) -> Any:
    return Locale.parse(language).plural_form


def find(key: str, language: str, *, count: int | None = None) -> str | None:
    """Return the unfilled words of ``key`` in ``language`` or English, or ``None`` where there are none."""
    for code in (interface_of(language), "en"):
        words = catalogue(code)
        if count is not None:
            form = words.get(f"{key}.{_plural(code)(count)}") or words.get(f"{key}.other")
            if form is not None:
                return form
        if key in words:
            return words[key]
    return None


def say(key: str, language: str, **facts: Any) -> str:
    """Return the words of ``key``, with ``{fact}`` places filled.

    Raises:
        KeyError: where no language words the key, or a fact that the words name was not given.

    """
    count = facts.get("count")
    words = find(key, language, count=count if isinstance(count, int) else None)
    if words is None:
        raise KeyError(key)
    return words.format_map(facts) if "{" in words else words

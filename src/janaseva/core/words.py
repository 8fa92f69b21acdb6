"""The words of the interface in every language, from ``src/janaseva/words/<area>/<language>.yaml``.

The files of all areas are merged into one catalogue of dotted keys. English is the source; a key that a language lacks
is said in English. A key may have plural forms as sub-keys (``one``, ``other``, ... by CLDR), chosen by the fact
``count``. ``_status`` in a file names who has approved it; ``draft`` until a native speaker has.
"""

import contextlib
import functools
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from babel import Locale
from django.conf import settings
from ruamel.yaml import YAML

from janaseva.core.text import LANGUAGES

FOLDER = Path(__file__).resolve().parent.parent / "words"


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def _read(paths: Sequence[Path]) -> dict[str, str]:
    words: dict[str, str] = {}
    for path in paths:
        tree = YAML(typ="safe", pure=False).load(path.read_text(encoding="utf-8")) or {}
        tree.pop("_status", None)
        for key, value in _flat(tree):
            if key in words:
                message = f"{path}: {key} is worded twice"
                raise ValueError(message)
            words[key] = value
    return words


def _kept(language: str, paths: Sequence[Path]) -> Path | None:
    """Return where the merged words are kept between starts: a name that changes with any file's time or size."""
    if not settings.configured or not hasattr(settings, "OPTIONS"):
        return None
    stats = [(str(path), found.st_mtime_ns, found.st_size) for path in paths for found in (path.stat(),)]
    fingerprint = hashlib.sha256(repr(stats).encode()).hexdigest()[:16]
    folder: Path = settings.OPTIONS.data_dir / "cache"
    return folder / f"words-{language}-{fingerprint}.json"


def _keep(kept: Path, words: Mapping[str, str]) -> None:
    """Keep the merged words for the next start; where that cannot be done, the next start reads the files again."""
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for older in kept.parent.glob(f"{kept.name.rsplit('-', 1)[0]}-*.json"):
            older.unlink(missing_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        draft.replace(kept)


@functools.cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return all keys with their words in one language.

    Reading YAML takes 0.4 ms a key, which a start would feel; so what was merged is kept in the data directory until a
    file changes.

    Raises:
        ValueError: where two files define the same key.

    """
    paths = sorted(FOLDER.glob(f"*/{language}.yaml"))
    kept = _kept(language, paths)
    if kept is not None:
        with contextlib.suppress(OSError, ValueError):
            found: dict[str, str] = json.loads(kept.read_text(encoding="utf-8"))
            return found
    words = _read(paths)
    if kept is not None:
        _keep(kept, words)
    return words


@functools.cache
def _plural(language: str) -> Any:
    return Locale.parse(language).plural_form


def find(key: str, language: str, *, count: int | None = None) -> str | None:
    """Return the unfilled words of ``key`` in ``language`` or English, or ``None`` where there are none."""
    for code in (language, "en") if language in LANGUAGES else ("en",):
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

"""The words of a definition in its languages: found in the English file, filled from words files and glossaries.

A words file mirrors the service's file: the same keys in the same order, items of lists named by their ``key``. A
glossary gives the translation of an English string wherever it occurs; a words file's own string comes first.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from janaseva.core import approvals
from janaseva.core.source import Path, Source, SourceFault
from janaseva.core.text import TONGUES

WORDY: Final = frozenset(
    {
        "name",
        "summary",
        "title",
        "label",
        "hint",
        "why",
        "message",
        "pattern_says",
        "statement",
        "authority",
        "outside",
        "says",
    }
)
_WORDY_MAPS: Final = frozenset({"choices", "any_of", "messages"})
_PLAIN_MAPS: Final = frozenset({"facts"})
"""What stands right below these are formulas and fields: a register may well have a fact of the key ``name``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordState:
    """How far a language has come: strings there are, strings worded, draft or approved by whom, what is missing."""

    language: str
    strings: int
    worded: int
    status: str
    missing: tuple[str, ...]
    approved: int = 0
    stale: int = 0

    @property
    def drafts(self) -> int:
        """Return how many strings are worded and were never approved."""
        return self.worded - self.approved - self.stale


def wordy(tree: Any, path: Path = (), name: str = "") -> Iterator[tuple[Path, str, str]]:
    """Yield every string of words: its path in the tree, its name in a words file, and its English."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            here, dotted = (*path, key), f"{name}.{key}" if name else str(key)
            parent = path[-1] if path else ""
            if isinstance(value, str):
                if (key in WORDY and parent not in _WORDY_MAPS | _PLAIN_MAPS) or parent in _WORDY_MAPS:
                    yield here, dotted, value
            else:
                yield from wordy(value, here, dotted)
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            label = (
                str(value["key"]) if isinstance(value, Mapping) and isinstance(value.get("key"), str) else str(number)
            )
            if isinstance(value, str) and path and path[-1] == "notes":
                yield (*path, number), f"{name}.{label}", value
            else:
                yield from wordy(value, (*path, number), f"{name}.{label}")


def unworded(service: Source, missing: Collection[str]) -> str:
    """Return strings that a language lacks as lines of its words file, still in English, to be copied."""
    lines: list[str] = []
    open_keys: tuple[str, ...] = ()
    for _, name, english in wordy(service.tree):
        if name not in missing:
            continue
        *above, last = name.split(".")
        same = next((n for n, (a, b) in enumerate(zip(above, open_keys, strict=False)) if a != b), None)
        depth = min(len(above), len(open_keys)) if same is None else same
        lines.extend(f"{'  ' * number}{_key(above[number])}:" for number in range(depth, len(above)))
        lines.append(f"{'  ' * len(above)}{_key(last)}: {json.dumps(english.strip(), ensure_ascii=False)}")
        open_keys = tuple(above)
    return "\n".join(lines)


def _key(name: str) -> str:
    """Return a key as a words file writes it: one that is all digits is text there too."""
    return f'"{name}"' if name.isdigit() else name


def _leaves(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from _leaves(value, (*path, key))
    else:
        yield path, tree


def merge(
    service: Source,
    words: Mapping[str, Source],
    glossaries: Mapping[str, Source],
    *,
    languages: frozenset[str] = frozenset(),
) -> tuple[dict[str, Any], list[SourceFault], list[WordState]]:
    """Return the service's tree with its words in all languages, the faults of the words files, and their states.

    ``languages`` are those that the pack promises: each has a state, even if no file words it yet.
    """
    strings = {name: (path, english) for path, name, english in wordy(service.tree)}
    faults: list[SourceFault] = []
    worded: dict[str, dict[str, str]] = {name: {"en": english.strip()} for name, (_, english) in strings.items()}
    keywords: dict[str, list[str]] = {}
    states = []
    for language in sorted({*words, *glossaries, *languages}):
        source, glossary = words.get(language), glossaries.get(language)
        if language not in TONGUES or language == "en":
            wrong = source or glossary
            if wrong is not None:
                mend = f"the languages beside English are {', '.join(code for code in TONGUES if code != 'en')}"
                faults.append(wrong.fault((), f"'{language}' is not a language of the platform", mend))
            continue
        faults.extend(_fill(strings, source, language, worded, keywords) if source else ())
        known = _glossary(glossary)
        for entry in worded.values():
            if language not in entry and entry["en"] in known:
                entry[language] = known[entry["en"]]
        missing = tuple(name for name, entry in worded.items() if language not in entry)
        status = source.tree.get("_status", "draft") if source and isinstance(source.tree, dict) else "draft"
        states.append(
            WordState(
                language=language,
                strings=len(worded),
                worded=len(worded) - len(missing),
                status=str(status),
                missing=missing,
                **_approved(strings, source, language, worded),
            )
        )
    tree = _placed(service.tree, {path: worded[name] for name, (path, _) in strings.items()})
    if keywords and isinstance(tree.get("what"), dict) and isinstance(tree["what"].get("keywords", {}), dict):
        tree["what"]["keywords"] = {**tree["what"].get("keywords", {}), **keywords}
    return tree, faults, states


def _fill(
    strings: Mapping[str, tuple[Path, str]],
    source: Source,
    language: str,
    worded: dict[str, dict[str, str]],
    keywords: dict[str, list[str]],
) -> Iterator[SourceFault]:
    if not isinstance(source.tree, Mapping):
        yield source.fault((), "the file holds no words", "write them under the same keys as in service.yaml")
        return
    for path, value in _leaves(source.tree):
        name = ".".join(str(part) for part in path)
        if name in ("_status", "_by", approvals.FIELD):
            continue
        if name == "what.keywords" and isinstance(value, list):
            keywords[language] = [str(word) for word in value]
        elif name not in strings:
            mend = f"the nearest that there is: {_nearest(name, strings)}"
            yield source.fault(path, f"service.yaml has no words at {name}", mend)
        elif not isinstance(value, str) or not value.strip():
            yield source.fault(path, f"there are no words at {name}", "write them, or remove the line")
        else:
            worded[name][language] = value.strip()


def _approved(
    strings: Mapping[str, tuple[Path, str]],
    source: Source | None,
    language: str,
    worded: Mapping[str, Mapping[str, str]],
) -> dict[str, int]:
    """Return how many strings somebody has approved, and how many were changed since; glossaries are not asked."""
    try:
        given = approvals.approvals(source.tree) if source else []
    except ValueError:
        given = []
    english = {name: text for name, (_, text) in strings.items()}
    words = {name: worded[name][language] for name in strings if language in worded[name]}
    found = [one.state for one in approvals.judged(language, english, words, given)]
    return {"approved": found.count("approved"), "stale": found.count("stale")}


def _nearest(name: str, strings: Mapping[str, Any]) -> str:
    """Return the known name that shares the longest beginning or end."""

    def likeness(other: str) -> tuple[int, int]:
        ours, theirs = name.split("."), other.split(".")
        same_start = next(
            (i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
        )
        return same_start, int(ours[-1] == theirs[-1])

    return max(strings, key=likeness, default="")


def _glossary(source: Source | None) -> dict[str, str]:
    if source is None or not isinstance(source.tree, Mapping):
        return {}
    return {str(key): value for key, value in source.tree.items() if isinstance(value, str) and not key.startswith("_")}


def _placed(tree: Any, words: Mapping[Path, dict[str, str]], path: Path = ()) -> Any:
    if path in words:
        return words[path]
    if isinstance(tree, Mapping):
        return {key: _placed(value, words, (*path, key)) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_placed(value, words, (*path, number)) for number, value in enumerate(tree)]
    return tree

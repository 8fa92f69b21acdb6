"""From the files of one service to its definition, or to every fault in them with file, line and what to do."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from janaseva.core.canonical import sha256_hex
from janaseva.core.source import Path, Source, SourceError, SourceFault, read
from janaseva.core.text import Text
from janaseva.services.rules.definition import Definition, PublishedText
from janaseva.services.rules.purposed import misplaced, placed
from janaseva.services.rules.rights import Rights
from janaseva.services.rules.soundness import unsound
from janaseva.services.rules.wording import WORDY, WordState, merge

_WORDS_FILE: Final = re.compile(r"words\.([a-z]{2,3})\.yaml\Z")
_GLOSSARY_FILE: Final = re.compile(r"glossary\.([a-z]{2,3})\.yaml\Z")
MOST_BYTES: Final = 2 * 1024 * 1024
"""All files of one service together."""
_LIKE: Final = 0.75
"""How alike a name must be to be offered as the one meant; less alike misleads (``counts`` for ``conditions``)."""
_SAID_OTHERWISE: Final[Mapping[tuple[str, str], str]] = {
    ("who", "conditions"): "the conditions of who may apply are written under 'eligibility:'",
    (
        "out",
        "eligibility",
    ): "who may apply stands under who.eligibility; what a licence is held on, under 'conditions:'",
}
MOST_FAULTS: Final = 300
"""Faults of shape that are told at once; who has more mends these first."""


class DefinitionError(ValueError):
    """The files do not make a definition; ``faults`` says everything that is wrong."""

    def __init__(self, faults: list[SourceFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in faults[:5]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What the files of a service came to: the definition where it is sound, every fault, and how far its words are."""

    definition: Definition | None
    faults: tuple[SourceFault, ...]
    words: tuple[WordState, ...] = ()
    source: Source | None = None


def examine(text: PublishedText, *, folder: str = "") -> Examined:
    """Return the definition and every fault; ``folder`` stands before the names of files in faults."""
    prefix = f"{folder}/" if folder else ""
    sources, faults = _read_all(text.files, prefix)
    service = sources.get("service.yaml")
    if service is None:
        if not faults:
            faults.append(_whole(f"{prefix}service.yaml", "the file is missing", "write what the service is in it"))
        return Examined(definition=None, faults=tuple(faults))
    if not isinstance(service.tree, dict):
        faults.append(service.fault((), "the file holds no service", "begin with key:, version:, from:, what:"))
        return Examined(definition=None, faults=tuple(faults))
    tree, found, states = _worded(service, sources)
    faults.extend(found)
    tree["sources"] = _addresses(sources.get("sources.yaml"))
    tree["pack_country"] = _country(sources.get("pack.yaml"))
    tree["rights"] = _rights(sources.get("rights.yaml"), faults)
    try:
        definition = Definition.model_validate(tree)
    except ValidationError as error:
        faults.extend(_shape_faults(error, service))
        return Examined(definition=None, faults=tuple(faults), words=tuple(states))
    departments = _departments(sources.get("pack.yaml"))
    faults.extend(unsound(definition, service, departments))
    faults.extend(misplaced(definition, service))
    for purposed, placed_source in placed(definition, service) if not faults else ():
        faults.extend(unsound(purposed, placed_source, departments))
    faults.sort(key=lambda fault: (fault.file, fault.line, fault.column))
    sound = None if faults else definition
    return Examined(definition=sound, faults=tuple(faults), words=tuple(states), source=service)


def _worded(
    service: Source, sources: Mapping[str, Source]
) -> tuple[dict[str, Any], list[SourceFault], list[WordState]]:
    """Return the service's tree with its words in all languages, the faults of the words files, and their states."""
    words = {match.group(1): source for name, source in sources.items() if (match := _WORDS_FILE.match(name))}
    glossaries = {match.group(1): source for name, source in sources.items() if (match := _GLOSSARY_FILE.match(name))}
    return merge(service, words, glossaries, languages=_languages(sources.get("pack.yaml")))


def words_of(text: PublishedText, language: str) -> tuple[Text, WordState | None]:
    """Return the name of a published service and how far its words are in a language; ``None``: not promised there.

    Only the files that it takes are read, those that the services of a pack share once for them all, and nothing is
    compiled.
    """
    own, shared = ("service.yaml", f"words.{language}.yaml"), ("pack.yaml", f"glossary.{language}.yaml")
    sources = {name: read(text.files[name], name) for name in own if name in text.files}
    sources.update({name: _shared(text.files[name], name) for name in shared if name in text.files})
    tree, _, states = _worded(sources["service.yaml"], sources)
    return tree["what"]["name"], next((one for one in states if one.language == language), None)


@lru_cache(maxsize=32)
def _shared(content: str, name: str) -> Source:
    return read(content, name)


@lru_cache(maxsize=256)
def _compiled(digest: str, packed: str) -> Definition:
    del digest
    return Definition.model_validate_json(packed)


def compile_text(text: PublishedText) -> Definition:
    """Return the definition that the files make.

    Raises:
        DefinitionError: with every fault.

    """
    examined = examine(text)
    if examined.definition is None:
        raise DefinitionError(list(examined.faults))
    return examined.definition


def packed(definition: Definition) -> str:
    """Return the definition as JSON with its words in it: what is kept beside the text, so that it loads at once."""
    return definition.model_dump_json(by_alias=True, exclude_defaults=True)


def unpacked(text: str) -> Definition:
    """Return the definition kept by :func:`packed`; the same text gives the same, already compiled, object."""
    return _compiled(sha256_hex(text), text)


def _whole(file: str, message: str, mend: str) -> SourceFault:
    return SourceFault(file=file, line=1, column=1, message=message, mend=mend)


def _read_all(files: Mapping[str, str], prefix: str) -> tuple[dict[str, Source], list[SourceFault]]:
    sources: dict[str, Source] = {}
    faults: list[SourceFault] = []
    if sum(len(content) for content in files.values()) > MOST_BYTES:
        return {}, [_whole(f"{prefix}service.yaml", "the files of this service are too large", "remove some")]
    for name, content in sorted(files.items()):
        if not name.endswith(".yaml") or name == "examples.yaml":
            continue
        try:
            sources[name] = read(content, f"{prefix}{name}")
        except SourceError as error:
            faults.append(error.fault)
    return sources, faults


def _addresses(source: Source | None) -> dict[str, str]:
    tree = source.tree if source is not None else None
    return {str(key): str(value) for key, value in tree.items()} if isinstance(tree, dict) else {}


def _rights(source: Source | None, faults: list[SourceFault]) -> Rights | None:
    """Return the state's right-to-service act, where the pack has one."""
    if source is None:
        return None
    try:
        return Rights.model_validate(source.tree)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            path = _tree_path(one["loc"], source.tree)
            if path is not None:
                faults.append(source.fault(path, *_in_words(one, path)))
        return None


def _country(source: Source | None) -> str:
    tree = source.tree if source is not None else None
    return str(tree.get("country", "IN")) if isinstance(tree, dict) else "IN"


def _languages(source: Source | None) -> frozenset[str]:
    tree = source.tree if source is not None else None
    named = tree.get("languages") if isinstance(tree, dict) else None
    return frozenset(str(code) for code in named if code != "en") if isinstance(named, list) else frozenset()


def _departments(source: Source | None) -> frozenset[str] | None:
    tree = source.tree if source is not None else None
    departments = tree.get("departments") if isinstance(tree, dict) else None
    return frozenset(departments) if isinstance(departments, dict) else None


# --- faults of shape: pydantic's, at their lines, in words


def _known_names(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    seen.add(model)
    for name, field in model.model_fields.items():
        yield field.alias or name
        for kind in _models(field.annotation):
            if kind not in seen:
                yield from _known_names(kind, seen)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    return tuple(sorted(set(_known_names(Definition, set()))))


def _shape_faults(error: ValidationError, service: Source) -> Iterator[SourceFault]:
    """Yield each fault of shape once; that a list is too short is no news where something in it is told to be wrong."""
    told: set[tuple[Path, str]] = set()
    found = [
        (one, path)
        for one in error.errors(include_url=False, include_context=True)[:MOST_FAULTS]
        if (path := _tree_path(one["loc"], service.tree)) is not None
    ]
    for one, path in found:
        message, mend = _in_words(one, path)
        inner = (other for _, other in found if other[: len(path)] == path and len(other) > len(path))
        if (path, message) in told or (one["type"] == "too_short" and next(inner, None)):
            continue
        told.add((path, message))
        yield service.fault(path, message, mend)


def _is_branch(part: int | str) -> bool:
    return isinstance(part, str) and (part[:1].isupper() or "[" in part or part in ("int", "str", "bool"))


def _tree_path(loc: tuple[int | str, ...], tree: Any) -> Path | None:
    """Return the path within the file of pydantic's place; ``None`` where the place lies on a branch not meant.

    A fact that may be unknown is tried both ways; what was meant is told by whether ``unknown`` stands there.
    """
    path: list[int | str] = []
    for part in loc:
        listed = isinstance(tree, list) and isinstance(part, int) and part < len(tree)
        if listed or (isinstance(tree, dict) and part in tree):
            path.append(part)
            tree = tree[part]
        elif part == "Unknown":
            if not (isinstance(tree, dict) and "unknown" in tree):
                return None
        elif _is_branch(part) and isinstance(tree, dict) and "unknown" in tree:
            return None
    return tuple(path)


def _meant(path: Path, name: str) -> str:
    """Return what to do with a name that does not belong where it stands."""
    around = next((part for part in reversed(path[:-1]) if isinstance(part, str)), "")
    if (around, name) in _SAID_OTHERWISE:
        return _SAID_OTHERWISE[around, name]
    if " " in name:
        return "put text that holds a comma in quotes, or write one key a line"
    near = difflib.get_close_matches(name, [one for one in _names() if one != name], n=1, cutoff=_LIKE)
    return f"did you mean '{near[0]}'?" if near else "remove it, or move it where it belongs"


def _as_words(name: str, given: Any) -> str:
    """Return how to write what must be words and is something else."""
    if given is None:
        return f"write it after '{name}:', or leave it out"
    if isinstance(given, bool | int | float):
        return f'put it in quotes: "{str(given).lower() if isinstance(given, bool) else given}"'
    return f"write it after '{name}:', in quotes where it holds ': ' or begins with [ or {{"


def _in_words(error: Any, path: Path) -> tuple[str, str]:
    here = ".".join(str(part) for part in path) or "the file"
    last = str(error["loc"][-1])
    match error["type"]:
        case "missing":
            return f"{here} lacks '{last}'", f"add '{last}:' (see docs/definers)"
        case "extra_forbidden":
            return f"'{last}' does not belong here", _meant(path, last)
        case "value_error":
            return str(error["msg"]).removeprefix("Value error, "), "change one of them"
        case "string_type" | "dict_type" if error["type"] == "string_type" or last in WORDY:
            return f"{here} must be one line of text", _as_words(last, error.get("input"))
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{here} must be a group of 'key: value' lines", "indent its parts below it"
        case "tuple_type" | "list_type":
            return f"{here} must be a list", "begin each item with '- '"
    return _as_value(error["type"], here, last) or (
        f"{here}: {error['msg']}",
        "see docs/definers for what is taken here",
    )


def _as_value(kind: str, here: str, name: str) -> tuple[str, str] | None:
    """Return how to write a key, a number or a day that was written otherwise."""
    if kind == "string_pattern_mismatch" and name == "series":
        return f"{here} is not a name of a series of numbers", "use capitals, digits and -, as in KL-INC"
    if kind == "string_pattern_mismatch":
        mend = "use small letters, digits and _ or -, beginning with a letter"
        return f"{here} is not a name of the kind wanted here", mend
    if kind in ("int_parsing", "int_type"):
        return f"{here} must be a whole number", "write it with the digits 0 to 9, without quotes: 30"
    if kind.startswith("date_"):
        return f"{here} must be a day", "write year, month and day with the digits 0 to 9: 2026-01-31"
    return None

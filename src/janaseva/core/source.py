"""Text that people write for the platform (YAML 1.2), read safely, with the line and column of everything in it.

Stricter than YAML: no aliases, anchors, tags, directives or second documents, no key twice, nothing too large or too
deep, no invisible direction marks. Only ``null``, ``true``, ``false`` and whole numbers are anything but text: ``no``,
``1.50``, ``2026-01-01``, ``0123`` and ``12:30`` stay what was written, so that no reader is surprised.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

LARGEST_BYTES: Final = 512 * 1024
DEEPEST: Final = 40
MOST_PARTS: Final = 50_000
"""Keys and values in one file."""

_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
_HIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff\ufeff\ufffe\uffff]")
_WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}

Path = tuple[str | int, ...]
"""The way to a part: keys of mappings and places in lists (from 0)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file, from 1. ``indent`` is how far a block of text is shifted to the right."""

    line: int
    column: int
    block: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFault:
    """One thing wrong with a written file: where, what, and what to do."""

    file: str
    line: int
    column: int
    message: str
    mend: str
    place: str = ""

    def __str__(self) -> str:
        """Return the fault as one line that editors can jump to."""
        return f"{self.file}:{self.line}:{self.column}: {self.message} ({self.mend})"


class SourceError(ValueError):
    """A file that cannot be read at all."""

    def __init__(self, fault: SourceFault) -> None:
        self.fault = fault
        super().__init__(str(fault))


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its tree of plain values, and the mark of every part."""

    file: str
    tree: Any
    marks: dict[Path, Mark] = field(default_factory=dict)

    def mark(self, path: Path) -> Mark:
        """Return where the part stands, or else the nearest part around it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark(1, 1))

    def fault(self, path: Path, message: str, mend: str) -> SourceFault:
        """Return a fault at this part."""
        mark = self.mark(path)
        place = ".".join(str(part) for part in path)
        return SourceFault(file=self.file, line=mark.line, column=mark.column, message=message, mend=mend, place=place)


def read(text: str, file: str) -> Source:
    """Read the text of one file.

    Raises:
        SourceError: where it is not what this module allows; the fault names line, column and what to do.

    """
    _examine(text, file)
    reader = _Reader(file)
    try:
        tree = reader.document(_events(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = str(error.problem or error.context or "this is not YAML")
        raise _error(file, line, column, message, _mend(message, text.splitlines()[line - 1 : line])) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, SourceError):
            raise
        raise _error(file, 1, 1, str(error)[:200], "save the file as plain YAML in UTF-8") from None
    return Source(file, tree, reader.marks)


def _mend(message: str, here: list[str]) -> str:
    """Return what to do about what the parser found, in the words of who writes with any editor."""
    if " tab " in message or "\t" in "".join(here):
        return "put spaces in place of the tab, two for each step"
    if "expected ',' or" in message:
        return "inside { } and [ ] put text that holds a comma or ': ' in quotes, and close what was opened"
    if message.startswith("mapping values"):
        return "put text that holds ': ' in quotes; or begin this line as far left as those beside it"
    return "look at this line and the one above: indentation, quotes, colons"


def decode(content: bytes, file: str) -> str:
    """Return the bytes of a file as text.

    Raises:
        SourceError: where they are too many, or not UTF-8.

    """
    if len(content) > LARGEST_BYTES:
        raise _error(file, 1, 1, f"the file is larger than {LARGEST_BYTES // 1024} kB", "split what it describes")
    try:
        return content.decode("utf-8-sig")  # some editors begin a file with a mark that says UTF-8
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _error(file, line, 1, "this is not UTF-8", "save the file as UTF-8") from None


def _error(file: str, line: int, column: int, message: str, mend: str) -> SourceError:
    return SourceError(SourceFault(file=file, line=line, column=column, message=message, mend=mend))


def _examine(text: str, file: str) -> None:
    if len(text) > LARGEST_BYTES or len(text.encode("utf-8", "surrogatepass")) > LARGEST_BYTES:
        raise _error(file, 1, 1, f"the file is larger than {LARGEST_BYTES // 1024} kB", "split what it describes")
    hidden = _HIDDEN.search(text)
    if hidden is not None:
        line = text.count("\n", 0, hidden.start()) + 1
        column = hidden.start() - text.rfind("\n", 0, hidden.start())
        name = f"U+{ord(hidden.group()):04X}"
        raise _error(file, line, column, f"a hidden character {name} stands here", "delete it and type the word again")
    if not unicodedata.is_normalized("NFC", text):
        lines = enumerate(text.split("\n"), start=1)
        number = next(number for number, line in lines if not unicodedata.is_normalized("NFC", line))
        raise _error(
            file, number, 1, "letters here are written in parts (not NFC)", "save the file in Unicode form NFC"
        )


_PARSER: Final = getattr(yaml, "CLoader", yaml.Loader)
"""libyaml's where the wheel has it. Only its events are used; what they mean is decided here, and nothing is built."""


def _events(text: str) -> Iterator[Any]:
    parser = _PARSER(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


def _mark(event: Any, *, block: bool = False) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1, block)


class _Reader:
    """Builds the tree from the parser's events, and refuses what is not allowed where it stands."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.marks: dict[Path, Mark] = {}
        self.parts = 0

    def refuse(self, event: Any, message: str, mend: str) -> SourceError:
        return _error(self.file, event.start_mark.line + 1, event.start_mark.column + 1, message, mend)

    def document(self, events: Iterator[Any]) -> Any:
        tree: Any = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.refuse(
                        event, "a second document begins here", "one file holds one document: remove '---'"
                    )
                if event.version or event.tags:
                    raise self.refuse(event, "YAML directives are not used here", "remove the line that begins with %")
            elif isinstance(event, AliasEvent | ScalarEvent | MappingStartEvent | SequenceStartEvent):
                tree = self.part(event, events, (), 1)
        return tree

    def part(self, event: Any, events: Iterator[Any], path: Path, depth: int) -> Any:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise self.refuse(event, f"the file has more than {MOST_PARTS} parts", "split what it describes")
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise self.refuse(
                event,
                "anchors (&) and aliases (*) are not used here",
                "write it out where it is needed, in quotes if the sign is meant",
            )
        if getattr(event, "tag", None) is not None and not isinstance(event, ScalarEvent):
            raise self.refuse(event, "tags (!) are not used here", "remove the tag, or put the text in quotes")
        if depth > DEEPEST:
            raise self.refuse(event, f"this lies more than {DEEPEST} levels deep", "write it flatter")
        block = isinstance(event, ScalarEvent) and event.style in ("|", ">")
        self.marks[path] = _mark(event, block=block)
        if isinstance(event, ScalarEvent):
            return self.scalar(event)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(events, path, depth)
        return self.mapping(events, path, depth)

    def scalar(self, event: Any) -> Any:
        if event.tag not in (None, "!"):
            raise self.refuse(event, "tags (!) are not used here", "remove the tag, or put the text in quotes")
        value = str(event.value)
        if event.style not in (None, ""):
            return value
        if value in _WORDS:
            return _WORDS[value]
        return int(value) if _INTEGER.match(value) else value

    def sequence(self, events: Iterator[Any], path: Path, depth: int) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self.part(event, events, (*path, len(items)), depth + 1))
        return items

    def mapping(self, events: Iterator[Any], path: Path, depth: int) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent) or event.anchor is not None:
                raise self.refuse(event, "a key is one word or text", "put a name before the colon")
            key = str(event.value)
            if key in tree:
                raise self.refuse(event, f"'{key}' stands here twice", "keep one of them")
            here = _mark(event)
            tree[key] = self.part(next(events), events, (*path, key), depth + 1)
            if not isinstance(tree[key], str):
                self.marks[*path, key] = here
        return tree

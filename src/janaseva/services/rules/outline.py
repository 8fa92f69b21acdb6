"""A definition's text in the parts that definers know, each of which can be read and written alone.

The order is that of the definers' guide: general, coverage, applicant, fee, form, documents, process, outcome,
messages, privileges. A part is made of blocks of ``service.yaml``: a key at the margin with all that is indented
below it, or, in ``who:`` and ``ask:``, a key two spaces in. Lines are cut and put back as they were written, comments
too, so that what is not touched does not change by a letter, and a text with faults can be mended part by part.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

Path = tuple[str, ...]

PARTS: Final[dict[str, tuple[Path, ...]]] = {
    "general": (("key",), ("version",), ("from",), ("what",), ("gaps",)),
    "coverage": (("who", "coverage"),),
    "applicant": (("who", "questions"), ("who", "eligibility"), ("who", "same"), ("who", "once")),
    "fee": (("fee",),),
    "form": (("ask", "pages"), ("check",)),
    "documents": (("ask", "documents"),),
    "process": (("happens",), ("limit",), ("appeal",), ("deemed",)),
    "outcome": (("out",), ("afterwards",)),
    "messages": (("messages",),),
    "privileges": (("variants",),),
}
"""The blocks of each part. What belongs to none is in :data:`OTHER`."""

OTHER: Final = "other"
_SPLIT: Final = frozenset({"who", "ask"})
_TOP: Final = re.compile(r"([a-z_]+):(?=\s|$)")
_SUB: Final = re.compile(r"  ([a-z_]+):(?=\s|$)")
_OWNER: Final = {path: part for part, paths in PARTS.items() for path in paths}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines that stand together: ``path`` is the key, ``first`` the number of the first line (from 1)."""

    path: Path
    first: int
    lines: tuple[str, ...]

    @property
    def part(self) -> str:
        """Return the part that the block belongs to; the bare head of a split key belongs to none."""
        return _OWNER.get(self.path, "" if len(self.path) == 1 and self.path[0] in _SPLIT else OTHER)


def blocks(text: str) -> tuple[Block, ...]:
    """Return the text as blocks, in order; joined again they are the text, letter by letter."""
    return tuple(_blocks(text.splitlines(keepends=True)))


def _blocks(lines: list[str]) -> Iterator[Block]:
    path: Path = ("",)
    begun = 0
    for number, line in enumerate(lines):
        found = _path_of(line, path)
        if found is not None:
            first = _with_comments(lines, begun, number)
            if first > begun:
                yield Block(path=path, first=begun + 1, lines=tuple(lines[begun:first]))
            path, begun = found, first
    if lines[begun:]:
        yield Block(path=path, first=begun + 1, lines=tuple(lines[begun:]))


def _path_of(line: str, path: Path) -> Path | None:
    top = _TOP.match(line)
    if top is not None:
        return (top.group(1),)
    sub = _SUB.match(line) if path[0] in _SPLIT else None
    return (path[0], sub.group(1)) if sub is not None else None


def _with_comments(lines: list[str], begun: int, number: int) -> int:
    """Return the line at which a block begins: the comments right above a key are its own."""
    while number > begun + 1 and lines[number - 1].lstrip().startswith("#"):
        number -= 1
    return number


def part_text(text: str, part: str) -> str:
    """Return the lines of a part, as they stand; empty where the text has none of it."""
    return "".join("".join(block.lines) for block in blocks(text) if block.part == part)


def part_lines(text: str, part: str) -> tuple[int, ...]:
    """Return the numbers, in the whole text, of the lines of a part, in the order of :func:`part_text`."""
    return tuple(
        number
        for block in blocks(text)
        if block.part == part
        for number in range(block.first, block.first + len(block.lines))
    )


def part_at(text: str, line: int) -> str:
    """Return the part in which a line of the whole text stands; a head such as ``who:`` counts to its first part."""
    found = ""
    for block in blocks(text):
        if found == "" and block.part:
            found = block.part
        if block.first <= line < block.first + len(block.lines):
            return block.part or next((one for one, paths in PARTS.items() if paths[0][0] == block.path[0]), OTHER)
    return found or OTHER


def with_part(text: str, part: str, written: str) -> str:
    """Return the text with a part written anew: at the place of its first block, or where the guide puts it.

    Everything else stays as it is. A part that is left empty is taken out.
    """
    written = written.replace("\r\n", "\n").replace("\r", "\n")
    was = part_text(text, part)
    if written.rstrip() == was.rstrip():
        return text
    end = was[len(was.rstrip()) :] or "\n"
    written = f"{written.rstrip()}{end}" if written.strip() else ""
    pieces: list[str] = []
    put = False
    found = blocks(text)
    for place, block in enumerate(found):
        if block.part != part:
            pieces.append("".join(block.lines))
        elif not put:
            stays, written = _parted(written, block.path, found[place + 1 :], part)
            pieces.append(stays)
            put = True
        if put and written and not _same_head(found[place : place + 2]):
            pieces.append(written)
            written = ""
    return "".join(pieces) if put or not written else _added(text, part, written)


def _parted(written: str, path: Path, after: tuple[Block, ...], part: str) -> tuple[str, str]:
    """Return what is written in two: what stands below a split head, and the keys at the margin that come after it.

    A key at the margin ends the head: written before ``documents:``, ``check:`` would take that key out of ``ask:``.
    """
    if len(path) == 1 or not any(block.path[0] == path[0] and block.part != part for block in after):
        return written, ""
    lines: dict[bool, list[str]] = {True: [], False: []}
    for block in blocks(f"{path[0]}:\n{written}"):
        lines[block.path[0] == path[0]] += block.lines
    return "".join(lines[True][1:]), "".join(lines[False])


def _same_head(two: tuple[Block, ...]) -> bool:
    """Tell whether the second of two blocks stands below the same head as the first."""
    return len(two) > 1 and two[0].path[0] == two[1].path[0]


def _added(text: str, part: str, written: str) -> str:
    """Put a part in that the text does not have yet: below the head that it needs, or at the end."""
    whole = text if text.endswith("\n") or not text else f"{text}\n"
    head = PARTS[part][0][0] if part in PARTS else ""
    if head not in _SPLIT or not written.startswith("  "):
        return f"{whole}{written}"
    found = blocks(whole)
    last = max((place for place, block in enumerate(found) if block.path[0] == head), default=None)
    if last is None:
        return f"{whole}{head}:\n{written}"
    before = "".join("".join(block.lines) for block in found[: last + 1])
    after = "".join("".join(block.lines) for block in found[last + 1 :])
    return f"{before}{written}{after}"

"""What changed between two versions of a service: in words for the definer, and line by line as tracked changes."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from janaseva.core.source import SourceError, read
from janaseva.services.rules.definition import todo_in

CONTEXT_LINES: Final = 2
MOST_SHOWN: Final = 300
"""Letters of one value; the lines below show it whole."""
SERVICE: Final = "service.yaml"
_NAMING: Final = ("title", "label", "name")
_MONEY: Final = frozenset({"rupees", "at_least_rupees", "at_most_rupees"})

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is otherwise: where (by titles, and by keys in ``path``), what it was, and what it is.

    ``law`` and ``since`` are those of the part that it belongs to, as the new version has them.
    """

    file: str
    path: str
    place: tuple[str, ...]
    kind: Kind
    was: str = ""
    now: str = ""
    law: str = ""
    since: str = ""

    def __str__(self) -> str:
        """Return the change as one English sentence."""
        words = {"added": f"added {self.now}", "removed": f"removed {self.was}", "moved": "its order is another"}
        what = words.get(self.kind, f"{self.was} -> {self.now}")
        since = f" from {self.since}" if self.since else ""
        law = f"; order {self.law}" if self.law else ""
        return f"{', '.join(self.place)}: {what}{since}{law}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """One line of a file: kept, removed or added. ``gap`` says that lines were left out before it."""

    kind: Literal["kept", "removed", "added"]
    text: str
    number: int
    gap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDifference:
    """One file that differs, with the changed lines and those around them."""

    file: str
    lines: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything in which two versions differ. Nothing at all, where both are the same text."""

    changes: tuple[Change, ...]
    files: tuple[FileDifference, ...]

    def __bool__(self) -> bool:
        """Return whether there is any difference."""
        return bool(self.files)


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> Difference:
    """Return in what the files ``new`` differ from ``old``: the service first, then its words, the rest by name."""
    names = sorted({*old, *new}, key=lambda name: (name != SERVICE, not name.startswith("words."), name))
    changed = [name for name in names if old.get(name) != new.get(name)]
    return Difference(
        changes=tuple(one for name in changed for one in _changes(name, old.get(name), new.get(name))),
        files=tuple(
            FileDifference(file=name, lines=tuple(_lines(old.get(name, ""), new.get(name, "")))) for name in changed
        ),
    )


def _changes(file: str, old: str | None, new: str | None) -> Iterator[Change]:
    before, after = _tree(file, old), _tree(file, new)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _Walk(file).mapping(before, after, (), ())
    elif isinstance(before, list) and isinstance(after, list):
        yield from _Walk(file).sequence(before, after, (), ())
    else:
        kind: Kind = "added" if old is None else "removed" if new is None else "changed"
        was, now = ("" if old is None else file), ("" if new is None else file)
        yield Change(file=file, path="", place=(file,), kind=kind, was=was, now=now)
        if file == SERVICE and old is None and isinstance(after, Mapping):
            yield from _unfound(file, after)


def _unfound(file: str, tree: Mapping[str, Any]) -> Iterator[Change]:
    """Tell what a new service leaves open: each fact that is unknown, assumed or told differently by its sources."""
    for todo in todo_in("", tree):
        place = tuple(todo.place.split(".")) if todo.place else (file,)
        now = f"{todo.kind}: {_written(todo.what)}" if todo.what else todo.kind
        yield Change(file=file, path=todo.place, place=place, kind="added", now=now)


def _tree(file: str, content: str | None) -> Any:
    """Return the tree of a file; ``None`` for what is no YAML, is not there, or cannot be read."""
    if content is None or not file.endswith(".yaml"):
        return None
    try:
        tree = read(content, file).tree
    except SourceError:
        return None
    return {} if tree is None else tree


class _Walk:
    """Walks two trees of one file at once, knowing by which titles a definer finds a place."""

    def __init__(self, file: str) -> None:
        self.file = file

    def part(self, was: Any, now: Any, path: tuple[str, ...], place: tuple[str, ...], around: Any) -> Iterator[Change]:
        if was == now:
            return
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from self.mapping(was, now, path, place)
        elif isinstance(was, list) and isinstance(now, list) and (was or now):
            yield from self.sequence(was, now, path, place)
        else:
            yield self.change("changed", path, place, was=was, now=now, around=around)

    def mapping(
        self, was: Mapping[str, Any], now: Mapping[str, Any], path: tuple[str, ...], place: tuple[str, ...]
    ) -> Iterator[Change]:
        for key in [*now, *(key for key in was if key not in now)]:
            here, told = (*path, str(key)), (*place, str(key).replace("_", " "))
            if key not in was:
                yield self.change("added", here, told, now=now[key], around=now)
            elif key not in now:
                yield self.change("removed", here, told, was=was[key], around=now)
            else:
                yield from self.part(was[key], now[key], here, told, now)

    def sequence(
        self, was: list[Any], now: list[Any], path: tuple[str, ...], place: tuple[str, ...]
    ) -> Iterator[Change]:
        before, after = _named(was), _named(now)
        for name, item in after.items():
            here, told = (*path, name), (*place, _title(item, name))
            if name not in before:
                yield self.change("added", here, told, now=item, around=item)
            else:
                yield from self.part(before[name], item, here, told, item)
        for name in before:
            if name not in after:
                told = (*place, _title(before[name], name))
                yield self.change("removed", (*path, name), told, was=before[name], around=None)
        kept = [name for name in after if name in before]
        if kept != [name for name in before if name in after]:
            yield self.change("moved", path, place, around=None)

    def change(
        self,
        kind: Kind,
        path: tuple[str, ...],
        place: tuple[str, ...],
        *,
        was: Any = None,
        now: Any = None,
        around: Any,
    ) -> Change:
        facts = around if isinstance(around, Mapping) else {}
        name = path[-1] if path else ""
        own = name in ("law", "from", "source", "confidence", "note", "version")
        law, since = facts.get("law"), facts.get("from")
        return Change(
            file=self.file,
            path=".".join(path),
            place=place or (self.file,),
            kind=kind,
            was="" if kind == "added" else _written(was, name),
            now="" if kind == "removed" else _written(now, name),
            law=str(law) if law and not own else "",
            since=str(since) if since and not own and len(path) > 1 else "",
        )


def _named(items: list[Any]) -> dict[str, Any]:
    """Return the items by what names them: their key, their name (examples), themselves, else their place."""
    found: dict[str, Any] = {}
    for number, item in enumerate(items):
        name = (item.get("key") or item.get("name")) if isinstance(item, Mapping) else item
        told = str(name) if isinstance(name, str | int) and str(name) not in found else str(number)
        found[told] = item
    return found


def _title(item: Any, name: str) -> str:
    title = next((item[key] for key in _NAMING if item.get(key)), None) if isinstance(item, Mapping) else None
    return f"{title} ({name})" if isinstance(title, str) and title != name else name


def _written(value: Any, name: str = "") -> str:
    """Return a value as a definer reads it: money with its sign, parts by name, nothing too long."""
    match value:
        case None:
            text = "nothing"
        case bool():
            text = "yes" if value else "no"
        case Mapping():
            told = [(str(key), one) for key, one in value.items() if key not in ("law", "source")]
            text = "; ".join(f"{key}: {_written(one, key)}" for key, one in told)
        case list():
            text = ", ".join(_written(one) for one in value) or "nothing"
        case _:
            text = f"Rs {value}" if name in _MONEY else str(value)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def _lines(old: str, new: str) -> Iterator[TextLine]:
    before, after = old.splitlines(), new.splitlines()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(CONTEXT_LINES)):
        gap = number > 0 or group[0][1] > 0
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                for place in range(i1, i2):
                    yield TextLine(kind="kept", text=before[place], number=j1 + place - i1 + 1, gap=gap)
                    gap = False
                continue
            for place in range(i1, i2):
                yield TextLine(kind="removed", text=before[place], number=place + 1, gap=gap)
                gap = False
            for place in range(j1, j2):
                yield TextLine(kind="added", text=after[place], number=place + 1, gap=gap)
                gap = False

"""The source of Janaseva as the house's laws see it: modules with their room, kind, syntax tree and imports.

Nothing is imported or run to read it, so a tree of bad examples can be read as well as the real one.
"""

import ast
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from janaseva.rooms import DOORS, FLOORS, ROOMS

TREE = Path(__file__).resolve().parents[2]
PACKAGE = TREE / "src" / "janaseva"

KINDS = ("models", "rules", "queries", "actions", "steps", "events", "handlers", "adapters")
ROOM_AND_KIND = 2  # dots in janaseva.room.kind
GLUE = ("settings", "urls", "wsgi", "rooms", "__main__")

__all__ = ["DOORS", "FLOORS", "GLUE", "KINDS", "PACKAGE", "ROOMS", "TREE", "Module", "hold", "read", "real"]


@dataclass(frozen=True, eq=False)
class Module:
    """One module: ``name`` is dotted, ``room`` its top folder, ``kind`` which of the eight files it belongs to."""

    name: str
    path: Path
    room: str
    kind: str
    text: str
    tree: ast.Module
    package: bool

    @functools.cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the module."""
        return tuple(ast.walk(self.tree))

    @functools.cached_property
    def functions(self) -> tuple[ast.FunctionDef, ...]:
        """The functions at the module's top."""
        return tuple(node for node in self.tree.body if isinstance(node, ast.FunctionDef))

    @functools.cached_property
    def names(self) -> dict[str, str]:
        """What each imported name stands for: alias to dotted origin."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{self.origin(node)}.{alias.name}"
        return found

    def origin(self, node: ast.ImportFrom) -> str:
        """Return the dotted module that a ``from`` statement imports from."""
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        base = parts[: len(parts) - node.level + (1 if self.package else 0)]
        return ".".join([*base, *([node.module] if node.module else [])])

    @functools.cached_property
    def imports(self) -> tuple[tuple[int, str], ...]:
        """Every import as line and full dotted target (``from a import b`` gives ``a.b``)."""
        found: list[tuple[int, str]] = []
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found.extend((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                found.extend((node.lineno, f"{self.origin(node)}.{alias.name}") for alias in node.names)
        return tuple(found)

    def dotted(self, node: ast.AST) -> str:
        """Return what an expression such as ``a.b.c`` stands for after imports, or an empty text."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            left = self.dotted(node.value)
            return f"{left}.{node.attr}" if left else ""
        return ""

    def at(self, line: int) -> str:
        """Return a place as editors open it."""
        root = TREE if self.path.is_relative_to(TREE) else self.path.parents[len(self.name.split(".")) - 1]
        return f"{self.path.relative_to(root)}:{line}"


def _kind(parts: list[str]) -> tuple[str, str]:
    """Return the room and kind of ``janaseva.parts``."""
    if not parts:
        return "", "glue"
    top = parts[0]
    if top in ROOMS:
        return top, parts[1] if len(parts) > 1 else "room"
    if top in (*DOORS, "doorway"):
        return top, "door"
    return (top, top) if top in ("core", "cli", "design") else ("", "glue")


def read(package: Path) -> tuple[Module, ...]:
    """Read all modules under a ``janaseva`` folder, migrations left out."""
    found = []
    for path in sorted(package.rglob("*.py")):
        parts = list(path.relative_to(package).with_suffix("").parts)
        if "migrations" in parts:
            continue
        if is_package := parts[-1] == "__init__":
            parts.pop()
        room, kind = _kind(parts)
        text = path.read_text(encoding="utf-8")
        name = ".".join(["janaseva", *parts])
        found.append(Module(name, path, room, kind, text, _tree(text), is_package))
    return tuple(found)


def _tree(text: str) -> ast.Module:
    """Return a module's syntax tree; an empty one where it does not parse, which test_style tells once."""
    try:
        return ast.parse(text)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


@functools.cache
def real() -> tuple[Module, ...]:
    """Return the modules of Janaseva itself."""
    return read(PACKAGE)


def offered(modules: Iterable[Module], kind: str) -> Iterator[tuple[Module, ast.FunctionDef]]:
    """Yield the functions that rooms offer by one of their files: what is public there.

    Where the file has become a folder, that is what its ``__init__`` imports or defines; the rest is the room's own.
    """
    known = {
        f"{module.name}.{function.name}": (module, function) for module in modules for function in module.functions
    }
    for module in modules:
        if module.kind == kind and module.name.count(".") == ROOM_AND_KIND:
            names = {name: f"{module.name}.{name}" for name in (function.name for function in module.functions)}
            if module.package:
                names |= module.names
            yield from (known[whole] for name, whole in names.items() if not name.startswith("_") and whole in known)


def decorators(module: Module, function: ast.FunctionDef | ast.ClassDef) -> set[str]:
    """Return the dotted names of a function's decorators."""
    nodes = (node.func if isinstance(node, ast.Call) else node for node in function.decorator_list)
    return {module.dotted(node) for node in nodes}


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """Yield every call inside a node."""
    return (part for part in ast.walk(node) if isinstance(part, ast.Call))


def hold(breaches: Iterable[str], *, law: str, do: str) -> None:
    """Fail with every breach, the law that they break, and what to do."""
    found = sorted(set(breaches))
    if found:
        _fail(law, do, found)


def _fail(law: str, do: str, found: list[str]) -> NoReturn:
    listed = "\n".join(f"  - {breach}" for breach in found)
    pytest.fail(f"{len(found)} against the law: {law}\n{listed}\nWhat to do: {do}", pytrace=False)

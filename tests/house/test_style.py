"""Style that a machine can hold: docstrings, sizes, one sentence a room, names that say something."""

import ast
import re
from collections.abc import Iterable, Iterator

import pytest

from tests.house.source import DOORS, ROOMS, TREE, Module, hold, read, real

LONGEST_FUNCTION = 70
LONGEST_MODULE = 400
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc", "tools", "stuff"}


def unreadable(modules: Iterable[Module]) -> Iterator[str]:
    """Yield modules that are not Python, as the oldest interpreter that we promise reads it."""
    for module in modules:
        try:
            compile(module.text, str(module.path), "exec", dont_inherit=True)
        except SyntaxError as error:
            yield f"{module.at(error.lineno or 1)} {error.msg}"


def undocumented(modules: Iterable[Module]) -> Iterator[str]:
    """Yield every public thing without a docstring."""
    for module in modules:
        if not ast.get_docstring(module.tree):
            yield f"{module.at(1)} the module has no docstring"
        yield from _undocumented_in(module, module.tree)


def _undocumented_in(module: Module, parent: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in parent.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if node.name == "Meta" or "typing.overload" in {module.dotted(mark) for mark in node.decorator_list}:
                continue
            if not ast.get_docstring(node):
                yield f"{module.at(node.lineno)} {node.name} has no docstring"
            if isinstance(node, ast.ClassDef):
                yield from _undocumented_in(module, node)


def too_long(modules: Iterable[Module]) -> Iterator[str]:
    """Yield functions and modules over their size."""
    for module in modules:
        if (lines := module.text.count("\n")) > LONGEST_MODULE:
            yield f"{module.at(1)} has {lines} lines (at most {LONGEST_MODULE})"
        for node in module.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    yield f"{module.at(node.lineno)} {node.name} has {lines} lines (at most {LONGEST_FUNCTION})"


def not_one_sentence(modules: Iterable[Module]) -> Iterator[str]:
    """Yield rooms and doors whose ``__init__`` is anything but one sentence."""
    for module in modules:
        if module.name.split(".")[1:] not in [[name] for name in (*ROOMS, *DOORS, "core", "design")]:
            continue
        words = ast.get_docstring(module.tree) or ""
        if len(module.tree.body) != 1:
            yield f"{module.at(1)} holds more than a docstring"
        if not re.fullmatch(r"[^.!?]+\.", words.replace("\n", " ")):
            yield f"{module.at(1)} is not one sentence: {words!r}"


NAMED_BY_OTHERS = {
    "janaseva.core.postgresql.base": "Django looks for a database's class under this name",
    "janaseva.core.sqlite3.base": "Django looks for a database's class under this name",
}
"""Modules whose names are not ours to choose, with the reason."""


def empty_names(modules: Iterable[Module]) -> Iterator[str]:
    """Yield modules and classes whose names say nothing."""
    for module in modules:
        if EMPTY_NAMES & set(module.name.split(".")[-1].split("_")) and module.name not in NAMED_BY_OTHERS:
            yield f"{module.at(1)} is named {module.name.split('.')[-1]}"
        for node in module.nodes:
            if isinstance(node, ast.ClassDef) and re.search(r"(Manager|Helper|Utils?|Mixin|Base)$", node.name):
                yield f"{module.at(node.lineno)} class {node.name}"


def _everything() -> tuple[Module, ...]:
    """Return the modules of Janaseva, of its tests and of its benches."""
    return (*real(), *read(TREE / "tests"), *read(TREE / "bench"))


def test_every_module_parses():
    hold(unreadable(_everything()), law="the source is Python 3.11", do="mend the syntax")


def test_what_does_not_parse_is_seen(house):
    assert list(unreadable(house({"workflow/rules.py": "def due(: ..."})))


def test_public_things_are_documented():
    hold(
        undocumented(real()),
        law="every public module, class and function says what it means (section 7)",
        do="say what it answers, its units, what it refuses; a rule of law names its source; or prefix it with _",
    )


def test_sizes():
    hold(
        too_long(_everything()),
        law=f"functions of {LONGEST_FUNCTION} lines and modules of {LONGEST_MODULE} at most (section 7)",
        do="cut along what it does; a file becomes a folder of the same name with one module a use case",
    )


def test_a_room_is_one_sentence():
    hold(
        not_one_sentence(real()),
        law="a room's __init__ is one sentence that says what the room is (section 2)",
        do="keep the sentence; code lives in the eight files",
    )


def test_names_say_something():
    hold(
        empty_names(_everything()),
        law="no utils, helpers, common, manager, base, misc (section 7)",
        do="name what it does",
    )


def test_missing_docstrings_are_seen(house):
    source = '"""Rules."""\n\ndef due(): ...\n\nclass Case:\n    """A case."""\n    def late(self): ...'
    source += "\n    def _x(self): ..."
    found = " ".join(undocumented(house({"workflow/rules.py": source, "workflow/events.py": "x = 1"})))
    assert "due has no" in found
    assert "late has no" in found
    assert "the module has no" in found
    assert "_x" not in found


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def due():\n" + "    x = 1\n" * LONGEST_FUNCTION, "due has 71"),
        ("x = 1\n" * (LONGEST_MODULE + 1), "401 lines"),
    ],
)
def test_length_is_seen(house, source, said):
    assert said in " ".join(too_long(house({"workflow/rules.py": source})))


@pytest.mark.parametrize("source", ['"""One. Two."""', '"""One."""\nx = 1', '"""No stop"""', ""])
def test_a_room_of_more_than_a_sentence_is_seen(house, source):
    assert list(not_one_sentence(house({"workflow/__init__.py": source})))


def test_a_room_of_one_sentence_passes(house):
    assert not list(not_one_sentence(house({"workflow/__init__.py": '"""What comes next."""'})))


def test_empty_names_are_seen(house):
    assert list(empty_names(house({"workflow/rules/date_utils.py": ""})))
    assert list(empty_names(house({"workflow/rules.py": "class CaseManager: ..."})))

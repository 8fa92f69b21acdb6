"""Use cases: asked for first, recorded, never nested; seen in the source before anything runs."""

import ast
from collections.abc import Iterable, Iterator

import pytest

from tests.house.source import Module, calls, decorators, hold, offered, real

LAW = "an action takes by, at, key by keyword, asks allow(...) first, tells what it wrote, and calls no other action"
DO = (
    "@action def verb(*, by: Actor, at: datetime, key: str, ...): read what the rule needs, "
    "allow(rules.may_verb(...)), write with put and change, tell(events.Verbed(...)); "
    "share code between actions as a private function or a step"
)

ACTION, STEP = "janaseva.core.action.action", "janaseva.core.action.step"
WRITES = {f"janaseva.core.action.{name}" for name in ("put", "change", "remove")}
ALLOW, TELL = "janaseva.core.action.allow", "janaseva.core.action.tell"


def _marked(modules: Iterable[Module], kind: str, mark: str) -> Iterator[tuple[Module, ast.FunctionDef]]:
    for module in modules:
        if module.kind == kind:
            yield from ((module, function) for function in module.functions if mark in decorators(module, function))


def _name(module: Module, call: ast.Call) -> str:
    """Return what a call calls, private functions of the same module by their full name."""
    dotted = module.dotted(call.func)
    return dotted if "." in dotted else f"{module.name}.{dotted}"


def _called(module: Module, function: ast.FunctionDef, private: dict[str, tuple[Module, ast.FunctionDef]]) -> set[str]:
    """Return all that a function calls, also through private functions of its room."""
    found: set[str] = set()
    waiting = [(module, function)]
    seen: set[str] = set()
    while waiting:
        where, body = waiting.pop()
        for call in calls(body):
            name = _name(where, call)
            found.add(name)
            if name in private and name not in seen:
                seen.add(name)
                waiting.append(private[name])
    return found


def _private(modules: Iterable[Module]) -> dict[str, tuple[Module, ast.FunctionDef]]:
    return {
        f"{module.name}.{function.name}": (module, function)
        for module in modules
        if module.kind in ("actions", "steps")
        for function in module.functions
        if not {ACTION, STEP} & decorators(module, function)
    }


def _is_reading(statement: ast.stmt) -> bool:
    """Return whether a statement may come before ``allow``: it reads, or answers not found."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return True
    if isinstance(statement, ast.If) and not statement.orelse:
        return all(isinstance(inner, ast.Raise) and "not_found" in ast.unparse(inner) for inner in statement.body)
    return False


def _asks_first(module: Module, function: ast.FunctionDef, private: dict[str, tuple[Module, ast.FunctionDef]]) -> bool:
    """Return whether a function asks before it does anything, itself or by the private function that it begins with."""
    for statement in function.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # the docstring
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            name = _name(module, statement.value)
            return name == ALLOW or (name in private and _asks_first(*private[name], private))
        if any(
            _name(module, call) in private and _asks_first(*private[_name(module, call)], private)
            for call in calls(statement)
        ):
            return True
        if not _is_reading(statement) or any(_name(module, call) in WRITES | {TELL} for call in calls(statement)):
            return False
    return False


def breaches(modules: tuple[Module, ...]) -> Iterator[str]:
    """Yield what any action does against the law."""
    private = _private(modules)
    actions = {f"{module.name}.{function.name}" for module, function in _marked(modules, "actions", ACTION)}
    doors = {f"{name.rsplit('.', 2)[0]}.{name.rsplit('.', 1)[1]}" for name in actions}  # as re-exported by a folder
    for module, function in _marked(modules, "actions", ACTION):
        place = f"{module.at(function.lineno)} {function.name}"
        arguments = function.args
        if arguments.args or arguments.posonlyargs or arguments.vararg or arguments.kwarg:
            yield f"{place} takes positional or nameless arguments"
        if missing := {"by", "at", "key"} - {argument.arg for argument in arguments.kwonlyargs}:
            yield f"{place} does not take {', '.join(sorted(missing))}"
        if not _asks_first(module, function, private):
            yield f"{place} does not ask allow(...) first"
        if function.returns is None:
            yield f"{place} does not say what it answers"
        called = _called(module, function, private)
        steps = {name for name in called if name.split(".")[2:3] == ["steps"]}
        if called & WRITES and TELL not in called and not steps:
            yield f"{place} writes and tells nothing"
        for other in sorted(called & (actions | doors)):
            yield f"{place} calls the action {other}"
    for module, function in _marked(modules, "steps", STEP):
        for other in sorted(_called(module, function, private) & (actions | doors)):
            yield f"{module.at(function.lineno)} {function.name} is a step and calls the action {other}"


def unmarked(modules: tuple[Module, ...]) -> Iterator[str]:
    """Yield what actions and steps offer that is neither."""
    for kind, mark in (("actions", ACTION), ("steps", STEP)):
        for module, function in offered(modules, kind):
            if mark not in decorators(module, function):
                yield f"{module.at(function.lineno)} {function.name} is offered and no {kind.rstrip('s')}"


def test_actions():
    hold(breaches(real()), law=LAW, do=DO)


def test_actions_and_steps_are_marked():
    hold(
        unmarked(real()),
        law="what actions and steps offer is marked @action or @step; the rest is private, a rule or a query",
        do="mark it, prefix it with _, or move it to rules or queries",
    )


GOOD = """
from datetime import datetime
from janaseva.core.action import action, allow, put, tell
from janaseva.people import events, rules
from janaseva.people.models import Person

@action
def enrol(*, by: Actor, at: datetime, key: str, name: str) -> None:
    '''Enrol.'''
    found = Person.locked(name)
    if found is None:
        raise not_found()
    allow(rules.may_enrol(by))
    _write(name)
    tell(events.Enrolled())

def _write(name: str) -> None:
    put(Person(name=name))
"""


def test_a_right_action_passes(house):
    good = house({"people/actions.py": GOOD})
    assert not list(breaches(good))
    assert not list(unmarked(good))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    allow(rules.may_enrol(by))\n", "", "does not ask"),
        ("    found = Person.locked(name)\n", "    put(Person())\n", "does not ask"),
        ("    found = Person.locked(name)\n", "    found = put(Person())\n", "does not ask"),
        ("        raise not_found()\n", "        return None\n", "does not ask"),
        ("    tell(events.Enrolled())\n", "", "tells nothing"),
        ("key: str, ", "", "does not take key"),
        ("*, by", "by", "positional"),
        ("-> None:\n    '''", ":\n    '''", "does not say what it answers"),
        (
            "    tell(events.Enrolled())\n",
            "    tell(events.Enrolled())\n    _again()\n\ndef _again():\n    enrol()\n",
            "calls the action",
        ),
        ("    _write(name)\n", "    actions.enrol()\n", "calls the action"),
    ],
)
def test_a_wrong_action_is_seen(house, old, new, said):
    assert old in GOOD
    source = GOOD.replace(old, new).replace("import events, rules", "import actions, events, rules")
    assert said in " ".join(breaches(house({"people/actions.py": source})))


def test_an_action_that_begins_with_what_asks_passes(house):
    source = GOOD.replace("    allow(rules.may_enrol(by))\n", "    row = own(by)\n")
    source += "\ndef own(by):\n    row = Person.locked(by)\n    allow(rules.may_enrol(by))\n    return row\n"
    assert not list(breaches(house({"people/actions.py": source})))


def test_an_action_that_a_step_calls_is_seen(house):
    step = """
    from janaseva.core.action import step
    from janaseva.people import actions

    @step
    def add(*, by, at):
        actions.enrol(by=by, at=at, key="")
    """
    assert "is a step and calls" in " ".join(breaches(house({"people/actions.py": GOOD, "people/steps.py": step})))


def test_a_public_function_that_is_no_action_is_seen(house):
    assert list(unmarked(house({"people/actions.py": "def enrol(): ..."})))
    folder = {"people/steps/__init__.py": "from janaseva.people.steps.codes import send"}
    folder["people/steps/codes.py"] = "def send(): ...\ndef written(): ..."
    assert len(list(unmarked(house(folder)))) == 2

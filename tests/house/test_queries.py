"""Questions: asked by somebody, answered with only what that somebody may see."""

import ast
from collections.abc import Iterable, Iterator

import pytest

from tests.house.source import Module, hold, real

LAW = "a query's first argument is `by`, and it is used: what is not yours to see is not found (law of permission)"
DO = (
    "take `by: Actor` first and ask a rule with it; where the answer is public, or asked before anyone is known, "
    "add it to PUBLIC in tests/house/test_queries.py with the reason"
)

PUBLIC: dict[str, str] = {}
"""``room.query`` (or ``room.*`` never): why it needs no ``by``."""


def _questions(modules: Iterable[Module]) -> Iterator[tuple[Module, ast.FunctionDef]]:
    for module in modules:
        if module.kind == "queries" and not module.name.rsplit(".", 1)[1].startswith("_"):
            yield from ((module, function) for function in module.functions if not function.name.startswith("_"))


def breaches(modules: Iterable[Module], public: dict[str, str]) -> Iterator[str]:
    """Yield every query that does not ask who asks, or does not care."""
    for module, function in _questions(modules):
        place = f"{module.at(function.lineno)} {module.room}.{function.name}"
        if f"{module.room}.{function.name}" in public:
            continue
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        if not arguments or arguments[0].arg != "by":
            yield f"{place} does not take `by` first"
        elif not any(isinstance(node, ast.Name) and node.id == "by" for node in ast.walk(function)):
            yield f"{place} takes `by` and does not use it"


def test_queries_ask_who_asks():
    hold(breaches(real(), PUBLIC), law=LAW, do=DO)


def test_every_public_query_exists():
    there = {f"{module.room}.{function.name}" for module, function in _questions(real())}
    hold(
        (f"{name} is in PUBLIC and does not exist" for name in set(PUBLIC) - there),
        law="an exception is there for somebody",
        do="remove it from PUBLIC in tests/house/test_queries.py",
    )


def test_every_public_query_has_a_reason():
    assert all(len(reason) > 20 for reason in PUBLIC.values()), (
        "say in a sentence why the answer may be given to anyone"
    )


@pytest.mark.parametrize(
    "source",
    [
        "def case(case_id, by): ...",
        "def case(by, case_id):\n    return case_id",
        "def desk(): ...",
        "def desk(*, at): ...",
    ],
)
def test_a_query_that_does_not_ask_is_seen(house, source):
    assert list(breaches(house({"workflow/queries.py": source}), {}))
    assert not list(breaches(house({"workflow/queries.py": source}), {"workflow.case": "", "workflow.desk": ""}))


def test_a_query_that_asks_passes(house):
    good = "def case(by, case_id):\n    return rules.may_read(by, case_id)\n\ndef _row(case_id): ..."
    assert not list(breaches(house({"workflow/queries.py": good}), {}))

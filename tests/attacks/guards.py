"""Attacks and the guards that stop them: how each is shown to fail, and to succeed once its guard is taken away.

An attack is a function that tries something forbidden and returns its *loot*: a list of words, one for each thing that
was got and should not have been. ``@attack`` makes several tests of it:

- ``[standing]``: on the product as it is; the loot must be empty;
- ``[without ...]``, one for each guard that it names: that guard is switched off, and now there must be loot. An attack
  that still gets nothing either tries the wrong thing or is stopped by something else: name that instead.

::

    @attack(
        "A6", "the maker of a proposal publishes it alone",
        answers("janaseva.services.rules.proposing.may_publish", value=True),
    )
    def test_maker_publishes(given, tries):
        ...
        tries(1)
        return [f"published by its maker: {found}"] if published else []

A guard is named by its dotted place in the product and is switched off wherever that very object is bound, also where a
module imported it by name. ``answers`` puts something in its place that always answers the same; ``replaced`` puts a
function of yours there, which is given the real one first; ``unmounted`` takes a middleware out; ``Guard`` with an
``off`` of your own does anything else (drop a trigger, loosen a setting).

``make attacks`` runs everything, on SQLite and then what is marked ``postgres`` on PostgreSQL, with the table and the
summary of ``tests/attacks/__main__.py``. ``make check`` runs ``[standing]`` of those that say ``quick=True``, with
``size(quick, whole)`` tries. What is marked ``whole`` runs in ``make attacks`` alone.
"""

import functools
import importlib
import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

WHOLE = os.environ.get("ATTACKS") == "whole"
"""Whether everything is to be tried, as ``make attacks`` does."""

_off: list[str] = []
"""The guard that is switched off just now, by its name."""


def switched_off() -> bool:
    """Return whether a guard is off in this test: one piece of loot is then enough."""
    return bool(_off)


def size(quick: int, whole: int) -> int:
    """Return how often to try: much in ``make attacks`` on the standing guards, a little everywhere else."""
    return whole if WHOLE and not _off else quick


@dataclass(frozen=True, slots=True)
class Guard:
    """What stops an attack: its place in the product, and how a test switches it off."""

    name: str
    off: Callable[[pytest.MonkeyPatch], None]


def found(place: str) -> tuple[Any, str, Any]:
    """Return the owner, the last name and the object at a dotted place.

    Raises:
        LookupError: where there is none: the guard was renamed or is gone.

    """
    parts = place.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            owner: Any = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:-1]:
            owner = getattr(owner, name, None)
        if hasattr(owner, parts[-1]):
            return owner, parts[-1], getattr(owner, parts[-1])
        break
    message = f"there is no guard {place}: was it renamed?"
    raise LookupError(message)


def replaced(place: str, by: Callable[..., Any]) -> Guard:
    """Return the guard at ``place``; switched off, ``by(real, *args, **kwargs)`` is called instead of it."""

    def off(monkeypatch: pytest.MonkeyPatch) -> None:
        owner, name, real = found(place)

        @functools.wraps(real)
        def instead(*args: Any, **kwargs: Any) -> Any:
            return by(real, *args, **kwargs)

        put_instead(monkeypatch, owner, name, real, instead)

    return Guard(place.removeprefix("janaseva."), off)


def answers(place: str, *, value: Any) -> Guard:
    """Return the guard at ``place``; switched off, it always answers ``value`` (is it, where no function)."""

    def off(monkeypatch: pytest.MonkeyPatch) -> None:
        owner, name, real = found(place)
        put_instead(monkeypatch, owner, name, real, (lambda *_, **__: value) if callable(real) else value)

    return Guard(place.removeprefix("janaseva."), off)


def unmounted(middleware: str) -> Guard:
    """Return the guard that a middleware is; switched off, requests pass without it."""

    def off(monkeypatch: pytest.MonkeyPatch) -> None:
        from django.conf import settings

        assert middleware in settings.MIDDLEWARE, f"there is no middleware {middleware}"
        monkeypatch.setattr(settings, "MIDDLEWARE", [one for one in settings.MIDDLEWARE if one != middleware])

    return Guard(middleware.removeprefix("janaseva."), off)


def all_of(name: str, *guards: Guard) -> Guard:
    """Return guards that stand behind one another as one: only without all of them the attack gets through."""

    def off(monkeypatch: pytest.MonkeyPatch) -> None:
        for guard in guards:
            guard.off(monkeypatch)

    return Guard(name, off)


def put_instead(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, real: Any, instead: Any) -> None:
    """Bind ``instead`` wherever the product binds ``real``: at its own place, and where modules imported it by name."""
    if isinstance(inspect.getattr_static(owner, name, None), staticmethod | classmethod):
        instead = staticmethod(instead)
    monkeypatch.setattr(owner, name, instead)
    if not callable(real):
        return
    for module in [one for key, one in list(sys.modules.items()) if key.startswith("janaseva.") and one is not owner]:
        for bound, value in list(vars(module).items()):
            if value is real:
                monkeypatch.setattr(module, bound, instead)


def attack(
    number: str, what: str, *guards: Guard, quick: bool = False, parts: int = 1
) -> Callable[[Callable[..., Any]], Any]:
    """Make tests of an attack on the product as it is, and with each of its guards switched off.

    ``number`` is the attack's in docs/security.md; with ``quick``, ``make check`` runs it too, on the standing guards.
    An attack that takes long is tried in several ``parts``; its function is then given ``part``.
    """
    assert guards, f"{number}: an attack that nothing is known to stop shows nothing; name its guards"

    def made(function: Callable[..., Any]) -> Any:
        @functools.wraps(function)
        def test(case: Case, monkeypatch: pytest.MonkeyPatch, **fixtures: Any) -> None:
            fixtures |= {"monkeypatch": monkeypatch} if "monkeypatch" in asked else {}
            fixtures |= {"part": case.part} if parts > 1 else {}
            if case.guard is None:
                judge(function(**fixtures), number, case)
                return
            monkeypatch.setattr("tests.attacks.guards._off", [case.guard.name])
            case.guard.off(monkeypatch)
            judge(function(**fixtures), number, case)

        asked = inspect.signature(function).parameters
        names = dict.fromkeys(("case", "monkeypatch", *(name for name in asked if parts == 1 or name != "part")))
        own = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
        test.__signature__ = inspect.Signature(own)  # type: ignore[attr-defined]
        cases = [
            *(pytest.param(Case(None, part), id=f"standing{part or ''}", marks=() if quick else (pytest.mark.whole,))
              for part in range(parts)),
            *(pytest.param(Case(one), id=f"without {one.name}", marks=(pytest.mark.whole,)) for one in guards),
        ]  # fmt: skip
        return pytest.mark.attack(number, what)(pytest.mark.parametrize("case", cases)(test))

    return made


@dataclass(frozen=True, slots=True)
class Case:
    """One way to try an attack: on the standing guards, where it takes long a part of it, or without one guard."""

    guard: Guard | None
    part: int = 0


def judge(loot: Any, number: str, case: Case) -> None:
    """Let the test fail where an attack got something from the product, or nothing from one without its guard."""
    assert isinstance(loot, list), "an attack returns what it got, a list"
    if case.guard is None:
        assert not loot, f"{number} succeeds: {'; '.join(map(str, loot[:10]))} ({len(loot)} in all)"
    else:
        assert loot, f"{number} gets nothing although {case.guard.name} is switched off: it is not what stops it"

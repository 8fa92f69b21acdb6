"""How registers thinks: which version of an entry held on a day, as known at a moment, and who may look."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.core.writing import fold

FACT: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
"""A fact's name, as fields of forms are named; a double underscore would be a command to the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One version of an entry: what held from a day on, and since when the state knows it."""

    number: int
    facts: Mapping[str, Any]
    valid_from: date
    recorded_at: datetime
    why: str


def as_of(versions: Iterable[Held], *, on: date, known_at: datetime) -> Held | None:
    """Return the version that held ``on`` a day by what was known at ``known_at``; the later record wins."""
    fitting = [held for held in versions if held.valid_from <= on and held.recorded_at <= known_at]
    return max(fitting, key=lambda held: (held.valid_from, held.number), default=None)


def may_find(by: Actor) -> bool:
    """Return whether ``by`` may search registers: those who act for the state."""
    return by.is_official


def may_see(by: Actor, *, holder_person_id: UUID | None) -> bool:
    """Return whether ``by`` may read an entry: those who act for the state, and the person it is about."""
    return by.is_official or (by.kind == "person" and by.person_id is not None and by.person_id == holder_person_id)


def may_publish(by: Actor) -> bool:
    """Return whether ``by`` may open a register or change its title."""
    return by.may("services.publish")


def folded(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return the facts that are text in the form in which they are compared: one that reads the same is the same.

    Text of which nothing is left by folding stays as it is.
    """
    return {name: fold(value) or value for name, value in facts.items() if isinstance(value, str)}


def agree(facts: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """Return whether an entry's facts are those: text as people read it, the rest exactly."""
    exact = {name: value for name, value in where.items() if not isinstance(value, str)}
    return all(facts.get(name) == value for name, value in exact.items()) and (
        folded(where).items() <= folded(facts).items()
    )


def named(where: Mapping[str, str | int | bool]) -> Mapping[str, str | int | bool]:
    """Return the exact facts to find an entry by.

    Raises:
        Refusal: ``register_key_unknown`` where none is given, or a name is not a fact's name.

    """
    if not where or not all(FACT.fullmatch(name) for name in where):
        raise Refusal("register_key_unknown")
    return where

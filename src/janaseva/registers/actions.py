"""What may be done with registers by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from janaseva.core.action import action, allow
from janaseva.core.actor import Actor
from janaseva.core.text import Text
from janaseva.registers import rules, steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A register as a pack describes it."""

    key: str
    title: Text
    pack: str


@action
def open_registers(*, by: Actor, at: datetime, key: str, registers: Sequence[Opening]) -> None:
    """Open the registers of a pack; those that are open stay.

    Raises:
        Refusal: ``not_permitted``; ``register_taken``.

    """
    allow(rules.may_publish(by), code="not_permitted")
    for register in registers:
        steps.open_register(by=by, at=at, key=register.key, title=register.title, pack=register.pack)

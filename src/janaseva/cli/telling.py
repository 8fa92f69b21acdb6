"""What every story of ``janaseva demo journey`` is told with: how it begins, how days pass, what it came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from janaseva.cli.journey import Traveller
from janaseva.core.actor import Actor
from janaseva.ledger import queries as ledger
from janaseva.services import queries
from janaseva.services.adapters import PackFolder
from janaseva.services.rules.examples import Example, read_examples
from janaseva.settings import OPTIONS

SYSTEM: Final = Actor.system("stories")
TOLD: Final = ("services.", "workflow.ended")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one story came to: ``right`` where everything was as the law says."""

    story: str
    service: str
    number: str
    outcome: str
    states: tuple[str, ...]
    right: bool
    seconds: float


def as_json(told: Told) -> Mapping[str, Any]:
    """Return one story as a line of JSON holds it."""
    return {name: getattr(told, name) for name in Told.__dataclass_fields__}


class NotHereError(LookupError):
    """The shipped service of which a story tells is not among the packs of this installation."""


def examples_of(pack: str, service: str) -> tuple[Example, ...]:
    """Return the examples of a shipped service, in the order of its file.

    Raises:
        NotHereError: where these packs do not have it.

    """
    try:
        text = PackFolder(OPTIONS.packs_dir).read(pack).services[service]["examples.yaml"]
    except LookupError as error:
        raise NotHereError(service) from error
    return read_examples(text, f"{pack}/{service}/examples.yaml")[0]


def begun(traveller: Traveller, pack: str, service: str, **answers: Any) -> tuple[Actor, UUID, Example]:
    """Apply as the first approved example does, with some answers of the day; the case is then on its desk."""
    found = next(one for one in examples_of(pack, service) if one.expect.ends == "approved" and not one.expect.faults)
    example = found.model_copy(update={"answers": {**found.answers, **answers}})
    definition = queries.in_force(service, queries.today(traveller.at)).definition
    by = traveller.citizen("en", region=definition.pack_country)
    return by, traveller.apply(by, definition, example, language="en"), example


def pass_days(traveller: Traveller, days: int) -> None:
    """Let days pass; the worker goes its rounds, so that the clock notices what there is to notice."""
    traveller.at += timedelta(days=days)
    traveller.officers.clear()
    traveller.tick()
    traveller.settle()


def told(story: str, by: Actor, application_id: UUID, *, right: bool, outcome: str = "approved") -> Told:
    """Return what a story came to; it is right only where the application ended with ``outcome``, or is still open."""
    view = queries.application(by, application_id)
    events = [event.name for event in ledger.story(by, application_id, visible=True)]
    return Told(
        story=story,
        service=view.service,
        number=view.number or "",
        outcome=view.outcome,
        states=tuple(name for name in events if name.startswith(TOLD)),
        right=right and view.outcome == outcome,
        seconds=0,
    )

"""What others do on the way to a decision, or leave undone: silence, a reminder, an entry that comes at last."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from janaseva.cli.journey import Traveller
from janaseva.cli.telling import SYSTEM, Told, begun, pass_days, told
from janaseva.core.actor import Actor
from janaseva.services import queries
from janaseva.services.rules.examples import Example
from janaseva.workflow import queries as workflow

MODEL: Final = "model"
DIED_DAYS: Final = 10
NAME: Final = "Lila Warrier"
"""Who dies in a story, and in no journey: no register has the name yet."""


def _state(traveller: Traveller, by: Actor, application_id: UUID) -> str:
    case_id = queries.application(by, application_id).case_id
    return workflow.case(SYSTEM, case_id, traveller.at, visible=True).state if case_id else ""


def _history(by: Actor, application_id: UUID) -> list[str]:
    case_id = queries.application(by, application_id).case_id
    return [one.kind for one in workflow.history(SYSTEM, case_id, visible=True)] if case_id else []


def _on(example: Example, *steps: str) -> Example:
    """Return an example that has only these steps of its own left to make."""
    return example.model_copy(update={"steps": tuple(one for one in example.steps if one.move in steps)})


def silence_is_no_objection(traveller: Traveller) -> Told:
    """A house near the railway in Kerala: the Railways say nothing in their days, by law no objection."""
    by, application_id, example = begun(traveller, "kl-edistrict", "kl-building-permit", near_railway=True)
    pass_days(traveller, 20)
    asked = _state(traveller, by, application_id)
    pass_days(traveller, 12)
    right = (asked, _state(traveller, by, application_id)) == ("railway", "decision")
    traveller.work(by, application_id, _on(example, "decision.approve"))
    traveller.settle()
    return told("silence_is_no_objection", by, application_id, right=right)


def reminded_until_it_answers(traveller: Traveller) -> Told:
    """A hall in the model state: the fire service is reminded when its days are over, and answers then."""
    by, application_id, example = begun(traveller, MODEL, "mo-hall-licence")
    first, *others = example.steps
    inspected = example.model_copy(update={"steps": (first,)})
    traveller.work(by, application_id, inspected, until="fire")
    pass_days(traveller, 16)
    right = _state(traveller, by, application_id) == "fire" and "reminder" in _history(by, application_id)
    traveller.work(by, application_id, example.model_copy(update={"steps": tuple(others)}))
    traveller.settle()
    return told("reminded_until_it_answers", by, application_id, right=right)


def an_entry_comes_at_last(traveller: Traveller) -> Told:
    """A pension in the model state waits for the register of deaths, and goes on in the moment of the entry."""
    died = {"deceased_name": NAME, "died_on": str(queries.today(traveller.at) - timedelta(days=DIED_DAYS))}
    by, application_id, example = begun(traveller, MODEL, "mo-survivor-pension", **died)
    pass_days(traveller, 3)
    waited = _state(traveller, by, application_id)
    other, death_id, reported = begun(traveller, MODEL, "mo-death-registration", **died)
    traveller.work(other, death_id, reported)
    traveller.settle()
    right = (waited, _state(traveller, by, application_id)) == ("entered", "decision")
    traveller.work(by, application_id, _on(example, "decision.grant"))
    traveller.settle()
    return told("an_entry_comes_at_last", by, application_id, right=right)


OTHERS: Final[tuple[Callable[[Traveller], Told], ...]] = (
    silence_is_no_objection,
    reminded_until_it_answers,
    an_entry_comes_at_last,
)

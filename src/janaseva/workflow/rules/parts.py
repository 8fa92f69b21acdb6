"""The parts of a step: who acts, what may be asked, what is made public, who is heard, what is waited for."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from janaseva.forms.rules import Sourced
from janaseva.workflow.rules.finding import Find
from janaseva.workflow.rules.limit import Limit, Strings


def _as_words(value: object) -> object:
    return {"en": value} if isinstance(value, str) else value


def as_list(value: object) -> object:
    """Return one word as a list of it, so that YAML may leave the brackets out."""
    return [value] if isinstance(value, str) else value


Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
"""A name inside one definition: lower-case letters, digits, ``-`` and ``_``."""

Place = Annotated[str, Field(pattern=r"^@?[a-z][a-z0-9_-]{0,62}$")]
"""A role or a kind of office, or ``@name`` for one that the variant names."""

Words = Annotated[dict[str, str], BeforeValidator(_as_words), Field(min_length=1)]
"""Words by language code; a plain string in YAML is English."""


class Part(BaseModel):
    """Base of the models of a process: frozen, and a misspelt key is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Desk(Part):
    """Who acts: a role in a kind of office."""

    role: Place
    office: Place


class Item(Part):
    """One coded reason, or one line of an officer's checklist."""

    key: Key
    title: Words
    source: Strings = ()


class Report(Part):
    """A post that may be asked for an enquiry report, and sends it back with the answers to what it ``finds``."""

    key: Key
    title: Words
    role: Place
    office: Place
    limit: Limit | None = None
    needs: Annotated[tuple[Literal["photograph", "place"], ...], BeforeValidator(as_list)] = ()
    finds: tuple[Find, ...] = ()


class Notice(Sourced):
    """What is made public while a step waits, and whether anybody may object to it until the wait is over.

    ``statement`` is what is asked, in words; it may name fields of the form in braces, and these answers alone are
    published. Its law and sources stand beside it as beside every other fact.
    """

    title: Words
    statement: Words
    objections: bool = False


class Silence(Sourced):
    """What follows where another office does not answer in its time: it is reminded, or has no objection by law.

    ``no_objection`` needs the law that says so, with its source; nobody's silence is consent by itself.
    """

    then: Literal["remind", "no_objection"]


class Hearing(Sourced):
    """That somebody is heard: the least number of days that must lie between the notice and the day of the hearing."""

    notice_days: Annotated[int, Field(ge=0, le=90)]


class Entry(Sourced):
    """The entry in a register for which a case waits.

    ``of`` is the register's key, ``number`` the field of the form that holds the entry's number, and ``facts`` say
    which fact of the entry must equal which field.
    """

    of: Key
    number: Key | None = None
    facts: dict[Key, Key] = Field(default_factory=dict)


class Branch(Part):
    """One of several desks that act at the same time, each for itself; ``silence`` is for offices that are asked.

    ``finds`` are fields that the desk answers with its opinion.
    """

    key: Key
    title: Words
    role: Place
    office: Place
    limit: Limit | None = None
    needs: Annotated[tuple[Literal["photograph", "place"], ...], BeforeValidator(as_list)] = ()
    silence: Silence | None = None
    finds: tuple[Find, ...] = ()


class Lapse(Sourced):
    """That an application ends by itself as lapsed, by law, where a time is over and it has come to nothing.

    ``since`` is when the time begins: at the ``receipt``, with a ``question`` to the applicant that stays unanswered,
    or at the beginning of the step that it names. ``at`` are the steps at which the application lapses (for a question:
    at which it is asked); left out, wherever it rests. ``remind_days`` before the last day the applicant is reminded.
    ``message`` says what that means.
    """

    key: Key
    title: Words
    since: Key
    at: Annotated[tuple[Key, ...], BeforeValidator(as_list)] = ()
    days: Annotated[int, Field(ge=2, le=3_660)] | None = None
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    remind_days: Annotated[int, Field(ge=1, le=365)] | None = None
    message: Words | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.days is None) == (self.months is None):
            message = "how long it is until it lapses stands in days: or in months:, one of both"
            raise ValueError(message)
        return self

"""The ``happens:`` section of a service as a model: the steps of an application and the moves out of each.

Shape faults (a missing key, a wrong type) are pydantic's; what only the whole shows (a step that nothing reaches, no
way to an end) is found by :func:`janaseva.workflow.rules.process_faults.faults`, all at once.

``role: "@officer"`` with ``office: "@officer"`` stands for the designated officer of the variant: it is replaced by
:meth:`Process.assigned` when a case starts. Any other ``@name`` works alike.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from janaseva.forms.rules import Formula, Sourced
from janaseva.workflow.rules.limit import Limit, Strings

Outcome = Literal["approved", "refused", "withdrawn", "returned"]
OUTCOMES: tuple[str, ...] = ("approved", "refused", "withdrawn", "returned")
"""How a case may end. ``withdrawn`` is the applicant's own move; ``returned`` gives the papers back undecided."""

Kind = Literal["decision", "enquiry", "review", "wait", "automatic", "parallel"]
Need = Literal["note", "reason", "checklist"]


def _as_words(value: object) -> object:
    return {"en": value} if isinstance(value, str) else value


def _as_list(value: object) -> object:
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
    """A post that may be asked for an enquiry report, and sends it back."""

    key: Key
    title: Words
    role: Place
    office: Place
    limit: Limit | None = None
    needs: Annotated[tuple[Literal["photograph", "place"], ...], BeforeValidator(_as_list)] = ()


class Notice(Sourced):
    """What is made public while a step waits, and whether anybody may object to it until the wait is over.

    ``statement`` is what is asked, in words; it may name fields of the form in braces, and these answers alone are
    published. Its law and sources stand beside it as beside every other fact.
    """

    title: Words
    statement: Words
    objections: bool = False


class Branch(Part):
    """One of several desks that give their opinion at the same time, each for itself."""

    key: Key
    title: Words
    role: Place
    office: Place
    limit: Limit | None = None
    needs: Annotated[tuple[Literal["photograph", "place"], ...], BeforeValidator(_as_list)] = ()


class Move(Part):
    """A way out of a step, to another step or to an end.

    ``needs`` is what the officer must give: a ``note``, a coded ``reason``, every line of the ``checklist``.
    ``recommends`` marks the move of a recommending level. Where a step leaves by itself, ``objections`` says whether
    this is the way where ``none`` or ``some`` came, ``when`` for which answers it is taken, and ``result`` whether it
    is the way where ``all`` branches recommend or at least one is ``against``.
    """

    key: Key
    title: Words
    to: Key
    needs: Annotated[tuple[Need, ...], BeforeValidator(_as_list)] = ()
    recommends: Literal["approve", "refuse"] | None = None
    objections: Literal["none", "some"] | None = None
    when: Formula | None = None
    result: Literal["all", "against"] | None = None


class Step(Part):
    """A state in which a case rests on one desk (or waits) until a move is made.

    ``other_person``: whoever acts here must not be a person who moved the case out of another step; who sent it back
    from here may act again. ``limit`` is the step's own time within the case's; a step of kind ``wait`` must have one,
    has no desk, and leaves by itself when the time is over; with ``clock: stands`` the whole case's time stands still
    until then. A step ``automatic`` leaves at once by the first move whose ``when`` holds. A step ``parallel`` rests on
    the desks of all its ``branches`` and leaves when as many as ``answers`` says have given their opinion.
    """

    key: Key
    title: Words
    kind: Kind
    role: Place | None = None
    office: Place | None = None
    moves: tuple[Move, ...] = ()
    ask_applicant: bool = False
    reports: tuple[Report, ...] = ()
    checklist: tuple[Item, ...] = ()
    other_person: bool = False
    limit: Limit | None = None
    pauses: bool | None = None
    notice: Notice | None = None
    clock: Literal["runs", "stands"] = "runs"
    branches: tuple[Branch, ...] = ()
    answers: Literal["all", "any"] | Annotated[int, Field(ge=1, le=20)] = "all"

    def move(self, key: str) -> Move | None:
        """Return the move with this key, or ``None``."""
        return next((move for move in self.moves if move.key == key), None)

    def report(self, key: str) -> Report | None:
        """Return the report that may be asked for under this key, or ``None``."""
        return next((report for report in self.reports if report.key == key), None)

    def branch(self, key: str) -> Branch | None:
        """Return the branch with this key, or ``None``."""
        return next((branch for branch in self.branches if branch.key == key), None)

    @property
    def by_itself(self) -> bool:
        """Return whether the case leaves this step without anybody choosing a move."""
        return self.kind in ("wait", "automatic", "parallel")

    @property
    def answers_needed(self) -> int:
        """Return how many branches must have answered before the case goes on."""
        if isinstance(self.answers, int):
            return min(self.answers, len(self.branches))
        return 1 if self.answers == "any" else len(self.branches)


class Process(Part):
    """What happens to an application from its receipt to its end.

    It starts at ``start``, or at the first step. ``limit`` is the time for the whole; a variant may have its own, which
    services pass when they start a case. ``reasons`` are the coded reasons from which an officer chooses; where the
    list is empty any code is taken.
    """

    steps: tuple[Step, ...] = Field(min_length=1)
    start: Key | None = None
    limit: Limit | None = None
    reasons: tuple[Item, ...] = ()

    @property
    def first(self) -> str:
        """Return the key of the step at which a case begins."""
        return self.start or self.steps[0].key

    def step(self, key: str) -> Step | None:
        """Return the step with this key, or ``None``."""
        return next((step for step in self.steps if step.key == key), None)

    def stands_still_at(self, step: Step) -> bool:
        """Return whether the time stands still while a question that was asked at this step is answered.

        Not at the highest desk, unless the step says so: where an earlier desk may ask the applicant, a step that
        decides had its papers ready, and what it asks still costs the office's own time, not the applicant's.
        """
        if step.pauses is not None:
            return step.pauses
        asked_before = any(other.ask_applicant for other in self.steps if other.key != step.key)
        return step.kind != "decision" or not asked_before

    def desks(self) -> dict[str, Desk]:
        """Return who acts where: step keys, and ``step/report`` for the posts that may be asked for a report."""
        desks: dict[str, Desk] = {}
        for step in self.steps:
            if step.role and step.office:
                desks[step.key] = Desk(role=step.role, office=step.office)
            sides: list[Report | Branch] = [*step.reports, *step.branches]
            for part in sides:
                desks[f"{step.key}/{part.key}"] = Desk(role=part.role, office=part.office)
        return desks

    def open_names(self) -> set[str]:
        """Return the ``@names`` (without ``@``) that a variant has still to assign."""
        places = {place for desk in self.desks().values() for place in (desk.role, desk.office)}
        return {place[1:] for place in places if place.startswith("@")}

    def assigned(self, desks: Mapping[str, Desk]) -> Self:
        """Return this process with each ``@name`` replaced by the role and office that ``desks`` gives for the name.

        Raises:
            KeyError: where a name is not in ``desks``.

        """

        def placed(part: Step | Report | Branch) -> dict[str, str | None]:
            return {
                "role": desks[part.role[1:]].role if part.role and part.role.startswith("@") else part.role,
                "office": desks[part.office[1:]].office if part.office and part.office.startswith("@") else part.office,
            }

        steps = tuple(
            step.model_copy(
                update={
                    **placed(step),
                    "reports": tuple(report.model_copy(update=placed(report)) for report in step.reports),
                    "branches": tuple(branch.model_copy(update=placed(branch)) for branch in step.branches),
                }
            )
            for step in self.steps
        )
        return self.model_copy(update={"steps": steps})

    def published(self, filled: Callable[[Words], Words]) -> Self:
        """Return this process with the words of its notices as they are made public."""
        steps = tuple(
            step
            if step.notice is None
            else step.model_copy(
                update={
                    "notice": step.notice.model_copy(
                        update={"title": filled(step.notice.title), "statement": filled(step.notice.statement)}
                    )
                }
            )
            for step in self.steps
        )
        return self.model_copy(update={"steps": steps})

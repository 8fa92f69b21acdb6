"""The ``happens:`` section of a service as a model: the steps of an application and the moves out of each.

Shape faults (a missing key, a wrong type) are pydantic's; what only the whole shows (a step that nothing reaches, no
way to an end) is found by :func:`janaseva.workflow.rules.process_faults.faults`, all at once.

``role: "@officer"`` with ``office: "@officer"`` stands for the designated officer of the variant: it is replaced by
:meth:`Process.assigned` when a case starts. Any other ``@name`` works alike.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field

from janaseva.core.canonical import Shared
from janaseva.forms.rules import Formula, Question
from janaseva.workflow.rules.finding import Find
from janaseva.workflow.rules.limit import Limit
from janaseva.workflow.rules.parts import (
    Branch,
    Desk,
    Entry,
    Hearing,
    Item,
    Key,
    Lapse,
    Notice,
    Part,
    Place,
    Report,
    Words,
    as_list,
)

Outcome = Literal["approved", "refused", "withdrawn", "returned", "lapsed"]
OUTCOMES: tuple[str, ...] = ("approved", "refused", "withdrawn", "returned", "lapsed")
"""How a case may end. ``withdrawn`` is the applicant's own move; ``returned`` gives the papers back undecided;
``lapsed`` is the work of time alone, and no refusal."""

Kind = Literal["decision", "enquiry", "review", "hearing", "wait", "automatic", "parallel", "clearance", "payment"]
Need = Literal["note", "reason", "checklist"]


class Move(Part):
    """A way out of a step, to another step or to an end.

    ``needs`` is what the officer must give: a ``note``, a coded ``reason``, every line of the ``checklist``.
    ``recommends`` marks the move of a recommending level. Where a step leaves by itself, ``objections`` says whether
    this is the way where ``none`` or ``some`` came, ``when`` for which answers it is taken, and ``result`` whether it
    is the way where ``all`` branches recommend or at least one is ``against``, and ``entry`` whether it is the way
    where the entry was ``found`` or is ``missing`` at the end, and ``fee`` whether it is the way where the fee that was
    demanded is ``paid``, or ``not_paid`` at the end. In a joint decision ``by`` says whether ``all`` must
    make the move or ``one`` is enough. ``finds`` are fields that whoever makes the move answers.
    """

    key: Key
    title: Words
    to: Key
    needs: Annotated[tuple[Need, ...], BeforeValidator(as_list)] = ()
    recommends: Literal["approve", "refuse"] | None = None
    objections: Literal["none", "some"] | None = None
    when: Formula | None = None
    result: Literal["all", "against"] | None = None
    entry: Literal["found", "missing"] | None = None
    fee: Literal["paid", "not_paid"] | None = None
    by: Literal["all", "one"] | None = None
    finds: tuple[Find, ...] = ()


class Step(Part):
    """A state in which a case rests on one desk (or waits) until a move is made.

    ``other_person``: whoever acts here must not be a person who moved the case out of another step; who sent it back
    from here may act again. ``limit`` is the step's own time within the case's; a step of kind ``wait`` must have one,
    has no desk, and leaves by itself when the time is over; with ``clock: stands`` the whole case's time stands still
    until then. A step ``automatic`` leaves at once by the first move whose ``when`` holds. A step ``parallel`` rests on
    the desks of all its ``branches`` and leaves when as many as ``answers`` says have given their opinion; so does a
    ``clearance``, which asks other offices, each with its limit and what its ``silence`` means. A ``hearing`` is left
    after the hearing was held. A decision that is ``joint`` rests on the desks of all who decide together. A wait for
    an ``entry`` is over when a register has it, or at the end of its limit. A ``payment`` waits until a fee is paid, of
    which services know the lines, or until its limit is over, which runs from the demand.
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
    joint: tuple[Branch, ...] = ()
    hearing: Hearing | None = None
    entry: Entry | None = None

    def move(self, key: str) -> Move | None:
        """Return the move with this key, or ``None``."""
        return next((move for move in self.moves if move.key == key), None)

    def report(self, key: str) -> Report | None:
        """Return the report that may be asked for under this key, or ``None``."""
        return next((report for report in self.reports if report.key == key), None)

    def branch(self, key: str) -> Branch | None:
        """Return the branch, or the seat of a joint decision, with this key, or ``None``."""
        return next((branch for branch in (*self.branches, *self.joint) if branch.key == key), None)

    @property
    def asking(self) -> tuple[tuple[str, int, Report | Branch | Move], ...]:
        """Return whatever may ask an officer for fields, in the order of time, with its place in the text."""
        parts: dict[str, tuple[Report | Branch | Move, ...]] = {
            "reports": self.reports,
            "branches": self.branches,
            "moves": self.moves,
        }
        return tuple((name, index, one) for name, several in parts.items() for index, one in enumerate(several))

    @property
    def by_itself(self) -> bool:
        """Return whether the case leaves this step without anybody choosing a move."""
        return self.kind in ("wait", "automatic", "parallel", "clearance", "payment")

    @property
    def begins_something(self) -> bool:
        """Return whether being here begins what must end when the step is left: a notice, a hearing, a standstill."""
        return self.notice is not None or self.hearing is not None or self.clock == "stands"

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
    list is empty any code is taken. ``lapses`` say when a case ends by itself.
    """

    steps: tuple[Step, ...] = Field(min_length=1)
    start: Key | None = None
    limit: Limit | None = None
    reasons: tuple[Item, ...] = ()
    lapses: tuple[Lapse, ...] = ()

    @property
    def first(self) -> str:
        """Return the key of the step at which a case begins."""
        return self.start or self.steps[0].key

    def step(self, key: str) -> Step | None:
        """Return the step with this key, or ``None``."""
        return next((step for step in self.steps if step.key == key), None)

    def lapse(self, key: str) -> Lapse | None:
        """Return the lapse with this key, or ``None``."""
        return next((lapse for lapse in self.lapses if lapse.key == key), None)

    @property
    def finds(self) -> dict[str, Question]:
        """Return every field that an officer answers on the way, by its key."""
        return {one.key: one for step in self.steps for _, _, part in step.asking for one in part.finds}

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
            sides: list[Report | Branch] = [*step.reports, *step.branches, *step.joint]
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
                    "joint": tuple(seat.model_copy(update=placed(seat)) for seat in step.joint),
                }
            )
            for step in self.steps
        )
        return self.model_copy(update={"steps": steps})

    def published(self, filled: Callable[[Words], Words]) -> Self:
        """Return this process with the words of its notices as they are made public."""
        if all(step.notice is None for step in self.steps):
            return self
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


def process_of(held: Mapping[str, Any]) -> Process:
    """Return a process from the text that a case keeps of it; read once for all cases that keep the same."""
    return held.once(_read) if isinstance(held, Shared) else _read(held)


def _read(held: Mapping[str, Any]) -> Process:
    return Process.model_validate(held)

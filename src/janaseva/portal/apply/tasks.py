"""What is left to do in a draft: each page, the papers, and then check and send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.refusal import Fault
from janaseva.core.text import Text
from janaseva.forms.rules import Applied, DocumentGroup, Form, Page, apply, check, needed_documents
from janaseva.services import queries
from janaseva.services.queries import ApplicationView, PaperView
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.explaining import Told, told

State = Literal["to_do", "going", "done", "may_skip"]
KINDS: Final[Mapping[State, str]] = {"to_do": "plain", "going": "going", "done": "done", "may_skip": "plain"}
MANY: Final = 8
"""From so many pages on the list is told in parts, by what the titles of the pages have in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One page of the form and how far it has come; ``faults`` says how many answers it still needs."""

    page: Page
    title: Text
    state: State
    faults: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft worked out for today: what applies, what is done, what is wrong."""

    view: ApplicationView
    definition: Definition
    applied: Applied
    tasks: tuple[Task, ...]
    papers_state: State
    groups: tuple[DocumentGroup, ...]
    needed: frozenset[str]

    @property
    def told(self) -> tuple[Told, ...]:
        """Return the conditions that are not met and stop nobody: what is said before it is sent."""
        return told(self.definition, self.applied)

    @property
    def pages(self) -> tuple[Page, ...]:
        """Return the pages that apply and ask anything."""
        return tuple(task.page for task in self.tasks)

    @property
    def done(self) -> int:
        """Return how many pages need nothing more."""
        return sum(task.state in ("done", "may_skip") for task in self.tasks)

    @property
    def ready(self) -> bool:
        """Return whether it may be checked and sent."""
        return self.done == len(self.tasks) and self.papers_state in ("done", "may_skip")

    def after(self, page: str) -> Page | None:
        """Return the page that follows, ``None`` after the last."""
        keys = [one.key for one in self.pages]
        place = keys.index(page) + 1 if page in keys else len(keys)
        return self.pages[place] if place < len(keys) else None


def draft(by: Actor, application_id: UUID, at: datetime) -> Draft:
    """Return one's own application as a draft; the caller looks at its state.

    Raises:
        Refusal: ``not_found``.

    """
    view = queries.application(by, application_id)
    definition, today = view.definition, queries.today(at)
    form = definition.form
    applied = apply(form, view.answers, today=today, directory=queries.PLACES)
    faults = check(form, view.answers, today, directory=queries.PLACES)
    needed = frozenset(group.key for group in needed_documents(form, applied))
    groups = tuple(group for group in form.documents if group.needed in ("optional", "later") or group.key in needed)
    return Draft(
        view=view,
        definition=definition,
        applied=applied,
        tasks=tuple(_task(form, page, applied, faults, view.answers) for page in applied.pages if _asks(page, applied)),
        papers_state=_papers(groups, needed, view.papers),
        groups=groups,
        needed=needed,
    )


def _asks(page: Page, applied: Applied) -> bool:
    return any(question.key in applied.asked for question in page.fields)


def _task(form: Form, page: Page, applied: Applied, faults: Sequence[Fault], answers: Mapping[str, Any]) -> Task:
    own = {key for question in page.fields for key in question.keys}
    wrong = [fault for fault in faults if fault.place.partition(".")[0] in own]
    given = any(key in answers for key in own)
    state: State = "done" if given and not wrong else "going" if given else "to_do" if wrong else "may_skip"
    return Task(page=page, title=page.title, state=state, faults=len(wrong))


def _papers(groups: Sequence[DocumentGroup], needed: frozenset[str], papers: Sequence[PaperView]) -> State:
    given = {paper.group for paper in papers}
    if needed <= given and (given or needed):
        return "done"
    if needed & given:
        return "going"
    return "to_do" if needed else "may_skip"


def parts(tasks: Sequence[Task]) -> list[tuple[Text | None, list[tuple[Text, Task]]]]:
    """Return the tasks in parts. ``Father: address`` and ``Father: work`` are one part, headed ``Father``."""
    if len(tasks) < MANY:
        return [(None, [(task.title, task) for task in tasks])]
    found: list[tuple[Text | None, list[tuple[Text, Task]]]] = []
    heads = [_split(task.title) for task in tasks]
    names = [head.get("en", "") if head else "" for head, _ in heads]
    for task, (head, rest), name in zip(tasks, heads, names, strict=True):
        grouped = name and names.count(name) > 1
        title = rest if grouped else task.title
        heading = head if grouped else None
        if found and (found[-1][0] or {}).get("en") == (heading or {}).get("en"):
            found[-1][1].append((title, task))
        else:
            found.append((heading, [(title, task)]))
    return found


def _split(title: Text) -> tuple[Text | None, Text]:
    split = {language: words.partition(": ") for language, words in title.items()}
    if not all(colon and rest for _, colon, rest in split.values()):
        return None, title
    heads = {language: head for language, (head, _, _) in split.items()}
    return heads, {language: rest[:1].upper() + rest[1:] for language, (_, _, rest) in split.items()}

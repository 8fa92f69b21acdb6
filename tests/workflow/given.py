"""A small state to work in: offices, posts, officers, and actions that stand in for those of the rooms above.

The steps of workflow run inside actions of services; here each one is wrapped in an action of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from janaseva.core.action import action, allow
from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.core.row import writing
from janaseva.people.models import Area, Department, Office, Post
from janaseva.workflow import actions, rules, steps

SYSTEM = Actor.system("test")
GRANTS = frozenset({"services.take", "services.decide", "services.recommend", "services.report"})


def wrapped(name: str) -> Callable[..., Any]:
    """Return an action ``services.<name>`` that allows, and runs the step inside."""
    inner = getattr(steps, name)

    def run(*, by: Actor, at: datetime, key: str, given: dict) -> Any:
        allow(True)
        return inner(by=by, at=at, **given["values"])

    run.__module__, run.__name__, run.__qualname__ = "janaseva.services.actions", name, name
    run.__annotations__ = {"return": Any}
    done = action(run)

    def call(*, by: Actor, at: datetime, key: str = "", **values: Any) -> Any:
        return done(by=by, at=at, key=key or str(uuid4()), given=Plain(values))

    return call


class Plain(dict):
    """Arguments as the action's body hash can read them; the objects themselves travel beside."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(text=repr(sorted(values)), values=Hidden(values))


class Hidden(dict):
    """Values of which the hash sees only the text."""

    def items(self) -> Any:  # the canonical form reads a mapping by its items
        return [(key, repr(value)) for key, value in super().items()]


do_start, do_take_next, do_take, do_put_back = map(wrapped, ("start", "take_next", "take", "put_back"))
do_move, do_note, do_looked, do_transfer = map(wrapped, ("move", "note", "looked", "transfer"))
do_ask, do_answer = map(wrapped, ("ask_applicant", "applicant_answered"))
do_ask_report, do_report, do_recall = map(wrapped, ("ask_report", "report", "recall"))
do_withdraw, do_complete, do_release = map(wrapped, ("withdraw", "complete", "release"))

PROCESS = rules.Process.model_validate(
    {
        "limit": {"days": 7, "counts": "working"},
        "reasons": [{"key": "income-too-high", "title": "Income above the limit"}],
        "steps": [
            {
                "key": "scrutiny",
                "title": "Check the application",
                "kind": "review",
                "role": "clerk",
                "office": "village-office",
                "ask_applicant": True,
                "limit": {"days": 2, "counts": "working"},
                "moves": [
                    {"key": "recommend", "title": "Recommend", "to": "decision", "recommends": "approve"},
                    {"key": "return", "title": "Return", "to": "returned", "needs": "reason"},
                ],
            },
            {
                "key": "decision",
                "title": "Decide",
                "kind": "decision",
                "role": "officer",
                "office": "village-office",
                "ask_applicant": True,
                "other_person": True,
                "checklist": [{"key": "papers", "title": "Papers seen"}],
                "reports": [
                    {"key": "field", "title": "Field report", "role": "surveyor", "office": "taluk-office"},
                ],
                "moves": [
                    {"key": "approve", "title": "Approve", "to": "approved", "needs": ["checklist"]},
                    {"key": "refuse", "title": "Refuse", "to": "refused", "needs": ["reason", "note"]},
                    {"key": "back", "title": "Send back", "to": "scrutiny", "needs": "note"},
                ],
            },
        ],
    }
)

CALENDAR = rules.Calendar(
    key="kl",
    time_zone="Asia/Kolkata",
    saturdays_off=frozenset({2}),
    holidays={date(2026, 12, 25): "Christmas"},
    known_until=date(2027, 12, 31),
)


@dataclass
class State:
    """One taluk with two villages; every post is held by one officer."""

    at: datetime
    villages: list[UUID]
    officers: dict[str, Actor]
    applicant: Actor = field(default_factory=lambda: Actor.person(uuid7()))

    @property
    def clerk(self) -> Actor:
        return self.officers["clerk-0"]

    @property
    def officer(self) -> Actor:
        return self.officers["officer-0"]

    @property
    def surveyor(self) -> Actor:
        return self.officers["surveyor"]

    def start(self, at: datetime | None = None, **other: Any) -> steps.StartedCase:
        values = {
            "story": uuid7(),
            "process": PROCESS,
            "definition_key": "kl-income-certificate",
            "definition_version": "1",
            "area_id": self.villages[0],
            "received_at": at or self.at,
            "complete_at": None,
            "applicant_person_id": self.applicant.person_id,
            "calendar_key": "kl",
            **other,
        }
        return do_start(by=SYSTEM, at=at or self.at, **values)

    def at_decision(self, at: datetime | None = None, **other: Any) -> UUID:
        """A case that the clerk has recommended and the officer has in hand."""
        case_id = self.start(at, **other).case_id
        self.take(self.clerk, case_id)
        do_move(by=self.clerk, at=at or self.at, case_id=case_id, move="recommend")
        self.take(self.officer, case_id)
        return case_id

    def take(self, by: Actor, case_id: UUID) -> UUID:
        from janaseva.workflow.models import Task

        task = Task.objects.filter(case_id=case_id, state="waiting").exclude(post=None).get()
        do_take(by=by, at=self.at, task_id=task.id, reason="the test wants this one")
        return task.id


def _officer(post: Post) -> Actor:
    return Actor(
        kind="officer",
        person_id=uuid7(),
        charge_id=uuid7(),
        post_id=post.id,
        post_ids=frozenset({post.id}),
        office_id=post.office_id,
        role=post.role,
        grants=GRANTS,
    )


def colleague(of: Actor) -> Actor:
    """Another officer with the same post: one who stands in."""
    return replace(of, person_id=uuid7(), charge_id=uuid7())


def make_state(at: datetime) -> State:
    """Put areas, offices and posts in place and load the calendar."""
    department = Department(key="revenue", names={"en": "Revenue"})
    taluk = Area(scheme="test", code="taluk", level="subdistrict", names={"en": "Taluk"})
    villages = [Area(scheme="test", code=f"v{n}", level="village", parent=taluk, names={}) for n in range(2)]
    offices = [Office(key="to", kind="taluk-office", area=taluk, department=department, names={})]
    offices += [
        Office(key=f"vo{n}", kind="village-office", area=village, department=department, names={})
        for n, village in enumerate(villages)
    ]
    posts = {"surveyor": Post(key="surveyor", office=offices[0], role="surveyor", names={})}
    for n, office in enumerate(offices[1:]):
        for role in ("clerk", "officer"):
            posts[f"{role}-{n}"] = Post(key=f"{role}-{n}", office=office, role=role, names={})
    with writing():
        for row in (department, taluk, *villages, *offices, *posts.values()):
            row.save(force_insert=True)
    actions.load_calendar(by=SYSTEM, at=at, key="calendar", calendar=CALENDAR, names={"en": "Kerala"})
    return State(
        at=at,
        villages=[village.id for village in villages],
        officers={name: _officer(post) for name, post in posts.items()},
    )

"""Who may appeal when, what opens an appeal by itself, what an order may cost: the thinking behind appeals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from janaseva.core.text import LANGUAGES, Text
from janaseva.core.words import say
from janaseva.forms.rules import Unknown
from janaseva.services.rules.definition import AppealLevel, Definition
from janaseva.services.rules.rights import Compliance, Level, LevelLaw, Penalty, Seat, Trigger, known, paise
from janaseva.workflow.rules import Item, Limit, Process

Cause = Trigger
Openers = Literal["law", "applicant", "authority"]
CAUSES: Final[tuple[str, ...]] = ("breach", "refusal", "undecided", "dismissed", "not_complied")
OPENERS: Final[tuple[str, ...]] = ("law", "applicant", "authority")
ORDERS: Final[dict[str, str]] = {"approved": "allowed", "returned": "remanded", "refused": "dismissed"}
"""What each end of an appeal's case means as an order."""
DISMISSALS: Final[tuple[str, ...]] = ("no_ground", "served_meanwhile", "out_of_time", "not_pursued", "other")
"""The coded reasons for which an appeal is dismissed."""
LEAST_WORDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """An earlier appeal in the same matter. ``order`` is empty while it is open; ``missed_at``: not obeyed in time."""

    level: int
    due_at: datetime | None
    ended_at: datetime | None
    order: str
    missed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What has become of an application, as far as appeals ask."""

    state: str
    outcome: str
    decided_at: datetime | None
    due_at: datetime | None
    missed_at: datetime | None
    appeals: Sequence[Before]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """That an appeal may be opened now: at which level, on what ground, and since when."""

    level: int
    cause: Cause
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """By when an appeal is to be filed. ``last_day`` is ``None`` where nobody has found the days: then none bars."""

    last_day: date | None
    is_late: bool
    late_may_be_heard: bool

    @property
    def is_barred(self) -> bool:
        """Return whether it is too late, and no cause helps."""
        return self.is_late and not self.late_may_be_heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A penalty that the law allows: between these bounds, for so many days of delay. The authority decides."""

    least_paise: int
    most_paise: int
    days: int
    per_day_paise: int | None
    paid_to_applicant: bool

    def allows(self, amount_paise: int) -> bool:
        """Return whether an authority may order this: nothing, or what lies between the bounds."""
        return amount_paise == 0 or self.least_paise <= amount_paise <= self.most_paise


def level_law(definition: Definition, level: int) -> LevelLaw | None:
    """Return what holds for a service at a level: its own words, then its state's act; ``None`` without either."""
    act = definition.rights
    general = None if act is None else (act.first if level == 1 else act.second)
    appeal = definition.appeal
    own = None if isinstance(appeal, Unknown) else (appeal.first if level == 1 else appeal.second)
    if isinstance(own, Unknown):
        own = None
    if own is None and general is None:
        return None
    return LevelLaw(
        level=level,
        authority={} if own is None or isinstance(own.authority, Unknown) else own.authority,
        seats=_seats(own, general),
        file_days=_days(own.file_days if own else None, general.file_days if general else None),
        decide_days=_days(own.decide_days if own else None, general.decide_days if general else None),
        triggers=_triggers(own, general),
        own_motion=general is not None and general.own_motion,
        law=(own.law if own and own.law else general.law if general else None) or "",
    )


def _seats(own: AppealLevel | None, general: Level | None) -> dict[str, Seat]:
    if own is not None and own.role is not None and own.office is not None:
        return {"any": Seat(role=own.role, office=own.office)}
    return dict(general.seats) if general is not None else {}


def _days(own: int | Unknown | None, general: int | Unknown | None) -> int | None:
    return known(general) if known(own) is None else known(own)


def _triggers(own: AppealLevel | None, general: Level | None) -> frozenset[str]:
    if general is None:
        return frozenset()
    applies = general.everywhere if own is None or own.by_itself is None else own.by_itself
    return frozenset(general.by_itself) if applies else frozenset()


def opening(matter: Matter, at: datetime) -> Opening | None:
    """Return whether and at which level an appeal may be opened now."""
    last = matter.appeals[-1] if matter.appeals else None
    if last is None:
        return _first(matter)
    if last.level > 1:
        return None
    if last.ended_at is None:
        overdue = last.due_at is not None and at > last.due_at
        return Opening(level=2, cause="undecided", since=last.due_at) if overdue and last.due_at else None
    if last.order == "dismissed":
        return Opening(level=2, cause="dismissed", since=last.ended_at)
    if matter.state == "begun" and last.missed_at is not None:
        return Opening(level=2, cause="not_complied", since=last.missed_at)
    again = _first(matter)
    return Opening(level=2, cause="refusal", since=again.since) if again and again.cause == "refusal" else None


def _first(matter: Matter) -> Opening | None:
    if matter.state == "decided" and matter.outcome in ("refused", "returned") and matter.decided_at is not None:
        return Opening(level=1, cause="refusal", since=matter.decided_at)
    if matter.state == "begun" and matter.missed_at is not None:
        return Opening(level=1, cause="breach", since=matter.due_at or matter.missed_at)
    return None


def filing(definition: Definition, law: LevelLaw, since: date, today: date) -> Filing:
    """Return by when an appeal that could be opened since a day is to be filed, and whether that day has passed."""
    last = None if law.file_days is None else since + timedelta(days=law.file_days)
    late = definition.rights.late_filing if definition.rights is not None else False
    return Filing(last_day=last, is_late=last is not None and today > last, late_may_be_heard=late is True)


def says_enough(words: str) -> bool:
    """Return whether words for an authority say anything: ten characters besides spaces at the ends."""
    return len(words.strip()) >= LEAST_WORDS


def proposal(penalty: Penalty | Unknown | None, *, days_late: int) -> Proposal | None:
    """Return the penalty that the law allows for so many days of delay; ``None`` where nobody has found it.

    Per day: the days times the sum, never above the maximum. Between bounds: any sum from the least to the most.
    """
    if penalty is None or isinstance(penalty, Unknown):
        return None
    days, most = max(days_late, 0), paise(penalty.max_rupees)
    to_applicant = penalty.paid_to_applicant is True
    if penalty.per_day_rupees is not None:
        each = paise(penalty.per_day_rupees)
        sum_paise = min(days * each, most)
        return Proposal(
            least_paise=sum_paise, most_paise=sum_paise, days=days, per_day_paise=each, paid_to_applicant=to_applicant
        )
    least = paise(penalty.min_rupees or 0)
    return Proposal(least_paise=least, most_paise=most, days=days, per_day_paise=None, paid_to_applicant=to_applicant)


def penalty_of(definition: Definition, cause: str) -> Penalty | Unknown | None:
    """Return the penalty that the law has for a cause: an order that was not obeyed may have its own."""
    comply = compliance(definition)
    if cause == "not_complied" and comply is not None and comply.penalty is not None:
        return comply.penalty
    return definition.rights.penalty if definition.rights is not None else None


def compliance(definition: Definition) -> Compliance | None:
    """Return in how many days an order is to be obeyed: the service's own words first, then its state's act."""
    appeal = definition.appeal
    own = None if isinstance(appeal, Unknown) else appeal.comply
    general = definition.rights.comply if definition.rights is not None else None
    found = own if own is not None else general
    return None if isinstance(found, Unknown) else found


def comply_days(definition: Definition) -> int | None:
    """Return the days of compliance, or ``None`` where nobody has found them."""
    found = compliance(definition)
    return None if found is None else known(found.days)


def days_late(due_on: date | None, until: date) -> int:
    """Return the days of delay: those after the due day, up to and with the day of the decision or of the order."""
    return 0 if due_on is None else max((until - due_on).days, 0)


def in_all(key: str) -> Text:
    """Return the platform's own words in every language."""
    return {language: say(key, language) for language in LANGUAGES}


def process(seat: Seat, *, decide_days: int | None) -> Process:
    """Return the way of an appeal over the authority's desk: received, heard, ordered; nobody is dismissed unheard."""

    def move(key: str, to: str, *needs: str) -> dict[str, object]:
        return {"key": key, "title": in_all(f"services.appeal.move.{key}"), "to": to, "needs": needs}

    desk = {"kind": "decision", "role": seat.role, "office": seat.office}
    orders = [
        move("allow", "approved", "note"),
        move("remand", "returned", "note"),
        move("dismiss", "refused", "reason", "note"),
    ]
    steps = [
        {
            "key": "received",
            "title": in_all("services.appeal.step.received"),
            **desk,
            "moves": [move("hear", "hearing")],
        },
        {"key": "hearing", "title": in_all("services.appeal.step.hearing"), **desk, "moves": orders},
    ]
    reasons = [Item(key=key, title=dict(in_all(f"services.appeal.dismissal.{key}"))) for key in DISMISSALS]
    return Process.model_validate({"steps": steps, "reasons": reasons, "limit": limit(decide_days)})


def limit(days: int | None) -> Limit:
    """Return the time in which an appeal is decided."""
    if days is None:
        return Limit(unknown="In how many days an appeal of this level is decided")
    return Limit(days=days)

"""What may be asked for once something was issued, as the definition writes it: renewed, amended, corrected, copied.

Each is an application of the same service for another purpose, with its own fee, papers, limit and steps where the
text gives them; what the text leaves out is the service's own. Whoever asks begins with the answers on which the
earlier certificate rests, and only ``changes`` may be otherwise.
"""

from datetime import date, timedelta
from typing import Annotated, Final, Literal, get_args

from pydantic import Field

from janaseva.core.refusal import CONFLICT, Refusal
from janaseva.forms.rules import Check, DocumentGroup, Key, Page, Part, Sourced, Unknown, Words
from janaseva.payments.rules.fees import Fee
from janaseva.services.rules.happens import Happens
from janaseva.services.rules.parts import Officer, Promise, Variant

Purpose = Literal["renewal", "amendment", "correction", "duplicate"]
PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)

TOLD_DAYS: Final = 30
"""So many days before its last day a holder is told of the renewal, where nobody knows from when one may ask."""
Days = Annotated[int, Field(ge=0, le=3660)]


class Again(Sourced):
    """What every purpose has: its title, what may change, what it asks for besides, its fee, limit and steps.

    ``officer`` decides where no ``variants`` are written; without either it is the officer of the service's variants,
    where all of them name the same. ``documents`` and ``pages`` are this purpose's own: papers given before are not
    asked for again.
    """

    title: Words
    summary: Words | None = None
    pages: tuple[Page, ...] = ()
    documents: tuple[DocumentGroup, ...] | Unknown = ()
    check: tuple[Check, ...] = ()
    officer: Officer | None = None
    variants: tuple[Variant, ...] = ()
    fee: Fee | Unknown
    limit: Promise | None = None
    happens: Happens | None = None


class Renewal(Again):
    """The same for a further time. All three numbers of days are counted from the last day of the earlier certificate.

    ``from_days`` before it one may ask at the earliest; ``by_days`` before it one should have asked; ``late_days``
    after it one still may (0: an expired one is not renewed). ``counts_from``: the new time begins on the day of issue,
    or where the old one ends.
    """

    from_days: Days | Unknown
    by_days: Days | Unknown = 0
    late_days: Days | Unknown
    counts_from: Literal["issue", "end"] | Unknown
    changes: tuple[Key, ...] | Literal["all"] = "all"


class Amendment(Again):
    """The facts are others from now on (more workers, another owner); the time for which it is good stays as it was.

    What was stated before was right, and a register keeps it until the day of the change.
    """

    changes: tuple[Key, ...] = Field(min_length=1)


class Correction(Again):
    """What was stated wrongly is put right; the time for which it is good stays as it was."""

    changes: tuple[Key, ...] = Field(min_length=1)


class Duplicate(Again):
    """The same once more, for who has lost it; nothing in it changes."""


class Afterwards(Part):
    """What may be asked for after a decision: ``unknown:`` where nobody has found how, left out where there is none."""

    renewal: Renewal | Unknown | None = None
    amendment: Amendment | Unknown | None = None
    correction: Correction | Unknown | None = None
    duplicate: Duplicate | Unknown | None = None

    def text(self, purpose: str) -> Again | None:
        """Return what is written for a purpose; ``None`` where it is not known, or does not exist."""
        found = getattr(self, purpose) if purpose in PURPOSES else None
        return found if isinstance(found, Again) else None


def may_change(text: Again, key: str) -> bool:
    """Return whether an answer may be another than it was. Questions of the purpose's own pages are asked anew."""
    changes = getattr(text, "changes", ())
    own = {name for page in text.pages for question in page.fields for name in question.keys}
    return changes == "all" or key in changes or key in own


def holds_from_issue(purpose: str) -> bool:
    """Return whether what is stated anew holds from the day of issue, so that what was stated before stays true."""
    return purpose in ("renewal", "amendment")


def renewal_opens(text: Renewal, until: date) -> date | None:
    """Return the first day on which one may ask for renewal; ``None`` where nobody has found it."""
    return None if isinstance(text.from_days, Unknown) else until - timedelta(days=text.from_days)


def renewal_told_on(written: Afterwards | None, *, until: date | None, today: date) -> date | None:
    """Return the day on which a holder is told that the renewal may be asked for; ``None`` where nothing is to be told.

    It is the first day on which it may be asked for; 30 days before the last one, where nobody has found that day.
    """
    text = written.renewal if written is not None else None
    if until is None or not isinstance(text, Renewal):
        return None
    day = renewal_opens(text, until) or until - timedelta(days=TOLD_DAYS)
    return day if day > today else None


def renewal_due(text: Renewal, until: date) -> date | None:
    """Return the day by which one should have asked for renewal; ``None`` where nobody has found it."""
    return None if isinstance(text.by_days, Unknown) else until - timedelta(days=text.by_days)


def renewal_ends(text: Renewal, until: date) -> date | None:
    """Return the last day on which one may still ask for renewal; ``None`` where nobody has found it."""
    return None if isinstance(text.late_days, Unknown) else until + timedelta(days=text.late_days)


RENEWAL_DAYS: Final = (renewal_opens, renewal_due, renewal_ends)
"""The three days of a renewal, each a question to the text and the last day of the earlier certificate."""


def refusal_of(text: Again, *, until: date | None, today: date) -> Refusal | None:
    """Return why this cannot be asked for today, or ``None``. What the text does not know does not hold anybody up.

    ``until`` is the last day of the earlier certificate, ``None`` where it has none: that needs no renewal.
    """
    if not isinstance(text, Renewal):
        ended = until is not None and today > until
        return Refusal("afterwards_expired", status=CONFLICT, date=until) if ended else None
    if until is None:
        return Refusal("renewal_not_needed", status=CONFLICT)
    opens, ends = renewal_opens(text, until), renewal_ends(text, until)
    if opens is not None and today < opens:
        return Refusal("renewal_too_early", status=CONFLICT, date=opens)
    if ends is not None and today > ends:
        return Refusal("renewal_too_late", status=CONFLICT, date=ends)
    return None

"""By when an application is due, and when it ends by itself, for machines: the shapes, and how they are filled."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from janaseva.core.words import say
from janaseva.gateway.services.fees import Words
from janaseva.services import queries
from janaseva.workflow import queries as workflow
from janaseva.workflow import rules as workflow_rules


class DueDay(BaseModel):
    """One day on the way to the due date."""

    day: date
    counted: bool
    number: int = Field(description="How many days had been counted at its end.")
    reason: Literal[
        "began",
        "counted",
        "half_day",
        "weekly_off",
        "saturday_off",
        "holiday",
        "closure",
        "outage",
        "paused",
        "last_day_closed",
        "due",
    ]
    words: str = Field(description="The reason in words of the request's language.")
    title: str = Field(description="The holiday's name, or why the office was closed.")
    closes: str = Field(description="When the office closes on a half day, as local `HH:MM`.")
    forecast: bool = Field(description="Whether the holidays of this day have yet to be announced.")


class Lapse(BaseModel):
    """A time after which the application ends by itself as lapsed, which is no refusal."""

    key: str
    title: Words
    means: Words = Field(description="What follows, in the words of the law; may be empty.")
    since: str = Field(description="`receipt`, `question`, or the step with which the time began.")
    law: str
    sources: list[str]
    began_at: datetime
    last_day: date = Field(description="It lapses when this day is over.")
    days: int | None
    months: int | None
    reminded_at: datetime | None
    here: bool = Field(description="Whether it rests at a step at which it would lapse.")
    happened: bool = Field(description="Whether it lapsed by this.")
    forecast: bool
    counted: list[DueDay]


class WhyDue(BaseModel):
    """Why an application is due on its day."""

    standing: Literal["running", "paused", "unknown", "not_begun"]
    words: str = Field(description="The standing in words of the request's language.")
    limit_days: int | None = Field(description="null where nobody has found it.")
    days_counted: str = Field(description="`working`, `calendar`, or empty.")
    starts: str = Field(description="`receipt`, `completeness`, or empty.")
    began_at: datetime | None
    due_at: datetime | None
    days_left: int | None = Field(description="Where the clock stands still or has not begun.")
    forecast: bool = Field(description="Whether the date may change, since holidays have yet to be announced.")
    missing: list[str] = Field(description="Groups of papers without which the clock does not begin.")
    days: list[DueDay]
    lapses: list[Lapse] = Field(description="By when it ends by itself if nothing comes of it; mostly none.")


def why_due(view: queries.ApplicationView, found: workflow.WhyDue, language: str) -> WhyDue:
    """Return why an application is due when it is, day by day, with the words of each day."""
    limit, due = found.limit, found.due
    return WhyDue(
        standing=due.standing,
        words=say(f"clock.standing.{due.said}", language),
        limit_days=limit.days if limit else None,
        days_counted=limit.counts if limit else "",
        starts=limit.starts if limit else "",
        began_at=found.began_at,
        due_at=due.at,
        days_left=due.days_left,
        forecast=due.forecast,
        missing=list(view.missing),
        days=[_day(day, language) for day in found.days],
        lapses=[_lapse(one, language) for one in found.lapses],
    )


def _day(day: workflow_rules.Day, language: str) -> DueDay:
    return DueDay(
        day=day.day,
        counted=day.counted,
        number=day.number,
        reason=day.reason,
        words=say(f"clock.reason.{day.said}", language),
        title=day.title,
        closes=day.closes.isoformat("minutes") if day.closes else "",
        forecast=day.forecast,
    )


def _lapse(one: workflow.LapseView, language: str) -> Lapse:
    return Lapse(
        key=one.key,
        title=dict(one.title),
        means=dict(one.means),
        since=one.since,
        law=one.law,
        sources=list(one.sources),
        began_at=one.began_at,
        last_day=one.last_day,
        days=one.days,
        months=one.months,
        reminded_at=one.reminded_at,
        here=one.here,
        happened=one.happened,
        forecast=one.forecast,
        counted=[_day(day, language) for day in one.counted],
    )

"""``janaseva incidents``: the register of incidents, with the clocks of those who must hear of them."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import click

from janaseva.cli.backup import moment
from janaseva.core.actor import Actor
from janaseva.core.canonical import plain
from janaseva.core.clock import now
from janaseva.core.refusal import Refusal
from janaseva.core.words import say
from janaseva.monitor import actions, queries, rules
from janaseva.settings import OPTIONS

BY: Final = Actor.system("incidents")
as_json = click.option("--json", "as_json", is_flag=True, help="JSON instead of words.")


class Said(click.Group):
    """A group that says a refusal in words and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a refusal ends it with its words."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise click.ClickException(say(f"refusal.{refusal.code}", "en", **refusal.facts)) from refusal


@click.group("incidents", cls=Said)
def command() -> None:
    """Record incidents and watch their clocks; see docs/operations/incidents.md."""


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(ZoneInfo(OPTIONS.time_zone)):%A %d %B %Y, %H:%M %Z}" if at else "not known"


def _left(left: timedelta) -> str:
    minutes = abs(int(left.total_seconds())) // 60
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _clock(clock: rules.Clock, at: datetime) -> str:
    told = {
        "running": f"{_left(clock.due_at - at)} left, until {_local(clock.due_at)}",
        "late": f"LATE by {_left(at - clock.due_at)}, was due {_local(clock.due_at)}",
        "sent": f"told {_local(clock.sent_at)}, in time",
        "sent_late": f"told {_local(clock.sent_at)}, after its time ({_local(clock.due_at)})",
    }
    return f"{clock.authority.key}: {told[clock.standing]}"


def _lines(one: queries.IncidentView, at: datetime) -> list[str]:
    return [
        f"{one.number}  {one.kind}  {'closed' if one.closed_at else 'open'}  noticed {_local(one.noticed_at)}",
        *(f"  {_clock(clock, at)}" for clock in one.clocks),
        f"  persons affected: {one.affected}, told: {one.told}",
    ]


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Closed ones too.")
@as_json
def list_(*, every: bool, as_json: bool) -> None:
    """Tell the open incidents and their clocks; exit 1 where a clock has run out."""
    at = now()
    found = queries.incidents(BY, at, open_only=not every)
    if as_json:
        click.echo(json.dumps([plain(one) for one in found]))
    else:
        click.echo("\n".join(line for one in found for line in _lines(one, at)) or "No incident is open.")
    raise SystemExit(1 if any(clock.standing == "late" for one in found for clock in one.clocks) else 0)


@command.command("record")
@click.option("--kind", required=True, type=click.Choice(rules.KINDS))
@click.option("--words", required=True, help="What happened, as far as it is known.")
@click.option(
    "--noticed", callback=moment, help="When it was noticed, with its zone; default: now. Clocks run from it."
)
@click.option("--occurred", callback=moment, help="When it happened, where that is known.")
@click.option("--personal-data/--no-personal-data", required=True, help="Whether personal data may be concerned.")
def record(*, kind: str, words: str, noticed: datetime | None, occurred: datetime | None, personal_data: bool) -> None:
    """Record an incident and start its clocks."""
    at = now()
    made = actions.record_incident(
        by=BY, at=at, key=str(uuid4()), kind=kind, words=words, noticed_at=noticed or at, occurred_at=occurred,
        personal_data=personal_data,
    )  # fmt: skip
    found = next(one for one in queries.incidents(BY, at) if one.incident_id == made)
    click.echo("\n".join(_lines(found, at)))


def _id(number: str) -> UUID:
    return queries.incident(BY, number, now()).incident_id


@command.command("judge")
@click.argument("number")
@click.option("--kind", required=True, type=click.Choice(rules.KINDS))
@click.option("--personal-data/--no-personal-data", required=True)
def judge(number: str, *, kind: str, personal_data: bool) -> None:
    """Say what an incident was, once somebody has looked."""
    actions.judge_incident(
        by=BY, at=now(), key=str(uuid4()), incident_id=_id(number), kind=kind, personal_data=personal_data
    )
    click.echo("\n".join(_lines(queries.incident(BY, number, now()), now())))


@command.command("affected")
@click.argument("number")
@click.option("--add", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Person ids, one a line.")
@click.option("--told", is_flag=True, help="Note that all who are listed have been told now.")
def affected(number: str, *, add: Path | None, told: bool) -> None:
    """Print the persons whose data an incident concerns (id, when told); add to them, or note that they were told."""
    key = _id(number)
    if add is not None:
        try:
            persons = tuple(UUID(line.strip()) for line in add.read_text(encoding="ascii").splitlines() if line.strip())
        except ValueError as error:
            message = f"{add} holds a line that is no id of a person. Nothing was added."
            raise click.ClickException(message) from error
        actions.list_affected(by=BY, at=now(), key=str(uuid4()), incident_id=key, person_ids=persons)
    if told:
        actions.note_told(by=BY, at=now(), key=str(uuid4()), incident_id=key)
    for person_id, told_at in queries.affected(BY, key):
        click.echo(f"{person_id}  {told_at.isoformat() if told_at else 'not told'}")


@command.command("reported")
@click.argument("number")
@click.option("--to", "authority", required=True, type=click.Choice([one.key for one in rules.AUTHORITIES]))
@click.option("--reference", default="", help="Under which the authority took it.")
@click.option("--sent", callback=moment, help="When it was sent, with its zone; default: now.")
def reported(number: str, *, authority: str, reference: str, sent: datetime | None) -> None:
    """Note that an authority was told, which stops its clock."""
    at = now()
    actions.note_reported(
        by=BY, at=at, key=str(uuid4()), incident_id=_id(number), authority=authority, sent_at=sent or at,
        reference=reference,
    )  # fmt: skip
    click.echo("\n".join(_lines(queries.incident(BY, number, at), at)))


@command.command("report")
@click.argument("number")
@click.option("--to", "authority", required=True, type=click.Choice([one.key for one in rules.AUTHORITIES]))
def report(number: str, *, authority: str) -> None:
    """Print the report to an authority, filled in as far as the platform knows; what it does not know is a blank."""
    click.echo(queries.report(BY, queries.incident(BY, number, now()), authority, now()))


@command.command("close")
@click.argument("number")
@click.option("--words", required=True, help="How it ended, and what was changed so that it does not happen again.")
def close(number: str, *, words: str) -> None:
    """Close an incident whose authorities and persons have been told."""
    actions.close_incident(by=BY, at=now(), key=str(uuid4()), incident_id=_id(number), words=words)
    click.echo(f"{number} is closed.")

"""``janaseva erasures``: what was erased and is to be, what is due, and whether anything of it is left."""

import json
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from janaseva.core.actor import Actor
from janaseva.core.canonical import plain
from janaseva.core.clock import now
from janaseva.core.words import say
from janaseva.ledger import queries as ledger
from janaseva.services import queries
from janaseva.services.adapters import remembered_erasures
from janaseva.settings import OPTIONS

BY: Final = Actor.system("erasures")
REGISTERS: Final = "registers_"
as_json = click.option("--json", "as_json", is_flag=True, help="One line of JSON for each, then one with the totals.")


@click.group("erasures")
def command() -> None:
    """Tell what was erased, what is due, and whether anything of it is left; see docs/operations/erasing.md."""


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(ZoneInfo(OPTIONS.time_zone)):%A %d %B %Y, %H:%M}" if at else "no day yet"


def _line(facts: Any, words: str, *, as_json: bool) -> None:
    click.echo(json.dumps(plain(facts), ensure_ascii=False) if as_json else words)


@command.command("list")
@as_json
def listed(*, as_json: bool) -> None:
    """List the latest erasures, those that wait first, and the holds."""
    found, holds = queries.erasures(BY), queries.holds(BY)
    for one in found:
        ground, state = (
            say(f"desk.erasures.{part}", "en") for part in (f"grounds.{one.ground}", f"standing.{one.state}")
        )
        when = _local(one.ended_at or one.erases_at)
        held = "  ON HOLD" if one.is_held else ""
        _line(one, f"{one.number or one.application_id}  {state}  {when}  ({ground}){held}", as_json=as_json)
    for hold in holds:
        until = f"lifted {_local(hold.lifted_at)}" if hold.lifted_at else "holds"
        of = "all of its applicant" if hold.of_person else "this application"
        _line(hold, f"hold on {hold.number} ({of})  {until}  {hold.order}", as_json=as_json)
    totals = {"erasures": len(found), "holds": len(holds)}
    _line(totals, f"{len(found)} erasures, {len(holds)} holds.", as_json=as_json)


@command.command("due")
@as_json
def due(*, as_json: bool) -> None:
    """List the applications whose time of keeping is over, with what stands in the way of erasing them."""
    found = queries.due(BY, now())
    for one in found:
        why = say(f"refusal.{one.hindrance}", "en") if one.hindrance else "is announced by the worker within the hour"
        name = one.number or one.application_id
        _line(one, f"{name}  {one.service}  {one.kind}, kept until {one.last_day}: {why}", as_json=as_json)
    unsaid = queries.without_schedule(BY, now().astimezone(ZoneInfo(OPTIONS.time_zone)).date())
    totals = {"due": len(found), "services_without_schedule": len(unsaid)}
    words = f"{len(found)} are due. Of {len(unsaid)} services nobody has said how long they are kept: everything stays."
    _line(totals, words, as_json=as_json)


@command.command("verify")
@as_json
def verify(*, as_json: bool) -> None:
    """Look in every table for what is left of what was erased; exit 0 only where nothing is.

    What a register says may stay by its own law and is counted apart. Also compared is the list that is kept beside
    the backups: what it names and this database holds again, the worker erases again.
    """
    stays = wrong = 0
    for one in ledger.left_of_erased(BY):
        kept = one.table.startswith(REGISTERS)
        stays, wrong = stays + kept, wrong + (not kept)
        if not kept or as_json:
            words = f"{one.table}: row {one.key} of {one.story} still holds {one.column}"
            _line({**plain(one), "stays_by_its_register": kept}, words, as_json=as_json)
    known = remembered_erasures()
    again, unknown = queries.not_erased(BY, {one.application_id for one in known.all()}), known.unknown()
    for application_id in again:
        words = f"{application_id} was erased and is here again: start the worker, which erases it within ten minutes"
        _line({"application_id": str(application_id), "here_again": True}, words, as_json=as_json)
    if unknown:
        words = (
            f"{unknown} lines of the list beside the backups are under a secret key that is not known, or were "
            "altered: whether what they name is here again cannot be said. Name the keys of before in "
            "JANASEVA_SECRET_KEY_FALLBACKS."
        )
        _line({"lines_unknown": unknown}, words, as_json=as_json)
    totals = {
        "good": not (wrong or again or unknown), "erased": ledger.erasures_known(BY), "left": wrong,
        "in_registers": stays, "here_again": len(again), "lines_unknown": unknown,
    }  # fmt: skip
    words = (
        f"{totals['erased']} stories were erased: {wrong} columns of them are left, {len(again)} are here again, "
        f"{stays} stay in registers by their own law."
    )
    _line(totals, words, as_json=as_json)
    raise SystemExit(0 if totals["good"] else 1)

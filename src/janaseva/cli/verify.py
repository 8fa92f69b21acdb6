"""``janaseva verify``: tell whether a certificate file, or a scanned code, is genuine; offline or beside the record."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from django.conf import settings
from django.db import DatabaseError

from janaseva.core.canonical import plain
from janaseva.core.clock import now
from janaseva.core.text import LANGUAGES
from janaseva.core.words import say
from janaseva.documents import queries, rules

NOT_GENUINE = 1
CANNOT_TELL = 2


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--qr", "code", help="The text of a scanned code, instead of a file.")
@click.option(
    "--keys",
    "keys_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Public keys to pin (JSON); then neither the network nor a database is used.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option("--language", type=click.Choice(sorted(LANGUAGES)), default="en", show_default=True)
@click.pass_context
def command(
    context: click.Context,
    *,
    file: Path | None,
    code: str | None,
    keys_file: Path | None,
    as_json: bool,
    language: str,
) -> None:
    """Tell whether a certificate FILE is genuine, and valid today.

    Exit 0 only if it is both; 1 if it is not; 2 if there was nothing to check it by. Without --keys the pinned keys and
    the record of the database are used; with --keys only the file itself is checked, and what that leaves open is said.
    """
    if (file is None) == (code is None):
        message = "give either a FILE or --qr TEXT"
        raise click.UsageError(message)
    content = file.read_bytes() if file is not None else None
    try:
        verdict = _offline(content, code, keys_file) if keys_file else _beside_the_record(content, code)
    except ValueError as error:
        click.echo(f"{keys_file}: {error}", err=True)
        context.exit(CANNOT_TELL)
    except NoRecordError as error:
        click.echo(str(error), err=True)
        context.exit(CANNOT_TELL)
    click.echo(as_text(verdict, language) if not as_json else as_line(verdict))
    context.exit(0 if verdict.is_valid else NOT_GENUINE)


class NoRecordError(Exception):
    """There is no database, or it knows no keys."""


def _offline(content: bytes | None, code: str | None, keys_file: Path) -> Any:
    ring = rules.KeyRing.from_json(keys_file.read_text(encoding="utf-8"))
    today = now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    if content is not None:
        return rules.judge_file_alone(rules.read_sealed_file(content, ring), log=ring.log, today=today)
    return rules.judge_qr_alone(rules.read_qr(code or "", ring), today=today)


def _beside_the_record(content: bytes | None, code: str | None) -> Any:
    try:
        if not queries.key_ring().keys:
            message = "The database knows no keys yet; give the public keys with --keys FILE."
            raise NoRecordError(message)
        if content is not None:
            return queries.verify_file(content, at=now())
        return queries.verify_qr(code or "", at=now())
    except DatabaseError as error:
        message = "There is no database here; give the public keys with --keys FILE."
        raise NoRecordError(message) from error


def as_line(verdict: Any) -> str:
    """Return a verdict as one line of JSON."""
    tree = plain(verdict)
    tree["valid"] = verdict.is_valid
    return json.dumps(tree, ensure_ascii=False, sort_keys=True)


def _date(moment: Any) -> str:
    if isinstance(moment, datetime):
        moment = moment.astimezone(UTC).date()
    return f"{moment:%d-%m-%Y}" if moment is not None else ""


def _when(verdict: Any) -> str:
    """Return the date that the words of the outcome speak of."""
    ended = dict.fromkeys(("revoked", "surrendered", "superseded", "suspended"), verdict.revoked_at)
    dates = {**ended, "expired": verdict.valid_until, "not_yet_valid": verdict.valid_from, "erased": verdict.erased_at}
    return _date(dates.get(verdict.outcome))


def as_text(verdict: Any, language: str) -> str:
    """Return a verdict for people: the outcome, what the document says, and what was and was not checked."""
    lines = [say(verdict.words_key, language, date=_when(verdict)), ""]
    if verdict.number:
        lines.append(f"  {say('letter.number', language)}: {verdict.number}")
        for name, value in (("letter.issued_on", verdict.issued_at), ("letter.valid_until", verdict.valid_until)):
            if value is not None:
                lines.append(f"  {say(name, language)}: {_date(value)}")
        lines += [f"  {part}" for part in (verdict.holder, verdict.issuer) if part]
        lines += [f"  {key}: {value}" for key, value in verdict.facts.items()]
        lines.append("")
    marks = {"passed": "✓", "failed": "✗", "unchecked": "–"}
    for check in verdict.checks:
        result = say(f"verify_result.{check.result}", language)
        lines.append(f"  {marks[check.result]} {say(f'verify_check.{check.name}', language)}: {result}")
    return "\n".join(lines)

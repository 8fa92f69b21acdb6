"""``janaseva officers``: give an officer a first sign-in or a new one, end sessions, close an account."""

import io
from typing import Any
from uuid import uuid4

import click
import pyotp
import segno

from janaseva.cli.signing_in import set_up
from janaseva.core.actor import Actor
from janaseva.core.clock import now
from janaseva.core.ids import authenticator_seed, public_code
from janaseva.core.refusal import Invalid, Refusal
from janaseva.core.secret import Secret
from janaseva.core.words import say
from janaseva.people import actions, queries
from janaseva.settings import OPTIONS

BY = Actor.system("officers")


class Said(click.Group):
    """A group that says refusals and faults in words and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a refusal ends it with its words."""
        set_up()
        try:
            return super().invoke(ctx)
        except Invalid as invalid:
            words = " ".join(say(f"fault.{one.code}", "en", **one.facts) for one in invalid.faults)
            raise click.ClickException(words) from invalid
        except Refusal as refusal:
            raise click.ClickException(say(f"refusal.{refusal.code}", "en", **refusal.facts)) from refusal


@click.group("officers", cls=Said)
def command() -> None:
    """Officers' ways in. Who holds which post is arranged at the desk."""


@command.command("enrol")
@click.argument("login")
@click.option("--name", "names", multiple=True, required=True, help="LANGUAGE=NAME, once for each language; en first.")
@click.option("--language", default="en", show_default=True, help="The language of the first page.")
def enrol(login: str, *, names: tuple[str, ...], language: str) -> None:
    """Make a first sign-in for LOGIN, or a new one where password or authenticator were lost.

    See the officer, or have them seen by somebody who knows them: whoever gets this is the officer. The password is
    good for three days and only to choose another one. All sessions under an older one end.
    """
    parts = (one.partition("=") for one in names)
    written = {code if between else "en": name if between else code for code, between, name in parts}
    password = "-".join(public_code(length=4) for _ in range(4)).lower()
    seed = authenticator_seed()
    actions.enrol_officer(
        by=BY,
        at=now(),
        key=str(uuid4()),
        login=login,
        names=written,
        password=Secret(password),
        totp_seed=Secret(seed),
        language=language,
    )
    known = queries.officer_by_login(BY, login).login
    address = pyotp.TOTP(seed).provisioning_uri(name=known, issuer_name=OPTIONS.state_name)
    drawn = io.StringIO()
    segno.make(address).terminal(out=drawn, compact=True)
    click.echo(
        f"Login name  {known}\nPassword    {password}   (for three days, to choose another)\nSeed        {seed}\n"
    )
    click.echo(drawn.getvalue())
    click.echo("Let the officer scan this with an authenticator now. It is shown once and kept nowhere.")


@command.command("end-sessions")
@click.argument("login")
def end_sessions(login: str) -> None:
    """End every session of LOGIN now, at the desk and as a citizen; the officer may sign in again."""
    person = queries.officer_by_login(BY, login)
    ended = actions.sign_out_everywhere(by=BY, at=now(), key=str(uuid4()), person_id=person.id)
    click.echo(f"{ended} sessions of {person.login} have ended.")


@command.command("close")
@click.argument("login")
def close(login: str) -> None:
    """Let LOGIN sign in no more, and end every session now. Posts are given to others at the desk."""
    actions.close_officer(by=BY, at=now(), key=str(uuid4()), login=login)
    click.echo(f"{login} can sign in no more. What is still held is told at the desk, under Offices.")

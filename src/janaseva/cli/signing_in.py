"""Signing an officer in at the command line, with password and code, so that the record says who it was."""

import click
from django.db import connection

from janaseva.core.actor import Actor
from janaseva.core.clock import now
from janaseva.core.ids import secret_token, uuid7
from janaseva.core.refusal import Refusal
from janaseva.core.secret import Secret
from janaseva.core.words import say
from janaseva.people import actions as people_actions
from janaseva.people import queries as people
from janaseva.people import rules as people_rules
from janaseva.settings import OPTIONS


def officer_by_login(login: str, *, permission: str) -> Actor:
    """Ask for password and code, and return the officer in charge of a post that has the permission.

    Raises:
        click.ClickException: where the sign-in fails, or no post of theirs may do this.

    """
    set_up()
    anyone, token = Actor.anyone(), secret_token()
    try:
        checked = people_actions.check_password(
            by=anyone,
            at=now(),
            key=str(uuid7()),
            login=login,
            password=Secret(click.prompt(f"Password of {login}", hide_input=True)),
        )
        if checked.challenge_id is None:
            raise _failed(login)
        people_actions.confirm_totp(
            by=anyone,
            at=now(),
            key=str(uuid7()),
            challenge_id=checked.challenge_id,
            code=Secret(click.prompt("Code of the authenticator").replace(" ", "")),
            token_hash=people_rules.token_hash(token),
        )
        found = people.signed_in(token, now())
        if found is None:
            raise _failed(login)
        for charge in people.choices_of(found.actor, now()) if found.needs_charge else ():
            fresh = secret_token()
            people_actions.choose_charge(
                by=found.actor,
                at=now(),
                key=str(uuid7()),
                session_id=found.session_id,
                charge_id=charge.id,
                token_hash=people_rules.token_hash(fresh),
            )
            chosen = people.signed_in(fresh, now())
            if chosen is not None and chosen.actor.may(permission):
                return chosen.actor
    except Refusal as refusal:
        raise click.ClickException(say(f"refusal.{refusal.code}", "en", **refusal.facts)) from refusal
    if not found.actor.may(permission):
        message = f"no post of {login} has the grant {permission}"
        raise click.ClickException(message)
    return found.actor


def set_up() -> None:
    """Tell what to do where this installation has no tables yet, or where another one is meant.

    Raises:
        click.ClickException: where nothing was set up.

    """
    if not connection.introspection.table_names():
        message = (
            f"nothing is set up in {OPTIONS.data_dir}: run `janaseva setup` first, "
            "or name the installation that you mean (JANASEVA_DATA_DIR, JANASEVA_DATABASE_URL)"
        )
        raise click.ClickException(message)


def _failed(login: str) -> click.ClickException:
    hint = "" if OPTIONS.demonstration else " (demonstration officers sign in only with JANASEVA_DEMONSTRATION=true)"
    return click.ClickException(f"{login} could not sign in: the password or the code is not right{hint}")

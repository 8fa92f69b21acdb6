"""``janaseva keys``: what signs certificates and the log, what seals, since when, and new ones in their place."""

import json
from collections.abc import Callable, Iterator
from typing import Final

import click

from janaseva.core import secret_keys
from janaseva.core.actor import Actor
from janaseva.core.clock import now
from janaseva.core.secret import derive
from janaseva.documents import handlers as documents
from janaseva.documents import queries
from janaseva.ledger import handlers as ledger
from janaseva.ledger import queries as log
from janaseva.people import queries as people


@click.group("keys")
def command() -> None:
    """List the keys that sign, and let new ones take over; see docs/security.md."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="The file of public keys, as offline verifiers take it.")
def list_(*, as_json: bool) -> None:
    """Tell each public key, its use, and from when until when it is believed."""
    ring = queries.key_ring()
    if as_json:
        click.echo(ring.to_json(), nl=False)
        return
    for one in sorted(ring.keys.values(), key=lambda each: (each.use, each.valid_from)):
        ends = f"until {one.valid_until.isoformat()}" if one.valid_until else "signs"
        lost = f", not believed from {one.compromised_at.isoformat()} on" if one.compromised_at else ""
        click.echo(f"{one.use:5} {one.key_id}  from {one.valid_from.isoformat()}  {ends}{lost}")
    signing = set(ledger.own_verifiers().splitlines())
    for line in log.verifiers():
        click.echo(f"log   {line}  {'signs' if line in signing else 'ended'}")
    for line in _secret_keys():
        click.echo(line)
    if not ring.keys and not log.verifiers():
        click.echo("There are no keys yet: janaseva setup makes them.")


def _secret_keys() -> Iterator[str]:
    """Yield a line for each secret key: a name that tells nothing of it, what it does, and what is left under it."""
    own, *others = (derive("name", length=4, secret_key=one).hex() for one in secret_keys.believed())
    yield f"secret {own}  seals and hashes"
    for other in others:
        yield f"secret {other}  believed"
    if others and (left := len(people.seeds_sealed_before(Actor.system("keys"), most=10_000))):
        yield f"secret: {left} seeds of authenticators are sealed by another than {own}; the worker seals them anew"


@command.command("rotate")
@click.argument("what", type=click.Choice(["seal", "log", "secret"]))
@click.option("--announce", is_flag=True, help="Of the secret key: only make the next, to be carried to all machines.")
def rotate(what: str, *, announce: bool) -> None:
    """Let new keys take over: of the SEAL with the code on paper, of the LOG, or the SECRET key. Nothing is stopped."""
    if announce and what != "secret":
        message = "--announce is for the secret key: every machine must believe the next before one uses it."
        raise click.UsageError(message)
    try:
        _ROTATE[what](announce=announce)
    except (documents.KeyInDeviceError, ledger.LogBrokenError) as error:
        raise click.ClickException(str(error)) from error


def _seal(**_: bool) -> None:
    documents.rotate(now())
    click.echo("New keys seal certificates from now on. What the old ones sealed stays genuine.")


def _log(**_: bool) -> None:
    click.echo(ledger.rotate_key(now()))
    click.echo("Both keys sign until `janaseva keys end-overlap`. Publish the new line before.", err=True)


def _secret(*, announce: bool) -> None:
    try:
        if announce:
            secret_keys.announce()
            click.echo("The next secret key is made and believed. Carry keys/ of the data directory to every other")
            click.echo(
                "machine with web or worker; then run `janaseva keys rotate secret` here, and carry it once more."
            )
            return
        secret_keys.take_over()
    except secret_keys.KeySettledError as error:
        raise click.ClickException(_WHY_NOT[str(error)]) from error
    click.echo("A new secret key seals and hashes from now on.")
    click.echo("The worker seals anew what is kept, within ten minutes, and destroys the former key in an hour; until")
    click.echo("then it is believed. `janaseva keys list` tells how far this is. Are there other machines with web or")
    click.echo("worker? Carry keys/ of the data directory to them within the hour.")


_ROTATE: Final[dict[str, Callable[..., None]]] = {"seal": _seal, "log": _log, "secret": _secret}
_WHY_NOT: Final = {
    "settings": (
        "The secret key stands in the settings. Put a new one into JANASEVA_SECRET_KEY_FALLBACKS on every machine, and "
        "start its processes again. Then let the two change places, and start them again. The worker seals anew what "
        "is kept; an hour later, when `janaseva keys list` tells of nothing left, the former key can be taken out, "
        "unless backups from its time are kept: else nobody knows what was erased since (docs/operations/erasing.md)."
    ),
    "overlap": (
        "The key before is believed still, so that nobody's sign-in breaks off. The worker destroys it within an hour "
        "of the last change; then this can be done again. Nothing was changed."
    ),
}


@command.command("end-overlap")
def end_overlap() -> None:
    """Let the log's old key sign no more, and destroy it; do it when all who check the log hold the new line."""
    held = ledger.own_verifiers().splitlines()
    ledger.key_store().end_overlap()
    click.echo(json.dumps({"ended": held[1:], "signs": held[:1]}))

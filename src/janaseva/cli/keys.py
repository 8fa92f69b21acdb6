"""``janaseva keys``: what signs certificates and the log, since when, and new ones in their place."""

import json

import click

from janaseva.core.clock import now
from janaseva.documents import handlers as documents
from janaseva.documents import queries
from janaseva.ledger import handlers as ledger
from janaseva.ledger import queries as log


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
    if not ring.keys and not log.verifiers():
        click.echo("There are no keys yet: janaseva setup makes them.")


@command.command("rotate")
@click.argument("what", type=click.Choice(["seal", "log"]))
def rotate(what: str) -> None:
    """Let new keys take over: of the SEAL with the code on paper, or of the LOG. Nothing is stopped for it."""
    try:
        if what == "seal":
            documents.rotate(now())
            click.echo("New keys seal certificates from now on. What the old ones sealed stays genuine.")
        else:
            click.echo(ledger.rotate_key(now()))
            click.echo("Both keys sign until `janaseva keys end-overlap`. Publish the new line before.", err=True)
    except (documents.KeyInDeviceError, ledger.LogBrokenError) as error:
        raise click.ClickException(str(error)) from error


@command.command("end-overlap")
def end_overlap() -> None:
    """Let the log's old key sign no more, and destroy it; do it when all who check the log hold the new line."""
    held = ledger.own_verifiers().splitlines()
    ledger.key_store().end_overlap()
    click.echo(json.dumps({"ended": held[1:], "signs": held[:1]}))

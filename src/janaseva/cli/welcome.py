"""What ``janaseva up`` prints at its end: addresses, and how to sign in to the demonstration."""

from collections.abc import Iterable

import click
from rich.console import Console
from rich.table import Table

from janaseva.core.actor import Actor
from janaseva.core.clock import now
from janaseva.core.text import in_language
from janaseva.people import queries as people
from janaseva.people.queries import ChargeView, DemonstrationSignIn

CONSOLE = Console(highlight=False)
SHOWN_ROLES = ("village_officer", "tahsildar", "registrar_of_births", "deputy_commissioner", "publisher", "auditor")


def shown_sign_ins(sign_ins: Iterable[DemonstrationSignIn]) -> list[tuple[DemonstrationSignIn, ChargeView]]:
    """Return one sign-in for each role that a tour needs; of a state that has none of these, one for each role."""
    first: dict[tuple[str, str], tuple[DemonstrationSignIn, ChargeView]] = {}
    for one in sign_ins:
        for charge in one.charges[:1]:
            first.setdefault((one.login.split("-", 1)[0], charge.post.role), (one, charge))
    toured = {state for state, role in first if role in SHOWN_ROLES}
    return [found for (state, role), found in first.items() if role in SHOWN_ROLES or state not in toured]


def print_welcome(address: str, *, demonstration: bool) -> None:
    """Print where everything is; in a demonstration also the sign-ins."""
    click.echo("")
    for name, path in (
        ("Portal, for people", "/"),
        ("Desk, for officers", "/desk/"),
        ("Verify a certificate", "/verify/"),
        ("API", "/api/docs"),
        ("Transparency log", "/log/checkpoint"),
        ("Design language", "/design/"),
    ):
        click.echo(f"  {name:22} {address}{path}")
    if not demonstration:
        return
    click.echo(f"  {'Demonstration mailbox':22} {address}/demonstration/mailbox/")
    sign_ins = people.demonstration_sign_ins(Actor.system("welcome"), now())
    if not sign_ins:
        return
    table = Table(title="\nDemonstration officers (one password for all)", title_justify="left", box=None)
    for heading in ("sign-in name", "post", "TOTP seed (for an authenticator app)"):
        table.add_column(heading, overflow="fold")
    for one, charge in shown_sign_ins(sign_ins):
        table.add_row(one.login, in_language(charge.post.names, "en"), one.totp_seed)
    CONSOLE.print(table)
    click.echo(f"\n  password  {sign_ins[0].password}")
    click.echo(f"  all sign-ins with the code of this minute: {address}/demonstration/officers/")
    click.echo("  citizens: any Indian or Pakistani mobile number; the code appears in the mailbox\n")

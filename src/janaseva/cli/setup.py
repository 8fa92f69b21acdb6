"""``janaseva setup``: keys, database, packs, and (where asked for) demonstration people."""

import hashlib
import json
from pathlib import Path

import click
import dj_database_url
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from rich.console import Console

from janaseva.cli import loading
from janaseva.core import fixed
from janaseva.core.clock import now
from janaseva.core.limits import limit
from janaseva.settings import DATABASES, OPTIONS

CONSOLE = Console(stderr=True, highlight=False)


def _stamp(*, demonstration: bool) -> str:
    """Return a fingerprint of all that set-up reads: the packs, this package's migrations, the database's name."""
    guards = fixed.statements(apps.get_models(), vendor=connection.vendor)
    digest = hashlib.sha256(json.dumps([str(DATABASES["default"]["NAME"]), demonstration, guards]).encode())
    package = Path(loading.__file__).resolve().parent.parent
    for path in sorted([*OPTIONS.packs_dir.rglob("*"), *package.glob("*/migrations/*.py")]):
        if path.is_file():
            status = path.stat()
            digest.update(f"{path}:{status.st_size}:{status.st_mtime_ns}".encode())
    return digest.hexdigest()


def _stamp_file() -> Path:
    return OPTIONS.data_dir / "setup.stamp"


def is_set_up(*, demonstration: bool) -> bool:
    """Return whether set-up has run and nothing that it reads has changed since."""
    database = DATABASES["default"]
    there = not database["ENGINE"].endswith("sqlite3") or Path(database["NAME"]).exists()
    stamp = _stamp(demonstration=demonstration)
    return there and _stamp_file().exists() and _stamp_file().read_text(encoding="ascii") == stamp


def as_owner(url: str) -> None:
    """Let this process speak to the database as the owner of its tables; web and worker never do."""
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()  # it holds connections of the application's own role
    connection.settings_dict.update(dj_database_url.parse(url))


def fix_rows(*, role: str = "") -> None:
    """Let the database itself hold that what was recorded stays; give the application's ``role`` its rights."""
    lines = fixed.statements(apps.get_models(), vendor=connection.vendor)
    if role:
        lines += fixed.rights(apps.get_models(), role=role)
    with connection.cursor() as cursor:
        for line in lines:
            cursor.execute(line)
        if not role:
            return
        cursor.execute(*fixed.held(apps.get_models(), role=role))
        if free := [name for (name,) in cursor.fetchall()]:
            message = (
                f"the role {role} could alter what was recorded in {', '.join(free)}: it is a superuser, belongs to "
                "the owner's role or has rights over all data; make it as docs/operations says, then run this again"
            )
            raise click.UsageError(message)


@click.command("setup")
@click.option("--demonstration", is_flag=True, help="Make demonstration offices, officers and sign-ins too.")
@click.option("--again", is_flag=True, help="Do everything again, even where nothing has changed since the last time.")
def command(*, demonstration: bool, again: bool) -> None:
    """Make keys and database, and load the packs. Running it again changes only what has changed."""
    if demonstration and not OPTIONS.demonstration:
        message = (
            "web and worker must know of the demonstration too: set JANASEVA_DEMONSTRATION=true, then run this again"
        )
        raise click.UsageError(message)
    demonstration = OPTIONS.demonstration
    OPTIONS.data_dir.mkdir(parents=True, exist_ok=True)
    stamp = _stamp(demonstration=demonstration)
    if not again and is_set_up(demonstration=demonstration):
        CONSOLE.print("Set-up: nothing has changed since the last time")
        return
    role = str(connection.settings_dict["USER"]) if OPTIONS.database_owner_url else ""
    if role:
        limit(connection)  # a role may write its own limits, and the owner may not write another's
        as_owner(OPTIONS.database_owner_url)
    elif connection.vendor == "postgresql":
        CONSOLE.print(
            "One role owns the tables and serves: only triggers keep what was recorded (docs/operations: make two)"
        )
    with CONSOLE.status("Making the database"):
        call_command("migrate", verbosity=0, interactive=False)
        fix_rows(role=role)
        limit(connection)
    loading.load_everything(CONSOLE, at=now(), demonstration=demonstration)
    _stamp_file().write_text(stamp, encoding="ascii")

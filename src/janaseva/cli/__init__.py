"""The administrator's door: one command line, whose help reads like a table of contents."""

import importlib
import os
from typing import Any

import click

CONTENTS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Run",
        (
            ("up", "Set everything up, start web and worker, and print where they are."),
            ("down", "Stop web and worker."),
            ("status", "Tell what is running and how it is."),
            ("setup", "Make keys and database, load packs; with --demonstration also its people."),
            ("web", "Serve the portal, the desk and the gateway."),
            ("worker", "Deliver news, publish the log, sign certificates, send messages."),
        ),
    ),
    (
        "Services as text",
        (
            ("packs", "Write, check, test, compare, publish and export services."),
            ("words", "Tell how far each language is, what it lacks, and who has approved what."),
        ),
    ),
    (
        "Proof",
        (
            ("verify", "Tell whether a certificate file is genuine (exit 0 only if it is)."),
            ("log", "Recompute the record offline and name whatever was altered."),
            ("keys", "List the keys that sign, and let new ones take over."),
            ("officers", "Give an officer a first or a new sign-in, end sessions, close an account."),
            ("incidents", "Record incidents, watch the clocks of 6 and 72 hours, write the reports, close."),
        ),
    ),
    (
        "Keep",
        (
            ("documents", "Tell where papers lie, move them to a store and back, and read each."),
            ("backup", "Make, list and prove backups, encrypted to offline keys."),
            ("restore", "Put a backup back to a moment, into a new folder."),
            ("erasures", "List what was erased and what is due, and look for what is left of it."),
        ),
    ),
    ("Try", (("demo", "Take applications through their whole journey, in a scratch database."),)),
)
"""What the command line offers, in the order of the help: heading, then name and one sentence each."""


class Contents(click.Group):
    """A group whose commands live in modules of the same name, loaded only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names in the order of the contents."""
        del ctx
        return [name for _, entries in CONTENTS for name, _ in entries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, with Django set up for it."""
        if cmd_name not in self.list_commands(ctx):
            return None
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "janaseva.settings")
        import django  # noqa: PLC0415 - `janaseva --help` needs no Django

        django.setup()
        command: Any = importlib.import_module(f"janaseva.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the contents under their headings."""
        del ctx
        for heading, entries in CONTENTS:
            with formatter.section(heading):
                formatter.write_dl(list(entries))


@click.group(cls=Contents, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="janaseva", prog_name="janaseva")
def main() -> None:
    """Janaseva: a state government's service to its people, end to end.

    Begin with `janaseva up`; then open the address it prints.
    """

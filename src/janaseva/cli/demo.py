"""``janaseva demo journey``: every shipped service from apply to verified certificate, in a scratch database."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import click
from django.conf import settings
from django.core.management import call_command
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from janaseva.cli import loading, stories
from janaseva.cli.journey import Travelled, Traveller, as_json
from janaseva.cli.telling import as_json as story_json
from janaseva.ledger import queries as ledger
from janaseva.services.adapters import PackFolder
from janaseva.services.rules.examples import Example, read_examples
from janaseva.services.rules.pack import PackText
from janaseva.settings import OPTIONS

CONSOLE = Console(stderr=True, highlight=False)
PACE = timedelta(seconds=2)
WAITED_DAYS = 200
"""More than the journeys that wait out a notice take together: the stories begin after them."""
"""So that all journeys of one day stay within it: what an example expects depends on its day."""


@click.group("demo")
def command() -> None:
    """Try the platform on its own services, with made-up people."""


def _planned(only: str | None) -> list[tuple[str, str, Example]]:
    """Return what is to be travelled: for each service its first approved example and its first refused one."""
    found = []
    folder = PackFolder(OPTIONS.packs_dir)
    for key in sorted(folder.keys()):
        text = folder.read(key)
        language = next((name for name in _languages(text.files.get("pack.yaml", "")) if name != "en"), "en")
        wanted = {only, *_enters_for(text, only)} if only else set(text.services)
        for service, files in text.services.items():
            if service not in wanted:
                continue
            examples, _, _ = read_examples(files.get("examples.yaml", ""), f"{key}/{service}/examples.yaml")
            for outcome in ("approved", "refused"):
                example = next((one for one in examples if _shows(one, outcome)), None)
                if example is None:
                    message = f"{service} has no example that ends {outcome}"
                    raise click.ClickException(message)
                found.append((service, language, example))
    return sorted(found, key=lambda one: (_waits(one[2]), one[2].today, one[0]))


def _enters_for(text: PackText, service: str) -> list[str]:
    """Return the services of a pack that make the entries for which ``service`` waits: they are travelled before it."""
    awaited = re.findall(r"entry: \{of: ([a-z0-9-]+)", text.services.get(service, {}).get("service.yaml", ""))
    return [
        key
        for key, files in text.services.items()
        if any(f"register: {one}\n" in files["service.yaml"] for one in awaited)
    ]


def _shows(example: Example, outcome: str) -> bool:
    return example.expect.ends == outcome and not example.expect.faults and example.purpose is None


def _waits(example: Example) -> bool:
    """Return whether time passes in an example's steps: it goes last, since the clock of a journey never goes back."""
    return any(step.move.startswith(("notice.", "wait.", "entered.missing", "hearing.")) for step in example.steps)


def _languages(pack: str) -> list[str]:
    line = next((line for line in pack.splitlines() if line.startswith("languages:")), "")
    return [name.strip() for name in line.partition("[")[2].rstrip("] ").split(",") if name.strip()]


def _travel(planned: list[tuple[str, str, Example]], *, at: datetime) -> Iterator[Travelled]:
    traveller = Traveller(at=at, pace=PACE)
    for service, language, example in planned:
        yield traveller.travel(service, example, language=language)


def _inside(only: str | None, *, as_lines: bool) -> int:
    planned = _planned(only)
    if not planned:
        message = f"There is no service {only}." if only else f"There are no packs in {OPTIONS.packs_dir}."
        raise click.ClickException(message)
    first = datetime.combine(planned[0][2].today, clock_time(6), tzinfo=ZoneInfo(settings.TIME_ZONE))
    call_command("migrate", verbosity=0, interactive=False)
    loading.load_everything(CONSOLE, at=first - timedelta(days=1), demonstration=True, models=True)
    good = True
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=CONSOLE) as progress:
        task = progress.add_task("journeys", total=len(planned))
        for number, travelled in enumerate(_travel(planned, at=first), start=1):
            progress.update(task, completed=number, description=f"{number} of {len(planned)}: {travelled.service}")
            good = good and travelled.right
            _print(travelled, as_lines=as_lines)
    last = max(example.today for _, _, example in planned) + timedelta(days=WAITED_DAYS)
    stories_right, told = _tell(last, as_lines=as_lines) if only is None else (True, 0)
    good = good and stories_right
    findings = list(ledger.audit())
    summary = {
        "journeys": len(planned),
        "stories": told,
        "services": len({service for service, _, _ in planned}),
        "right": good,
        "log_findings": len(findings),
    }
    click.echo(json.dumps({"summary": summary}) if as_lines else f"\n{summary}")
    return 0 if good and not findings else 1


def _tell(last: date, *, as_lines: bool) -> tuple[bool, int]:
    """Walk the stories after the journeys, and print each; return whether all are right, and how many there are."""
    begins = datetime.combine(last + timedelta(days=1), clock_time(10), tzinfo=ZoneInfo(settings.TIME_ZONE))
    traveller = Traveller(at=begins, pace=PACE, phones=iter(range(9_848_000_000, 9_848_999_999)))
    good, count = True, 0
    for told in stories.tell_all(traveller):
        good, count = good and told.right, count + 1
        line = json.dumps(story_json(told), ensure_ascii=False)
        click.echo(line if as_lines else f"{'right' if told.right else 'WRONG'}  {told.story} ({told.service})")
    return good, count


def _print(travelled: Travelled, *, as_lines: bool) -> None:
    if as_lines:
        click.echo(json.dumps(as_json(travelled), ensure_ascii=False))
        return
    shown = replace(travelled, document_sha256=travelled.document_sha256[:12])
    mark = "right" if travelled.right else "WRONG"
    click.echo(
        f"{mark}  {shown.service:36} {shown.outcome:9} {shown.number:32} {shown.verified:8} "
        f"log {shown.log_index}  {shown.seconds} s"
    )


@command.command("journey")
@click.option("--json", "as_lines", is_flag=True, help="One JSON line a journey, and a summary line at the end.")
@click.option("--service", "only", help="This service alone.")
@click.option("--inside", is_flag=True, hidden=True, help="Already in the scratch place.")
def journey(*, as_lines: bool, only: str | None, inside: bool) -> None:
    """Take one application of every service to its certificate, and one to a refusal. Exit 0 only if all are right.

    Everything happens in a scratch database; nothing of this installation is touched.
    """
    if inside:
        sys.exit(_inside(only, as_lines=as_lines))
    with tempfile.TemporaryDirectory(prefix="janaseva-demo-") as folder:
        environment = {
            **os.environ,
            "JANASEVA_DATA_DIR": folder,
            "JANASEVA_DATABASE_URL": "",
            "JANASEVA_PACKS_DIR": str(OPTIONS.packs_dir.resolve()),
            "JANASEVA_DEMONSTRATION": "true",
            "JANASEVA_SECRET_KEY": "",
        }
        words = [sys.executable, "-m", "janaseva", "demo", "journey", "--inside"]
        words += ["--json"] if as_lines else []
        words += ["--service", only] if only else []
        sys.exit(subprocess.run(words, env=environment, check=False).returncode)  # noqa: S603 - our own command

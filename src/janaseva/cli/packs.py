"""`janaseva packs`: list, check, test and load packs of services."""

import json
import sys
from pathlib import Path
from textwrap import indent

import click
from rich.console import Console
from rich.table import Table

from janaseva.cli import packs_preview
from janaseva.cli.loading import is_model, load_model, load_pack, not_yet, read_ground
from janaseva.cli.packs_versions import COMMANDS
from janaseva.core.clock import now
from janaseva.core.refusal import Invalid, Refusal
from janaseva.core.source import SourceError, SourceFault
from janaseva.core.words import say
from janaseva.services import queries
from janaseva.services.adapters import PackFolder, is_pack
from janaseva.services.rules.checking import CheckedPack, check_pack
from janaseva.services.rules.persons import alike_kinds, untold, wordless
from janaseva.services.rules.places import Ground
from janaseva.services.rules.wording import unworded
from janaseva.settings import OPTIONS

EXIT_FAULTS = 1
EXIT_NOTHING = 2


@click.group("packs")
def command() -> None:
    """Write, check, test, compare, publish and export services as text.

    PATH is a pack, one service in it, or a folder of packs; without it, all packs that are installed.
    """


@command.command("list")
@click.argument("path", type=click.Path(exists=True, path_type=Path), required=False)
def list_packs(path: Path | None) -> None:
    """Tell every service with its name, version, to-dos and languages."""
    table = Table("service", "version", "name", "to-dos", "languages", box=None, pad_edge=False)
    for pack in _checked(path, with_examples=False):
        for service in pack.services:
            definition = service.definition
            if definition is None:
                table.add_row(service.key, "-", "does not pass `janaseva packs check`", "-", "-")
                continue
            words = " ".join(f"{one.language} {one.worded}/{one.strings}" for one in service.examined.words)
            todo = str(len(definition.todo()))
            table.add_row(service.key, str(definition.version), definition.what.name["en"], todo, words)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@command.command("check")
@click.argument("path", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a fault, for editors and programs.")
@click.option(
    "--todo", is_flag=True, help="Tell also what is unknown, assumed or conflicting, and which words are missing."
)
def check(path: Path | None, *, as_json: bool, todo: bool) -> None:
    """Report every fault with its file, line and what to do; exit 0 only if there is none."""
    folder, only_pack, _ = _meant(path)
    models = folder.resolve() if only_pack is None or is_model(folder / only_pack) else None
    try:
        ground = read_ground(dict.fromkeys((OPTIONS.packs_dir.resolve(), folder.resolve())), models=models)
    except Invalid as invalid:
        lines = (f"{one.place}: {one.facts.get('why', one.code)}" for one in invalid.faults)
        raise click.ClickException("\n".join(lines)) from invalid
    packs = _checked(path, with_examples=False, ground=ground)
    own_faults = (fault for pack in packs for fault in pack.faults)
    faults = list(dict.fromkeys([*_strays(folder, only_pack), *wordless(ground), *own_faults]))
    for fault in faults:
        print(_as_json(fault) if as_json else fault)
    own = [one for pack in packs if pack.own.pack for one in untold(ground, pack.key, pack.own.pack.languages)]
    own += [warning for pack in packs for service in pack.services for warning in service.warnings]
    for warning in (*alike_kinds(ground), *own):
        print(_as_json(warning, severity="warning") if as_json else f"{warning} [a warning]")
    if todo and not as_json:
        _tell_todo(packs)
    services = sum(len(pack.services) for pack in packs)
    if not as_json:
        print(f"{services} services, {len(faults)} faults")
    sys.exit(EXIT_FAULTS if faults else 0)


@command.command("test")
@click.argument("path", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("-v", "--verbose", is_flag=True, help="Tell also the examples that came out as written.")
def test(path: Path | None, *, verbose: bool) -> None:
    """Run every example on the rules alone, without a database; exit 0 only if all come out as written."""
    packs = _checked(path, with_examples=True)
    failed = passed = 0
    for pack in packs:
        for fault in pack.faults:
            print(fault)
        for service in pack.services:
            for outcome in service.outcomes:
                failed, passed = failed + bool(outcome.differences), passed + (not outcome.differences)
                for difference in outcome.differences:
                    print(f"{service.key}/examples.yaml:{outcome.line}: {outcome.name}: {difference}")
                if verbose and not outcome.differences:
                    print(f"{service.key}: {outcome.name}: as written")
    faults = sum(len(pack.faults) for pack in packs)
    print(f"{passed} examples as written, {failed} otherwise, {faults} faults")
    sys.exit(EXIT_FAULTS if failed or faults else 0)


def _checked(path: Path | None, *, with_examples: bool, ground: Ground | None = None) -> list[CheckedPack]:
    folder, only_pack, only_service = _meant(path)
    packs = PackFolder(folder)
    keys = [key for key in packs.keys() if only_pack in (None, key)]  # noqa: SIM118 - not a mapping
    if not keys:
        print(f"{folder}: there is no pack here (a pack is a folder with pack.yaml in it)")
        sys.exit(EXIT_NOTHING)
    checked = []
    for key in keys:
        try:
            text = packs.read(key)
        except SourceError as error:
            print(error.fault)
            sys.exit(EXIT_FAULTS)
        except LookupError as error:
            print(f"{folder / key}: {error} leads out of the pack: put the file itself there")
            sys.exit(EXIT_FAULTS)
        checked.append(check_pack(text, with_examples=with_examples, only=only_service, ground=ground))
    return checked


def _strays(folder: Path, only_pack: str | None) -> list[SourceFault]:
    """Return the folders among services that hold files and no service.yaml: nothing else would name them."""
    packs = [folder / only_pack] if only_pack else sorted(folder.iterdir())
    return [
        SourceFault(
            file=str(one), line=1, column=1, message="this folder holds no service.yaml",
            mend="name the file of the service service.yaml, or take the folder away",
        )
        for pack in packs
        for one in sorted((pack / "services").glob("*/"))
        if any(one.iterdir()) and not (one / "service.yaml").exists()
    ]  # fmt: skip


def _meant(path: Path | None) -> tuple[Path, str | None, str | None]:
    """Return the folder of packs, and which pack and service in it are meant."""
    if path is None:
        return OPTIONS.packs_dir, None, None
    path = path.resolve()
    if path.is_file():
        path = path.parent
    if (path / "service.yaml").exists():
        return path.parent.parent.parent, path.parent.parent.name, path.name
    return (path.parent, path.name, None) if is_pack(path) else (path, None, None)


def _as_json(fault: SourceFault, severity: str = "fault") -> str:
    told = {name: getattr(fault, name) for name in ("file", "line", "column", "place", "message", "mend")}
    told["severity"] = severity
    return json.dumps(told, ensure_ascii=False)


def _tell_todo(packs: list[CheckedPack]) -> None:
    for pack in packs:
        for calendar in pack.own.calendars.values():
            if calendar.unknown:
                print(f"to do: {pack.key}: calendar {calendar.key}: {calendar.unknown}")
        for service in pack.services:
            for todo in service.definition.todo() if service.definition else ():
                print(f"to do: {service.key}: {todo.place} ({todo.kind}): {todo.what}")
            for place in service.to_do:
                print(f"to do: {place}")
            for words in service.examined.words:
                if words.missing and service.examined.source is not None:
                    print(f"to do: {service.key}: words.{words.language}.yaml lacks {len(words.missing)} words:")
                    print(indent(unworded(service.examined.source, words.missing), "    "))


@command.command("load")
@click.argument("path", type=click.Path(exists=True, path_type=Path), required=False)
def load(path: Path | None) -> None:
    """Publish the services of a pack, and load its calendars. What is published already stays as it is.

    The pack of a model state must be named, and brings its areas, offices and officers with it.
    """
    folder, only_pack, _ = _meant(path)
    packs = PackFolder(folder)
    for key in [key for key in packs.keys() if only_pack in (None, key)]:  # noqa: SIM118 - not a mapping
        if is_model(folder / key):
            if only_pack is None:
                continue
            load_model(folder, at=now())
        text = packs.read(key)
        try:
            new = load_pack(text, at=now())
        except Refusal as refusal:
            message = f"{key}: {say(f'refusal.{refusal.code}', 'en', **refusal.facts)}"
            raise click.ClickException(message) from refusal
        print(f"{key}: {len(text.services)} services, {new} new versions")
        for line in not_yet(text, queries.today(now())) if new else ():
            print(line)


for one in (*COMMANDS, packs_preview.command):
    command.add_command(one)

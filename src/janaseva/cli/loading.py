"""Load packs into the database: directory, calendars, services, demonstration people. Repeats change nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from janaseva.core.actor import Actor
from janaseva.core.canonical import sha256_hex
from janaseva.core.ids import uuid7
from janaseva.core.refusal import Invalid, Refusal
from janaseva.people import actions as people
from janaseva.people import rules as people_rules
from janaseva.services import actions as services
from janaseva.services.adapters import PackFolder
from janaseva.services.rules.checking import CheckedPack, check_pack
from janaseva.services.rules.pack import LayerText, PackText
from janaseva.services.rules.places import Ground
from janaseva.settings import OPTIONS
from janaseva.workflow import actions as workflow

BY = Actor.system("setup")


def _refused(refusal: Refusal, *, what: str) -> click.ClickException:
    faults = refusal.faults if isinstance(refusal, Invalid) else ()
    lines = [f"  {fault.place}: {fault.code} {dict(fault.facts)}" for fault in faults[:20]] or [f"  {refusal}"]
    return click.ClickException("\n".join([f"{what} was refused, and nothing of it was loaded:", *lines]))


def _texts(folder: Path, pattern: str) -> Iterable[tuple[str, str]]:
    for path in sorted(folder.glob(pattern)):
        yield path.read_text(encoding="utf-8"), path.relative_to(folder.parent).as_posix()


def load_directory(folder: Path, *, at: datetime, demonstration: bool) -> people.LoadedDirectory:
    """Load areas, roles and offices of all packs below ``folder``, and their demonstration officers where asked."""
    parts = [people_rules.read_areas(text, file) for text, file in _texts(folder, "*/areas*.csv")]
    parts += [people_rules.read_roles(text, file) for text, file in _texts(folder, "*/roles.yaml")]
    if demonstration:
        parts += [people_rules.read_offices(text, file) for text, file in _texts(folder, "*/offices.yaml")]
        parts += [people_rules.read_people(text, file) for text, file in _texts(folder, "*/people.demo.yaml")]
    directory = replace(people_rules.merged(*parts), places=())  # a row that moved in its file is no other row
    key = f"directory:{sha256_hex(directory)}"
    return people.load_directory(by=BY, at=at, key=key, directory=directory)


def read_ground(folders: Iterable[Path]) -> Ground:
    """Return areas, roles and offices of all packs below these folders, for checks that need no database.

    Raises:
        Invalid: with every fault of their files.

    """
    parts: dict[str, people_rules.Directory] = {}
    for folder in folders:
        for read, pattern in (
            (people_rules.read_areas, "*/areas*.csv"),
            (people_rules.read_roles, "*/roles.yaml"),
            (people_rules.read_offices, "*/offices.yaml"),
        ):
            for text, file in _texts(folder, pattern):
                parts.setdefault(sha256_hex(text), read(text, file))
    return Ground(people_rules.merged(*parts.values()))


def load_pack(text: PackText, *, at: datetime) -> int:
    """Load one pack's calendars, registers and services; return how many versions were new.

    Raises:
        click.ClickException: where the pack has faults; nothing of it is loaded.

    """
    checked: CheckedPack = check_pack(text)
    if checked.faults or checked.own.pack is None:
        told = "\n".join(f"  {fault}" for fault in checked.faults[:20])
        message = f"Pack {text.key} has {len(checked.faults)} faults, and nothing of it was loaded:\n{told}"
        raise click.ClickException(message)
    for calendar in checked.own.calendars.values():
        loaded = calendar.calendar()
        area = checked.own.pack.jurisdiction if calendar.key == checked.own.pack.calendar else ""
        key = f"calendar:{sha256_hex([calendar.key, area, repr(loaded)])}"
        workflow.load_calendar(by=BY, at=at, key=key, calendar=loaded, names=calendar.name, area=area)
    _load_layers(checked.own.layers, at=at)
    new = 0
    for service in checked.services:
        definition = service.definition
        if definition is None:
            continue
        published = text.published(service.key)
        made = services.publish(
            by=BY,
            at=at,
            key=f"publish:{sha256_hex(published)}",
            pack=text.key,
            definition_text=published,
        )
        new += made is not None
    return new


def _load_layers(layers: Iterable[LayerText], *, at: datetime) -> None:
    """Load the layers of districts and offices, each after the one on which it stands."""
    for one in layers:
        layer, area, office = one.layer(), one.area or "", one.office or ""
        workflow.load_layer(
            by=BY,
            at=at,
            key=f"layer:{sha256_hex([one.key, one.parent, area, office, repr(layer)])}",
            calendar_key=one.key,
            parent=one.parent,
            layer=layer,
            names=one.name,
            area=area,
            office=office,
        )


def load_everything(console: Console, *, at: datetime, demonstration: bool) -> None:
    """Load all packs, telling how far it is."""
    try:
        directory = load_directory(OPTIONS.packs_dir, at=at, demonstration=demonstration)
    except Invalid as refusal:
        raise _refused(refusal, what="The directory") from refusal
    console.print(f"Directory: {directory.areas} areas, {directory.offices} offices, {directory.posts} posts")
    folder = PackFolder(OPTIONS.packs_dir)
    keys = folder.keys()
    for key in track(keys, description="Packs", console=console, transient=True):
        try:
            text = folder.read(key)
            new = load_pack(text, at=at)
        except Refusal as refusal:
            raise _refused(refusal, what=f"Pack {key}") from refusal
        console.print(f"Pack {key}: {len(text.services)} services, {new} new versions")
    if demonstration:
        enrolled = people.enrol_demonstration(by=BY, at=at, key=f"enrol:{uuid7()}")
        console.print(f"Demonstration: {enrolled} officers given sign-ins")


__all__ = ["load_directory", "load_everything", "load_pack", "read_ground"]

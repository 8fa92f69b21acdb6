"""Load packs into the database: directory, calendars, services, demonstration people. Repeats change nothing.

The packs of a model state are loaded on request alone: no portal shows a state that does not exist by itself.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
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
from janaseva.services import queries
from janaseva.services.adapters import PackFolder
from janaseva.services.rules.checking import CheckedPack, check_pack
from janaseva.services.rules.pack import LayerText, PackText
from janaseva.services.rules.places import Ground
from janaseva.settings import OPTIONS
from janaseva.workflow import actions as workflow

BY = Actor.system("setup")
_MODEL = re.compile(r"^model: true\b", re.MULTILINE)
_FROM = re.compile(r"^from: [\"']?(\d{4}-\d\d-\d\d)", re.MULTILINE)


def _refused(refusal: Refusal, *, what: str) -> click.ClickException:
    faults = refusal.faults if isinstance(refusal, Invalid) else ()
    lines = [f"  {fault.place}: {fault.code} {dict(fault.facts)}" for fault in faults[:20]] or [f"  {refusal}"]
    return click.ClickException("\n".join([f"{what} was refused, and nothing of it was loaded:", *lines]))


def is_model(pack: Path) -> bool:
    """Return whether a folder is the pack of a model state (``model: true`` in its ``pack.yaml``)."""
    facts = pack / "pack.yaml"
    return facts.is_file() and _MODEL.search(facts.read_text(encoding="utf-8")) is not None


def _texts(folder: Path, pattern: str, *, models: bool) -> Iterable[tuple[str, str]]:
    for path in sorted(folder.glob(pattern)):
        if models or not is_model(path.parent):
            yield path.read_text(encoding="utf-8"), path.relative_to(folder.parent).as_posix()


def load_directory(folder: Path, *, at: datetime, demonstration: bool, models: bool = False) -> people.LoadedDirectory:
    """Load areas, roles and offices of all packs below ``folder``, and their demonstration officers where asked.

    Those of model states are left out but for ``models``.
    """
    parts = [people_rules.read_areas(*one) for one in _texts(folder, "*/areas*.csv", models=models)]
    parts += [people_rules.read_roles(*one) for one in _texts(folder, "*/roles.yaml", models=models)]
    if demonstration:
        parts += [people_rules.read_offices(*one) for one in _texts(folder, "*/offices.yaml", models=models)]
        parts += [people_rules.read_people(*one) for one in _texts(folder, "*/people.demo.yaml", models=models)]
    directory = replace(people_rules.merged(*parts), places=())  # a row that moved in its file is no other row
    return people.load_directory(by=BY, at=at, key=_this_time("directory"), directory=directory)


def _this_time(what: str) -> str:
    """Return a key for this loading alone.

    What is loaded is compared with what is there, so nothing is done twice. A key made of the text would be known again
    where an earlier text comes back (a mistaken calendar is taken back), and be answered with what was done then.
    """
    return f"{what}:{uuid7()}"


def read_ground(folders: Iterable[Path], *, models: Path | None = None) -> Ground:
    """Return areas, roles and offices of all packs below these folders, for checks that need no database.

    Those of model states are left out but for those below ``models``: no real state has their offices, and one may
    have a role or a kind of office of the same name.

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
            for text, file in _texts(folder, pattern, models=folder == models):
                parts.setdefault(sha256_hex(text), read(text, file))
    return Ground(people_rules.merged(*parts.values()))


def not_yet(text: PackText, today: date) -> list[str]:
    """Return a line for each service of a pack that nobody sees before its first day."""
    days = {key: _FROM.search(files["service.yaml"]) for key, files in text.services.items() if "service.yaml" in files}
    found = {key: day[1] for key, day in days.items() if day is not None and day[1] > today.isoformat()}
    return [f"{key}: begins on {day} (from:); until then people do not see it" for key, day in found.items()]


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
        key = _this_time("calendar")
        workflow.load_calendar(by=BY, at=at, key=key, calendar=loaded, names=calendar.name, area=area)
    _load_layers(checked.own.layers, at=at)
    if not checked.services:
        services.load_empty_pack(by=BY, at=at, key=_this_time("pack"), pack=text.key, files=text.shared())
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
            key=_this_time("layer"),
            calendar_key=one.key,
            parent=one.parent,
            layer=layer,
            names=one.name,
            area=area,
            office=office,
        )


def load_everything(console: Console, *, at: datetime, demonstration: bool, models: bool = False) -> None:
    """Load all packs, telling how far it is; those of model states only where ``models`` are asked for."""
    try:
        directory = load_directory(OPTIONS.packs_dir, at=at, demonstration=demonstration, models=models)
    except Invalid as refusal:
        raise _refused(refusal, what="The directory") from refusal
    console.print(f"Directory: {directory.areas} areas, {directory.offices} offices, {directory.posts} posts")
    if directory.kept:
        console.print(f"{directory.kept} offices were arranged at the desk and stay as it was ordered there")
    folder = PackFolder(OPTIONS.packs_dir)
    keys = [key for key in folder.keys() if models or not is_model(folder.folder / key)]  # noqa: SIM118 - no mapping
    for key in track(keys, description="Packs", console=console, transient=True):
        try:
            text = folder.read(key)
            new = load_pack(text, at=at)
        except Refusal as refusal:
            raise _refused(refusal, what=f"Pack {key}") from refusal
        console.print(f"Pack {key}: {len(text.services)} services, {new} new versions")
        for line in not_yet(text, queries.today(at)) if new else ():
            console.print(line)
    if demonstration:
        enrolled = people.enrol_demonstration(by=BY, at=at, key=f"enrol:{uuid7()}")
        console.print(f"Demonstration: {enrolled} officers given sign-ins")


def load_model(folder: Path, *, at: datetime) -> None:
    """Load the directory of model states among these packs, with their officers: only into a demonstration.

    Raises:
        click.ClickException: where the installation is no demonstration.

    """
    if not OPTIONS.demonstration:
        message = "a model state is no law of any state: it is loaded only where JANASEVA_DEMONSTRATION=true"
        raise click.ClickException(message)
    try:
        load_directory(folder, at=at, demonstration=True, models=True)
    except Invalid as refusal:
        raise _refused(refusal, what="The directory of the model state") from refusal
    people.enrol_demonstration(by=BY, at=at, key=f"enrol:{uuid7()}")


__all__ = ["is_model", "load_directory", "load_everything", "load_model", "load_pack", "read_ground"]

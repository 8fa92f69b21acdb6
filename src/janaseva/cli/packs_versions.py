"""`janaseva packs new | diff | propose | publish | export`: from an empty page to a version in force, and back."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import click

from janaseva.cli.loading import is_model, read_ground
from janaseva.cli.signing_in import officer_by_login, set_up
from janaseva.core.clock import now
from janaseva.core.ids import uuid7
from janaseva.core.refusal import Invalid, Refusal
from janaseva.core.source import SourceError
from janaseva.core.words import say
from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder, service_files
from janaseva.services.rules.difference import Difference, difference
from janaseva.services.rules.new import Level, NewService, skeleton, suggested_key
from janaseva.services.rules.pack import Pack, PackText, examine_pack
from janaseva.settings import OPTIONS

OLD: Final = {"removed": "-", "added": "+", "kept": " "}


@click.command("new")
@click.argument("path", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", prompt="What is the service called in English")
@click.option("--key", help="Its name in addresses and its folder; suggested from the name.")
@click.option("--department", help="One of the pack's departments.")
@click.option("--role", help="The role of the officer who decides, from packs/roles/roles.yaml.")
@click.option("--office", help="The kind of office in which the officer sits.")
def new(
    path: Path, *, name: str, key: str | None, department: str | None, role: str | None, office: str | None
) -> None:
    """Begin a service in the pack at PATH: files that pass the check, with a to-do for all that is not known."""
    text, pack = _pack(path)
    key = key or click.prompt("Its key", default=suggested_key(pack, name))
    department = department or click.prompt("Department", type=click.Choice(sorted(pack.departments)))
    role = role or click.prompt("Role of the officer who decides", default="tahsildar")
    office = office or click.prompt("Kind of office", default="taluk_office")
    folder = path / "services" / str(key)
    if folder.exists() or str(key) in text.services:
        message = f"{folder} is there already"
        raise click.ClickException(message)
    tomorrow = queries.today(now(), pack.time_zone) + timedelta(days=1)
    answers = NewService(
        key=str(key), name=name, department=str(department), role=str(role), office=str(office), from_day=tomorrow,
        levels=_levels(path, pack, str(office)),
    )  # fmt: skip
    try:
        files = skeleton(pack, answers)
    except LookupError as error:
        message = f"offices of {pack.jurisdiction} are found by areas that are not known here: copy a service instead"
        raise click.ClickException(message) from error
    _write(folder, files)
    print(f"{folder}: written. Next: janaseva packs check {folder} --todo")


def _levels(path: Path, pack: Pack, office: str) -> tuple[Level, ...]:
    """Return the places to ask for, by which an office of this kind is found; by district where there is none yet."""
    try:
        folder = path.resolve().parent
        folders = dict.fromkeys((OPTIONS.packs_dir.resolve(), folder))
        ground = read_ground(folders, models=folder if is_model(path) else None)
    except Invalid as invalid:
        lines = (f"{one.place}: {one.facts.get('why', one.code)}" for one in invalid.faults)
        raise click.ClickException("\n".join(lines)) from invalid
    return tuple(
        Level(key=row.level, scheme=row.scheme, label=say(f"portal.level.{row.level}", "en"), area=row.reference)
        for row in ground.way(office, pack.jurisdiction)
    )


@click.command("diff")
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--lines", is_flag=True, help="Show the changed lines of each file too.")
def diff(old: Path, new: Path | None, *, lines: bool) -> None:
    """Tell what changed between the services at OLD and NEW; with one PATH, between what is published and it."""
    if new is not None:
        found = difference(_files(old), _files(new))
    else:
        files, key = whole(old)
        set_up()
        published = queries.published_files(key)
        before = published.files if published else {}
        print(f"{key}: against {f'version {published.version}' if published else 'nothing: the service is new'}")
        found = difference(before, files)
    _tell(found, lines=lines)


def _tell(found: Difference, *, lines: bool) -> None:
    for change in found.changes:
        where = "" if change.file == "service.yaml" else f"{change.file}: "
        print(f"{where}{change}")
    for file in found.files if lines else ():
        print(f"--- {file.file}")
        for line in file.lines:
            if line.gap:
                print("...")
            print(f"{OLD[line.kind]} {line.text}")
    if not found:
        print("nothing differs")


@click.command("propose")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--by", "login", required=True, help="The sign-in of the definer; password and code are asked for.")
@click.option("--words", required=True, help="What changes, and why.")
def propose(path: Path, *, login: str, words: str) -> None:
    """Lay the service at PATH before a second person. What cannot be published says why, at its file and line."""
    files, key = whole(path)
    pack = path.resolve().parent.parent.name
    by = officer_by_login(login, permission="services.define")
    try:
        known = queries.open_proposal(by, key)
        seen = queries.proposal(by, known).files_sha256 if known else ""
        saved = actions.save_proposal(
            by=by, at=now(), key=str(uuid7()), service=key, pack=pack, files=files, proposal_id=known, seen_sha256=seen
        )
        actions.propose(by=by, at=now(), key=str(uuid7()), proposal_id=saved.proposal_id, words=words)
    except Refusal as refusal:
        raise _refused(refusal) from refusal
    print(f"{key}: waits for a second person. Next: janaseva packs publish {key} --by LOGIN")


@click.command("publish")
@click.argument("key")
@click.option("--by", "login", required=True, help="The sign-in of the second person; password and code are asked for.")
@click.option("--from", "from_day", type=click.DateTime(["%Y-%m-%d"]), help="The first day, if not as the text says.")
@click.option("--yes", is_flag=True, help="Do not ask again after showing the difference.")
def publish(key: str, *, login: str, from_day: date | None, yes: bool) -> None:
    """Publish the proposed version of the service KEY, written by another person, after reading what it changes."""
    by = officer_by_login(login, permission="services.publish")
    waiting = queries.open_proposal(by, key)
    if waiting is None:
        message = f"no version of {key} waits. A definer begins with: janaseva packs propose PATH --by LOGIN"
        raise click.ClickException(message)
    try:
        seen = queries.proposal(by, waiting)
        print(f"{key}: {seen.words}")
        _tell(seen.difference, lines=False)
        if not yes:
            click.confirm("Publish this?", abort=True)
        day = from_day.date() if from_day is not None and hasattr(from_day, "date") else None
        actions.approve(
            by=by, at=now(), key=str(uuid7()), proposal_id=waiting, seen_sha256=seen.files_sha256, from_day=day
        )
    except Refusal as refusal:
        raise _refused(refusal) from refusal
    found = queries.published_files(key)
    if found is not None:
        print(f"{key}: version {found.version} is published and holds from {found.effective_from.isoformat()}")


@click.command("export")
@click.argument("keys", nargs=-1)
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), required=True)
def export(keys: tuple[str, ...], *, folder: Path) -> None:
    """Write what is published as folders of packs below --to: the services KEYS, or all. Loaded again, it is the same.

    What a pack shares (its facts, sources, glossaries) is written once; a service that was published with other
    sources or glossaries than its pack has these in files of its own name beside its text.
    """
    set_up()
    found = 0
    for pack, key in queries.published_keys():
        published = queries.published_files(key)
        if published is None or (keys and key not in keys):
            continue
        found += 1
        own = {name: text for name, text in published.files.items() if _is_own(name)}
        shared = {name: text for name, text in published.files.items() if not _is_own(name)}
        home = folder / pack
        others = {name: text for name, text in shared.items() if _differs(home / name, text)}
        _write(home, {name: text for name, text in shared.items() if name not in others})
        _write(home / "services" / key, {**own, **others})
        print(f"{home / 'services' / key}: version {published.version}, from {published.effective_from.isoformat()}")
    if not found:
        message = "nothing of that is published"
        raise click.ClickException(message)


def _is_own(name: str) -> bool:
    return not (name in ("pack.yaml", "sources.yaml", "rights.yaml") or name.startswith("glossary."))


def _differs(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") != text


def _write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _pack(path: Path) -> tuple[PackText, Pack]:
    try:
        text = PackFolder(path.resolve().parent).read(path.resolve().name)
    except (LookupError, SourceError) as error:
        message = f"{path} is no pack: a pack is a folder with pack.yaml in it"
        raise click.ClickException(message) from error
    examined = examine_pack(text)
    if examined.pack is None:
        raise click.ClickException("\n".join(str(fault) for fault in examined.faults))
    return text, examined.pack


def _files(path: Path) -> dict[str, str]:
    """Return the files of the service in this folder alone."""
    folder = path if path.is_dir() else path.parent
    try:
        return service_files(folder)
    except SourceError as error:
        raise click.ClickException(str(error.fault)) from error


def whole(path: Path) -> tuple[dict[str, str], str]:
    """Return the files that make the service in this folder, with its pack's, and its key."""
    folder = (path if path.is_dir() else path.parent).resolve()
    if not (folder / "service.yaml").is_file():
        message = f"{path} is no service: name the folder of one service, with service.yaml in it"
        raise click.ClickException(message)
    text, _ = _pack(folder.parent.parent)
    return dict(text.published(folder.name).files), folder.name


def _refused(refusal: Refusal) -> click.ClickException:
    if not isinstance(refusal, Invalid):
        return click.ClickException(say(f"refusal.{refusal.code}", "en", **refusal.facts))
    return click.ClickException("\n".join(say(f"fault.{one.code}", "en", **one.facts) for one in refusal.faults))


COMMANDS: Final = (new, diff, propose, publish, export)

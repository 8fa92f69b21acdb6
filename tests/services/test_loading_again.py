"""Packs loaded anew: what was mended is loaded, what was taken back is taken back, and the same again does nothing."""

import shutil

import pytest
from rich.console import Console

from janaseva.cli.loading import load_everything
from janaseva.ledger.models import Event
from janaseva.people.models import Area
from janaseva.services.models import EmptyPack
from janaseva.settings import OPTIONS
from janaseva.workflow.models import WorkCalendar, WorkDay
from tests.given import LOADED_AT

pytestmark = [pytest.mark.django_db, pytest.mark.once]

PARTS = ("model/areas.csv", "model/roles.yaml", "model/pack.yaml", "model/sources.yaml", "model/calendars/model.yaml")


@pytest.fixture
def packs(tmp_path, monkeypatch):
    """Return a folder of one pack that has no services yet; it is where packs are looked for."""
    for part in PARTS:
        target = tmp_path / "packs" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(OPTIONS.packs_dir / part, target)
    monkeypatch.setattr(OPTIONS, "packs_dir", tmp_path / "packs")
    return tmp_path / "packs" / "model"


def load():
    """Load all packs, as set-up does, and return how many rows of each kind and how many events there are."""
    load_everything(Console(quiet=True), at=LOADED_AT, demonstration=False, models=True)
    return [rows.objects.count() for rows in (Area, WorkCalendar, WorkDay, EmptyPack, Event)]


def rewrite(path, before, after):
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_the_same_again_does_nothing(packs):
    assert load() == load()


def test_a_calendars_new_name_is_loaded_alone(packs):
    load()
    rewrite(packs / "calendars" / "model.yaml", "name: ", "name: New ")
    load()
    assert WorkCalendar.objects.get().names["en"].startswith("New ")


@pytest.mark.parametrize(
    ("file", "before", "after", "read"),
    [
        ("calendars/model.yaml", 'closes: "17:00"', 'closes: "16:00"', lambda: WorkCalendar.objects.get().closes),
        ("calendars/model.yaml", "2026-04-01", "2026-04-02", lambda: set(WorkDay.objects.values_list("day"))),
        ("areas.csv", "Riverside", "Waterside", lambda: Area.objects.get(code="riverside").names["en"]),
        ("pack.yaml", "an example, no", "an example and no", lambda: EmptyPack.objects.get().files_sha256),
    ],
)
def test_what_is_taken_back_is_taken_back(packs, file, before, after, read):
    path = packs / file
    first = path.read_text("utf-8")
    load()
    was = read()
    rewrite(path, before, after)
    load()
    assert read() != was
    path.write_text(first, "utf-8")
    load()
    assert read() == was

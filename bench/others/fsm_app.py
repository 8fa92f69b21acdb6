"""The application of ``bench.others.fsm``: its tables, its form, its steps. Django is set up before."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import RegexValidator
from django.db import connection, models, transaction
from django.utils import timezone
from django_fsm import FSMField, transition

from bench.others.turns import serve

DISTRICTS = [("pk-district:hyderabad", "Hyderabad"), ("pk-district:karachi-south", "Karachi South")]
TALUKAS = [("pk-taluka:hyderabad-qasimabad", "Qasimabad"), ("pk-taluka:hyderabad-latifabad", "Latifabad")]
PAPERS = {"title_letter", "plan", "ownership"}


class Officer(models.Model):
    """Who works at the authority."""

    name = models.CharField(max_length=100)
    role = models.CharField(max_length=40)

    class Meta:
        app_label = "plans"


class Counter(models.Model):
    """The last number of a series."""

    name = models.CharField(max_length=40, unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "plans"

    @classmethod
    def next(cls, name: str) -> int:
        """Return the next number, without a gap."""
        counter = cls.objects.select_for_update().get(name=name)
        counter.last += 1
        counter.save(update_fields=["last"])
        return counter.last


def _is(role: str) -> Any:
    return lambda _, officer: officer.role == role


class Application(models.Model):
    """What somebody asked for, and where it stands."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    number = models.CharField(max_length=40, unique=True)
    state = FSMField(default="screening", protected=True)
    applicant = models.CharField(max_length=100)
    answers = models.JSONField()
    papers = models.JSONField()
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "plans"

    @transition(state, source="screening", target="decision", permission=_is("examiner"))
    def forward(self) -> None:
        """Send it to the officer."""

    @transition(state, source="decision", target="inspection", permission=_is("control"))
    def inspect(self) -> None:
        """Have the place looked at."""

    @transition(state, source="inspection", target="decision", permission=_is("inspector"))
    def confirm(self) -> None:
        """Say what was seen."""

    @transition(state, source="decision", target="approved", permission=_is("control"))
    def approve(self) -> None:
        """Grant it."""


class History(models.Model):
    """One step of one application."""

    application = models.ForeignKey(Application, models.PROTECT)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True)
    act = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    target = models.CharField(max_length=40)
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        app_label = "plans"


class Decision(models.Model):
    """How an application was decided."""

    application = models.OneToOneField(Application, models.PROTECT)
    officer = models.ForeignKey(Officer, models.PROTECT)
    outcome = models.CharField(max_length=20)
    certificate_number = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "plans"


def _text(most: int, *, needed: bool = True) -> forms.CharField:
    return forms.CharField(max_length=most, required=needed)


def _choice(*keys: str) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[(key, key) for key in keys])


def _yes_no() -> forms.TypedChoiceField:
    choices = [("True", "Yes"), ("False", "No")]
    return forms.TypedChoiceField(choices=choices, coerce=lambda value: value == "True")


class PlanForm(forms.Form):
    """The form of a building plan."""

    request = _choice("permit", "completion")
    plot_sq_yards = forms.IntegerField(min_value=1, max_value=1_000_000)
    use = _choice("residential", "commercial", "other")
    building = _choice("bungalow", "other")
    floors = forms.IntegerField(min_value=0, max_value=200)
    height_feet = forms.IntegerField(min_value=1, max_value=3000)
    basement = _yes_no()
    alteration = _yes_no()
    district = forms.ChoiceField(choices=DISTRICTS)
    taluka = forms.ChoiceField(choices=TALUKAS)
    plot = _text(60)
    address = _text(200)
    address_sd = _text(200)
    land_agency = _choice("kda", "mda", "kmc", "lda", "society", "other")
    litigation = _yes_no()
    litigation_what = _text(1000, needed=False)
    professional_name = _text(100)
    professional_licence = _text(60)
    applicant_name = _text(100)
    applicant_name_sd = _text(100)
    father_name = _text(100)
    father_name_sd = _text(100)
    cnic = forms.CharField(validators=[RegexValidator(r"^\d{5}-\d{7}-\d$")])
    mobile = forms.CharField(validators=[RegexValidator(r"^(\+92|0092|0)3\d{9}$")])
    declared = forms.BooleanField()

    def clean(self) -> dict[str, Any]:
        """Check what several answers say together."""
        given = super().clean() or {}
        if given.get("building") == "bungalow" and given.get("use") != "residential":
            self.add_error("building", "A bungalow is residential.")
        if given.get("building") == "bungalow" and given.get("floors", 0) > 1:
            self.add_error("floors", "With more than one floor it is another building.")
        if given.get("litigation") and not given.get("litigation_what"):
            self.add_error("litigation_what", "Say which case.")
        return given


def submit(answers: dict[str, Any], papers: list[str]) -> Any:
    """Hand in."""
    form = PlanForm(answers)
    if not form.is_valid() or PAPERS - set(papers):
        raise ValueError(form.errors)
    with transaction.atomic():
        now = timezone.now()
        number = f"HYD/{datetime.now(UTC).year}/{Counter.next('application'):06d}"
        row = Application.objects.create(
            number=number,
            applicant=form.cleaned_data["applicant_name"],
            answers=form.cleaned_data,
            papers=papers,
            submitted_at=now,
        )
        History.objects.create(application=row, act="submit", source="", target=row.state, note="", at=now)
    return row.pk


def step(key: Any, officer_id: int, act: str, note: str) -> Application:
    """Let an officer make one step; ``approve`` decides."""
    with transaction.atomic():
        now = timezone.now()
        officer = Officer.objects.get(pk=officer_id)
        row = Application.objects.select_for_update().get(pk=key)
        source, method = row.state, getattr(row, act)
        if not method.__func__._django_fsm.has_transition_perm(row, source, officer):
            raise PermissionError(act)
        method()
        if act == "approve":
            number = f"SD-BUILD/{datetime.now(UTC).year}/{Counter.next('certificate'):06d}"
            row.decided_at = now
            Decision.objects.create(
                application=row, officer=officer, outcome="approved", certificate_number=number, at=now
            )
        row.save(update_fields=["state", "decided_at"])
        History.objects.create(
            application=row, officer=officer, act=act, source=source, target=row.state, note=note, at=now
        )
    return row


def main(given: Path) -> None:
    """Make the tables and do flows, with the answers that are given, as they are asked for."""
    answers = json.loads(given.read_text(encoding="utf-8"))
    with connection.schema_editor() as editor:
        for model in (Officer, Counter, Application, History, Decision):
            editor.create_model(model)
    who = {role: Officer.objects.create(name=role, role=role).pk for role in ("examiner", "inspector", "control")}
    Counter.objects.bulk_create([Counter(name="application"), Counter(name="certificate")])
    steps = (("examiner", "forward"), ("control", "inspect"), ("inspector", "confirm"), ("control", "approve"))

    def flow() -> None:
        key = submit(answers, sorted(PAPERS))
        for role, act in steps:
            row = step(key, who[role], act, "The papers were compared with the answers.")
        assert row.state == "approved"

    flow()
    serve(flow, connection.connection.info.backend_pid)

"""What must be read back to let somebody sign in: a code on its way, and the demonstration's own credentials."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.conf import settings

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.secret import derive, is_sealed_before, unseal
from janaseva.core.secret_keys import lasting
from janaseva.core.text import Text
from janaseva.people import rules
from janaseva.people.models import Challenge, Charge, Credential, Person
from janaseva.people.queries._views import ChargeView, charge_view, force_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeToSend:
    """A one-time code and where to send it."""

    phone: str
    code: str
    language: str
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrationSignIn:
    """How to sign in as one demonstration officer: for printing by the set-up, and nowhere else."""

    person_id: UUID
    login: str
    names: Text
    password: str
    totp_seed: str
    totp_now: str
    charges: tuple[ChargeView, ...]


def code_to_send(by: Actor, challenge_id: UUID, at: datetime) -> CodeToSend | None:
    """Return the code to the job that sends it; ``None`` once it was sent, used or is over."""
    if by.kind != "system":
        raise not_found()
    row = Challenge.objects.filter(pk=challenge_id, kind="code", used_at=None, ends_at__gt=at).first()
    if row is None or not row.sealed:
        return None
    code = unseal("code", row.sealed, bound_to=str(row.id))
    return CodeToSend(phone=row.phone, code=code, language=row.language, ends_at=row.ends_at)


def seeds_sealed_before(by: Actor, *, after: UUID | None = None, most: int = 200) -> list[UUID]:
    """Return the credentials, in their order from ``after`` on, whose seeds a former secret key sealed; for the job."""
    if by.kind != "system":
        raise not_found()
    rows = Credential.objects.filter(kind="totp").order_by("id")
    rows = rows if after is None else rows.filter(pk__gt=after)
    former = (
        credential_id
        for credential_id, secret in rows.values_list("id", "secret").iterator()
        if is_sealed_before("totp", secret, bound_to=str(credential_id))
    )
    return list(islice(former, most))


def demonstration_sign_ins(by: Actor, at: datetime, *, post_id: UUID | None = None) -> list[DemonstrationSignIn]:
    """Return the sign-ins of all demonstration officers, or of who holds one post, where the demonstration is on.

    Raises:
        Refusal: ``not_found`` where it is off, or for anybody but the system.

    """
    if not (settings.OPTIONS.demonstration and by.kind == "system"):
        raise not_found()
    secret = derive("demonstration", secret_key=lasting())
    held: dict[UUID, list[ChargeView]] = {}
    charges = Charge.objects.select_related("post__office").filter(force_at(at), person__is_demonstration=True)
    persons = Person.objects.filter(is_demonstration=True, login__isnull=False)
    if post_id is not None:
        holders = list(charges.filter(post_id=post_id).values_list("person_id", flat=True))
        charges, persons = charges.filter(person_id__in=holders), persons.filter(pk__in=holders)
    for row in charges.order_by("from_at", "id"):
        held.setdefault(row.person_id, []).append(charge_view(row))
    found = []
    for person in persons.order_by("login"):
        seed = rules.demonstration_seed(secret, str(person.login))
        found.append(
            DemonstrationSignIn(
                person_id=person.id,
                login=str(person.login),
                names=person.names,
                password=rules.demonstration_password(secret),
                totp_seed=seed,
                totp_now=rules.totp_at(seed, at),
                charges=tuple(held.get(person.id, ())),
            )
        )
    return found

"""What somebody may ask for once something was issued: renewed, corrected, given a second time; and why not now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Refusal, not_found
from janaseva.core.text import Text
from janaseva.documents import queries as documents
from janaseva.forms import queries as forms
from janaseva.services.models import Application, Decision, ShowCause
from janaseva.services.queries.applications import visible
from janaseva.services.queries.definitions import compiled, in_force
from janaseva.services.queries.packs import today as day_of
from janaseva.services.rules import permissions, purposed, purposes, states
from janaseva.services.rules.definition import Definition

MOST_TOLD = 500
"""So many holders are told of a renewal in one round of the clock; the others follow in the next."""
LONGEST_WAY = 100
"""So many certificates, one in place of the other, are followed back to the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierView:
    """The certificate of an application, as one that rests on it knows it."""

    application_id: UUID
    document_id: UUID
    decision_id: UUID
    known: purposed.Earlier
    revoked_at: datetime | None
    is_erased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainView:
    """One thing that may be asked for: the definition for that purpose, the days of a renewal, and why not today."""

    purpose: str
    definition: Definition
    opens: date | None
    due: date | None
    ends: date | None
    refusal: Refusal | None
    draft_id: UUID | None

    @property
    def title(self) -> Text:
        """Return what it is called: its own words, also where its ways have titles of their own."""
        return purposed.title_of(self.definition) or self.definition.variants[0].title


def earlier_of(application_id: UUID) -> EarlierView:
    """Return the certificate that stands for an application; for this room's own use.

    Raises:
        Refusal: ``not_found`` where nothing was issued.

    """
    decision = Decision.objects.filter(application_id=application_id, set_aside_at__isnull=True).first()
    if decision is None or decision.document_id is None:
        raise not_found()
    return EarlierView(
        application_id=application_id,
        document_id=decision.document_id,
        decision_id=decision.id,
        known=purposed.Earlier(
            number=decision.certificate_number,
            issued_on=day_of(decision.decided_at),
            valid_until=documents.good_until(decision.document_id),
        ),
        revoked_at=decision.revoked_at,
        is_erased=Application.objects.filter(pk=application_id, erased_at__isnull=False).exists(),
    )


def earlier_ids(application_id: UUID | None) -> list[UUID]:
    """Return an application and those on whose certificates it rests, back to the first; for this room's own use."""
    found: list[UUID] = []
    while application_id is not None and application_id not in found and len(found) < LONGEST_WAY:
        found.append(application_id)
        application_id = Application.objects.filter(pk=application_id).values_list("earlier_id", flat=True).first()
    return found


def hindrance(earlier: EarlierView) -> Refusal | None:
    """Return why nothing can rest on a certificate as it stands, or ``None``."""
    if earlier.is_erased:
        return Refusal("earlier_erased", status=CONFLICT, number=earlier.known.number)
    if documents.state_of(earlier.document_id) == "revoked":
        return Refusal("earlier_ended", status=CONFLICT, number=earlier.known.number)
    if documents.suspended_since(earlier.document_id) is not None:
        return Refusal("earlier_suspended", status=CONFLICT, number=earlier.known.number)
    if ShowCause.objects.filter(decision_id=earlier.decision_id, state="open").exists():
        return Refusal("earlier_asked", status=CONFLICT, number=earlier.known.number)
    return None


def under_way(application_id: UUID) -> Application | None:
    """Return the application under way that rests on the certificate of this one, or ``None``."""
    return Application.objects.filter(earlier_id=application_id, state__in=sorted(states.OPEN)).first()


def refusal_again(earlier: EarlierView, definition: Definition, at: datetime) -> Refusal | None:
    """Return why this purpose cannot be asked for now, or ``None``; ``definition`` is that for the purpose."""
    text = purposed.text_of(definition)
    if text is None:
        return not_found()
    waiting = under_way(earlier.application_id)
    if waiting is not None:
        return Refusal("again_under_way", status=CONFLICT, number=waiting.number or "")
    until = earlier.known.valid_until
    return hindrance(earlier) or purposes.refusal_of(text, until=until, today=day_of(at))


def again(by: Actor, application_id: UUID, at: datetime) -> tuple[AgainView, ...]:
    """Return what may be asked for once this application was granted, in the words of the version in force today.

    Raises:
        Refusal: ``not_found``, also where nothing was issued.

    """
    row = visible(by, application_id)
    earlier = earlier_of(row.id)
    published = in_force(row.service_key, day_of(at))
    drafts = dict(Application.objects.filter(earlier_id=row.id, state="draft").values_list("purpose", "id"))
    written = published.definition.afterwards
    found = []
    for purpose in purposes.PURPOSES if written is not None else ():
        text = written.text(purpose) if written is not None else None
        until = earlier.known.valid_until
        if text is None or (isinstance(text, purposes.Renewal) and until is None):
            continue
        definition = compiled(published.id, purpose)
        opens = due = ends = None
        if isinstance(text, purposes.Renewal) and until is not None:
            opens, due, ends = (one(text, until) for one in purposes.RENEWAL_DAYS)
        found.append(
            AgainView(purpose=purpose, definition=definition, opens=opens, due=due, ends=ends,
                      refusal=refusal_again(earlier, definition, at), draft_id=drafts.get(purpose))
        )  # fmt: skip
    return tuple(found)


def fixed_of(row: Application) -> Mapping[str, Any]:
    """Return the answers of an application that must stay as the earlier one gave them; for this room's own use."""
    if row.earlier_id is None:
        return {}
    definition = compiled(row.definition_id, row.purpose)
    return purposed.fixed_of(definition, forms.answers_of(row.earlier_id), earlier_of(row.earlier_id).known)


def changed(by: Actor, application_id: UUID) -> tuple[str, ...]:
    """Return the keys of the answers that are otherwise than those of the earlier application, in the form's order.

    Raises:
        Refusal: ``not_found``.

    """
    row = visible(by, application_id)
    if row.earlier_id is None:
        return ()
    definition = compiled(row.definition_id, row.purpose)
    now, was = forms.answers_of(row.id), forms.answers_of(row.earlier_id)
    stated = purposed.earlier_keys(definition)
    keys = (key for key in definition.form.by_key if key not in stated)
    return tuple(key for key in keys if now.get(key) != was.get(key))


def answers_before(by: Actor, application_id: UUID) -> Mapping[str, Any]:
    """Return the answers on which the earlier certificate rests; empty for a first application.

    Raises:
        Refusal: ``not_found``.

    """
    row = visible(by, application_id)
    return forms.answers_of(row.earlier_id) if row.earlier_id is not None else {}


def renewals_to_tell(by: Actor, at: datetime) -> list[UUID]:
    """Return the decisions whose holders are to be told of the renewal now, for the clock; nothing for anyone else."""
    if not permissions.is_own_work(by):
        return []
    rows = Decision.objects.filter(renewal_told_on__lte=day_of(at), renewal_told_at=None)
    return list(rows.order_by("renewal_told_on", "id").values_list("id", flat=True)[:MOST_TOLD])


def renewable_until(by: Actor, row: Application, at: datetime) -> date | None:
    """Return the last day of a certificate whose renewal may be asked for now, for the clock; else ``None``."""
    earlier, published = earlier_of(row.id), in_force(row.service_key, day_of(at))
    written = published.definition.afterwards
    if not permissions.is_own_work(by) or written is None or written.text("renewal") is None:
        return None
    definition = compiled(published.id, "renewal")
    return None if refusal_again(earlier, definition, at) is not None else earlier.known.valid_until

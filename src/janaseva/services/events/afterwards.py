"""The news of certificates after they were issued."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRevoked(News):
    """A certificate was revoked by the office that decided."""

    name: ClassVar[str] = "services.certificate_revoked"
    application_id: UUID
    document_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseAsked(News):
    """A holder was told that their certificate is to be revoked, and asked to answer."""

    name: ClassVar[str] = "services.cause_asked"
    application_id: UUID
    document_id: UUID
    reason: str
    answer_until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseAnswered(News):
    """The holder answered the notice."""

    name: ClassVar[str] = "services.cause_answered"
    application_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseDropped(News):
    """The office dropped the notice; the certificate stays."""

    name: ClassVar[str] = "services.cause_dropped"
    application_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseDecided(News):
    """After the holder was heard, the office revoked the certificate."""

    name: ClassVar[str] = "services.cause_decided"
    application_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain(News):
    """A holder began to ask for the renewal, the correction or a second copy of what was issued."""

    name: ClassVar[str] = "services.asked_again"
    application_id: UUID
    again_id: UUID
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalTold(News):
    """The day came on which a renewal may be asked for; ``sent`` is whether there was anything to tell its holder."""

    name: ClassVar[str] = "services.renewal_told"
    application_id: UUID
    decision_id: UUID
    sent: bool

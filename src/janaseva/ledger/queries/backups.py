"""What the record says of backups: when the last was made, and when the last was proven."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from janaseva.ledger import rules
from janaseva.ledger.models import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupStanding:
    """The newest backup and the newest proof of one; ``None`` where there never was any."""

    made_at: datetime | None
    log_size: int
    verified_at: datetime | None
    findings: int


def backup_standing() -> BackupStanding:
    """Return how backups stand; for the health page and everyone (it holds no personal data)."""
    told: Any = Event.objects.filter(story=rules.BACKUPS).order_by("-ordinal").values("at", "facts")
    made, verified = told.filter(name="ledger.backed_up").first(), told.filter(name="ledger.backup_verified").first()
    return BackupStanding(
        made_at=made["at"] if made else None,
        log_size=made["facts"]["log_size"] if made else 0,
        verified_at=verified["at"] if verified else None,
        findings=verified["facts"]["findings"] if verified else 0,
    )

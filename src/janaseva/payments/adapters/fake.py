"""A gateway in memory, for tests: debits what it is told to, answers what it is asked, and counts refunds."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from janaseva.payments.adapters import GatewayError, Returned
from janaseva.payments.rules import signing
from janaseva.payments.rules.states import Report, Reported


@dataclass
class Fake:
    """Keeps reports by reference and refunds by id; ``down`` makes every question fail."""

    key: str = ""
    down: bool = False
    refuses: bool = False
    reports: dict[str, Report] = field(default_factory=dict)
    refunds: dict[UUID, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def debit(self, reference: str, *, amount_paise: int, at: datetime) -> tuple[bytes, str]:
        """Debit the payer, and return the callback that says so: its body and its signature."""
        return self.say(reference, outcome="debited", amount_paise=amount_paise, at=at)

    def fail(self, reference: str, *, amount_paise: int) -> tuple[bytes, str]:
        """Refuse the payer, and return the callback that says so."""
        return self.say(reference, outcome="failed", amount_paise=amount_paise, at=None)

    def say(self, reference: str, *, outcome: Reported, amount_paise: int, at: datetime | None) -> tuple[bytes, str]:
        """Keep a report, and return the callback that carries it."""
        report = Report(
            reference=reference,
            outcome=outcome,
            amount_paise=amount_paise,
            debited_at=at,
            gateway_number=f"F{len(self.reports) + 1}" if outcome == "debited" else "",
        )
        self.reports[reference] = report
        body = signing.written(report)
        return body, signing.sign(self.key, "callback", body)

    def status(self, reference: str) -> Report | None:
        """Return what was kept."""
        self.asked.append(reference)
        if self.down:
            raise GatewayError
        return self.reports.get(reference)

    def refund(self, reference: str, *, refund_id: UUID, amount_paise: int) -> Returned:
        """Count the refund once an id."""
        if self.down:
            raise GatewayError
        if self.refuses or reference not in self.reports:
            return Returned(outcome="refused")
        self.refunds[refund_id] = amount_paise
        return Returned(outcome="done", gateway_number=f"R{len(self.refunds)}")

"""What the ledger does inside another room's action: give numbers, and keep the record of the act itself."""

from janaseva.ledger.steps.erasing import erase
from janaseva.ledger.steps.numbering import number
from janaseva.ledger.steps.recording import LedgerRecorder

__all__ = ["LedgerRecorder", "erase", "number"]

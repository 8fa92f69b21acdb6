"""The ledger's workers. Importing this package installs the recorder under which every action runs."""

from janaseva.core.action import use_recorder
from janaseva.ledger.handlers.auditing import audit, audit_and_report
from janaseva.ledger.handlers.beating import beat
from janaseva.ledger.handlers.delivering import Delivered, back_off, deliver, read_news
from janaseva.ledger.handlers.forgetting import forget_deliveries, forget_keys
from janaseva.ledger.handlers.promises import Missing, missing
from janaseva.ledger.handlers.publishing import (
    LogBrokenError,
    key_store,
    own_verifiers,
    publish,
    rotate_key,
    sequence,
    tile_store,
)
from janaseva.ledger.handlers.rounds import rounds
from janaseva.ledger.handlers.standing import Standing, compared, memory
from janaseva.ledger.handlers.working import NotSettledError, Settled, run, settle, turn
from janaseva.ledger.steps import LedgerRecorder

use_recorder(LedgerRecorder())

__all__ = [
    "Delivered",
    "LogBrokenError",
    "Missing",
    "NotSettledError",
    "Settled",
    "Standing",
    "audit",
    "audit_and_report",
    "back_off",
    "beat",
    "compared",
    "deliver",
    "forget_deliveries",
    "forget_keys",
    "key_store",
    "memory",
    "missing",
    "own_verifiers",
    "publish",
    "read_news",
    "rotate_key",
    "rounds",
    "run",
    "sequence",
    "settle",
    "tile_store",
    "turn",
]

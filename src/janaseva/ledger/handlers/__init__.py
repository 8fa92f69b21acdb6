"""The ledger's workers. Importing this module installs the recorder under which every action runs."""

from janaseva.core.action import use_recorder
from janaseva.ledger.steps import LedgerRecorder

use_recorder(LedgerRecorder())

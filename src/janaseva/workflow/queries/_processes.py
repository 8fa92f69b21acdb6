"""The process with which a case began: read from its text once for all cases that hold the same."""

from janaseva.core.canonical import Shared
from janaseva.workflow import rules
from janaseva.workflow.models import Case


def process_of(case: Case) -> rules.Process:
    """Return the process with which the case began."""
    held = case.process
    return held.once(_read) if isinstance(held, Shared) else _read(held)


def _read(held: object) -> rules.Process:
    return rules.Process.model_validate(held)

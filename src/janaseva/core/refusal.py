"""An expected no: said with a code that has words in every language, and with what is safe to tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

NOT_FOUND = 404
FORBIDDEN = 403
CONFLICT = 409
UNPROCESSABLE = 422
TOO_MANY = 429
UNAVAILABLE = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with what was given: where (a dotted path of field keys), which code, with which facts.

    ``words`` holds a definition's own message by language, where the rule that failed has one.
    """

    place: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Raised where the answer is no; nothing that the action wrote is kept. Facts never hold personal data."""

    def __init__(self, code: str, *, status: int = UNPROCESSABLE, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.facts = facts

    def __str__(self) -> str:
        """Return the code with its facts, for logs."""
        return self.code if not self.facts else f"{self.code} {self.facts}"


class Invalid(Refusal):
    """Raised with every fault at once, so that a person mends all of them in one go."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("invalid", status=UNPROCESSABLE, count=len(self.faults))


def not_found() -> Refusal:
    """Return the answer for what does not exist and for what is not yours to see, alike."""
    return Refusal("not_found", status=NOT_FOUND)

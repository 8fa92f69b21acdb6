"""What happens with an application, as a service writes it: the steps of a process, some with a fee that falls due."""

from typing import Any

from janaseva.forms.rules import Unknown
from janaseva.payments.rules.fees import Fee
from janaseva.workflow.rules import Process
from janaseva.workflow.rules import Step as PlainStep


class Step(PlainStep):
    """A step with the ``fee`` that falls due when a case comes to it; such a step is of the kind ``payment``."""

    fee: Fee | Unknown | None = None


class Happens(Process):
    """The process of a service. A running case keeps it without the fees, which workflow does not know."""

    steps: tuple[Step, ...]

    def step(self, key: str) -> Step | None:
        """Return the step with this key, or ``None``."""
        return next((step for step in self.steps if step.key == key), None)

    @property
    def demands(self) -> tuple[Step, ...]:
        """Return the steps at which a fee falls due, in the order of the text."""
        return tuple(step for step in self.steps if step.kind == "payment" and step.fee is not None)

    @property
    def plain(self) -> Process:
        """Return the process as workflow carries it."""
        steps = tuple(PlainStep.model_construct(**_fields(step, PlainStep)) for step in self.steps)
        return Process.model_construct(**{**_fields(self, Process), "steps": steps})


def _fields(part: Process | PlainStep, kind: type[Process | PlainStep]) -> dict[str, Any]:
    return {name: getattr(part, name) for name in kind.model_fields}

"""Whether two applications ask for the same: the facts that say so, with letters that people exchange made one."""

from collections.abc import Mapping
from typing import Any

from janaseva.core.writing import fold
from janaseva.services.rules.definition import Definition


def telling(definition: Definition) -> tuple[str, ...]:
    """Return the keys of the answers that tell one application of a service from another of the same person.

    They are those that the definition names, else the one that names the holder of its certificate.
    """
    if definition.who.same:
        return definition.who.same
    certificate = definition.out.certificate
    holder = certificate.facts[certificate.holder].value.strip() if certificate is not None else ""
    return (holder,) if holder in definition.form.by_key else ()


def sameness(definition: Definition, answers: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return those answers as they are compared: old and new chillu, Arabic and Urdu letters and case do not differ."""
    values = (answers.get(key) for key in telling(definition))
    return tuple(fold(value) if isinstance(value, str) else value for value in values)

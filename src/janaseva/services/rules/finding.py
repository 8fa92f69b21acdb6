"""How what officers found reads, in the words of the definition."""

from collections.abc import Mapping
from typing import Any

from janaseva.forms.rules import Line
from janaseva.services.rules.definition import Definition
from janaseva.workflow.rules import shown


def found_lines(definition: Definition, found: Mapping[str, Any], language: str) -> tuple[Line, ...]:
    """Return what was found as it is read, in the order of the text; nothing for what was not."""
    asked = [one for key, one in definition.found_fields.items() if key in found]
    return shown(asked, found, language, region=definition.pack_country)

"""A definition as far as it can be tried before it is published: its form where it is sound, its faults where not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from janaseva.core.source import SourceFault
from janaseva.forms.rules import settle_shape
from janaseva.services.rules.compiling import examine
from janaseva.services.rules.definition import Definition, PublishedText
from janaseva.services.rules.examples import read_examples

EXAMPLES: Final = "examples.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A definition to be tried, with the names and answers of its examples; without one, what is to be mended."""

    definition: Definition | None
    faults: tuple[SourceFault, ...]
    examples: tuple[tuple[str, Mapping[str, Any]], ...] = ()


def trial(files: Mapping[str, str]) -> Trial:
    """Return what can be tried of these files. Faults of the examples alone do not keep the form from being shown."""
    examined = examine(PublishedText(files=files))
    if examined.definition is None:
        return Trial(definition=None, faults=examined.faults)
    form = examined.definition.form
    examples, _, _ = read_examples(files.get(EXAMPLES, ""), EXAMPLES)
    return Trial(
        definition=examined.definition,
        faults=(),
        examples=tuple((one.name, settle_shape(form, one.answers)) for one in examples),
    )

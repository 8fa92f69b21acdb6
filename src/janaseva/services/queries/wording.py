"""How far the words of each service in force are, language by language; for officers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.text import Text
from janaseva.services.models import Definition as DefinitionRow
from janaseva.services.queries.definitions import compiled, rows_in_force
from janaseva.services.rules.compiling import examine
from janaseva.services.rules.definition import PublishedText
from janaseva.services.rules.wording import WordState


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceWords:
    """The words of one service: their state in each language that its pack promises."""

    key: str
    pack: str
    name: Text
    states: Sequence[WordState]


def service_words(by: Actor, today: date) -> list[ServiceWords]:
    """Return the state of the words of each service in force, by pack and key; published text is judged once."""
    if by.kind != "officer":
        return []
    found = rows_in_force(today)
    _judge([definition_id for definition_id, _ in found.values() if definition_id not in _known])
    return [
        ServiceWords(key=key, pack=pack, name=compiled(definition_id).what.name, states=_known[definition_id])
        for key, (definition_id, pack) in sorted(found.items(), key=lambda one: (one[1][1], one[0]))
    ]


_known: dict[UUID, tuple[WordState, ...]] = {}


def _judge(definition_ids: Sequence[UUID]) -> None:
    """Judge the words of published versions, which never change, in one query."""
    rows = DefinitionRow.objects.filter(pk__in=definition_ids).values_list("id", "files")
    for definition_id, files in rows.iterator(chunk_size=20):
        _known[definition_id] = examine(PublishedText(files=files)).words

"""How far the words of each service in force are, language by language; for officers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.text import Text
from janaseva.services.models import Definition as DefinitionRow
from janaseva.services.queries.definitions import rows_in_force
from janaseva.services.rules.compiling import words_of
from janaseva.services.rules.definition import PublishedText
from janaseva.services.rules.wording import WordState


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceWords:
    """The words of one service in one language that its pack promises."""

    key: str
    pack: str
    name: Text
    state: WordState


def service_words(by: Actor, language: str, today: date) -> list[ServiceWords]:
    """Return how far the words of each service in force are in a language, by pack and key; what was judged is kept."""
    if by.kind != "officer":
        return []
    found = rows_in_force(today)
    _judge([definition_id for definition_id, _ in found.values()], language)
    return [
        ServiceWords(key=key, pack=pack, name=name, state=state)
        for key, (definition_id, pack) in sorted(found.items(), key=lambda one: (one[1][1], one[0]))
        for name, state in (_known[definition_id, language],)
        if state is not None
    ]


_known: dict[tuple[UUID, str], tuple[Text, WordState | None]] = {}


def _judge(definition_ids: Sequence[UUID], language: str) -> None:
    """Judge the words of published versions, which never change, in one query."""
    rows = DefinitionRow.objects.filter(pk__in=[one for one in definition_ids if (one, language) not in _known])
    for definition_id, files in rows.values_list("id", "files").iterator(chunk_size=20):
        _known[definition_id, language] = words_of(PublishedText(files=files), language)

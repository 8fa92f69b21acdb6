"""Services and places between which nobody sits today: what `packs check` tells of the text, asked of the tables."""

from dataclasses import dataclass
from datetime import date

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.people import queries as people
from janaseva.services.queries.definitions import compiled, rows_in_force
from janaseva.services.rules.places import Gap, Ground
from janaseva.services.rules.places import gaps as gaps_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceGaps:
    """One service in force with its gaps."""

    key: str
    name: Text
    gaps: tuple[Gap, ...]


def gaps(by: Actor, today: date) -> list[ServiceGaps]:
    """Return the services given in one's state that some place does not lead to an officer; in a few queries.

    Raises:
        Refusal: ``not_found`` for whoever may arrange no office.

    """
    directory = people.directory(by)
    if directory is None:
        raise not_found()
    ground = Ground(directory)
    here = {row.reference for row in directory.areas}
    found = []
    for key, (definition_id, _) in sorted(rows_in_force(today).items()):
        definition = compiled(definition_id)
        if here.isdisjoint(definition.who.coverage.areas):
            continue
        missing = tuple(gaps_of(definition, ground))
        if missing:
            found.append(ServiceGaps(key=key, name=definition.what.name, gaps=missing))
    return found

"""What stands between a changed text and its publication: faults, the version's number and day, the second person."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from janaseva.core.actor import Actor
from janaseva.core.source import SourceFault, read
from janaseva.services.rules.checking import CheckedService, check_service
from janaseva.services.rules.definition import ServiceKey
from janaseva.services.rules.examples import Outcome
from janaseva.services.rules.pack import PackText
from janaseva.services.rules.sources import Others, takes, unfounded
from janaseva.services.rules.strangers import Named, strangers
from janaseva.workflow.rules import Calendar

State = Literal["draft", "proposed", "published", "rejected", "discarded"]
STATES: Final[tuple[str, ...]] = ("draft", "proposed", "published", "rejected", "discarded")
OPEN: Final[frozenset[str]] = frozenset({"draft", "proposed"})
"""States in which a proposal may still become a version."""

OWN_FILE: Final = re.compile(r"(service|examples|sources|words\.[a-z]{2,3}|glossary\.[a-z]{2,3})\.yaml\Z|letter\.typ\Z")
"""What a definer may write. What the pack says of itself is the pack's."""
OF_THE_PACK: Final = ("pack.yaml", "rights.yaml")
"""Files that all services of a pack share and that no definer of one service writes."""
_SERVICE_KEY: Final[TypeAdapter[str]] = TypeAdapter(ServiceKey)
FEWEST_LETTERS: Final = 10
"""Of the words with which something is proposed or rejected."""
MOST_FILES: Final = 24
MOST_CHARACTERS: Final = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the files of a service came to: its faults, where each stands, and which examples come out otherwise."""

    service: CheckedService
    faults: tuple[SourceFault, ...]

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Return what the examples came to."""
        return self.service.outcomes

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Return the examples that came out otherwise than written."""
        return tuple(one for one in self.outcomes if one.differences)

    @property
    def publishable(self) -> bool:
        """Return whether nothing stands against publishing it."""
        return not self.faults and not self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a service is written into: the roles and offices that there are, and the published services of its pack."""

    named: Named
    others: Others


def check_files(
    files: Mapping[str, str], *, key: str, calendar: Calendar, last_version: int | None, today: date, around: Around
) -> Checked:
    """Return every reason why these files cannot be published, each with its file and line; the examples are run.

    ``last_version`` is the latest that is published; the next one must have the next number. It begins tomorrow or
    later: what people were told today still holds today. Of a service that is new nobody was told anything yet: it may
    begin today.
    """
    text = PackText(key="", folder="", files={}, services={key: files})
    service = check_service(text, key, calendar=calendar, with_examples=True)
    faults = [_short(fault, key) for fault in service.faults]
    definition = service.definition
    if definition is not None:
        source = read(files["service.yaml"], "service.yaml")
        faults += strangers(definition, source, around.named)
        if takes(definition):
            faults += unfounded(definition, source, {**around.others, key: definition})
        expected = (last_version or 0) + 1
        if definition.version != expected:
            known = f"version {last_version} is published" if last_version else "no version is published yet"
            faults.append(source.fault(("version",), f"{known}", f"write 'version: {expected}'"))
        first = today + timedelta(days=1) if last_version else today
        if definition.from_ < first:
            message = f"the version would begin on {definition.from_.isoformat()}, which has come or gone"
            faults.append(source.fault(("from",), message, f"write 'from: {first.isoformat()}' or a later day"))
    return Checked(service=service, faults=tuple(faults))


def _short(fault: SourceFault, key: str) -> SourceFault:
    file = fault.file.removeprefix(f"/services/{key}/")
    return SourceFault(
        file=file, line=fault.line, column=fault.column, message=fault.message, mend=fault.mend, place=fault.place
    )


def from_day(files: Mapping[str, str], day: date) -> dict[str, str]:
    """Return the files with another first day, which whoever approves them has fixed."""
    return _headed(files, {"from": day.isoformat()})


def copied(files: Mapping[str, str], *, key: str, version: int, first_day: date) -> dict[str, str]:
    """Return what a definer may write of these files, under a key and a version's number, from a first day."""
    own = {name: text for name, text in files.items() if OWN_FILE.match(name)}
    return _headed(own, {"key": key, "version": str(version), "from": first_day.isoformat()})


def _headed(files: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """Return the files with these keys at the margin of the service written anew, and nothing else."""
    text = files["service.yaml"]
    for name, value in values.items():
        line = f"{name}: {value}".replace("\\", "\\\\")
        text = re.sub(rf"^{re.escape(name)}:[ \t]*[^\n]*$", line, text, count=1, flags=re.MULTILINE)
    return {**files, "service.yaml": text}


def is_service_key(text: str) -> bool:
    """Return whether a service may be named so."""
    try:
        _SERVICE_KEY.validate_python(text)
    except ValidationError:
        return False
    return True


def strange_files(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of files that no service has, or too large ones; a definition holds text alone."""
    strange = [name for name, text in files.items() if not OWN_FILE.match(name) or len(text) > MOST_CHARACTERS]
    return tuple(sorted(strange)) if len(files) <= MOST_FILES else tuple(sorted(files))


def may_define(by: Actor) -> bool:
    """Return whether ``by`` may write definitions: an officer whose post defines services."""
    return by.kind == "officer" and by.person_id is not None and by.may("services.define")


def may_decide_proposals(by: Actor) -> bool:
    """Return whether ``by`` may approve or reject what others wrote: an officer whose post publishes."""
    return by.kind == "officer" and by.person_id is not None and by.may("services.publish")


def may_see_proposals(by: Actor) -> bool:
    """Return whether ``by`` may read proposals: those who write them and those who publish them."""
    return may_define(by) or may_decide_proposals(by)


def is_second_person(by: Actor, writers: Collection[str]) -> bool:
    """Return whether ``by`` wrote nothing of it: nobody publishes what they wrote themselves."""
    return by.person_id is not None and str(by.person_id) not in writers


def writers_with(writers: Collection[str], person_id: UUID | None) -> list[str]:
    """Return everyone who wrote on it, with one more."""
    return list(dict.fromkeys([*writers, str(person_id)])) if person_id else list(writers)

"""Everything that is wrong with a pack, and everything that its examples find."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from janaseva.core.source import SourceFault, read
from janaseva.services.rules.compiling import Examined, examine
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.examples import Outcome, read_examples, run, uncovered
from janaseva.services.rules.pack import CalendarText, ExaminedPack, PackText, examine_pack
from janaseva.services.rules.persons import too_few
from janaseva.services.rules.places import Ground, Unserved, unserved
from janaseva.services.rules.sources import takes, unfounded
from janaseva.services.rules.variants import judge, told
from janaseva.workflow.rules import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedService:
    """One service of a pack: its definition where it is sound, its faults, and what its examples came to.

    ``warnings`` say what could not be judged; ``to_do`` names the places for which no office is written yet.
    """

    key: str
    examined: Examined
    faults: tuple[SourceFault, ...]
    outcomes: tuple[Outcome, ...] = ()
    warnings: tuple[SourceFault, ...] = ()
    to_do: tuple[SourceFault, ...] = ()

    @property
    def definition(self) -> Definition | None:
        """Return the definition, where it is sound."""
        return self.examined.definition


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPack:
    """A whole pack."""

    key: str
    own: ExaminedPack
    services: tuple[CheckedService, ...]

    @property
    def faults(self) -> tuple[SourceFault, ...]:
        """Return every fault of the pack and of its services."""
        return (*self.own.faults, *(fault for service in self.services for fault in service.faults))


def check_pack(
    text: PackText, *, with_examples: bool = False, only: str | None = None, ground: Ground | None = None
) -> CheckedPack:
    """Return everything wrong with a pack; with its examples run, where asked; ``only`` one service, where named.

    With ``ground``, the areas, offices and roles of all packs, it is told too where no officer would be found.
    """
    own = examine_pack(text)
    calendar = pack_calendar(own)
    services = tuple(
        check_service(text, key, calendar=calendar, with_examples=with_examples, ground=ground)
        for key in sorted(text.services)
        if only is None or key == only
    )
    return CheckedPack(key=text.key, own=own, services=tuple(_founded(text, one, services) for one in services))


def _founded(text: PackText, service: CheckedService, services: tuple[CheckedService, ...]) -> CheckedService:
    """Return a service with the faults of what it takes from others; a pack of one service knows the others by name."""
    definition = service.definition
    if definition is None or not takes(definition):
        return service
    others: dict[str, Definition | None] = dict.fromkeys(text.services)
    others.update({one.key: one.definition for one in services})
    file = f"{text.folder}/services/{service.key}/service.yaml"
    source = read(text.services[service.key]["service.yaml"], file)
    return replace(service, faults=(*service.faults, *unfounded(definition, source, others)))


def pack_calendar(own: ExaminedPack) -> Calendar:
    """Return the pack's calendar; where it is faulty, one on which only Sundays are off."""
    calendars: Mapping[str, CalendarText] = own.calendars
    if own.pack is not None and own.pack.calendar in calendars:
        return calendars[own.pack.calendar].calendar()
    return Calendar(key="none", time_zone="Asia/Kolkata")


def _where_it_is(fault: SourceFault, text: PackText, key: str, folder: str) -> SourceFault:
    """Return a fault with the file in which it stands: what a pack shares lies beside its services, not in them."""
    name = fault.file.removeprefix(f"{folder}/")
    shared = name in text.files and name not in text.services[key]
    return replace(fault, file=f"{text.folder}/{name}") if shared else fault


def check_service(
    text: PackText, key: str, *, calendar: Calendar, with_examples: bool, ground: Ground | None = None
) -> CheckedService:
    """Return one service with its faults and outcomes."""
    folder = f"{text.folder}/services/{key}"
    published = text.published(key)
    examined = examine(published, folder=folder)
    faults = [_where_it_is(fault, text, key, folder) for fault in examined.faults]
    definition = examined.definition
    if definition is not None and definition.key != key:
        message = f"the folder is named '{key}', the service '{definition.key}'"
        file = f"{folder}/service.yaml"
        faults.append(SourceFault(file=file, line=1, column=1, message=message, mend="let both be the same"))
    reach = Unserved(faults=(), to_do=())
    warnings: tuple[SourceFault, ...] = ()
    if definition is not None:
        wrong, warnings, reach = _on_ground(definition, published.files["service.yaml"], folder, ground)
        faults.extend(wrong)
    file = f"{folder}/examples.yaml"
    content = published.files.get("examples.yaml")
    if content is None:
        message = "the service has no examples"
        faults.append(SourceFault(file=file, line=1, column=1, message=message, mend="write one for each outcome"))
        return CheckedService(key=key, examined=examined, faults=tuple(faults))
    examples, source, found = read_examples(content, file)
    faults.extend(found)
    if definition is None or found or source is None:
        return CheckedService(key=key, examined=examined, faults=tuple(faults))
    mend = "write one (see docs/definers/examples.md)"
    faults.extend(source.fault((), message, mend) for message in uncovered(definition, examples))
    outcomes: tuple[Outcome, ...] = ()
    if with_examples:
        outcomes = tuple(
            Outcome(name=example.name, line=source.mark((number,)).line, differences=run(definition, example, calendar))
            for number, example in enumerate(examples)
        )
    return CheckedService(
        key=key, examined=examined, faults=tuple(faults), outcomes=outcomes, warnings=warnings, to_do=reach.to_do
    )


def _on_ground(
    definition: Definition, content: str, folder: str, ground: Ground | None
) -> tuple[tuple[SourceFault, ...], tuple[SourceFault, ...], Unserved]:
    """Return the faults that only the directory shows, what could not be judged, and the places without an office."""
    service = read(content, f"{folder}/service.yaml")
    verdict = judge(definition, ground)
    reach = Unserved(faults=(), to_do=()) if ground is None else unserved(definition, service, ground)
    mend = "let the rules of the variants take every case exactly once"
    known = judge(definition).findings if ground is not None else verdict.findings
    wrong = [service.fault(("variants",), told(finding), mend) for finding in verdict.findings if finding not in known]
    doubt = f"gaps and overlaps between the variants cannot be judged: {verdict.beyond}"
    warned = (service.fault(("variants",), doubt, "let an example show each variant"),) if verdict.beyond else ()
    few = () if ground is None else tuple(too_few(definition, service, ground))
    return (*wrong, *reach.faults), (*warned, *few), reach

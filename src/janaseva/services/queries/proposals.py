"""Versions to come: who may see them, what they change, and what still stands against publishing them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.source import SourceError, read
from janaseva.core.text import Text
from janaseva.people import queries as people
from janaseva.services.models import Definition as DefinitionRow
from janaseva.services.models import EmptyPack, Proposal
from janaseva.services.queries.definitions import PLACES, compiled
from janaseva.services.queries.packs import today as day_of
from janaseva.services.rules import proposing
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.difference import Difference, difference
from janaseva.services.rules.pack import Pack
from janaseva.services.rules.strangers import Named
from janaseva.workflow import queries as workflow

MOST = 200
_LIST = ("id", "service_key", "pack", "state", "saved_at", "proposed_at", "decided_at", "words")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """A version to come as lists show it."""

    id: UUID
    service: str
    pack: str
    state: str
    saved_at: datetime
    proposed_at: datetime | None
    decided_at: datetime | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """A version to come in full: its files, who wrote it, what was said of it, and how it differs.

    ``may_approve`` and ``may_write`` tell what the reader may do; ``against`` is the version that it is read beside.
    """

    id: UUID
    service: str
    pack: str
    state: str
    files: Mapping[str, str]
    files_sha256: str
    writers: tuple[UUID, ...]
    words: str
    saved_at: datetime
    proposed_at: datetime | None
    decided_at: datetime | None
    decided_by_id: UUID | None
    decision_words: str
    against: int | None
    difference: Difference
    may_approve: bool
    may_write: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFiles:
    """The text of a published version."""

    service: str
    pack: str
    version: int
    effective_from: date
    files: Mapping[str, str]


def published_files(service: str, version: int | None = None) -> PublishedFiles | None:
    """Return the text of a version of a service, or of its latest; what is law for everyone may be read by anyone."""
    rows = DefinitionRow.objects.filter(service__key=service)
    rows = rows.filter(version=version) if version is not None else rows.order_by("-version")
    row = rows.select_related("service").first()
    if row is None:
        return None
    return PublishedFiles(
        service=service,
        pack=row.service.pack,
        version=row.version,
        effective_from=row.effective_from,
        files=row.files,
    )


def published_keys(pack: str = "") -> list[tuple[str, str]]:
    """Return the pack and key of each service that was ever published, of one pack where it is named."""
    rows = DefinitionRow.objects.filter(service__pack=pack) if pack else DefinitionRow.objects.all()
    return sorted(set(rows.values_list("service__pack", "service__key")))


def pack_file(pack: str) -> dict[str, str]:
    """Return what a pack says of itself, as it was published last; nothing where there is no such pack."""
    files = _latest_files(pack)
    return {name: files[name] for name in proposing.OF_THE_PACK if name in files}


def _latest_files(pack: str) -> Mapping[str, str]:
    rows = DefinitionRow.objects.filter(service__pack=pack).order_by("-published_at", "-id")
    files = rows.values_list("files", flat=True).first()
    if files is None:
        files = EmptyPack.objects.filter(key=pack).values_list("files", flat=True).first()
    return files or {}


def empty_pack_row(pack: str) -> EmptyPack | None:
    """Return the row of a pack that was loaded without services; for this room's actions."""
    return EmptyPack.objects.filter(key=pack).first()


def pack_keys() -> list[str]:
    """Return the keys of all packs: of those with published services, and of those that wait for their first."""
    keys = set(DefinitionRow.objects.values_list("service__pack", flat=True))
    return sorted(keys | set(EmptyPack.objects.values_list("key", flat=True)))


def shared_files(pack: str, service: str) -> dict[str, str]:
    """Return the sources and glossaries of a service as published, or of the pack where the service is new."""
    rows = DefinitionRow.objects.filter(service__pack=pack)
    own = rows.filter(service__key=service).order_by("-version").values_list("files", flat=True).first()
    files = own or _latest_files(pack)
    return {name: text for name, text in files.items() if name == "sources.yaml" or name.startswith("glossary.")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """A post that may decide, one for all offices of its kind; ``way`` leads from the state's areas to its office's."""

    role: str
    office: str
    names: Text
    way: tuple[people.AreaView, ...]


def pack_facts(pack: str) -> Pack | None:
    """Return what a pack says of itself, as it was published last."""
    text = pack_file(pack).get("pack.yaml")
    try:
        return Pack.model_validate(read(text or "", "pack.yaml").tree)
    except (SourceError, ValueError):
        return None


def deciders(facts: Pack) -> list[Decider]:
    """Return the posts of a pack's offices that may decide, by kind of office and role."""
    first: dict[str, tuple[UUID, tuple[people.AreaView, ...]]] = {}
    offices = people.offices()
    areas = people.areas_by_id({one.area_id for one in offices})
    for one in offices:
        if one.kind not in first and PLACES.within(areas[one.area_id].reference, facts.jurisdiction):
            path = people.area_path(one.area_id)
            around = [area.reference for area in path].index(facts.jurisdiction)
            first[one.kind] = one.id, tuple(reversed(path[:around]))
    may = people.roles_with("services.decide")
    kinds = {office_id: (kind, way) for kind, (office_id, way) in first.items()}
    found = {
        (kinds[post.office_id][0], post.role): Decider(
            role=post.role, office=kinds[post.office_id][0], names=post.names, way=kinds[post.office_id][1]
        )
        for post in people.posts_at(list(kinds))
        if post.role in may
    }
    return [found[key] for key in sorted(found)]


def serves_pack(by: Actor, pack: str) -> bool:
    """Answer whether the reader's office serves the whole area of a pack, so that its services are theirs to define."""
    office = people.office(by.office_id) if by.office_id else None
    facts = pack_facts(pack) if office is not None else None
    if office is None or facts is None:
        return False
    area = people.area(office.area_id)
    return area is not None and PLACES.within(facts.jurisdiction, area.reference)


def may_become(service: str, pack: str) -> bool:
    """Answer whether a service of this key may stand in the pack: a new one, or one that stands there already."""
    packs = set(DefinitionRow.objects.filter(service__key=service).values_list("service__pack", flat=True))
    return packs <= {pack}


def open_proposal(by: Actor, service: str) -> UUID | None:
    """Return the version to come of a service that is being written or reviewed; for this room's actions and doors."""
    if not proposing.may_see_proposals(by):
        return None
    return Proposal.objects.filter(service_key=service, state__in=proposing.OPEN).values_list("id", flat=True).first()


def proposals(by: Actor) -> list[ProposalLine]:
    """Return the versions to come of the packs that the reader's office serves: those that wait first, then newest."""
    if not proposing.may_see_proposals(by):
        raise not_found()
    packs = [pack for pack in set(Proposal.objects.values_list("pack", flat=True)) if serves_pack(by, pack)]
    rows = Proposal.objects.filter(pack__in=packs).order_by("-saved_at", "-id").values(*_LIST)[:MOST]
    lines = [ProposalLine(service=row.pop("service_key"), **row) for row in rows]
    order = {"proposed": 0, "draft": 1, "rejected": 2}
    return sorted(lines, key=lambda line: order.get(line.state, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFiles:
    """The text alone of a version to come, for who previews it again and again."""

    id: UUID
    service: str
    state: str
    files: Mapping[str, str]


def proposal_files(by: Actor, proposal_id: UUID) -> ProposalFiles:
    """Return the text of one version to come, without its difference.

    Raises:
        Refusal: ``not_found``.

    """
    row = _visible(by, proposal_id)
    return ProposalFiles(id=row.id, service=row.service_key, state=row.state, files=row.files)


def _visible(by: Actor, proposal_id: UUID) -> Proposal:
    row = Proposal.get_or_none(proposal_id)
    if row is None or not proposing.may_see_proposals(by) or not serves_pack(by, row.pack):
        raise not_found()
    return row


def proposal(by: Actor, proposal_id: UUID) -> ProposalView:
    """Return one version to come, with its difference against the version before it.

    Raises:
        Refusal: ``not_found``.

    """
    row = _visible(by, proposal_id)
    before = _before(row)
    second = proposing.is_second_person(by, row.writers)
    return ProposalView(
        id=row.id,
        service=row.service_key,
        pack=row.pack,
        state=row.state,
        files=row.files,
        files_sha256=row.files_sha256,
        writers=tuple(UUID(one) for one in row.writers),
        words=row.words,
        saved_at=row.saved_at,
        proposed_at=row.proposed_at,
        decided_at=row.decided_at,
        decided_by_id=row.decided_by_id,
        decision_words=row.decision_words,
        against=before.version if before else None,
        difference=difference(before.files if before else _shared(row), row.files),
        may_approve=row.state == "proposed" and proposing.may_decide_proposals(by) and second,
        may_write=proposing.may_define(by) and row.state in ("draft", "rejected"),
    )


def _shared(row: Proposal) -> dict[str, str]:
    """Return what a new service takes over from its pack: nobody who wrote it wrote that."""
    return {**pack_file(row.pack), **shared_files(row.pack, row.service_key)}


def _before(row: Proposal) -> PublishedFiles | None:
    """Return the published version that a proposal is read beside: the one before its own, else the latest."""
    if row.definition_id is None:
        return published_files(row.service_key)
    own = DefinitionRow.objects.filter(pk=row.definition_id).values_list("version", flat=True).get()
    return published_files(row.service_key, own - 1)


def check_files(files: Mapping[str, str], *, service: str, at: datetime) -> proposing.Checked:
    """Return what stands against publishing these files, with the examples run on the pack's calendar."""
    latest = published_files(service)
    try:
        tree = read(files.get("pack.yaml", ""), "pack.yaml").tree
        facts = Pack.model_validate(tree)
        pack, calendar, zone = facts.key, workflow.calendar_or_plain(facts.calendar), facts.time_zone
    except (SourceError, ValueError):
        pack, calendar, zone = "", workflow.plain_calendar(), ""
    return proposing.check_files(
        files,
        key=service,
        calendar=calendar,
        last_version=latest.version if latest else None,
        today=day_of(at, zone),
        around=proposing.Around(
            named=Named(roles=people.known_roles(), kinds=people.known_kinds()), others=_published_of(pack)
        ),
    )


def _published_of(pack: str) -> dict[str, Definition | None]:
    """Return the latest version of every service that a pack has published."""
    rows = DefinitionRow.objects.filter(service__pack=pack).order_by("version")
    latest = dict(rows.values_list("service__key", "id"))
    return {key: compiled(definition_id) for key, definition_id in latest.items()}

"""A version to come: a definer saves it and lays it before a second person, who publishes it or gives it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.canonical import sha256_hex
from janaseva.core.refusal import CONFLICT, Fault, Invalid, Refusal, not_found
from janaseva.services import events, queries
from janaseva.services.actions.publishing import put_version
from janaseva.services.models import Proposal
from janaseva.services.rules import proposing
from janaseva.services.rules.definition import PublishedText

LONGEST_WORDS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDraft:
    """A draft as it was saved; the next save names ``files_sha256`` as the text that it was made from."""

    proposal_id: UUID
    files_sha256: str


@action
def save_proposal(
    *,
    by: Actor,
    at: datetime,
    key: str,
    service: str,
    pack: str,
    files: Mapping[str, str],
    proposal_id: UUID | None = None,
    seen_sha256: str = "",
) -> SavedDraft:
    """Save the files of a version to come, with faults or without; a rejected one becomes a draft again.

    What the pack says of itself stays the pack's; sources and glossaries that are not given stay as they are.

    Raises:
        Refusal: ``not_permitted``; ``not_found`` for a service of another pack; ``proposal_open_already``;
            ``proposal_strange_files``; ``proposal_changed_meanwhile`` where ``seen_sha256`` is not what is kept;
            ``proposal_wrong_state`` where it lies before the second person or is decided.

    """
    allow(proposing.may_define(by) and queries.serves_pack(by, pack), "not_permitted")
    if by.office_id is None or not queries.may_become(service, pack):
        raise not_found()
    strange = proposing.strange_files({name: text for name, text in files.items() if name not in proposing.OF_THE_PACK})
    if strange:
        raise Refusal("proposal_strange_files", files=", ".join(strange))
    whole = {**queries.shared_files(pack, service), **files, **queries.pack_file(pack)}
    sha256 = sha256_hex(whole)
    writers = proposing.writers_with((), by.person_id)
    if proposal_id is None:
        if queries.open_proposal(by, service) is not None:
            raise Refusal("proposal_open_already", status=CONFLICT, service=service)
        row = put(
            Proposal(service_key=service, pack=pack, office_id=by.office_id, files=whole, files_sha256=sha256,
                     writers=writers, saved_at=at)
        )  # fmt: skip
    else:
        row = _seen(by, proposal_id)
        if row.service_key != service or row.pack != pack:
            raise not_found()
        if row.state not in ("draft", "rejected"):
            raise Refusal("proposal_wrong_state", status=CONFLICT)
        if row.files_sha256 not in (seen_sha256, sha256):
            raise Refusal("proposal_changed_meanwhile", status=CONFLICT)
        writers = proposing.writers_with(row.writers, by.person_id)
        if row.state == "rejected" and queries.open_proposal(by, service) is not None:
            raise Refusal("proposal_open_already", status=CONFLICT, service=service)
        change(row, state="draft", files=whole, files_sha256=sha256, writers=writers, saved_at=at)
    news = events.ProposalSaved(proposal_id=row.id, service=service, files_sha256=sha256)
    tell(news, story=row.id, office_id=row.office_id)
    return SavedDraft(proposal_id=row.id, files_sha256=sha256)


@action
def propose(*, by: Actor, at: datetime, key: str, proposal_id: UUID, words: str) -> None:
    """Lay a draft before the second person, with words that say what changes and why.

    Raises:
        Refusal: ``proposal_wrong_state``; ``proposal_needs_words``.
        Invalid: with every fault and every example that comes out otherwise, at its file and line.

    """
    allow(proposing.may_define(by), "not_permitted")
    row = _seen(by, proposal_id)
    if row.state != "draft":
        raise Refusal("proposal_wrong_state", status=CONFLICT)
    _need_words(words)
    _hold(row, row.files, at)
    writers = proposing.writers_with(row.writers, by.person_id)
    change(row, state="proposed", proposed_at=at, words=words.strip()[:LONGEST_WORDS], writers=writers)
    news = events.Proposed(proposal_id=row.id, service=row.service_key, files_sha256=row.files_sha256)
    tell(news, story=row.id, office_id=row.office_id)


@action
def approve(
    *,
    by: Actor,
    at: datetime,
    key: str,
    proposal_id: UUID,
    seen_sha256: str,
    from_day: date | None = None,
    words: str = "",
) -> UUID:
    """Publish what another person wrote, from the day that it says or from ``from_day``; answer the version's id.

    ``seen_sha256`` is what the second person read, so that nobody approves what they have not seen.

    Raises:
        Refusal: ``proposal_needs_second_person``; ``proposal_wrong_state``; ``proposal_changed_meanwhile``.
        Invalid: where it cannot be published any more, for example since its day has come.

    """
    allow(proposing.may_decide_proposals(by), "not_permitted")
    row = _second(by, proposal_id)
    if row.files_sha256 != seen_sha256:
        raise Refusal("proposal_changed_meanwhile", status=CONFLICT)
    files = proposing.from_day(row.files, from_day) if from_day else dict(row.files)
    _hold(row, files, at)
    definition_id = put_version(by=by, at=at, pack=row.pack, definition_text=PublishedText(files=files))
    if definition_id is None:
        raise Refusal("proposal_wrong_state", status=CONFLICT)
    change(
        row, state="published", files=files, files_sha256=sha256_hex(files), definition_id=definition_id,
        decided_at=at, decided_by_id=by.person_id, decision_words=words.strip()[:LONGEST_WORDS],
    )  # fmt: skip
    tell(
        events.ProposalApproved(proposal_id=row.id, definition_id=definition_id), story=row.id, office_id=row.office_id
    )
    return definition_id


@action
def reject(*, by: Actor, at: datetime, key: str, proposal_id: UUID, words: str) -> None:
    """Give a version back to who wrote it, with words that say what must be otherwise.

    Raises:
        Refusal: ``proposal_needs_second_person``; ``proposal_wrong_state``; ``proposal_needs_words``.

    """
    allow(proposing.may_decide_proposals(by), "not_permitted")
    row = _second(by, proposal_id)
    _need_words(words)
    change(
        row, state="rejected", decided_at=at, decided_by_id=by.person_id, decision_words=words.strip()[:LONGEST_WORDS]
    )
    tell(events.ProposalRejected(proposal_id=row.id), story=row.id, office_id=row.office_id)


@action
def discard_proposal(*, by: Actor, at: datetime, key: str, proposal_id: UUID) -> None:
    """Let a version go that is not published; what was written stays in the record."""
    allow(proposing.may_define(by), "not_permitted")
    row = _seen(by, proposal_id)
    if row.state not in (*proposing.OPEN, "rejected"):
        raise Refusal("proposal_wrong_state", status=CONFLICT)
    change(row, state="discarded")
    tell(events.ProposalDiscarded(proposal_id=row.id), story=row.id, office_id=row.office_id)


def _seen(by: Actor, proposal_id: UUID) -> Proposal:
    row = Proposal.locked(proposal_id)
    if row is None or not queries.serves_pack(by, row.pack):
        raise not_found()
    return row


def _second(by: Actor, proposal_id: UUID) -> Proposal:
    row = _seen(by, proposal_id)
    if row.state != "proposed":
        raise Refusal("proposal_wrong_state", status=CONFLICT)
    if not proposing.is_second_person(by, row.writers):
        raise Refusal("proposal_needs_second_person", status=CONFLICT)
    return row


def _need_words(words: str) -> None:
    if len(words.strip()) < proposing.FEWEST_LETTERS:
        raise Refusal("proposal_needs_words", count=proposing.FEWEST_LETTERS)


def _hold(row: Proposal, files: Mapping[str, str], at: datetime) -> None:
    """Refuse what cannot be published, with every reason at its line."""
    checked = queries.check_files(files, service=row.service_key, at=at)
    faults = [
        Fault(
            place=f"{fault.file}:{fault.line}",
            code="definition_fault",
            facts={"file": fault.file, "line": fault.line, "message": fault.message, "mend": fault.mend},
        )
        for fault in checked.faults
    ]
    faults += [
        Fault(
            place=f"examples.yaml:{one.line}",
            code="example_otherwise",
            facts={"line": one.line, "example": one.name, "message": "; ".join(one.differences)},
        )
        for one in checked.failed
    ]
    if faults:
        raise Invalid(faults)

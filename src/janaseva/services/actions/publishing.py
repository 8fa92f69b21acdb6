"""Publish a version of a service: from its day on it is what people apply for."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.canonical import sha256_hex
from janaseva.core.refusal import CONFLICT, Refusal
from janaseva.registers import steps as registers
from janaseva.services import events, queries
from janaseva.services.models import Definition, EmptyPack, Service
from janaseva.services.rules import compiling, permissions
from janaseva.services.rules.definition import PublishedText


@action
def load_empty_pack(*, by: Actor, at: datetime, key: str, pack: str, files: Mapping[str, str]) -> None:
    """Remember what a pack says of itself that has no services yet, so that definers can write its first."""
    allow(permissions.may_publish_alone(by), "not_permitted")
    files_sha256 = sha256_hex(dict(files))
    row = queries.empty_pack_row(pack)
    if row is not None and row.files_sha256 == files_sha256:
        return
    if row is None:
        put(EmptyPack(key=pack, files=dict(files), files_sha256=files_sha256, loaded_at=at))
    else:
        change(row, files=dict(files), files_sha256=files_sha256, loaded_at=at)
    tell(events.PackLoaded(pack=pack, files_sha256=files_sha256))


@action
def publish(*, by: Actor, at: datetime, key: str, pack: str, definition_text: PublishedText) -> UUID | None:
    """Publish one version of a shipped pack; answer its id, or ``None`` where just this text is published already.

    What officers write goes another way: one proposes it, a second person approves it.

    Raises:
        Refusal: ``definition_changed_without_version`` where the version was published with another text: running cases
            rest on it, so a change needs a new version.
        compiling.DefinitionError: where the text has faults; checking says all of them with their places.

    """
    allow(permissions.may_publish_alone(by), "not_permitted")
    return put_version(by=by, at=at, pack=pack, definition_text=definition_text)


def put_version(*, by: Actor, at: datetime, pack: str, definition_text: PublishedText) -> UUID | None:
    """Put a version into force within an action that has asked; as :func:`publish` does."""
    definition = compiling.compile_text(definition_text)
    files_sha256 = sha256_hex(definition_text.files)
    known = queries.published_hash(definition.key, definition.version)
    if known == files_sha256:
        return None
    if known is not None:
        raise Refusal(
            "definition_changed_without_version", status=CONFLICT, service=definition.key, version=definition.version
        )
    service = queries.service_row(definition.key) or put(Service(key=definition.key, pack=pack))
    row = put(
        Definition(
            service=service,
            version=definition.version,
            effective_from=definition.from_,
            files=dict(definition_text.files),
            packed=compiling.packed(definition),
            files_sha256=files_sha256,
            published_at=at,
        )
    )
    entry = definition.out.register_
    if entry is not None:
        registers.open_register(by=by, at=at, key=entry.register_, title=definition.what.name, pack=pack)
    tell(
        events.Published(
            definition_id=row.id,
            service=definition.key,
            definition_version=definition.version,
            files_sha256=files_sha256,
        ),
        story=service.id,
    )
    return row.id

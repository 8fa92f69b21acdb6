"""What documents does on hearing that something was issued: typeset, embed facts and proof, seal, and store."""

import atexit
import contextlib
import functools
import io
import logging
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import segno

from janaseva.core.actor import Actor
from janaseva.core.news import Heard, NotYet, every, hears
from janaseva.core.refusal import Refusal
from janaseva.core.text import in_language
from janaseva.core.words import say
from janaseva.documents import actions, events, queries, rules
from janaseva.documents.adapters.signing import (
    FileSigner,
    Pkcs11Signer,
    Signer,
    make_keys,
    replace_keys,
    stamp_of,
    write_public_keys,
)
from janaseva.documents.adapters.typesetting import ChildTypesetter, LetterError, LetterSlowError, Typesetter
from janaseva.documents.handlers import scanning as scanning
from janaseva.documents.handlers import storing
from janaseva.ledger import queries as ledger
from janaseva.settings import OPTIONS

LOG = logging.getLogger(__name__)
WORKER = Actor.system("documents.sealing")
FACTS, PROOF = "facts.json", "log-proof.txt"


@functools.cache
def typesetter() -> Typesetter:
    """Return this process's typesetter; its child ends with this process."""
    made = ChildTypesetter(OPTIONS.packs_dir)
    atexit.register(made.close)
    return made


def key_folder() -> Path:
    """Return where the keys in files are."""
    return OPTIONS.data_dir / "keys"


@functools.lru_cache(maxsize=1)
def _made_signer(stamp: tuple[tuple[int, int], ...]) -> Signer:
    """Return a signer with the keys as they are under this stamp."""
    del stamp
    folder = key_folder()
    if OPTIONS.pkcs11_module:
        return Pkcs11Signer(
            folder,
            issuer=OPTIONS.state_name,
            module=OPTIONS.pkcs11_module,
            token=OPTIONS.pkcs11_token,
            pin=OPTIONS.pkcs11_pin,
            label=OPTIONS.pkcs11_key_label,
        )
    return FileSigner(folder, issuer=OPTIONS.state_name)


def signer() -> Signer:
    """Return this process's signer: a PKCS#11 device where the settings name one, else the keys in data_dir.

    Keys that were replaced are noticed at once: a worker goes on with the new ones without being started again.
    """
    return _made_signer(stamp_of(key_folder()))


def prepare(at: datetime) -> None:
    """Make what signing needs, and pin the public halves of the keys: called at set-up, and safe to repeat."""
    make_keys(key_folder(), at=at, issuer=OPTIONS.state_name)
    pinned = queries.key_ring()
    for use, key in (("seal", signer().seal_key), ("qr", signer().qr_key)):
        if pinned.find(key.key_id, use) is None:
            actions.add_key(
                by=WORKER,
                at=at,
                key=f"key:{key.key_id}",
                key_id=key.key_id,
                use=use,
                public_pem=key.public_pem,
                certificate_pem=key.certificate_pem,
                issuer=key.issuer,
            )


@every(seconds=3600)
def publish_keys(at: datetime) -> None:
    """Keep the file of public keys (data_dir/keys/public_keys.json) that offline verifiers are given as it stands."""
    prepare(at)
    write_public_keys(key_folder(), queries.key_ring().to_json())


class KeyInDeviceError(RuntimeError):
    """The seal's key is in a device, which alone can make another."""


def rotate(at: datetime) -> None:
    """Begin to sign with new keys; what the old ones sealed stays genuine, and they are believed to the overlap's end.

    Raises:
        KeyInDeviceError: where the seal's key is in a device: another label is set, and the worker pins it.

    """
    if OPTIONS.pkcs11_module:
        message = "make a key in the device, set JANASEVA_PKCS11_KEY_LABEL to its label, and start the worker again"
        raise KeyInDeviceError(message)
    replace_keys(key_folder(), at=at, issuer=OPTIONS.state_name)
    publish_keys(at)


@hears(events.Issued)
def seal(heard: Heard[events.Issued]) -> None:
    """Seal what was issued, once the log can prove it."""
    _seal(heard.news.document_id, at=heard.at, proof=_proof(heard.event_id))


@hears(events.SealAsked)
def seal_again(heard: Heard[events.SealAsked]) -> None:
    """Seal again what failed; the proof is that of the event which asked for it, after the one that issued it."""
    _seal(heard.news.document_id, at=heard.at, proof=_proof(heard.event_id))


def _proof(event_id: UUID) -> str:
    """Return the log's proof of an event.

    Raises:
        NotYet: while the log has not published it.

    """
    proof = ledger.proof(event_id, with_record=True)
    if proof is None:
        raise NotYet
    return proof.text()


def _waiting(document_id: UUID) -> queries.ToSeal | None:
    """Return what is to be sealed, where it still is.

    Raises:
        NotYet: while the document store that holds the photograph is away.

    """
    if storing.is_left_alone() and queries.photograph_is_stored(WORKER, document_id):
        raise NotYet
    try:
        return queries.to_seal(WORKER, document_id)
    except Refusal as refusal:
        if refusal.code == storing.AWAY:
            storing.leave_alone()
            raise NotYet from refusal
        raise


def _seal(document_id: UUID, *, at: datetime, proof: str) -> None:
    waiting = _waiting(document_id)
    if waiting is None:
        return
    prepare_once(at)
    signing = signer()
    try:
        content, code = typeset_and_sign(waiting, at=at, proof=proof, signing=signing)
    except LetterError as error:
        LOG.exception("document %s cannot be typeset", document_id)
        reason = "document_letter_slow" if isinstance(error, LetterSlowError) else "document_letter_broken"
        with contextlib.suppress(Refusal):
            key = f"fail:{document_id}:{at.isoformat()}"
            actions.fail_sealing(by=WORKER, at=at, key=key, document_id=document_id, reason=reason)
        return
    try:
        actions.seal(
            by=WORKER,
            at=at,
            key=f"seal:{document_id}:{at.isoformat()}",
            document_id=document_id,
            content=content,
            key_id=signing.seal_key.key_id,
            qr=code,
        )
    except Refusal as refusal:
        if refusal.code != "document_sealed_already":
            raise


_prepared: set[str] = set()


def prepare_once(at: datetime) -> None:
    """Pin the keys that this process signs with, the first time it signs with them."""
    make_keys(key_folder(), at=at, issuer=OPTIONS.state_name)
    if signer().seal_key.key_id not in _prepared:
        prepare(at)
        _prepared.add(signer().seal_key.key_id)


def typeset_and_sign(
    waiting: queries.ToSeal, *, at: datetime, proof: str, signing: Signer | None = None
) -> tuple[bytes, str]:
    """Return the sealed file of a document and the text of its code, both by one signer's keys.

    Raises:
        LetterError: where the letter is at fault.

    """
    composed = waiting.composed
    signing = signing or signer()
    claims = rules.qr_claims(composed, signed_at=at)
    code = rules.write_qr(claims, key_id=signing.qr_key.key_id, sign=signing.sign_code)
    data = letter_data(composed, code, at=at)
    if waiting.photograph:
        data["photograph"] = list(rules.printed(waiting.photograph))
    attached = {FACTS: rules.facts_document(composed)}
    if proof:
        attached[PROOF] = proof.encode("utf-8")
    pdf = typesetter().pdf(waiting.letter, data, attached=attached, at=composed.issued_at)
    label = say("letter.seal_field", composed.languages[0])
    return signing.seal(pdf, at=at, name=data["author"], field_label=label), code


def letter_data(composed: rules.Composed, code: str, *, at: datetime) -> dict[str, Any]:
    """Return everything that a letter is set from, with its code as a drawing."""
    drawing = io.BytesIO()
    # Signed bytes look random, so no mask suits them better than another; trying all eight took a third of the time.
    segno.make(code, error="m", mode="alphanumeric", micro=False, mask=3).save(
        drawing, kind="svg", border=0, xmldecl=False, svgns=True, nl=False
    )
    address = str(OPTIONS.public_url).rstrip("/")
    data = rules.compose(composed, qr=code, qr_svg=drawing.getvalue().decode("ascii"), verify_url=f"{address}/verify")
    issuer = composed.facts.get("issuer", {})
    data["document_title"] = f"{in_language(composed.title, composed.languages[0])} {composed.number}"
    data["author"] = rules.value_words(issuer.get("office") or issuer.get("state") or OPTIONS.state_name)
    day = composed.issued_at.astimezone(ZoneInfo(OPTIONS.time_zone)).date()
    data["issued_day"] = day.isoformat()
    data["day"] = {"year": day.year, "month": day.month, "day": day.day}
    data["sealed_at"] = at.isoformat()
    data["state_name"] = OPTIONS.state_name
    return data

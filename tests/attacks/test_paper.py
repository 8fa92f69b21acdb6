"""Papers: forged codes, files with something added, and a second paper under an old number."""

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import cbor2
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from janaseva.core.ids import uuid7
from janaseva.core.refusal import Refusal
from janaseva.documents import actions, handlers, queries, rules
from janaseva.documents.queries import papers
from janaseva.documents.rules.keys import PublicKey
from janaseva.documents.rules.qr import base45, from_base45
from tests.attacks.guards import answers, attack, replaced, size
from tests.attacks.proving import forger, log, paper  # noqa: F401 - fixtures
from tests.documents.acts import AT, SYSTEM, issued, key, revoke

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.xdist_group("papers")]

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def believed(texts: list[str]) -> list[str]:
    """Return the codes that a verifier takes for genuine that has nothing but our public keys."""
    ring = queries.key_ring()
    verdicts = [(text, rules.judge_qr_alone(rules.read_qr(text, ring), today=AT.date())) for text in texts]
    return [f"believed {text[:60]}" for text, verdict in verdicts if verdict.is_valid]


def mutated(text: str, count: int) -> Iterator[str]:
    """Yield the code with one letter changed, left out or added, or cut off."""
    chance = random.Random(11)
    while count:
        place, letter = chance.randrange(4, len(text)), chance.choice(LETTERS)
        changed, shorter, longer = (text[:place] + more for more in (letter + text[place + 1 :], text[place + 1 :], ""))
        forged = (changed, shorter, text[:place] + letter + text[place:], longer)[chance.randrange(4)]
        if forged != text:
            count -= 1
            yield forged


def rewritten(text: str, header: dict[int, Any] | None = None, **claims: Any) -> str:
    """Return the code with another header or other claims, under the old signature."""
    protected, _, payload, signature = cbor2.loads(from_base45(text.removeprefix("JS1:")))
    changed = cbor2.loads(payload) | {int(name[1:]): value for name, value in claims.items()}
    parts = [cbor2.dumps(header, canonical=True) if header else protected, {}, cbor2.dumps(changed, canonical=True)]
    return "JS1:" + base45(cbor2.dumps([*parts, signature], canonical=True))


@attack(
    "C1", "codes with letters changed; other claims, headers and addresses under the old signature",
    answers("janaseva.documents.rules.qr._verified", value=True), quick=True,
)  # fmt: skip
def test_altered_codes(paper, tries):  # noqa: F811 - the fixture
    text = paper[0].qr
    kid = cbor2.loads(cbor2.loads(from_base45(text.removeprefix("JS1:")))[0])[4]
    forged = [
        *mutated(text, size(50, 1_000)),
        rewritten(text, c14="Somebody Else"),
        rewritten(text, c4=999_999),
        rewritten(text, c15={"income": "INR 1"}),
        *(rewritten(text, header={1: alg, 4: kid}) for alg in (0, 5, -7, -37, -65_535)),
        *(rewritten(text, header=header) for header in ({4: kid}, {1: -8}, {1: -8, 4: b""}, {1: -8, 4: kid, 2: [99]})),
        f"https://verify.example/?q={text}",
        text.replace("JS1:", "HC1:"),
        text.replace("JS1:", "JS2:"),
    ]
    tries(len(forged))
    return believed(forged)


FORGERS: dict[str, PublicKey] = {}
"""Keys that a verifier would believe whose ring were open."""


@attack(
    "C1", "codes signed by a forger's key and by another state's, in our form",
    replaced("janaseva.documents.rules.keys.KeyRing.find", lambda real, ring, key_id, use:
             real(ring, key_id, use) or FORGERS.get(key_id)),
)  # fmt: skip
def test_codes_of_other_keys(paper, forger, tries):  # noqa: F811 - the fixtures
    composed = papers._composed(paper[0])
    ours = next(each for each in queries.key_ring().keys.values() if each.use == "qr")
    stranger = forger.qr_key
    FORGERS[stranger.key_id] = replace(ours, key_id=stranger.key_id, public_pem=stranger.public_pem, issuer="Punjab")
    claims = [rules.qr_claims(one, signed_at=AT) for one in (composed, replace(composed, document_id=uuid7()))]
    signed = [rules.write_qr(one, key_id=key_id, sign=forger.sign_code) for one in claims
              for key_id in (stranger.key_id, ours.key_id)]  # fmt: skip
    tries(len(signed))
    return believed(signed)


@attack(
    "C1", "a code signed by a key that was stolen",
    answers("janaseva.documents.rules.keys.PublicKey.trusted_at", value=True),
)  # fmt: skip
def test_codes_of_a_stolen_key(paper, tries):  # noqa: F811 - the fixture
    key_id = next(each.key_id for each in queries.key_ring().keys.values() if each.use == "qr")
    actions.distrust_key(by=SYSTEM, at=AT, key=key(), key_id=key_id, since=AT)
    tries()
    return believed([paper[0].qr])


@attack(
    "C1", "a revoked certificate shown by its code, its number and its file",
    replaced("janaseva.documents.rules.verdict._standing", lambda real, record, *given, **more:
             real(replace(record, revoked_at=None), *given, **more)),
)  # fmt: skip
def test_revoked_papers(paper, tries):  # noqa: F811 - the fixture
    row, content = paper
    revoke(by=SYSTEM, at=AT, key=key(), document_id=row.id, reason="obtained_by_fraud")
    verdicts = [
        queries.verify_qr(row.qr, at=AT), queries.verify_number(row.number, row.code, at=AT),
        queries.verify_file(content, at=AT),
    ]  # fmt: skip
    tries(len(verdicts))
    return [
        f"said {one.outcome}" for one in verdicts if one.is_valid or (one.outcome, one.revoked_at) != ("revoked", AT)
    ]


def revised(change: Callable[[PdfWriter], None]) -> Callable[[bytes], bytes]:
    """Return how a revision that ``change`` makes is appended, as an editor saves it."""

    def made(content: bytes) -> bytes:
        writer = PdfWriter(io.BytesIO(content), incremental=True)
        change(writer)
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    return made


def _annotation(writer: PdfWriter) -> None:
    writer.add_annotation(0, FreeText(text="Rs 9,00,000", rect=(50, 550, 200, 650)))


def _stamp_over(writer: PdfWriter) -> None:
    page = writer.pages[0]
    page[NameObject("/Contents")] = writer._add_object(writer._objects[0].__class__())


def _action(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )


def _field(writer: PdfWriter) -> None:
    form = writer.root_object.get("/AcroForm")
    (form.get_object() if form else writer.root_object)[NameObject("/NeedAppearances")] = NameObject("/Altered")


def _turned(writer: PdfWriter) -> None:
    writer.pages[0][NameObject("/Rotate")] = writer.pages[0].get("/Rotate", NameObject("/Ninety"))
    writer.pages[0][NameObject("/UserUnit")] = NameObject("/Two")


REVISIONS = {
    "metadata": revised(lambda writer: writer.add_metadata({"/Title": "Other"})),
    "annotation": revised(_annotation),
    "action": revised(_action),
    "form": revised(_field),
    "page turned": revised(_turned),
    "a page more": revised(lambda writer: writer.add_blank_page(100, 100) and None),
    "a file more": revised(lambda writer: writer.add_attachment("facts.json", b"{}")),
}
ENDINGS = [b"\n", b" ", b"\r\n", b"\0", b"\0" * 4_096, b"%%EOF\n", b"%%EOF", b"startxref\n0\n%%EOF\n", b"%PDF-1.7\n",
           b"PK\x03\x04",
           b"<script>alert(1)</script>", b"1 0 obj<</Type/Catalog>>endobj\ntrailer<<>>\n%%EOF\n"]  # fmt: skip


def _twice(content: bytes, forger: Any) -> bytes:  # noqa: F811 - not the fixture itself
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers

    about = signers.PdfSignatureMetadata(field_name="Other")
    return signers.PdfSigner(about, forger._hanko).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(content))).getvalue()


def appended(content: bytes, forger: Any) -> dict[str, bytes]:  # noqa: F811 - not the fixture itself
    """Return files whose sealed part is untouched and which say more than was sealed."""
    found = {f"ending {more[:12]!r}": content + more for more in ENDINGS}
    found |= {f"revision: {name}": made(content) for name, made in REVISIONS.items()}
    two = REVISIONS["annotation"](REVISIONS["metadata"](content))
    return found | {"two revisions": two, "a second seal": _twice(content, forger), "itself": content + content}


def _ranges(content: bytes) -> tuple[int, int, bytes]:
    start = content.index(b"/ByteRange")
    end = content.index(b"]", start) + 1
    return start, end, content[start:end]


def _ranged(content: bytes, *numbers: int) -> bytes:
    """Return the file with other numbers in its range, in the same room."""
    start, end, old = _ranges(content)
    new = b"/ByteRange [" + b" ".join(b"%d" % number for number in numbers)
    return content[:start] + (new + b" " * (len(old) - len(new) - 1) + b"]")[: len(old)] + content[end:]


def altered(content: bytes, count: int) -> dict[str, bytes]:
    """Return files of which a sealed byte, a range or the seal itself is another: the families USF, ISA and SWA too."""
    _, _, ranges = _ranges(content)
    _, first, second, rest = (int(number) for number in ranges[ranges.index(b"[") + 1 : -1].split())
    seal = content[first:second]
    chance = random.Random(5)
    found: dict[str, bytes] = {}
    for _ in range(count):
        place = chance.choice((chance.randrange(first), chance.randrange(second, len(content))))
        found[f"byte {place}"] = (
            content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]
        )
    hole = b"<" + b"0" * (len(seal) - 2) + b">"
    found |= {
        "no range": content.replace(b"/ByteRange", b"/ByteRang_"),
        "range of nothing": _ranged(content, 0, 0, 0, 0),
        "range of a part": _ranged(content, 0, first, second, rest - 10),
        "range beyond the end": _ranged(content, 0, first, second, rest + 10),
        "range that begins late": _ranged(content, 1, first - 1, second, rest),
        "range over the seal": _ranged(content, 0, second, second, rest),
        "range that leaves a gap": _ranged(content, 0, first - 40, second, rest),
        "no seal": content[:first] + hole + content[second:],
        "seal of one byte": content[:first] + b"<30" + hole[3:] + content[second:],
        "seal that is no number": content[:first] + b"<zz" + seal[3:] + content[second:],
        "seal cut": content[:first] + seal[:400] + b"0" * (len(seal) - 401) + b">" + content[second:],
        "seal in small letters": content[:first] + seal.lower() + content[second:],
        "something behind the seal": content[:first] + seal[:-9] + b"abcdef01>" + content[second:],
        "wrapped: the end moved, something between": content[:second] + b"\n9 0 obj(x)endobj\n" + content[second:],
        "last bytes cut": content[:-10],
        "first bytes before": b"%PDF-1.7\n" + content,
    }  # fmt: skip
    return found


def genuine(files: dict[str, bytes]) -> list[str]:
    """Return the files that a verifier takes for genuine that has nothing but our public keys."""
    ring = queries.key_ring()
    return [name for name, content in files.items() if rules.read_sealed_file(content, ring).outcome == "genuine"]


@attack(
    "C2", "files to which something was added after the seal: bytes, revisions, annotations, fields, a second seal",
    replaced("janaseva.documents.rules.sealed_file._judge", lambda real, content, seal, ring:
             real(content[: seal.end], seal, ring)),
)  # fmt: skip
def test_files_with_more(paper, forger, tries):  # noqa: F811 - the fixtures
    files = appended(paper[1], forger)
    tries(len(files))
    return genuine(files)


@attack(
    "C2", "files of which a sealed byte, the range or the seal is another",
    answers("janaseva.documents.rules.sealed_file._verifies", value=True),
)  # fmt: skip
def test_altered_files(paper, tries):  # noqa: F811 - the fixture
    files = altered(paper[1], size(10, 300))
    tries(len(files))
    assert len(files) + len(ENDINGS) + len(REVISIONS) + 3 >= 40
    return genuine(files)


def resealed(row: Any, signer: Any, facts: dict[str, Any], monkeypatch: Any) -> tuple[bytes, str]:
    """Return what looks the same, typeset and sealed anew with ``signer``'s keys, or with ours where there is none."""
    other = replace(papers._composed(row), facts={**row.facts, **facts})
    with monkeypatch.context() as patched:
        if signer is not None:
            patched.setattr(handlers, "signer", lambda: signer)
        waiting = queries.ToSeal(composed=other, letter=row.letter, story=row.story)
        return handlers.typeset_and_sign(waiting, at=AT, proof="")


def _any_seal(real: Any, certificate_bytes: bytes, ring: Any) -> Any:
    found, certificate = real(certificate_bytes, ring)
    return found or next(each for each in ring.keys.values() if each.use == "seal"), certificate


@attack(
    "C2", "the same letter sealed by a forger's certificate under our name",
    replaced("janaseva.documents.rules.sealed_file._pinned", _any_seal),
)  # fmt: skip
def test_files_of_another_seal(paper, forger, tries, monkeypatch):  # noqa: F811 - the fixtures
    content, _ = resealed(paper[0], forger, {}, monkeypatch)
    tries()
    assert PdfReader(io.BytesIO(content)).pages
    return genuine({"sealed by a forger": content})


@attack(
    "C3", "an insider with our own keys makes the certificate anew under its number, with other facts",
    replaced("janaseva.documents.rules.verdict.compare_file", lambda real, read, record, by_number, **more:
             rules.judge_file_alone(read, **more)),
)  # fmt: skip
def test_made_anew(paper, tries, monkeypatch):  # noqa: F811 - the fixture
    content, _ = resealed(paper[0], None, {"holder": {"name": "Somebody Else"}}, monkeypatch)
    tries()
    verdict = queries.verify_file(content, at=AT)
    failed = [check.name for check in verdict.checks if check.result == "failed"]
    return [] if (verdict.outcome, failed) == ("record_differs", ["record"]) else [f"said {verdict.outcome}"]


def _put_without_asking(real: Any, **given: Any) -> bool:
    """Say that no number is taken, and make room for a second paper under it: the table's own constraint, too."""
    from janaseva.core.row import writing
    from janaseva.documents.models import Document

    with writing():
        Document.objects.filter(number=given["number"]).update(kind="set-aside")
    return False


@attack(
    "C3", "a second certificate issued under a number that was given",
    replaced("janaseva.documents.queries.number_taken", _put_without_asking),
)  # fmt: skip
def test_issued_twice(paper, tries):  # noqa: F811 - the fixture
    tries()
    try:
        again = issued(paper[0].number)
    except Refusal as refusal:
        return [] if refusal.code == "document_number_taken" else [refusal.code]
    return [f"issued {again.number} twice"]

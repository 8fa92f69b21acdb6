"""Sealing a PDF with a pyHanko signer, so that it stays PDF/A-3a and PDF/UA-1 and each part is encoded once."""

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, tsp
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import attributes, fields, signers

FIELD = "Seal"
RESERVED_BYTES = 8_192

_integer: Callable[[int], Any] = generic.NumberObject  # pyhanko's objects carry no types
_dictionary: Callable[[Mapping[Any, Any]], Any] = generic.DictionaryObject


class _Writer(IncrementalPdfFileWriter):
    """An incremental writer that leaves the metadata as they are: rewriting them breaks PDF/A's agreement of both."""

    def _update_meta(self) -> None:
        """Leave the metadata as they are."""


class OwnCertificate(attributes.SigningCertificateV2Provider, attributes.SignedAttributeProviderSpec):
    """What PAdES signs beside the file's digest and its kind (EN 319 142-1, 5.3): the certificate's name alone.

    It is the deepest attribute and the same in each signature, so it is encoded once.
    """

    _encoded: Any = None

    async def build_attr_value(self, dry_run: bool = False) -> Any:  # noqa: FBT001, FBT002 - pyHanko's own
        """Return which certificate signs."""
        if self._encoded is None:
            self._encoded = tsp.SigningCertificateV2.load((await super().build_attr_value(dry_run=dry_run)).dump())
        return self._encoded

    def signed_attr_providers(self, data_digest: bytes, digest_algorithm: str) -> list[Any]:
        """Return who provides the attributes."""
        del data_digest, digest_algorithm
        return [self]


class EncodedOnce:
    """A pyHanko signer whose parts of the signature are encoded once.

    asn1crypto encodes what was put together in memory anew whenever it is looked at, with all that is in it, some three
    times on each level: a third of the time of sealing. What was read from bytes keeps its bytes.
    """

    async def signed_attrs(self, *args: Any, **named: Any) -> Any:
        """Return what is signed beside the file's digest."""
        made = await super().signed_attrs(*args, **named)  # type: ignore[misc]
        each = [cms.CMSAttribute.load(one.dump()) for one in made]
        return cms.CMSAttributes.load(cms.CMSAttributes(each).dump())

    def signer_info(self, *args: Any, **named: Any) -> Any:
        """Return who signed, with what and how."""
        return cms.SignerInfo.load(super().signer_info(*args, **named).dump())  # type: ignore[misc]


class _DatedPdfSigner(signers.PdfSigner):
    """A signer whose time is given and not read from a clock."""

    at: datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        """Return a session that takes place at ``at``."""
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at
        return session


def _number_tree_add(writer: Any, tree: Any, number: int, reference: Any) -> None:
    """Add an entry, greater than all others, to a number tree (ISO 32000-1 §7.9.7)."""
    if "/Nums" in tree:
        tree["/Nums"].extend([_integer(number), reference])
        return
    leaf = _dictionary(
        {
            generic.pdf_name("/Nums"): generic.ArrayObject([_integer(number), reference]),
            generic.pdf_name("/Limits"): generic.ArrayObject([_integer(number)] * 2),
        }
    )
    tree["/Kids"].append(writer.add_object(leaf))


def _tag_field(writer: Any, field: Any) -> None:
    """Put the seal's field into the structure tree as a form element, as PDF/UA-1 §7.18.4 demands of every widget."""
    widget, root = field.get_object(), writer.root["/StructTreeRoot"]
    children = root["/K"]
    top_reference = children.raw_get(0) if isinstance(children, generic.ArrayObject) else root.raw_get("/K")
    top = top_reference.get_object()
    number = int(root.get("/ParentTreeNextKey", 1 << 20))
    reference = _dictionary(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/OBJR"),
            generic.pdf_name("/Obj"): field,
            generic.pdf_name("/Pg"): widget.raw_get("/P"),
        }
    )
    element = writer.add_object(
        _dictionary(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/StructElem"),
                generic.pdf_name("/S"): generic.pdf_name("/Form"),
                generic.pdf_name("/P"): top_reference,
                generic.pdf_name("/K"): reference,
            }
        )
    )
    inside = top["/K"]
    if isinstance(inside, generic.ArrayObject):
        inside.append(element)
        writer.update_container(inside)
    else:
        top[generic.pdf_name("/K")] = generic.ArrayObject([top.raw_get("/K"), element])
        writer.update_container(top)
    tree = root["/ParentTree"]
    _number_tree_add(writer, tree, number, element)
    writer.update_container(tree["/Nums"] if "/Nums" in tree else tree["/Kids"])
    root[generic.pdf_name("/ParentTreeNextKey")] = _integer(number + 1)
    writer.update_container(root)
    widget[generic.pdf_name("/StructParent")] = _integer(number)


def seal_with(signer: Any, pdf: bytes, *, at: datetime, name: str, field_label: str) -> bytes:
    """Return ``pdf`` sealed by a pyHanko signer, with the repairs that keep PDF/A-3a and PDF/UA-1 valid.

    A newline goes after the typesetter's output (an object must begin on its own line), the metadata stay, the field
    has a name that can be read aloud, and stands in the structure tree.
    """
    writer = _Writer(io.BytesIO(pdf if pdf.endswith(b"\n") else pdf + b"\n"))
    fields.append_signature_field(writer, fields.SigFieldSpec(FIELD, readable_field_name=field_label))
    _tag_field(writer, writer.root["/AcroForm"]["/Fields"].raw_get(0))
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, name=name
    )
    dated = _DatedPdfSigner(metadata, signer)
    dated.at = at.astimezone(UTC)
    sealed: bytes = dated.sign_pdf(writer, existing_fields_only=True, bytes_reserved=RESERVED_BYTES).getvalue()
    return sealed
